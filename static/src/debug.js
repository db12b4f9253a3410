/* What was found on this page, and what became of each event? For the shop's owner: s.js loads it only
   with ?rs_debug=1. With a token of the install page (#rs-check=…) it also tells the install check what
   it sees, and lets the owner point at what it does not see.
   Texts go in as text, everything lives in a shadow root, and nothing of it reaches the shop's page. */

/* Every text in three languages, and what each is called here. */
const TEXTS = {
  en: [
    "Move (arrow keys)",
    "Fold",
    "Close for this tab",
    "This page",
    "Found by",
    "No product was found here.",
    "Is this a product’s page? Import the catalogue with its pages’ addresses, or show name and price by pointing (Install, in the owner’s pages).",
    "In the catalogue",
    "Not in the catalogue, by number or address: import it with the same numbers.",
    "The catalogue has another price",
    "Consent",
    "granted",
    "denied: nothing is kept",
    "not answered: events wait",
    "refused by the browser (GPC)",
    "Events",
    "Nothing yet.",
    "of a page before",
    "waiting",
    "sent, no answer yet",
    "stored",
    "known already",
    "refused",
    "will be sent again",
    "no answer: blocked or offline",
    "held until consent",
    "To show",
    "Popup",
    "Window",
    "The install check listens.",
    "This check is over: open it again from the install page.",
    "Show it by pointing",
    "Choose, then click it on the page; or Tab to it, Enter takes it, Escape ends. For the number, Tab also finds values that do not show.",
    "Name",
    "Price",
    "Number",
    "Picture",
    "Order number",
    "there is nothing to read",
    "there is no number in it",
    "Save",
    "Saved for the next pages.",
    "That did not work",
    "This is a checkout page",
    "This is a thank-you page",
    "your own places",
  ],
  ko: [
    "이동(화살표 키)",
    "접기",
    "이 탭에서 닫기",
    "이 페이지",
    "읽은 곳",
    "여기에서 상품을 찾지 못했습니다.",
    "상품 페이지라면 페이지 주소가 있는 카탈로그를 가져오거나, 관리자 설치 페이지에서 이름과 가격을 가리켜 주세요.",
    "카탈로그에 있음",
    "이 번호나 주소가 카탈로그에 없습니다. 같은 번호로 가져와 주세요.",
    "카탈로그의 가격이 다릅니다",
    "동의",
    "동의함",
    "거부: 저장하지 않음",
    "답하지 않음: 이벤트 대기",
    "브라우저가 거부함(GPC)",
    "이벤트",
    "아직 없습니다.",
    "이전 페이지",
    "대기 중",
    "보냄, 응답 없음",
    "저장됨",
    "이미 저장됨",
    "거절됨",
    "다시 보냄",
    "응답 없음: 차단 또는 오프라인",
    "동의할 때까지 보류",
    "보여줄 것",
    "팝업",
    "추천 영역",
    "설치 점검이 듣고 있습니다.",
    "점검이 끝났습니다. 설치 페이지에서 다시 열어 주세요.",
    "직접 가리키기",
    "항목을 고르고 페이지에서 클릭하세요. 키보드: Tab 이동, Enter 선택, Esc 끝. 번호는 Tab으로 보이지 않는 값도 찾습니다.",
    "이름",
    "가격",
    "번호",
    "사진",
    "주문번호",
    "읽을 내용이 없습니다",
    "숫자가 없습니다",
    "저장",
    "저장했습니다. 다음 페이지부터 적용됩니다.",
    "저장하지 못했습니다",
    "결제 페이지입니다",
    "주문 완료 페이지입니다",
    "직접 가리킨 곳",
  ],
  ja: [
    "移動（矢印キー）",
    "たたむ",
    "このタブでは閉じる",
    "このページ",
    "読み取り元",
    "商品が見つかりませんでした。",
    "商品ページなら、アドレス付きのカタログを取り込むか、管理ページの「設置」から名前と価格を指し示してください。",
    "カタログにあります",
    "この番号やアドレスはカタログにありません。同じ番号で取り込んでください。",
    "カタログの価格と違います",
    "同意",
    "同意済み",
    "拒否: 保存しません",
    "未回答: イベントは待機",
    "ブラウザーが拒否（GPC）",
    "イベント",
    "まだありません。",
    "前のページ",
    "待機中",
    "送信済み、応答待ち",
    "保存済み",
    "保存済み（重複）",
    "拒否されました",
    "再送します",
    "応答なし: ブロックかオフライン",
    "同意まで保留",
    "表示するもの",
    "ポップアップ",
    "おすすめ枠",
    "設置チェックが受信しています。",
    "チェックは終わりました。設置ページから開き直してください。",
    "指し示す",
    "項目を選び、ページ上でクリック。キーボード: Tab で移動、Enter で決定、Esc で終了。番号は Tab で見えない値も探せます。",
    "名前",
    "価格",
    "番号",
    "写真",
    "注文番号",
    "読み取れるものがありません",
    "数字がありません",
    "保存",
    "保存しました。次のページから有効です。",
    "うまくいきませんでした",
    "これは購入手続きのページです",
    "これは注文完了のページです",
    "指し示した場所",
  ],
};
const NAMES =
  "move fold close page by nothing help in out other consent granted denied pending gpc events none before waiting sent stored known refused again blocked held offers popup window linked over point pointHelp name price id image order_number empty noNumber save saved failed checkout_pages thank_you_pages mapping".split(" ");
