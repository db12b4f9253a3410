/* How is a popup drawn, and what became of it? Built into dialog.js, which ui.js fetches. As in ui.js every text goes in
   as text, every link is looked at, everything lives in a shadow root. */

let make, safeLink, shadow, shelf, language, themed, focused, listen, every, clock, CARDS; // of ui.js

/* Takes the functions of ui.js that popups are drawn with. */
export function use(tools) {
  ({ make, safeLink, shadow, shelf, language, themed, focused, listen, every, clock, CARDS } = tools);
}

const WORDS = {
  en: {
    copy: "Copy",
    copied: "Copied",
    send: "Send",
    next: "Next",
    back: "Back",
    claim: "Get the code",
    until: "Good until ",
    thanks: "Thank you!",
    empty: "Please answer first.",
    failed: "That did not work. Please look over what you typed and try again.",
    left: "Time left",
    close: "Close",
    days: "d",
  },
  ko: {
    copy: "복사",
    copied: "복사됨",
    send: "보내기",
    next: "다음",
    back: "이전",
    claim: "쿠폰 받기",
    until: "유효 기간: ",
    thanks: "감사합니다!",
    empty: "먼저 답해 주세요.",
    failed: "보내지 못했습니다. 입력한 내용을 확인하고 다시 시도해 주세요.",
    left: "남은 시간",
    close: "닫기",
    days: "일",
  },
  ja: {
    copy: "コピー",
    copied: "コピーしました",
    send: "送信",
    next: "次へ",
    back: "戻る",
    claim: "クーポンを受け取る",
    until: "有効期限：",
    thanks: "ありがとうございます！",
    empty: "先に回答してください。",
    failed: "送信できませんでした。入力内容を確認して、もう一度お試しください。",
    left: "残り時間",
    close: "閉じる",
    days: "日",
  },
};
const words = () => WORDS[language().slice(0, 2)] || WORDS.en;

