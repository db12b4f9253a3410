/* How are windows and popups drawn? Loaded by s.js, and only when there is something to show.
   Every text goes in as text, every link is looked at, everything lives in a shadow root: the shop's
   styles do not reach in, ours do not reach out, and a strict content security policy is content. */

const WORDS = {
  en: {
    copy: "Copy",
    copied: "Copied",
    send: "Send",
    thanks: "Thank you!",
    failed: "That did not work. Please look over what you typed and try again.",
    back: "Back",
    on: "More",
    was: "Was",
    now: "Now",
    left: "Time left",
  },
  ko: {
    copy: "복사",
    copied: "복사됨",
    send: "보내기",
    thanks: "감사합니다!",
    failed: "보내지 못했습니다. 입력한 내용을 확인하고 다시 시도해 주세요.",
    back: "이전",
    on: "다음",
    was: "정가",
    now: "할인가",
    left: "남은 시간",
  },
  ja: {
    copy: "コピー",
    copied: "コピーしました",
    send: "送信",
    thanks: "ありがとうございます！",
    failed: "送信できませんでした。入力内容を確認して、もう一度お試しください。",
    back: "前へ",
    on: "次へ",
    was: "通常価格",
    now: "セール価格",
    left: "残り時間",
  },
};
const language = () => document.documentElement.lang || navigator.language;
const words = () => WORDS[language().slice(0, 2)] || WORDS.en;

/* ---- building ---- */