const language = () => document.documentElement.lang || navigator.language;
let say; // the texts in the page's language

/* How people call what find.js read; the owner's own places have a word in each language. */
const METHODS = { jsonld: "JSON-LD", opengraph: "OpenGraph" };

const MOST_EVENTS = 30; // as the server takes them
const REPORT_AFTER = 500; // ms after the last news
const STEP = 24; // px of an arrow key

/* ---- what this tab keeps ---- */

const tab = (key, value) => {
  try {
    if (value === undefined) return sessionStorage.getItem(key);
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // then it lasts for this page
  }
  return null;
};

/* The word of the install page: out of the address at once, so that nobody else reads it there. */
function takeToken() {
  const found = /[#&]rs-check=([\w-]{10,60})/.exec(location.hash);
  if (!found) return tab("_rs_check");
  tab("_rs_check", found[1]);
  history.replaceState(history.state, "", location.pathname + location.search);
  return found[1];
}

/* ---- building ---- */

/* An element: `set` holds attributes, functions in it are listeners; texts among the children stay texts. */
function make(tag, set = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) {
    if (typeof value == "function") element.addEventListener(name, value);
    else if (value != null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== ""));
  return element;
}

const money = (amount, currency) => {
  try {
    return new Intl.NumberFormat(language(), { style: "currency", currency }).format(amount);
  } catch {
    return amount == null ? "" : `${amount} ${currency || ""}`;
  }
};

const picture = (link) => {
  try {
    const { protocol, href } = new URL(link, location.href);
    return link && /^https?:$/.test(protocol) ? make("img", { src: href, alt: "", width: 48, height: 48 }) : null;
  } catch {
    return null;
  }
};