const POPUP = `
:host{all:initial;display:block;position:fixed;--ink:var(--rs-text,#1c1b1a);--paper:var(--rs-surface,#fff);--deep:var(--rs-accent,#1c1b1a);
  --on-deep:var(--rs-accent-text,#fff);--faint:var(--rs-muted,#5b5853);--edge:var(--rs-field,#8b8780);--r:var(--rs-radius,14px);
  --mark:var(--rs-focus,var(--deep));--pad:36px;font-family:var(--rs-font,inherit);--card:132px;--facts:104px}
*{box-sizing:border-box}
:lang(ko){word-break:keep-all}
[hidden]{display:none!important}
dialog{border:0;padding:0;margin:auto;background:none;color:inherit;max-width:none;max-height:none;overflow:visible}
dialog::backdrop{background:var(--rs-backdrop,rgba(20,18,16,.5));animation:fade .2s}
.box{position:relative;display:flex;flex-direction:column;font-size:16px;line-height:1.55;color:var(--ink);background:var(--paper);
  border-radius:calc(var(--r) + 6px);box-shadow:0 24px 70px -12px rgba(20,18,16,.35),0 2px 8px rgba(20,18,16,.08);overflow:hidden;text-align:start;text-transform:none;letter-spacing:normal;font-style:normal;font-weight:400}
.box:focus,.thanks:focus,.claim:focus{outline:none}
.body,.step{display:flex;flex-direction:column;gap:16px}
.body{padding:var(--pad);overflow:auto;overscroll-behavior:contain}
.body>*,.step>*{flex:none}
.body:focus-visible{outline-offset:-3px}
.modal .box{width:min(480px,calc(100vw - 32px));max-height:calc(100vh - 48px);max-height:calc(100dvh - 48px);animation:rise .28s cubic-bezier(.2,.8,.3,1)}
.modal.wide .box{width:min(560px,calc(100vw - 32px))}
.slide,.bar,.teaser{position:fixed;z-index:2147483000}
.slide{--pad:28px;inset-block-end:24px;inset-inline-end:24px;width:min(380px,calc(100vw - 32px))}
.slide .box{max-height:calc(100vh - 48px);animation:rise .28s cubic-bezier(.2,.8,.3,1)}
.bar{inset-block-end:0;inset-inline:0}
.bar .box{border-radius:0;animation:up .28s cubic-bezier(.2,.8,.3,1);box-shadow:0 -8px 34px -10px rgba(20,18,16,.3)}
.bar .body,.bar .step{flex-direction:row;flex-wrap:wrap;align-items:center;justify-content:center;gap:10px 24px}
.bar .body{padding:16px 68px;max-height:min(85vh,max(50vh,280px))}
.bar .body>*,.bar .step>*{margin:0;flex:0 1 auto}
.bar .shelf{flex:1 1 100%}
.inline .box{box-shadow:none;border:1px solid var(--rs-line,#e4e1dc)}
.preview .box{animation:none!important}
.preview.modal{position:fixed;inset:0;display:grid;place-items:center;background:var(--rs-backdrop,rgba(20,18,16,.5))}
h2,p{margin:0;overflow-wrap:anywhere}
h2{font-family:var(--rs-heading-font,inherit);font-size:27px;line-height:1.22;font-weight:650;letter-spacing:-.015em;padding-inline-end:36px;text-wrap:balance}
h2:lang(ko),h2:lang(ja){font-size:25px;line-height:1.35;letter-spacing:-.01em}
.slide h2{font-size:21px}
.bar h2{font-size:17px;letter-spacing:0;padding:0}
h2+p{margin-top:-6px}
p{color:var(--faint)}
.small{font-size:13px;line-height:1.5}
.image{display:block;width:calc(100% + 2*var(--pad));max-width:none;margin-inline:calc(-1*var(--pad));aspect-ratio:16/9;max-height:min(260px,32vh);object-fit:cover;background:var(--rs-soft,rgba(128,120,110,.1))}
.image:first-child{margin-top:calc(-1*var(--pad));margin-bottom:8px}
.slide .image{max-height:min(180px,28vh)}
.bar .body .image{width:64px;height:64px;margin:0;border-radius:8px}
.button{all:unset;box-sizing:border-box;display:inline-flex;align-items:center;justify-content:center;min-height:50px;padding:10px 24px;border-radius:var(--r);
  background:var(--deep);color:var(--on-deep);font:inherit;font-weight:600;text-align:center;overflow-wrap:anywhere;cursor:pointer;transition:filter .15s}
.button:hover{filter:brightness(1.12)}
.button[disabled]{opacity:.6;cursor:default}
.bar .button{min-height:44px;padding:8px 20px}
.close,.text{all:unset;box-sizing:border-box;cursor:pointer}
.close{position:absolute;inset-block-start:8px;inset-inline-end:8px;width:44px;height:44px;border-radius:50%;display:grid;place-items:center;z-index:1;transition:background .15s}
.bar .close{inset-block-start:calc(50% - 22px);inset-inline-end:12px}
.close:hover{background:rgba(128,120,110,.16)}
.onimage .close{background:var(--paper)}
.close svg{width:18px;height:18px;stroke:currentColor;stroke-width:1.8;stroke-linecap:round}
.text{min-height:44px;padding:0 4px;font-weight:600;display:inline-flex;align-items:center}
.close:focus-visible,.button:focus-visible,.text:focus-visible,.copy:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
.steps{display:flex;align-items:center;gap:16px}
.steps .at{margin-inline-start:auto;font-size:14px;font-variant-numeric:tabular-nums}
.steps .button{min-width:110px}
label{display:flex;flex-direction:column;gap:6px;font-size:14px;font-weight:550}
input,select,textarea{color-scheme:var(--rs-scheme,light);font:inherit;font-size:16px;font-weight:400;color:inherit;width:100%;min-height:50px;padding:10px 14px;border:1px solid var(--edge);border-radius:var(--r);background:var(--paper)}
textarea{border-radius:min(var(--r),20px)}
.bar label>input,.bar select{min-height:44px;width:240px}
input:focus,select:focus,textarea:focus{outline:2px solid var(--mark);outline-offset:-1px}
.check{flex-direction:row;align-items:flex-start;gap:10px;font-size:13px;line-height:1.5;font-weight:400;color:var(--faint)}
.check>input,.pill>input,.bar .check>input,.bar .pill>input{width:20px;height:20px;min-height:0;margin:0;flex:none;accent-color:var(--deep)}
.bar .check{flex:0 1 100%;justify-content:center}
fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:8px;min-width:0}
legend{padding:0;margin-bottom:10px;font-weight:550}
.pill{flex-direction:row;align-items:center;gap:9px;min-height:44px;padding:8px 16px 8px 12px;border:1px solid var(--edge);border-radius:22px;font-weight:450;cursor:pointer}
.pill:has(:checked){border-color:var(--mark);box-shadow:inset 0 0 0 1px var(--mark)}
.scale{flex-wrap:nowrap}
.scale .pill{flex:1;flex-direction:column;gap:4px;justify-content:center;padding:9px 2px;border-radius:min(var(--r),16px)}
.scale .pill span{order:-1;font-size:16px;font-weight:600}
.coupon{display:flex;flex-direction:column;gap:8px}
.coupon>div:not(.time){display:flex;align-items:center;justify-content:space-between;gap:12px;padding:8px 8px 8px 18px;border:1.5px dashed var(--edge);border-radius:var(--r)}
.claim{display:flex;flex-direction:column;gap:10px}
code{font:600 18px/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.06em;overflow-wrap:anywhere;user-select:all}
.copy{all:unset;box-sizing:border-box;min-height:44px;padding:0 16px;border-radius:max(calc(var(--r) - 4px),0px);background:rgba(128,120,110,.15);font-size:14px;font-weight:600;cursor:pointer;white-space:nowrap;display:inline-flex;align-items:center}
.time{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 12px;font-size:26px;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:.02em}
.time small{font-size:14px;font-weight:400;letter-spacing:0;color:var(--faint)}
.bar .time,.coupon .time{font-size:18px}
.failed{color:var(--rs-sale,#b3261e);font-size:14px}
.teaser{display:flex;align-items:center;inset-block-end:20px;inset-inline-start:20px;max-width:calc(100vw - 40px);border-radius:var(--r);background:var(--deep);color:var(--on-deep);box-shadow:0 10px 30px -6px rgba(20,18,16,.4);animation:rise .28s;font-size:16px;line-height:1.4;text-transform:none;letter-spacing:normal;font-style:normal;text-align:start}
.teaser .button{flex-direction:column;align-items:start;background:none;padding-inline-end:4px;text-align:start}
.teaser .close{position:static;flex:none}
.teaser .close:hover{background:#fff3}
.teaser :focus-visible{outline-color:var(--on-deep)!important;outline-offset:-4px!important}
.low .body{max-height:30vh;padding:14px 60px 14px 20px;justify-content:flex-start}
@keyframes fade{from{opacity:0}}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
@keyframes up{from{transform:translateY(100%)}}
@media(max-width:599px){
:host{--pad:24px}.slide{--pad:22px}
dialog{margin:auto 0 0;width:100vw}
.preview.modal{place-items:end stretch}
.modal .box,.modal.wide .box{width:100vw;max-height:88vh;max-height:88dvh;border-end-start-radius:0;border-end-end-radius:0;animation:up .28s cubic-bezier(.2,.8,.3,1)}
.body{padding-bottom:max(var(--pad),env(safe-area-inset-bottom))}
h2{font-size:23px}h2:lang(ko),h2:lang(ja){font-size:22px}.slide{inset-inline:16px;inset-block-end:16px;width:auto}
.bar .body{padding:16px 20px max(18px,env(safe-area-inset-bottom))}
.bar .body,.bar .step{flex-flow:column;align-items:stretch;justify-content:start}
.bar .body>:first-child,.bar .step:first-child>:first-child{padding-inline-end:44px}
.bar .body>.step:first-child{padding-inline-end:0}
.bar .close{inset-block-start:4px;inset-inline-end:4px}.bar label>input,.bar select{width:100%}.bar .check{justify-content:start}}
@media(max-height:480px){:host{--pad:24px}h2{font-size:22px}.image{max-height:24vh}}
@media(max-width:359px){.scale .pill{padding:8px 0}.steps .button{min-width:0}.coupon>div:not(.time){flex-direction:column;align-items:stretch;padding:12px;text-align:center}.copy{justify-content:center}}
`;

