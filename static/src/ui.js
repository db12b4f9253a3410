/* How are windows drawn, and who draws popups? Loaded by s.js, and only when there is something to show.
   Every text goes in as text, every link is looked at, everything lives in a shadow root: the shop's
   styles do not reach in, ours do not reach out, and a strict content security policy is content. */

const WORDS = {
  en: { back: "Back", on: "More", was: "Was", now: "Now" },
  ko: { back: "이전", on: "다음", was: "정가", now: "할인가" },
  ja: { back: "前へ", on: "次へ", was: "通常価格", now: "セール価格" },
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

/* A moment as it is read here, by the clock of `timeZone`, which is named to who goes by another. */
function clock(at, timeZone) {
  const isOwn = timeZone == Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "numeric" };
  try {
    return new Date(at).toLocaleString(language(), { ...told, timeZone, timeZoneName: isOwn ? undefined : "short" });
  } catch {
    return new Date(at).toLocaleString(); // a language or zone that this browser does not know
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

/* ---- popups: moments.js knows when, dialog.js draws them. It stands beside this file, under the same hash, and is
   fetched only when there is one. ---- */

const dialog = async () => {
  const its = await import(import.meta.url.replace(/ui(?=[^/]*$)/, "dialog"));
  its.use({ make, safeLink, shadow, shelf, language, themed, focused, listen, every, clock, CARDS });
  return its;
};

/* Show `popup` now, and tell what became of it. */
export const openPopup = (...given) => dialog().then((its) => its.openPopup(...given));

/* Draw `popup` in `place` to be looked at: it takes no focus and tells nothing. Promises how to take it away. */
export const drawPopup = (...given) => dialog().then((its) => its.drawPopup(...given));