const CSS_TEXT = `
:host{all:initial;position:fixed;z-index:2147483647;inset-block-end:12px;inset-inline-end:12px;inline-size:370px;
  --paper:#fff;--ink:#181c26;--soft:#565f6f;--line:#d9dee7;--main:#3652c8;--good:#17704a;--bad:#ad2b2b;--wait:#8a5a05;
  font:14px/1.45 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:host{--paper:#1b2029;--ink:#eef1f6;--soft:#a6afbf;--line:#39414f;--main:#92a6ff;--good:#7fdcae;--bad:#ffa59c;--wait:#f0bd62}}
*{box-sizing:border-box}
section{background:var(--paper);color:var(--ink);border:1px solid var(--line);border-radius:12px;box-shadow:0 8px 32px #0005;overflow:hidden}
header{display:flex;gap:2px;align-items:center;padding:4px 14px;border-block-end:1px solid var(--line)}
header b{flex:1}
.body{max-block-size:min(56vh,520px);overflow-y:auto;padding:4px 14px 14px}
.folded .body{display:none}
h2,summary{font:600 12px system-ui;color:var(--soft);margin:12px 0 6px}
p{margin:0 0 6px}.soft{color:var(--soft)}.small{font-size:12px}
ul{list-style:none;margin:0;padding:0}
li{display:flex;gap:4px;flex-wrap:wrap;justify-content:space-between;padding:3px 0;border-block-start:1px solid var(--line)}
li .why{flex-basis:100%}
.product{display:flex;gap:10px}.product img{border-radius:8px;object-fit:cover;flex:none}
b,code,output{overflow-wrap:anywhere}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}
code{font:12px monospace;color:var(--soft)}
button{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:8px;padding:4px 10px;min-block-size:32px;cursor:pointer}
button[aria-pressed=true]{border-color:var(--main);color:var(--main)}
header button{border-color:transparent;inline-size:34px;padding:0;touch-action:none}
.main{background:var(--main);color:var(--paper);border-color:var(--main)}
.roles{display:grid;grid-template-columns:auto 1fr;gap:6px 10px;align-items:center;margin-block-end:8px}
.row{display:flex;gap:6px;flex-wrap:wrap}
:focus-visible{outline:3px solid var(--main);outline-offset:1px}
.box{position:fixed;pointer-events:none;border:3px solid #3652c8;background:#3652c824}
@media(max-width:480px){:host{inset-inline:0;inset-block-end:0;inline-size:auto}section{border-radius:12px 12px 0 0}.body{max-block-size:44vh}}`;

/* ---- pointing: from an element to a selector that finds it on the next page of its kind ---- */

/* Whether a class or id is a name that people gave, the same on every page, and not a state. */
function isStable(word) {
  if (!/^[a-z][\w-]{1,39}$/i.test(word) || /\d{2}/.test(word)) return false;
  if (/^(is|has|js|no|css|sc|jss|emotion|svelte)-|(^|[-_])(active|open|selected|current|loaded|loading|visible|hidden|first|last)$/i.test(word)) return false;
  // What tools make of names ends in a hash: Product_name__a1B2c.
  if (/(^|[-_])(?=[^-_]*[a-z])(?=[^-_]*(\d|[a-z][A-Z]))[A-Za-z\d]{4,9}$/.test(word) && /\d|[-_]/.test(word)) return false;
  const slug = location.pathname.split("/").filter(Boolean).pop() || "";
  return slug.length < 4 || !word.toLowerCase().includes(slug.toLowerCase().replace(/\.\w+$/, ""));
}

/* The ways to name an element by itself, the most telling first; its tag is the last. */
function marksOf(element) {
  const named = [...element.attributes].flatMap(({ name, value }) => {
    if (!/^(itemprop|property|name|data-[a-z-]+)$/.test(name)) return [];
    if (/^[a-z][a-z:_.-]{1,39}$/i.test(value) && isStable(value.replace(/[:.]/g, "-"))) return [`[${name}="${value}"]`];
    return name.startsWith("data-") ? [`[${name}]`] : [];
  });
  const classes = [...element.classList].filter(isStable).map((one) => "." + CSS.escape(one));
  const id = isStable(element.id) ? ["#" + CSS.escape(element.id)] : [];
  return [...id, ...named, ...classes, ...classes.map((one) => element.localName + one), element.localName];
}