/* ---- blocks: what a popup is built of; one function each.
   `here`: {popup, api, tell, say, close, acted, given: what the server gave for an answer} ---- */

function copyCode(code, button, here) {
  const copied = () => here.say((button.textContent = words().copied));
  const asText = () => {
    getSelection().selectAllChildren(code);
    if (document.execCommand("copy")) copied();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(copied, asText);
  else asText();
}

const goodUntil = (code) => words().until + clock(code.expires_at, code.time_zone);

/* An owner's coupon is its text; one that the server drew has a code, words around it and perhaps an end.
   `left`: ms to that end when the code came, at `at` or with the popup. */
function coded(block, here) {
  const { text, code, left, expires_at: end } = block;
  if (code) here.code = block;
  const shown = make("code", {}, String(code || text));
  const click = () => {
    copyCode(shown, button, here);
    here.tell("popup_click", { coupon: shown.textContent });
  };
  const button = make("button", { class: "copy", type: "button", click }, words().copy);
  return make(
    "div",
    { class: "coupon" },
    code && text && make("p", {}, text),
    make("div", {}, shown, button),
    end && make("p", { class: "small" }, goodUntil(block)),
    end && block.countdown && timer((block.at || since(here)) + left, 3600),
  );
}

/* A code that is to be had: by a button, or as what an answer brought. */
function coupon(block, here) {
  if (!block.claim || block.code) return coded(block, here);
  if (here.given) return reward(here.given, here, block);
  const failed = make("p", { class: "failed", role: "alert", hidden: true });
  const click = () => {
    button.disabled = true;
    failed.hidden = true;
    submit({}, here)
      .then((given) => {
        box.replaceChildren(reward(given, here, block));
        box.focus();
      })
      .catch(() => {
        button.disabled = false;
        fail(failed, words().failed);
      });
  };
  const button = make("button", { class: "button", type: "button", click }, block.text || words().claim);
  const box = make("div", { class: "claim", role: "status", tabindex: -1 }, button, failed);
  return box;
}

/* The code that an answer brought, or why there is none. */
const reward = ({ coupon: code, message }, here, { countdown } = {}) =>
  code ? coded({ ...code, at: Date.now(), countdown }, here) : make("p", {}, message || words().thanks);

/* The time that is left to `end`, as long as it is no more than `most` seconds. */
function timer(end, most = Infinity) {
  const shown = make("span");
  const time = make("div", { class: "time", role: "timer", "aria-label": words().left }, make("small", { "aria-hidden": true }, words().left), shown);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const tick = () => {
    const s = Math.max(0, Math.ceil((end - Date.now()) / 1e3));
    const day = s >= 86400 ? Math.floor(s / 86400) + words().days + " " : "";
    shown.textContent = day + [(s / 3600) % 24, (s / 60) % 60, s % 60].map(two).join(":");
    time.hidden = !s || s > most;
  };
  const ticks = setInterval(() => (time.isConnected ? tick() : clearInterval(ticks)), 1e3);
  tick();
  return time;
}

/* When what the server said of times was true. */
const since = ({ popup }) => popup.at || Date.now();

/* The end is the server's: what was left of it when the answer came, wherever this clock stands. */
const countdown = ({ left, until, minutes }, here) =>
  timer(left != null ? since(here) + left : until ? Date.parse(until) : Date.now() + minutes * 6e4);

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
  const pill = (value) => make("label", { class: "pill" }, make("input", { type, name, value }), make("span", {}, value));
  return make("fieldset", { class: choice == "scale" ? "scale" : null }, make("legend", {}, text), ...all.map(pill));
}