/* An element: `set` holds attributes, functions in it are listeners; texts among the children stay texts. */
function make(tag, set = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) {
    if (typeof value == "function") element.addEventListener(name, value);
    else if (value != null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

/* The link when it is safe to follow (http, https, the shop's own; `mail`: or mailto), else undefined. */
function safeLink(link, mail) {
  try {
    const url = new URL(link, location.href);
    return link && (/^https?:$/.test(url.protocol) || (mail && url.protocol == "mailto:")) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/* A shadow root in `host` with `css`; constructed sheets need no leave of a content security policy. */
function shadow(host, css) {
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren();
  } catch {
    root.replaceChildren(make("style", {}, css));
  }
  return root;
}

function price(amount, currency) {
  try {
    return new Intl.NumberFormat(language(), { style: "currency", currency }).format(amount);
  } catch {
    return `${amount} ${currency || ""}`;
  }
}

/* ---- products ---- */

const CARDS = `
.shelf{display:grid;grid-auto-flow:column;grid-auto-columns:var(--card);gap:20px;justify-content:start;margin:0;padding:4px;
  margin-inline:-4px;list-style:none;overflow-x:auto;overscroll-behavior-x:contain;scroll-snap-type:x proximity;scroll-padding:4px;scrollbar-width:none}
.shelf::-webkit-scrollbar{display:none}
.shelf li{scroll-snap-align:start;min-width:0}
.card{display:block;color:inherit;text-decoration:none;border-radius:var(--rs-radius,14px)}
.pic{display:block;width:100%;aspect-ratio:1;border-radius:var(--rs-radius,14px);overflow:hidden;background:var(--rs-soft,rgba(128,120,110,.1))}
.pic img{display:block;width:100%;height:100%;object-fit:cover;transition:transform .35s ease}
a.card:hover .pic img{transform:scale(1.03)}
a.card:hover .name{text-decoration:underline;text-underline-offset:3px;text-decoration-thickness:1px}
.facts{box-sizing:border-box;display:flex;flex-direction:column;gap:3px;padding-top:11px;height:var(--facts)}
.facts>*{flex:none}
.name{font-size:15px;line-height:1.4;font-weight:500;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;overflow-wrap:anywhere}
.price{font-size:15px;line-height:1.45;font-weight:650;font-variant-numeric:tabular-nums}
.price s{font-weight:400;color:color-mix(in srgb,currentColor 75%,transparent);margin-inline-start:7px}
.sale{color:var(--rs-sale,color-mix(in srgb,#e0342b 60%,currentColor))}
.why{font-size:13px;line-height:1.4;color:color-mix(in srgb,currentColor 75%,transparent);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--rs-accent,#1c1b1a);outline-offset:2px}
@media(prefers-reduced-motion:reduce){*,::backdrop{animation:none!important;transition:none!important;scroll-behavior:auto!important}}`;

function priceLine(item) {
  if (item.price == null) return null;
  if (item.sale_price == null) return make("span", { class: "price" }, price(item.price, item.currency));
  const said = (text) => make("span", { class: "unseen" }, text + " ");
  return make(
    "span",
    { class: "price" },
    make("span", { class: "sale" }, said(words().now), price(item.sale_price, item.currency)),
    make("s", {}, said(words().was), price(item.price, item.currency)),
  );
}

function card(item, chosen) {
  const src = safeLink(item.image);
  const hide = (event) => event.target.remove();
  const image = src && make("img", { src, alt: "", loading: "lazy", decoding: "async", error: hide });
  const href = safeLink(item.url);
  return make(
    "li",
    {},
    make(
      href ? "a" : "div",
      { class: "card", href, click: chosen },
      make("span", { class: "pic" }, image),
      make(
        "span",
        { class: "facts" },
        make("span", { class: "name" }, String(item.name)),
        priceLine(item),
        item.reason ? make("span", { class: "why" }, item.reason) : null,
      ),
    ),
  );
}

/* A row of products that scrolls sideways. */
const shelf = (items, chosen) =>
  make("ul", { class: "shelf", role: "list" }, ...items.map((item, n) => card(item, () => chosen(item, n))));

/* Items as events tell of them, all in one currency; `via`: what chose each, `index`: the place of the first. */
function told(name, items, first = 0) {
  const { currency } = items[0];
  const via = items[0].via && items.map((item) => item.via).join();
  const lines = items.map((item, n) => {
    const amount = item.sale_price == null ? item.price : item.sale_price;
    const known = amount != null && item.currency == currency;
    return { item_id: item.item_id, item_name: item.name, index: first + n, ...(known && { price: amount }) };
  });
  return { item_list_id: name, ...(via && { via, index: first }), ...(currency && { currency }), items: lines };
}

/* ---- windows ---- */

const WINDOW = `
:host{all:initial;display:block;container-type:inline-size;font-family:inherit;color:inherit;
  --card:var(--rs-card,220px);--facts:104px}
section{text-align:start;text-transform:none;letter-spacing:normal;word-spacing:normal;font-style:normal;font-weight:400}
[hidden]{display:none!important}
header{display:flex;align-items:center;justify-content:space-between;height:28px;margin-bottom:16px}
h2{margin:0;font-family:var(--rs-heading-font,inherit);font-size:22px;line-height:28px;font-weight:650;letter-spacing:-.01em;
  white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
nav{display:flex;gap:8px}
nav button{all:unset;box-sizing:border-box;width:36px;height:36px;border-radius:50%;border:1px solid currentColor;cursor:pointer;display:grid;place-items:center;opacity:.85}
nav button:hover{opacity:1}
nav button:focus-visible{outline:2px solid var(--rs-accent,#1c1b1a);outline-offset:2px}
nav button[disabled]{opacity:.25;cursor:default}
nav button::before{content:"";width:8px;height:8px;border:solid currentColor;border-width:0 1.7px 1.7px 0;transform:translateX(-2px) rotate(-45deg)}
nav button:first-child::before{transform:translateX(2px) rotate(135deg)}
:host(:dir(rtl)) nav button{transform:scaleX(-1)}
:host([data-rs-layout=grid]) .shelf{grid-auto-flow:row;grid-template-columns:repeat(auto-fill,minmax(min(var(--card),45%),1fr))}
${CARDS}
@container(max-width:599px){.shelf{--card:var(--rs-card-small,150px);gap:14px}h2{font-size:20px}nav{display:none}}`;

/* Two buttons for those without a wheel or a finger; gone when everything is in view. */
function arrows(row) {
  const turn = document.dir == "rtl" ? -1 : 1;
  const go = (way) => () => row.scrollBy({ left: way * turn * row.clientWidth * 0.8, behavior: "smooth" });
  const buttons = [make("button", { "aria-label": words().back, click: go(-1) }), make("button", { "aria-label": words().on, click: go(1) })];
  const nav = make("nav", { hidden: true }, ...buttons);
  const look = () => {
    const room = row.scrollWidth - row.clientWidth;
    nav.hidden = room < 8;
    buttons[0].disabled = Math.abs(row.scrollLeft) < 8;
    buttons[1].disabled = Math.abs(row.scrollLeft) > room - 8;
  };
  row.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(row);
  return nav;
}

/* Calls `seen` once, when half of `element` (or half a screen of it) is in view. */
function whenSeen(element, seen) {
  const watch = new IntersectionObserver(
    (entries) => {
      const last = entries[entries.length - 1];
      if (last.intersectionRatio < 0.5 && last.intersectionRect.height < innerHeight / 2) return;
      watch.disconnect();
      seen();
    },
    { threshold: [0.1, 0.2, 0.3, 0.4, 0.5] },
  );
  watch.observe(element);
}

const drawn = new WeakMap(); // slot: what it shows, so that the same is not drawn or told twice

/* Fill `slot` with the products of the window `name`; tells when it was seen and what was chosen. */
export function drawWindow(slot, name, { title, items }, api) {
  const what = JSON.stringify([location.pathname, title, items]);
  if (drawn.get(slot) == what) return;
  drawn.set(slot, what);
  let host = slot;
  try {
    slot.shadowRoot || slot.attachShadow({ mode: "open" });
  } catch {
    host = slot.appendChild(make("div")); // an element that takes no shadow root
  }
  const row = shelf(items, (item, n) => api.track("select_item", told(name, [item], n)));
  const heading = title && make("h2", {}, title);
  const section = make("section", { "aria-label": title }, heading && make("header", {}, heading, arrows(row)), row);
  shadow(host, WINDOW).append(section);
  whenSeen(section, () => drawn.get(slot) == what && api.track("view_item_list", told(name, items)));
}

/* ---- popups ---- */

const POPUP = `
:host{all:initial;display:block;position:fixed;font-family:inherit;--card:132px;--facts:104px}
*{box-sizing:border-box}
[hidden]{display:none!important}
dialog{border:0;padding:0;margin:auto;background:none;color:inherit;max-width:none;max-height:none;overflow:visible}
dialog::backdrop{background:var(--rs-backdrop,rgba(20,18,16,.5));animation:fade .2s}
.box{position:relative;display:flex;flex-direction:column;font-size:16px;line-height:1.55;color:var(--rs-text,#1c1b1a);background:var(--rs-surface,#fff);
  border-radius:calc(var(--rs-radius,14px) + 6px);box-shadow:0 24px 70px -12px rgba(20,18,16,.35),0 2px 8px rgba(20,18,16,.08);overflow:hidden;text-align:start;text-transform:none;letter-spacing:normal;font-style:normal;font-weight:400}
.box:focus{outline:none}
.body{display:flex;flex-direction:column;gap:16px;padding:36px;overflow:auto;overscroll-behavior:contain}
.modal .box{width:min(480px,calc(100vw - 32px));max-height:calc(100vh - 48px);max-height:calc(100dvh - 48px);animation:rise .28s cubic-bezier(.2,.8,.3,1)}
.modal.wide .box{width:min(560px,calc(100vw - 32px))}
.slide,.bar,.button.teaser{position:fixed;z-index:2147483000}
.slide{inset-block-end:24px;inset-inline-end:24px;width:min(380px,calc(100vw - 32px))}
.slide .box{max-height:calc(100vh - 48px);animation:rise .28s cubic-bezier(.2,.8,.3,1)}
.slide .body{padding:28px}
.bar{inset-block-end:0;inset-inline:0}
.bar .box{border-radius:0;animation:up .28s cubic-bezier(.2,.8,.3,1)}
.bar .body{flex-direction:row;flex-wrap:wrap;align-items:center;justify-content:center;gap:10px 24px;padding:16px 68px;max-height:50vh}
.bar .body>*{margin:0;flex:0 1 auto}
.inline .box{box-shadow:none;border:1px solid var(--rs-line,#e4e1dc)}
h2,p{margin:0;overflow-wrap:anywhere}
h2{font-family:var(--rs-heading-font,inherit);font-size:27px;line-height:1.22;font-weight:650;letter-spacing:-.015em;padding-inline-end:36px;text-wrap:balance}
.slide h2{font-size:21px}
.bar h2{font-size:17px;letter-spacing:0;padding:0}
h2+p{margin-top:-6px}
p{color:var(--rs-muted,#5b5853)}
.small{font-size:13px;line-height:1.5}
.image{display:block;width:calc(100% + 72px);max-width:none;margin-inline:-36px;max-height:260px;object-fit:cover}
.slide .image{width:calc(100% + 56px);margin-inline:-28px;max-height:180px}
.image:first-child{margin-top:-36px;margin-bottom:8px}
.slide .image:first-child{margin-top:-28px}
.bar .body .image{width:auto;height:64px;margin:0;border-radius:8px}
.button{all:unset;box-sizing:border-box;display:inline-flex;align-items:center;justify-content:center;min-height:50px;padding:10px 24px;border-radius:var(--rs-radius,14px);
  background:var(--rs-accent,#1c1b1a);color:var(--rs-accent-text,#fff);font:inherit;font-weight:600;text-align:center;cursor:pointer;transition:filter .15s}
.button:hover{filter:brightness(1.18)}
.button[disabled]{opacity:.6;cursor:default}
.bar .button{min-height:44px;padding:8px 20px}
.close{all:unset;position:absolute;inset-block-start:10px;inset-inline-end:10px;width:44px;height:44px;border-radius:50%;cursor:pointer;display:grid;place-items:center;z-index:1;transition:background .15s}
.bar .close{inset-block-start:calc(50% - 22px)}
.close:hover{background:rgba(128,120,110,.16)}
.onimage .close{background:var(--rs-surface,#fff)}
.close svg{width:18px;height:18px;stroke:currentColor;stroke-width:1.8;stroke-linecap:round}
.button:focus-visible,.close:focus-visible,.copy:focus-visible{outline:2px solid var(--rs-accent,#1c1b1a);outline-offset:2px}
form{display:flex;flex-direction:column;gap:16px}
.bar form{flex-direction:row;flex-wrap:wrap;align-items:end;justify-content:center}
label{display:flex;flex-direction:column;gap:6px;font-size:14px;font-weight:550}
input,select,textarea{font:inherit;font-size:16px;font-weight:400;color:inherit;width:100%;min-height:50px;padding:10px 14px;border:1px solid var(--rs-field,#8b8780);border-radius:var(--rs-radius,14px);background:var(--rs-surface,#fff)}
.bar input,.bar select{min-height:44px;width:240px}
input:focus,select:focus,textarea:focus{outline:2px solid var(--rs-accent,#1c1b1a);outline-offset:-1px}
.check{flex-direction:row;align-items:flex-start;gap:10px;font-size:13px;line-height:1.5;font-weight:400;color:var(--rs-muted,#5b5853)}
.check input,.pill input{width:20px;height:20px;min-height:0;margin:0;flex:none;accent-color:var(--rs-accent,#1c1b1a)}
fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:8px;min-width:0}
legend{padding:0;margin-bottom:10px;font-weight:550}
.pill{flex-direction:row;align-items:center;gap:9px;min-height:44px;padding:8px 16px 8px 12px;border:1px solid var(--rs-field,#8b8780);border-radius:22px;font-weight:450;cursor:pointer}
.pill:has(:checked){border-color:var(--rs-accent,#1c1b1a);box-shadow:inset 0 0 0 1px var(--rs-accent,#1c1b1a)}
.coupon{display:flex;flex-direction:column;gap:8px}
.coupon>div{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:8px 8px 8px 18px;border:1.5px dashed var(--rs-field,#8b8780);border-radius:var(--rs-radius,14px)}
code{font:600 18px/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.06em;overflow-wrap:anywhere;user-select:all}
.copy{all:unset;min-height:44px;padding:0 16px;border-radius:calc(var(--rs-radius,14px) - 4px);background:rgba(128,120,110,.15);font-size:14px;font-weight:600;cursor:pointer;white-space:nowrap;display:inline-flex;align-items:center}
.time{font-size:24px;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:.02em}
.bar .time{font-size:18px}
.failed{color:var(--rs-sale,#b3261e);font-size:14px}
.teaser{text-transform:none;letter-spacing:normal;inset-block-end:20px;inset-inline-start:20px;max-width:calc(100vw - 100px);box-shadow:0 10px 30px -6px rgba(20,18,16,.4);animation:rise .28s}
.small-screen .body{max-height:30vh;padding:14px 60px 14px 20px;justify-content:flex-start}
@keyframes fade{from{opacity:0}}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
@keyframes up{from{transform:translateY(100%)}}
@media(max-width:599px){
dialog{margin:auto 0 0;width:100vw}
.modal .box,.modal.wide .box{width:100vw;max-height:88vh;border-end-start-radius:0;border-end-end-radius:0;animation:up .28s cubic-bezier(.2,.8,.3,1)}
.body{padding:30px 22px max(26px,env(safe-area-inset-bottom))}
.image{width:calc(100% + 44px);margin-inline:-22px}.image:first-child{margin-top:-30px}
h2{font-size:23px}.slide{inset-inline:16px;inset-block-end:16px;width:auto}
.bar .body{flex-direction:column;align-items:stretch;padding:16px 20px max(18px,env(safe-area-inset-bottom))}.bar .body>:first-child{padding-inline-end:44px}
.bar .close{inset-block-start:4px;inset-inline-end:4px}.bar input,.bar select{width:100%}.bar form{flex-direction:column;align-items:stretch}}
${CARDS}`;

/* ---- blocks: what a popup is built of; one function each. `here`: {popup, api, tell, close} ---- */

function copyCode(code, button) {
  const copied = () => (button.textContent = words().copied);
  const asText = () => {
    getSelection().selectAllChildren(code);
    if (document.execCommand("copy")) copied();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(copied, asText);
  else asText();
}

/* Tell the server `fields`; its answer, if it took them. `claim` says that it offered this popup. */
const ask = ({ api, popup: { id, claim } }, fields) =>
  api
    .post("/v1/submit", JSON.stringify({ ...JSON.parse(api.pack([])), popup_id: id, claim, fields }))
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)));

/* The coupon in an answer, or why there is none. */
const gift = (answer, here) => (answer.coupon ? coupon(answer.coupon, here) : answer.message ? make("p", {}, answer.message) : null);

/* An owner's coupon is its text; one that the server gives has a code and words around it. One still to
   be claimed is a button. */
function coupon({ text, code, claim }, here) {
  if (claim && !code) {
    const get = () => {
      wait(true);
      ask(here, {})
        .then((answer) => {
          here.acted();
          box.replaceChildren(gift(answer, here) || "");
          box.focus();
        })
        .catch(() => wait(false));
    };
    const give = make("button", { class: "button", type: "button", click: get }, text);
    const wait = (on) => (give.disabled = on);
    const box = make("div", { role: "status", tabindex: -1 }, give);
    return box;
  }
  const shown = make("code", {}, String(code || text));
  const click = () => {
    copyCode(shown, button);
    here.tell("popup_click", { coupon: shown.textContent });
  };
  const button = make("button", { class: "copy", type: "button", "aria-live": "polite", click }, words().copy);
  return make("div", { class: "coupon" }, code && text ? make("p", {}, text) : null, make("div", {}, shown, button));
}

/* The end of a countdown of minutes is kept, so that a reload does not put it off. */
function endOf({ until, minutes }, id) {
  if (until) return Date.parse(until);
  const fresh = Date.now() + minutes * 6e4;
  try {
    const ends = JSON.parse(localStorage.getItem("_rs_d")) || {};
    if (ends[id]) return ends[id];
    if (window.rs("id")) localStorage.setItem("_rs_d", JSON.stringify({ ...ends, [id]: fresh }));
  } catch {
    // no storage: it counts for this page
  }
  return fresh;
}

function countdown(block, here) {
  const end = endOf(block, here.popup.id);
  const time = make("div", { class: "time", role: "timer", "aria-label": words().left });
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const tick = () => {
    const s = Math.max(0, Math.ceil((end - Date.now()) / 1e3));
    const day = s >= 86400 ? Math.floor(s / 86400) + "d " : "";
    time.textContent = day + [s / 3600 % 24, s / 60 % 60, s % 60].map(two).join(":");
    time.hidden = !(s > 0);
    if (time.hidden || (time.dataset.on && !time.isConnected)) clearInterval(timer);
    time.dataset.on = "1";
  };
  const timer = setInterval(tick, 1e3);
  tick();
  return time;
}

function field({ name, label, input, required, options, consent_text }) {
  const set = { name, required, maxlength: 1024, autocomplete: /email|tel/.test(input) ? input : null };
  const control =
    input == "select"
      ? make("select", { name, required }, make("option", { value: "" }, ""), ...options.map((one) => make("option", {}, one)))
      : make("input", { ...set, type: input || "text" });
  const parts = [make("label", {}, make("span", {}, label || name), control)];
  if (consent_text) {
    // Never ticked for the visitor; without the tick what stands in the field is not sent.
    const tick = make("input", { type: "checkbox", required });
    control.addEventListener("input", () => (tick.required = required || control.value != ""));
    parts.push(make("label", { class: "check" }, tick, make("span", {}, consent_text)));
  }
  return parts;
}

function question({ name, text, choice, options }) {
  if (choice == "text") return make("label", {}, text, make("textarea", { name, rows: 3, maxlength: 1024 }));
  const type = choice == "multi" ? "checkbox" : "radio";
  const all = choice == "scale" ? ["1", "2", "3", "4", "5"] : options;
  const pills = all.map((value) => make("label", { class: "pill" }, make("input", { type, name, value }), value));
  return make("fieldset", {}, make("legend", {}, text), ...pills);
}

const sender = (text) => make("button", { class: "button", type: "submit" }, text || words().send);

const BLOCKS = {
  text: ({ text, style }) =>
    style == "heading" ? make("h2", { id: "title" }, text) : make("p", { class: style == "small" ? "small" : null }, text),
  image: ({ src, alt }) => {
    const safe = safeLink(src);
    return safe && make("img", { class: "image", src: safe, alt: alt || "", error: (event) => event.target.remove() });
  },
  button: ({ text, url }, here) => {
    const href = safeLink(url, true);
    const click = () => {
      here.acted();
      here.tell("popup_click", href ? { link_url: href } : {});
      // The page stays: nothing should stand before what was asked for.
      if (!href || href.split("#")[0] == location.href.split("#")[0]) here.close();
    };
    return make(href ? "a" : "button", { class: "button", href, type: href ? null : "button", click }, text);
  },
  coupon,
  countdown,
  form: ({ fields, button }) => [...fields.flatMap(field), sender(button)],
  question,
  window: ({ items }, here) =>
    shelf(items || [], (item) => {
      here.acted();
      here.tell("popup_click", { item_id: item.item_id });
    }),
};
const ASKS = /^(form|question)$/;

/* A popup's blocks, in a form when they ask something. What comes after the form as a coupon is its reward. */
function body(here) {
  const { blocks } = here.popup;
  const asksAt = blocks.findIndex((block) => ASKS.test(block.type));
  const reward = (block, n) => block.type == "coupon" && asksAt >= 0 && n > asksAt;
  const draw = (block) => [].concat((BLOCKS[block.type] && BLOCKS[block.type](block, here)) || []);
  const parts = blocks.filter((block, n) => !reward(block, n)).flatMap(draw);
  if (asksAt < 0) return make("div", { class: "body" }, ...parts);
  if (!blocks.some((block) => block.type == "form")) parts.push(sender());
  const failed = make("p", { class: "failed", role: "alert", hidden: true });
  const submit = (event) => {
    event.preventDefault();
    // What a pool gives comes with the answer.
    send(event.target, here, failed, blocks.filter((block, n) => reward(block, n) && !block.claim && !block.code).flatMap(draw));
  };
  return make("form", { class: "body", submit }, ...parts, failed);
}

function answersIn(form) {
  const given = new FormData(form);
  const answers = {};
  for (const name of new Set(given.keys())) {
    const all = given.getAll(name).filter((value) => value.trim());
    if (all.length) answers[name] = all.length > 1 ? all : all[0];
  }
  return answers;
}

function send(form, here, failed, reward) {
  const buttons = form.querySelectorAll("[type=submit]");
  const wait = (on) => buttons.forEach((button) => (button.disabled = on));
  wait(true);
  failed.hidden = true;
  ask(here, answersIn(form))
    .then((answer) => {
      here.acted();
      here.tell("popup_submit");
      const thanks = make("div", { tabindex: -1, role: "status" }, make("h2", { id: "title" }, words().thanks));
      form.replaceWith(make("div", { class: "body" }, thanks, gift(answer, here), ...reward));
      thanks.focus();
    })
    .catch(() => {
      wait(false);
      failed.textContent = words().failed;
      failed.hidden = false;
    });
}

/* ---- the box around the blocks ---- */

function cross(label, click) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M3 3l12 12M15 3L3 15");
  svg.append(path);
  return make("button", { class: "close", type: "button", "aria-label": label || "Close", click }, svg);
}