/* A short selector that finds this element and no other. */
export function selectorOf(element) {
  const isOnly = (selector) => {
    const found = document.querySelectorAll(selector);
    return !found[1] && found[0] == element;
  };
  const own = marksOf(element);
  const alone = own.find(isOnly);
  if (alone) return alone;
  for (let above = element.parentElement; above; above = above.parentElement) {
    const marks = marksOf(above).slice(0, -1);
    const found = marks.flatMap((mark) => own.map((one) => `${mark} ${one}`)).find(isOnly);
    if (found) return found;
  }
  return stepsTo(element, isOnly);
}

/* The last way: by its place among its like. */
function stepsTo(element, isOnly) {
  let steps = "";
  for (let one = element; one.parentElement && !(steps && isOnly(steps)); one = one.parentElement) {
    const alike = [...one.parentElement.children].filter((other) => other.localName == one.localName);
    const step = one.localName + (alike[1] ? `:nth-of-type(${alike.indexOf(one) + 1})` : "");
    steps = steps ? `${step} > ${steps}` : step;
  }
  return steps;
}

/* What is read at an element: as find.js reads the owner's places. */
export function valueOf(element) {
  const [content, value, src] = ["content", "value", "src"].map((name) => element.getAttribute(name));
  return (content || value || src || element.textContent).replace(/\s+/g, " ").trim().slice(0, 200);
}

const at = (selector) => {
  try {
    return selector ? document.querySelector(selector) : null;
  } catch {
    return null;
  }
};

const isShown = (element) => !!element.getClientRects()[0];

/* Values that do not show and may be the product's number. */
const hiddenNumbers = () =>
  [...document.querySelectorAll("input[type=hidden],button[value],meta[itemprop]")]
    .filter((one) => /product|item|sku|goods|add-to-cart|^id$/i.test(one.name || one.getAttribute("itemprop")) && valueOf(one));

/* Everything that can be pointed at for `role`, in the page's order. */
function placesFor(role) {
  const all = [...document.body.querySelectorAll("*")].filter((one) => {
    if (role == "image") return one.localName == "img" && isShown(one);
    const words = [...one.childNodes].some((node) => node.nodeType == 3 && /\S/.test(node.data));
    return (words || one.localName == "input") && !/^(script|style|noscript|template|option)$/.test(one.localName) && isShown(one);
  });
  return role == "id" ? [...hiddenNumbers(), ...all] : all;
}

/* Where the search for `role` begins: at what looks most like it. */
function firstGuess(role, places) {
  const looks = {
    name: (one) => one.localName == "h1",
    price: (one) => /[$€£¥￥₩원円]\s*\d|\d\s*([$€£¥￥₩원円]|[A-Z]{3}\b)/.test(one.textContent) && one.textContent.length < 40,
    order_number: (one) => /\d{3}/.test(one.textContent) && one.textContent.length < 60,
    image: (one) => one.clientWidth > 150,
  }[role];
  return Math.max(0, looks ? places.findIndex(looks) : 0);
}

/* ---- the overlay ---- */

const ROLES = ["name", "price", "id", "image", "order_number"];

/* What s.js has told so far: of this page, and of the events of this tab. */
function newsOf() {
  return { view: undefined, found: undefined, held: "", offers: undefined, troubles: [], events: new Map(), match: undefined };
}

/* The status of each event of a request, from the server's answer: [[id, status, reason]]. */
export function fatesOf({ ids, status, answer }) {
  const { accepted, refused, error } = answer || {};
  const why = new Map((refused || []).map((one) => [ids[one.index], one.reason]));
  return ids.map((id) => {
    if (why.has(id)) return [id, "refused", why.get(id)];
    if (accepted !== undefined) return [id, accepted ? "stored" : "known"];
    if (status === undefined) return [id, "sent"];
    if (!status || (status < 400 && !answer)) return [id, "blocked"];
    return [id, status == 429 || status > 499 ? "again" : "refused", error && error.message];
  });
}