const BLOCKS = {
  text: ({ text, style }) => (style == "heading" ? make("h2", {}, text) : make("p", { class: style == "small" ? "small" : null }, text)),
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
  form: ({ fields }) => fields.flatMap(field),
  question,
  window: ({ items }, here) =>
    shelf(items || [], (item) => {
      here.acted();
      here.tell("popup_click", { item_id: item.item_id });
    }),
};
const isAsking = ({ type }) => type == "form" || type == "question";

/* A popup's blocks: what it says or asks, and what stands there after an answer: what follows a block `success`,
   and coupons that follow what is asked. */
function body(here) {
  const { blocks } = here.popup;
  const draw = (block) => [].concat((BLOCKS[block.type] && BLOCKS[block.type](block, here)) || []);
  const cut = blocks.findIndex(({ type }) => type == "success");
  const before = cut < 0 ? blocks : blocks.slice(0, cut);
  const asksAt = before.findIndex(isAsking);
  if (asksAt < 0) return make("div", { class: "body" }, ...before.flatMap(draw));
  const isReward = (block, n) => block.type == "coupon" && n > asksAt;
  const after = [...before.filter(isReward), ...(cut < 0 ? [] : blocks.slice(cut))];
  return form(before.filter((block, n) => !isReward(block, n)), after, here, draw);
}