/* Tab goes round inside of `box`, also past the ends where browsers leave for their own buttons. */
function keepTabInside(event, box) {
  if (event.key != "Tab") return;
  const stops = [...box.querySelectorAll("a[href],button,input,select,textarea")].filter(
    (one) => !one.disabled && one.getClientRects().length,
  );
  const at = stops.indexOf(box.getRootNode().activeElement);
  const edge = event.shiftKey ? 0 : stops.length - 1;
  if (at != edge && (at >= 0 || !event.shiftKey)) return;
  event.preventDefault();
  stops[event.shiftKey ? stops.length - 1 : 0].focus();
}

/* On phones nobody who has just landed gets the page covered: a low bar until they touch something. */
function landed(popup) {
  const own = document.referrer.startsWith(location.origin + "/");
  const active = !navigator.userActivation || navigator.userActivation.hasBeenActive;
  return innerWidth < 600 && !own && !active && /load|time/.test(popup.trigger.on);
}

/* Show `popup` now, and tell what became of it: seen, then clicked, submitted or dismissed. */
export function openPopup(popup, api) {
  const inline = popup.kind == "inline" && document.querySelector("[data-rs-popup]");
  let kind = inline ? "inline" : /^(bar|teaser|modal)$/.test(popup.kind) ? popup.kind : "slide";
  const low = /modal|slide/.test(kind) && landed(popup);
  if (low) kind = "bar";
  const host = (inline || document.body).appendChild(make("div"));
  if (inline) host.style.position = "static";
  const root = shadow(host, POPUP);
  const named = { popup_id: popup.id, variant: popup.variant };
  const tell = (name, more) => api.track(name, { ...named, ...more });
  const classes = [kind, low && "small-screen", popup.blocks.some((block) => block.type == "window") && "wide"];
  tell("popup_view");
  if (kind == "teaser") openTeaser(root, popup, () => openBox(root, host, "modal", classes, popup, api, tell));
  else openBox(root, host, kind, classes, popup, api, tell);
}