/* Takes one piece of news in. */
export function take(news, kind, data) {
  if (kind == "event") {
    if (data.name == "page_view") {
      const { events } = news;
      events.forEach((event) => (event.before = true));
      Object.assign(news, newsOf(), { events, view: data });
    }
    news.events.set(data.event_id, { name: data.name, status: "waiting" });
    for (const id of [...news.events.keys()].slice(0, -MOST_EVENTS)) news.events.delete(id);
  } else if (kind == "sent") {
    for (const [id, status, reason] of fatesOf(data)) {
      const event = news.events.get(id);
      if (event) Object.assign(event, { status, reason });
    }
    const { popup, windows } = data.answer || {};
    if (popup !== undefined || windows) news.offers = { popup, windows: windows || {} };
  } else if (kind == "found") {
    if (data.params && data.params.items) news.found = data;
  } else if (kind == "held") {
    news.held = data.why;
    news.events.forEach((event) => event.status == "waiting" && (event.status = "held"));
  } else if (kind == "trouble") {
    news.troubles = [...news.troubles, String(data.message || data)].slice(-10);
  }
}

/* Where the shop sells, as far as a page can say by itself. */
const looksLikeProduct = () =>
  !!at("form[action*=cart] [type=submit],form[action*=basket] [type=submit],[name=add-to-cart],[data-add-to-cart]");

let api, news, token, host, panel, box, statusLine, foldButton, pointPart;
let picked = {}; // role: selector, since the last save
let saved = {}; // the shop's mapping
const outputs = {};
const buttons = {};
let parts = {};
let movedX = 0;
let movedY = 0;
let drawing, reporting, reported, closed;
let aimed, target, places, place, stopAiming; // while something is being pointed at

/* ---- its parts ---- */