/* One step for everything that is asked, with what stands above it; last, what stands below all of them. */
function stepsOf(blocks) {
  const steps = [[]];
  for (const block of blocks) {
    steps[steps.length - 1].push(block);
    if (isAsking(block)) steps.push([]);
  }
  return steps;
}

function form(blocks, after, here, draw) {
  const steps = stepsOf(blocks);
  const below = steps.pop().flatMap(draw);
  const last = steps.length - 1;
  const ask = blocks.filter(({ type }) => type == "form").pop() || {};
  let at = 0;
  const failed = make("p", { class: "failed", role: "alert", hidden: true });
  const parts = steps.map((step, n) => make("div", { class: "step", hidden: n > 0 }, ...step.flatMap(draw)));
  const onward = make("button", { class: "button", type: "submit" });
  const back = make("button", { class: "text", type: "button", click: () => go(at - 1, true) }, words().back);
  const place = make("span", { class: "at", dir: "ltr" });
  const show = () => {
    parts.forEach((part, n) => (part.hidden = n != at));
    onward.textContent = at < last ? words().next : ask.button || words().send;
    place.textContent = `${at + 1} / ${last + 1}`;
    back.hidden = !at;
    failed.hidden = true;
  };
  const go = (to) => {
    at = to;
    show();
    here.say(place.textContent);
    parts[at].querySelector("input,select,textarea").focus();
  };
  const submitted = (event) => {
    event.preventDefault();
    // What is hidden was looked at when it was left.
    const wrong = [...parts[at].querySelectorAll("input,select,textarea")].find((one) => !one.checkValidity());
    if (wrong) wrong.reportValidity();
    else if (at < last) go(at + 1);
    else send(event.target, onward, failed, after, here, draw);
  };
  show();
  const foot = last ? make("div", { class: "steps" }, back, place, onward) : onward;
  return make("form", { class: "body", novalidate: true, submit: submitted }, ...parts, failed, foot, ...below);
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

function fail(line, says) {
  line.textContent = says;
  line.hidden = false;
}

/* Promises the server's answer to these fields; it fails with any that is none. */
const submit = (fields, { api, popup, acted, tell }) =>
  api
    .post("/v1/submit", JSON.stringify({ ...JSON.parse(api.pack([])), popup_id: popup.id, claim: popup.claim, fields }))
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .then((answer) => {
      acted();
      if (Object.keys(fields).length) tell("popup_submit");
      else tell("popup_click", { coupon: answer.coupon ? answer.coupon.code : "" });
      return answer;
    });

function send(form, button, failed, after, here, draw) {
  const fields = answersIn(form);
  if (!Object.keys(fields).length) return fail(failed, words().empty);
  button.disabled = true;
  failed.hidden = true;
  submit(fields, here)
    .then((answer) => {
      here.given = answer;
      const isTitled = after.some((block) => block.style == "heading");
      const { text } = after.find(({ type }) => type == "success") || {};
      const title = isTitled && !text ? null : make("h2", {}, text || words().thanks);
      const parts = after.flatMap(draw);
      // A code that no block asked for stands there all the same.
      if ((answer.coupon || answer.message) && !after.some((block) => block.claim || block.code)) parts.unshift(reward(answer, here));
      const head = title ? [] : parts.splice(0, 1 + parts.findIndex((part) => part.localName == "h2"));
      const thanks = make("div", { class: "thanks", tabindex: -1, role: "status" }, title || head.pop());
      form.replaceWith(make("div", { class: "body" }, ...head, thanks, ...parts));
      thanks.focus();
    })
    .catch(() => {
      button.disabled = false;
      fail(failed, words().failed);
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
  return make("button", { class: "close", type: "button", "aria-label": label || words().close, click }, svg);
}

/* Tab goes round inside of `box`, also past the ends where browsers leave for their own buttons. */
function keepTabInside(event, box) {
  if (event.key != "Tab") return;
  const stops = [...box.querySelectorAll("a[href],button,input,select,textarea,[tabindex='0']")].filter(
    (one) => !one.disabled && one.getClientRects().length,
  );
  const at = stops.indexOf(box.getRootNode().activeElement);
  const edge = event.shiftKey ? 0 : stops.length - 1;
  if (at != edge && (at >= 0 || !event.shiftKey)) return;
  event.preventDefault();
  stops[event.shiftKey ? stops.length - 1 : 0].focus();
}

/* On phones nobody who has just landed gets the page covered: a low bar until they touch something. */
function landed(on) {
  const own = document.referrer.startsWith(location.origin + "/");
  const active = !navigator.userActivation || navigator.userActivation.hasBeenActive;
  return innerWidth < 600 && !own && !active && !/exit|click|event|add_to_cart|tab_return/.test(on);
}

/* Where on the page an inline popup stands: the owner's place, or the shop's slot for it or for any. */
function slotFor({ id, placement }) {
  const { selector, position } = placement || {};
  try {
    const at = selector && document.querySelector(selector);
    if (at) {
      const slot = make("div");
      at[position == "replace" ? "replaceWith" : position || "append"](slot);
      return slot;
    }
  } catch {
    // no selector that a browser can read
  }
  const slots = [...document.querySelectorAll("[data-rs-popup]")];
  return slots.find((slot) => slot.dataset.rsPopup == id) || slots.find((slot) => !slot.dataset.rsPopup);
}

/* Calls `draw` when nothing in view can jump: there is room, the slot is out of view, or the visitor has just acted. */
function settle(slot, draw) {
  const inView = () => {
    const { top, bottom } = slot.getBoundingClientRect();
    return top < innerHeight && bottom >= 0;
  };
  if (slot.clientHeight > 60 || !inView()) return draw();
  const stops = ["pointerdown", "keydown"].map((name) => listen(window, name, () => done()));
  stops.push(every(() => inView() || done()));
  const done = () => {
    stops.forEach((stop) => stop());
    draw();
  };
}

/* An empty shadow root in `place`, with the popup's theme, language and direction. */
function house(place, popup) {
  const host = place.appendChild(make("div"));
  const theme = popup.theme || {};
  for (const [name, value] of Object.entries(themed(theme))) host.style.setProperty("--rs-" + name, value);
  host.lang = language();
  if (/^(ltr|rtl)$/.test(theme.direction)) host.dir = theme.direction;
  return [host, shadow(host, POPUP + CARDS)];
}

/* Show `popup` now, and tell what became of it: seen, then clicked, submitted or dismissed. `on`: the trigger that came. */
export function openPopup(popup, api, on = "") {
  const slot = popup.kind == "inline" && slotFor(popup);
  let kind = slot ? "inline" : /^(modal|slide|teaser)$/.test(popup.kind) ? popup.kind : "bar";
  const low = /modal|slide/.test(kind) && landed(on);
  if (low) kind = "bar";
  const named = { popup_id: popup.id, variant: popup.variant };
  const tell = (name, more) => api.track(name, { ...named, ...more });
  tell("popup_view");
  if (slot) return settle(slot, () => openBox(slot, kind, "", popup, api, tell));
  if (kind == "teaser") return openTeaser(document.body, popup, api, tell);
  return openBox(document.body, kind, low ? "low" : "", popup, api, tell);
}

/* Draw `popup` in `place` to be looked at: it takes no focus and tells nothing. Comes back with how to take it away. */
export function drawPopup(place, popup) {
  const kind = /^(modal|slide|teaser|inline)$/.test(popup.kind) ? popup.kind : "bar";
  const answer = () => Promise.resolve(new Response('{"ok":true}'));
  const api = { track: () => {}, pack: () => "{}", post: answer };
  return (kind == "teaser" ? openTeaser : openBox)(place, ...(kind == "teaser" ? [] : [kind, "preview"]), popup, api, api.track);
}

const titleOf = ({ blocks, id }) => (blocks.find((block) => block.style == "heading") || blocks.find((block) => block.text) || { text: id }).text;

/* A tab that opens the popup; who closes one that holds a code gets the tab back, which says until when it is good. */
function openTeaser(place, popup, api, tell) {
  const [host, root] = house(place, popup);
  const gone = (told) => {
    host.remove();
    if (told) tell("popup_dismiss");
  };
  const back = (code) => {
    const blocks = popup.blocks.filter((block) => block.style == "heading");
    openTeaser(place, { ...popup, again: true, blocks: [...blocks, { ...code, type: "coupon" }] }, api, tell);
  };
  const open = () => {
    gone();
    openBox(place, "modal", api.track == tell ? "preview" : "", popup, api, tell, back);
  };
  const code = popup.blocks.find((block) => block.expires_at);
  const tab = make("button", { class: "button", "aria-haspopup": "dialog", click: open }, titleOf(popup) + " ", code && make("small", {}, goodUntil(code)));
  root.append(make("section", { class: "teaser", role: "region", "aria-label": titleOf(popup) }, tab, cross(popup.close, () => gone(!popup.again))));
  if (popup.again) tab.focus();
  return gone;
}

/* Draws the box; comes back with how to close it. `back`: takes the code that a closed one holds. */
function openBox(place, kind, more, popup, api, tell, back) {
  const [host, root] = house(place, popup);
  const isPreview = more == "preview";
  const isModal = kind == "modal" && !isPreview;
  const before = focused();
  let hasActed = popup.again;
  const close = () => {
    if (!host.isConnected) return;
    host.remove();
    if (!hasActed) tell("popup_dismiss");
    if (back && here.code) back(here.code);
    else if (isModal && before.isConnected) before.focus({ preventScroll: true });
  };
  if (kind == "inline") host.style.position = "static";
  else if (!isPreview) host.dataset.rsBox = kind;
  const said = make("div", { class: "unseen", "aria-live": "polite" });
  const here = { popup, api, tell, close, say: (text) => (said.textContent = text), acted: () => (hasActed = true) };
  const label = { "aria-label": titleOf(popup) };
  const onImage = popup.blocks[0] && popup.blocks[0].type == "image" ? " onimage" : "";
  const box = make("div", { class: "box" + onImage, tabindex: -1 }, cross(popup.close, close), body(here), said);
  const shape = `${kind} ${more}${popup.blocks.some((block) => block.type == "window") ? " wide" : ""}`;
  if (!isModal) {
    const keydown = (event) => event.key == "Escape" && close();
    root.append(make("section", { class: shape, role: "region", ...label, keydown }, box));
    // Who does not see it hears of it; nothing takes the focus.
    if (!isPreview) setTimeout(() => here.say(label["aria-label"]), 200);
    reachable(box);
    return close;
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
  reachable(box);
  return close;
}

/* What scrolls and holds nothing that takes the focus takes it itself: so can be scrolled by keys. */
function reachable(box) {
  const body = box.querySelector(".body");
  if (body.scrollHeight > body.clientHeight && !body.querySelector("a,button,input,select,textarea")) body.tabIndex = 0;
}