function openTeaser(root, popup, open) {
  const first = popup.blocks.find((block) => block.text) || {};
  const click = () => {
    teaser.remove();
    open();
  };
  const teaser = make("button", { class: "button teaser", "aria-haspopup": "dialog", click }, first.text || popup.id);
  root.append(teaser);
}

function openBox(root, host, kind, classes, popup, api, tell) {
  const before = document.activeElement;
  const modal = kind == "modal";
  let acted = false;
  const close = () => {
    if (!host.isConnected) return;
    host.remove();
    if (!acted) tell("popup_dismiss");
    if (modal && before && before.focus) before.focus({ preventScroll: true });
  };
  const here = { popup, api, tell, close, acted: () => (acted = true) };
  const title = popup.blocks.find((block) => block.style == "heading") || popup.blocks.find((block) => block.text);
  const label = { "aria-label": (title && title.text) || popup.id };
  const onImage = popup.blocks[0] && popup.blocks[0].type == "image" ? " onimage" : "";
  const box = make("div", { class: "box" + onImage, tabindex: -1 }, cross(popup.close, close), body(here));
  const shape = [kind, ...classes].filter((one) => one && one != "teaser").join(" ");
  if (!modal) {
    const keydown = (event) => event.key == "Escape" && close();
    root.append(make("section", { class: shape, role: "region", ...label, keydown }, box));
    return;
  }
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  const dialog = make("dialog", {
    class: shape,
    role: "dialog",
    "aria-modal": "true",
    ...label,
    cancel,
    click: (event) => event.target == dialog && close(), // beside the box
    keydown: (event) => keepTabInside(event, box),
  });
  dialog.append(box);
  root.append(dialog);
  dialog.showModal();
  box.focus();
}