/* Puts the panel together and onto the page. */
function build(lang) {
  host = make("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS_TEXT);
  root.adoptedStyleSheets = [sheet];
  const button = (sign, label, click, set) => make("button", { type: "button", title: label, "aria-label": label, click, ...set }, sign);
  foldButton = button("–", say.fold, () => fold(), { "aria-expanded": "true" });
  const handle = button("✥", say.move, () => {}, { class: "handle", pointerdown: drag, keydown: nudge });
  const close = button("×", say.close, shut);
  statusLine = make("p", { role: "status", class: "small" });
  parts = { page: make("div"), events: make("div"), offers: make("div") };
  const body = make("div", { class: "body", tabindex: 0, role: "group", "aria-label": say.page }, parts.page, statusLine, pointing(), parts.events, parts.offers);
  panel = make("section", { class: "panel", "aria-label": "Regulars", role: "region", lang },
    make("header", {}, make("b", {}, "Regulars"), handle, foldButton, close), body);
  panel.addEventListener("keydown", (event) => event.key == "Escape" && !aimed && fold(true));
  box = make("div", { class: "box", hidden: true });
  root.append(panel, box);
  if (tab("_rs_fold")) fold(true);
  document.documentElement.append(host);
}

/* Folds the panel to its head, or unfolds it. */
function fold(to = !panel.classList.contains("folded")) {
  panel.classList.toggle("folded", to);
  tab("_rs_fold", to ? "1" : null);
  foldButton.setAttribute("aria-expanded", !to);
  foldButton.textContent = to ? "+" : "–";
}

/* Takes the overlay away, and all that this tab kept for it. */
function shut() {
  aim();
  closed = true;
  document.cookie = "_rs_debug=;path=/;max-age=0";
  for (const key of ["_rs_check", "_rs_seen", "_rs_fold"]) tab(key, null);
  host.remove();
}

/* Moves the panel by so many pixels, but never out of the window. */
function moveBy(x, y) {
  const { left, right, top, bottom } = panel.getBoundingClientRect();
  const dx = Math.min(Math.max(x, -left), innerWidth - right);
  const dy = Math.min(Math.max(y, -top), innerHeight - bottom);
  movedX += dx;
  movedY += dy;
  panel.style.transform = `translate(${movedX}px,${movedY}px)`;
}

/* Moves the panel by the arrow keys. */
function nudge(event) {
  const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [];
  if (x === undefined) return;
  event.preventDefault();
  moveBy(x * STEP, y * STEP);
}

/* Moves the panel with the pointer that went down on its handle. */
function drag(event) {
  const handle = event.currentTarget;
  handle.setPointerCapture(event.pointerId);
  handle.onpointermove = (moved) => moveBy(moved.movementX, moved.movementY);
  handle.onpointerup = () => (handle.onpointermove = null);
}

/* ---- what it says ---- */

/* Draws, and then tells the check, once for all news of a moment. */
function soon() {
  if (drawing || closed) return;
  drawing = setTimeout(() => {
    drawing = 0;
    draw();
    clearTimeout(reporting);
    reporting = setTimeout(() => report(), REPORT_AFTER);
  }, 50);
}

/* Writes down again what is known. */
function draw() {
  tab("_rs_seen", JSON.stringify([...news.events]));
  parts.page.replaceChildren(make("h2", {}, say.page), ...pageWords());
  parts.events.replaceChildren(make("h2", {}, say.events), eventWords());
  parts.offers.replaceChildren(make("h2", {}, say.offers), ...offerWords());
  pointPart.hidden = !token;
  if (news.match === null && !news.found) pointPart.open = true; // there is nothing else to read
}

/* The number of the order this page thanks for: s.js may put it into the view later. */
const orderOf = () => news.view && (news.view.params || {}).order_number;

/* The lines about this page. */
function pageWords() {
  const { found, troubles, match } = news;
  const item = found && found.params.items[0];
  const order = orderOf();
  const { consent } = api.page();
  const held = consent == "granted" ? "" : news.held;
  return [
    item ? productCard(item, found) : match ? "" : make("p", {}, say.nothing, " ", make("span", { class: "soft" }, say.help)),
    match ? matched(match, item, found) : token && item && match === null ? make("p", { class: "bad" }, say.out) : "",
    order ? make("p", {}, `${say.order_number}: ${order}`) : "",
    make("p", { class: held ? "wait" : "soft" }, `${say.consent}: ${say[held || consent]}`),
    ...troubles.map((one) => make("p", { class: "bad small" }, one)),
  ].filter(Boolean);
}

/* The product that was found, with how. */
function productCard(item, { how, params }) {
  const price = item.price === undefined ? "" : money(item.price, params.currency);
  return make("div", { class: "product" }, picture(item.image),
    make("p", {}, make("b", {}, item.item_name || item.item_id), make("br"), [price, item.item_id].filter(Boolean).join(" · "),
      make("br"), make("span", { class: "soft" }, `${say.by} ${say[how] || METHODS[how] || how || ""}`)));
}

/* What the catalogue says of this page, and whether the price is the same. */
function matched(match, item, found) {
  const differs = item && item.price !== undefined && match.price != null && item.price != match.price;
  const line = [match.name, money(match.price, match.currency)].filter(Boolean).join(" · ");
  return make("p", { class: differs ? "bad" : "good" }, `${differs ? say.other : say.in}: ${line}`, item ? "" : ` (${match.item_id})`);
}

/* Every event with what became of it, the newest first. */
function eventWords() {
  const { events } = news;
  if (!events.size) return make("p", { class: "soft" }, say.none);
  const tone = { stored: "good", known: "good", refused: "bad", blocked: "bad" };
  return make("ul", {}, [...events.values()].reverse().map(({ name, status, reason, before }) =>
    make("li", {}, make("span", before ? { class: "soft" } : {}, name, before ? ` (${say.before})` : ""),
      make("span", { class: tone[status] || "wait" }, say[status]), reason ? make("span", { class: "why small bad" }, reason) : "")));
}

/* What the server answered to show. */
function offerWords() {
  const { popup, windows } = news.offers || {};
  const names = Object.keys(windows || {});
  if (!popup && !names.length) return [make("p", { class: "soft" }, say.none)];
  return [
    popup ? make("p", {}, `${say.popup}: ${popup.id} (${popup.arm})`) : "",
    ...names.map((name) => make("p", {}, `${say.window}: ${name} (${windows[name].arm}, ${(windows[name].items || "").length})`)),
  ].filter(Boolean);
}

/* Says one line, also to screen readers. */
function tell(text, tone) {
  statusLine.textContent = text || "";
  statusLine.className = `small ${tone || ""}`;
}

/* ---- the install check ---- */

/* The server's answer, or false; it hears the token, which goes nowhere else. */
async function post(data) {
  const { key, home } = api.page();
  const body = JSON.stringify({ key, token, ...data });
  try {
    const response = await fetch(`${home}/v1/inspect`, { method: "POST", body, credentials: "omit" });
    const answer = await response.json();
    if (response.status == 403) {
      token = null;
      tab("_rs_check", null);
      aim();
      tell(say.over, "bad");
      draw();
    } else if (!response.ok) tell(`${say.failed}: ${answer.error.message}`, "bad");
    return response.ok && answer;
  } catch {
    return false;
  }
}

/* What the check is told of this page. */
function seen() {
  const { found, events, troubles, view } = news;
  const { items, currency } = (found && found.params) || {};
  const item = items && items[0];
  const said = { how: found && found.how, order_number: orderOf() };
  if (item) Object.assign(said, { item_id: String(item.item_id), name: item.item_name, price: item.price, currency });
  const url = location.href.split("#")[0].replace(/([?&])rs_debug=1&?/, "$1").replace(/[?&]$/, "");
  return {
    page: { id: view.event_id, url, looks: item || looksLikeProduct() ? "product" : "other" },
    consent: String(api.page().consent || ""),
    found: said,
    events: [...events.values()].map(({ name, status, reason }) => ({ name, status, reason })),
    troubles,
  };
}

/* Tells the check what is new; `last`: the page is going. */
async function report(last) {
  if (!token || !news.view || closed) return;
  const told = seen();
  const text = JSON.stringify(told);
  if (text == reported) return;
  reported = text;
  if (last) {
    const { key, home } = api.page();
    navigator.sendBeacon(`${home}/v1/inspect`, JSON.stringify({ key, token, ...told }));
    return;
  }
  const answer = await post(told);
  if (!answer || told.page.id != news.view.event_id) return;
  news.match = answer.page.match;
  saved = answer.mapping || {};
  if (!statusLine.textContent) tell(say.linked, "soft");
  draw();
  fill();
}

/* ---- pointing ---- */

/* The part with which the owner points. */
function pointing() {
  const rows = ROLES.flatMap((role) => {
    outputs[role] = make("output", { class: "small" });
    buttons[role] = make("button", { type: "button", "aria-pressed": "false", click: () => aim(aimed == role ? undefined : role) }, say[role]);
    return [buttons[role], outputs[role]];
  });
  const pages = ["checkout_pages", "thank_you_pages"].map((list) => make("button", { type: "button", click: () => addPage(list) }, say[list]));
  pointPart = make("details", { hidden: true }, make("summary", {}, say.point), make("p", { class: "soft small" }, say.pointHelp), make("div", { class: "roles" }, rows),
    make("div", { class: "row" }, make("button", { type: "button", class: "main", click: save }, say.save), pages));
  return pointPart;
}

/* Where a role's value is read now: what was just picked, else what is saved. */
function selectorFor(role) {
  if (picked[role]) return picked[role];
  return role == "order_number" ? saved.order_number : (saved.product || {})[role];
}

/* Shows what each place reads on this page. */
function fill() {
  for (const role of ROLES) {
    const selector = selectorFor(role);
    const found = at(selector);
    const value = found ? valueOf(found) : "";
    const odd = !value ? say.empty : role == "price" && !/\d/.test(value) ? say.noNumber : "";
    outputs[role].replaceChildren(...(selector ? [odd || value, make("br"), make("code", {}, selector)] : ["–"]));
    outputs[role].className = `small ${selector && odd ? "bad" : ""}`;
  }
}

/* Begins to point at `role`; without one, ends it. */
function aim(role) {
  if (stopAiming) stopAiming();
  stopAiming = null;
  aimed = role;
  box.hidden = true;
  for (const one of ROLES) buttons[one].setAttribute("aria-pressed", one == role);
  if (!role) return tell("");
  tell(`${say[role]}…`);
  places = null;
  const hear = (name, does) => {
    addEventListener(name, does, true);
    return () => removeEventListener(name, does, true);
  };
  const swallow = (event) => {
    if (event.composedPath().includes(host)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type == "click") pick(event.target);
  };
  const stops = [hear("mousemove", (event) => event.composedPath().includes(host) || mark(event.target)), hear("keydown", onKey)];
  for (const name of ["click", "mousedown", "mouseup", "pointerdown", "pointerup", "submit"]) stops.push(hear(name, swallow));
  stopAiming = () => stops.forEach((stop) => stop());
}

/* The picture in an element when a picture is wanted, else the element. */
const pictureIn = (element) => (aimed == "image" && element.querySelector("img")) || element;

/* Draws the box around what Enter or a click would take. */
function mark(element) {
  if (!(element instanceof Element)) return;
  target = pictureIn(element);
  const { left, top, width, height } = target.getBoundingClientRect();
  Object.assign(box.style, { left: `${left - 3}px`, top: `${top - 3}px`, width: `${width + 6}px`, height: `${height + 6}px` });
  box.hidden = false;
}

/* The keyboard while something is pointed at. */
function onKey(event) {
  const { key, shiftKey } = event;
  const inPanel = event.composedPath().includes(host);
  if (key == "Escape") aim();
  else if (key == "Tab") step(shiftKey ? -1 : 1);
  else if (key == "Enter" && target && (!inPanel || places)) pick(target);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/* Goes to the next place, or the one before. */
function step(by) {
  if (!places) {
    places = placesFor(aimed);
    place = firstGuess(aimed, places) - by;
  }
  const { length } = places;
  if (!length) return;
  place = (place + by + length) % length;
  const element = places[place];
  element.scrollIntoView({ block: "center" });
  mark(element);
  tell(`${say[aimed]}: ${valueOf(element)}`);
}

/* Takes the element for what is being pointed at. */
function pick(element) {
  const role = aimed;
  const found = pictureIn(element);
  picked[role] = selectorOf(found);
  aim();
  fill();
  tell(`${say[role]}: ${valueOf(found) || say.empty}`);
  buttons[role].focus();
}

/* Keeps what was picked. */
async function save() {
  const { order_number, ...product } = picked;
  const answer = await post({ mapping: { product, ...(order_number && { order_number }) } });
  if (!answer) return;
  saved = answer.mapping;
  picked = {};
  fill();
  tell(say.saved, "good");
}

/* This page's kind: numbers in its address stand for any. */
async function addPage(list) {
  const pattern = location.pathname.replace(/[^/]*\d[^/]*/g, "*");
  if (await post({ add_page: { list, pattern } })) tell(`${say.saved} (${pattern})`, "good");
}

/* Shows the overlay, once a page. `given`: on(listener) and page(), as s.js gives them. */
export function start(given) {
  api = given;
  const code = language().slice(0, 2);
  const lang = TEXTS[code] ? code : "en";
  say = Object.fromEntries(NAMES.map((name, index) => [name, TEXTS[lang][index]]));
  news = newsOf();
  token = takeToken();
  build(lang);
  for (const [id, event] of JSON.parse(tab("_rs_seen") || "[]")) news.events.set(id, { ...event, before: true });
  api.on((kind, data) => {
    take(news, kind, data || {});
    soon();
  });
  addEventListener("pagehide", () => report(true));
  soon();
}
