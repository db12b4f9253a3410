// A shop's page small enough to read, for the tests: just enough of HTML, CSS selectors and a browser's window.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const source = (name) => readFileSync(new URL(`../../static/src/${name}`, import.meta.url), "utf8");
const VOID = /^(area|base|br|col|hr|img|input|link|meta|source|wbr)$/i;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", euro: "€", pound: "£" };
const decoded = (text) => text.replace(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all);

class Text {
  constructor(data) {
    this.data = data;
  }
  get textContent() {
    return this.data;
  }
}

class Element {
  constructor(name, attributes) {
    this.nodeName = name.toUpperCase();
    this.attributes = attributes;
    this.children = [];
  }
  get parentElement() {
    return this.parentNode instanceof Element ? this.parentNode : null;
  }
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  hasAttribute(name) {
    return name in this.attributes;
  }
  get className() {
    return this.getAttribute("class") ?? "";
  }
  get value() {
    return /^(INPUT|BUTTON)$/.test(this.nodeName) ? (this.getAttribute("value") ?? "") : undefined;
  }
  get action() {
    return this.nodeName == "FORM" ? this.address("action") : undefined;
  }
  get href() {
    return /^(A|LINK)$/.test(this.nodeName) ? this.address("href") : undefined;
  }
  get src() {
    return this.address("src");
  }
  address(name) {
    return this.hasAttribute(name) ? new URL(this.getAttribute(name), this.page).href : "";
  }
  get dataset() {
    const data = Object.entries(this.attributes).filter(([name]) => name.startsWith("data-"));
    return Object.fromEntries(data.map(([name, value]) => [name.slice(5).replace(/-(.)/g, (_, one) => one.toUpperCase()), value]));
  }
  get textContent() {
    return this.children.map((child) => child.textContent).join("");
  }
  *below() {
    for (const child of this.children) {
      yield child;
      if (child instanceof Element) yield* child.below();
    }
  }
  querySelectorAll(selector) {
    const chains = chainsOf(selector);
    return [...this.below()].filter((node) => node instanceof Element && chains.some((chain) => matches(node, chain)));
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  closest(selector) {
    const chains = chainsOf(selector);
    let node = this;
    while (node && !chains.some((chain) => matches(node, chain))) node = node.parentElement;
    return node;
  }
}

const PART = /([\w-]+)|#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:([*^$~|]?=)(?:"([^"]*)"|'([^']*)'|([^\]]*)))?\]/y;
const OPERATORS = {
  "=": (value, wanted) => value == wanted,
  "*=": (value, wanted) => value.includes(wanted),
  "^=": (value, wanted) => value.startsWith(wanted),
  "$=": (value, wanted) => value.endsWith(wanted),
  "~=": (value, wanted) => value.split(/\s+/).includes(wanted),
};

// A selector as lists of tests: of an element and, before them, of those around it.
function chainsOf(selector) {
  const parts = selector.match(/(?:\[[^\]]*\]|[^,[])+/g) ?? [];
  return parts.map((part) => part.trim().match(/(?:\[[^\]]*\]|[^\s[])+/g).map(testsOf));
}

function testsOf(compound) {
  const tests = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < compound.length) {
    const found = PART.exec(compound);
    if (!found) throw new SyntaxError(`not a selector: ${compound}`);
    const [, name, id, word, attribute, operator, ...values] = found;
    const wanted = (values.find((value) => value !== undefined) ?? "").replace(/\\(.)/g, "$1");
    if (name) tests.push((node) => node.nodeName == name.toUpperCase());
    else if (id) tests.push((node) => node.getAttribute("id") == id);
    else if (word) tests.push((node) => node.className.split(/\s+/).includes(word));
    else if (!operator) tests.push((node) => node.hasAttribute(attribute));
    else tests.push((node) => node.hasAttribute(attribute) && OPERATORS[operator](node.getAttribute(attribute), wanted));
  }
  return tests;
}

function matches(node, chain) {
  const around = chain.slice(0, -1);
  if (!chain.at(-1).every((test) => test(node))) return false;
  if (!around.length) return true;
  for (let outer = node.parentElement; outer; outer = outer.parentElement) if (matches(outer, around)) return true;
  return false;
}

// HTML as the tests write it: every element that is not void is closed.
function parse(html, page) {
  const root = new Element("html", {});
  let open = root;
  const add = (child) => {
    child.parentNode = open;
    child.page = page;
    open.children.push(child);
    return child;
  };
  const token = /<!--[^]*?-->|<(script|style)\b([^>]*)>([^]*?)<\/\1>|<\/([\w-]+)\s*>|<([\w-]+)((?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|</gi;
  for (const [all, raw, rawRest, code, closed, name, rest] of html.matchAll(token)) {
    if (all.startsWith("<!--")) continue;
    if (raw) {
      const outer = open;
      open = add(new Element(raw, attributesOf(rawRest)));
      add(new Text(code));
      open = outer;
    } else if (closed) open = open.parentNode ?? open;
    else if (name) {
      const element = add(new Element(name, attributesOf(rest)));
      if (!VOID.test(name)) open = element;
    } else add(new Text(decoded(all)));
  }
  return root;
}

function attributesOf(text) {
  const found = text.matchAll(/([\w:@.-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return Object.fromEntries([...found].map(([, name, ...values]) => [name, decoded(values.find((value) => value !== undefined) ?? "")]));
}

// What one file of the sources makes of a page; `page`: its address, `globals`: the platform's variables.
function contextOf(html, page, globals) {
  const { href, pathname, search, hash, origin } = new URL(page);
  const root = parse(html, page);
  const document = {
    get head() {
      return root.querySelector("head") ?? root;
    },
    get body() {
      return root.querySelector("body") ?? root;
    },
    querySelector: (selector) => root.querySelector(selector),
    querySelectorAll: (selector) => root.querySelectorAll(selector),
    createTreeWalker(node) {
      const texts = [...node.below()].filter((child) => child instanceof Text);
      return { nextNode: () => (this.currentNode = texts.shift()), get currentNode() { return document.currentNode; } };
    },
  };
  const location = { href, pathname, search, hash, origin, toString: () => href };
  const context = vm.createContext({ URL, document, location, ...globals });
  context.window = context;
  return context;
}

const TOOLS = "{ itemOf, paramsOf, money, listOf, isText, isObject, isSaid }";

// The functions of read.js and layer.js.
export function reader() {
  const context = vm.createContext({ URL });
  for (const filename of ["read.js", "layer.js"]) vm.runInContext(source(filename), context, { filename });
  return vm.runInContext(`({ ...${TOOLS}, entryOf })`, context);
}

// What find.js makes of a page; `does` may ask for more than `find`, by the names inside of find.js.
function onPage({ html = "", page = "https://moon.example/boots", globals = {}, map = {} }, does) {
  const context = contextOf(html, page, globals);
  vm.runInContext(source("read.js"), context, { filename: "read.js" });
  const code = source("find.js").replace('JSON.parse("{}")', () => JSON.stringify(map)).replace("export function", "function");
  return vm.runInContext(`((tools) => { ${code}\n ${does} })(${TOOLS})`, context, { filename: "find.js" });
}

// What comes out of another context has other prototypes; only what it holds matters.
export const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

// What find.js says of a page: {view, order}.
export const found = (given) => plain(onPage(given, "return find(tools);"));

// The only item of a page's view, or undefined.
export const itemAt = (given) => found(given).view?.items[0];

// A function of find.js by its name, as it is on a page.
export const inside = (name, given = {}) => onPage(given, `find(tools); return ${name};`);
