/* What does this page sell, and which order was just placed?
   An ES module that s.js imports. It only reads: markup, addresses and the platforms' own variables;
   nothing of a page may make it throw, and nothing in it asks the browser for a layout. */

/* The owner's own places, as CSS selectors; the server puts the shop's mapping here. */
const MAP = JSON.parse("{}");

/* Where an order is confirmed, and where no page is a product's own, whatever it prints. */
const THANKS = /\/(thank[-_]?you|(order[-_]|(checkout|onepage|orders?\/[^/]+)\/)(received|confirm|result|complete|success))/i;
const ELSEWHERE =
  /^(\/..([-_]..)?)?(\/((cart|basket|checkout|search|order)s?([/.].*)?)?)?$/i;
/* With one of these an address is a page of its own, whatever its path. */
const PAGE_KEY = /[?&](p|route|\w*product\w*)=|#[!/]./;

/* "Order number: 123", in the words of shops. */
const ORDER_WORDS =
  /(?:order\s*(?:number|no\b|#)|bestell-?n\w*r|주문\s*번호|注文番号|n[uú]m\S+ d\S+ (?:commande|pedido))[^a-z\d]*(?:[a-z]{2,6}[\s:]+)?([a-z]*[-_]?\d[\w-]*)/i;

/* What names a product on its own page only: Magento, PrestaShop, BigCommerce, OpenCart, WooCommerce, Oscar. */
const MARKS =
  "#product_addtocart_form,#product_page_product_id,[data-cart-item-add] [name=product_id],#product [name=product_id],form.cart [name=add-to-cart],#add_to_basket_form";

/* The form of a platform that is not known. */
const FORMS = "form[data-product-id],form [name=product_id]";

/* Prices of pages that print nothing for machines: Oscar, OpenCart. */
const PRICES = ".price_color,.price-new,.list-unstyled h2";

let isSaid, isText, isObject, listOf, money, paramsOf; // of s.js

/* What `does` answers; undefined when it throws. */
const tried = (does) => {
  try {
    return does();
  } catch {
    return undefined;
  }
};

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* The first element; an owner's selector may be broken. */
const one = (selector, root = document) => tried(() => root.querySelector(selector));

/* The first of `values` that says something, as text without needless spaces. */
const first = (...values) => values.filter(isSaid).map((value) => String(value).replace(/\s+/g, " ").trim())[0];

/* What an element says to machines, or else to people. */
const said = (element) =>
  element ? first(...["content", "value", "src"].map((name) => element.getAttribute(name)), element.textContent) : undefined;

/* What the meta tags called one of `names` say, the first that says something. */
const meta = (...names) => first(...names.map((name) => metas[name]));
let metas;

const metasOf = (head) =>
  Object.fromEntries(all("meta", head).map((one) => [one.getAttribute("property") || one.getAttribute("name"), one.getAttribute("content")]).reverse());

/* An address in full; undefined for one that is not `like` those of a shop's pages or pictures. */
const full = (url, like = /^http.*/) => (url ? tried(() => (like.exec(new URL(url, location.href)) || [])[0]) : undefined);

/* What may stand behind any address of a shop and is no part of it: a campaign, a place on the page. */
const PASSING = /[?&](rs_debug|utm_\w+|gclid|fbclid)=[^&#]*|#(?![!/]).*/g;

/* Whether `url` is the address of this page; `part` of it counts: pathname or href. */
const isHere = (url, part = "pathname") =>
  isText(url) &&
  [location, one("[rel=canonical]", document.head) || location].some(({ href: page }) =>
    tried(() => new URL(url, page)[part] == new URL(page)[part]),
  );

/* ---- schema.org, as JSON-LD or as microdata ---- */

const parsed = (text) => tried(() => JSON.parse(text));

/* JSON as shops print it: with line ends inside of texts, comments around it, a comma too many; or broken (undefined). */
function looseJson(text) {
  const line = text.replace(/[\0-\x1f]+/g, " ");
  return parsed(line) || tried(() => parsed(/[[{][^]*[\]}]/.exec(line.replace(/<!\[CDATA\[|\]\]>|,\s*(?=[\]}])/g, ""))[0]));
}

/* The text of a schema.org value, which may be a list or a thing with a name. */
function textOf(value) {
  const one = listOf(value)[0];
  return isObject(one) ? textOf(one.name || one.url) : first(one);
}

/* What a page's data is about; related products and lists of products are left aside. */
function thingsIn(data) {
  return listOf(data).flatMap((one) =>
    isObject(one) ? [one, ...["@graph", "mainEntity", "breadcrumb"].flatMap((key) => thingsIn(one[key]))] : [],
  );
}

const things = () => thingsIn(all("[type*=ld\\+json]").flatMap((script) => looseJson(script.textContent)));

const isA = (thing, type) => listOf(thing["@type"]).some((name) => type.test(name));

/* Every {price, currency, url} of a product or an offer, the nearest first.
   A list price or one struck through is not what it costs. */
function pricesOf(data, before) {
  return listOf(data).flatMap((one) => {
    if (!isObject(one) || /List|Strike/.test(one.priceType)) return [];
    const currency = textOf(one.priceCurrency) || before;
    const price = money([one.price, one.lowPrice, one.minPrice].find(isSaid), currency);
    const inside = ["priceSpecification", "offers", "hasVariant"].flatMap((key) => pricesOf(one[key], currency));
    return price === undefined ? inside : [{ price, currency, url: one.url }, ...inside];
  });
}

/* The page's own product of all that is told of it. */
function ownOf(things, isProduct) {
  const products = things.filter((thing) => isA(thing, /\bProduct(Group)?$/));
  const groups = products.filter((thing) => isA(thing, /Group$/));
  const isList = things.some((thing) => isA(thing, /ItemList|CollectionPage|SearchResults/));
  const isOne = groups.length == 1 || new Set(products.map((thing) => textOf(thing.name))).size == 1;
  const isByPath = isOne || !PAGE_KEY.test(location.search);
  const own =
    products.find((thing) => isHere(thing.url, "href") || (isByPath && (isHere(thing.url) || isHere(thing["@id"])))) ||
    // Many products of which none is the page's: a list, unless the page says that it is a product.
    ((isProduct || (isOne && !isList)) && (groups[0] || products[0]));
  // Apps print it again, with what the theme left out.
  return own && Object.assign({}, ...products.filter((thing) => textOf(thing.name) == textOf(own.name)).reverse());
}

/* A thing as a clue; its id is what shops call it, the server takes none above 128 letters. */
function clueOf(thing) {
  if (!thing) return undefined;
  const ids = ["productGroupID", "sku", "productID", "mpn", "gtin13", "gtin", "@id", "url"];
  const prices = pricesOf(thing);
  const clue = { ...(prices.find((price) => isHere(price.url, "href")) || prices[0]) };
  for (const name of ["name", "brand", "category", "image", "url"]) clue[name] = textOf(thing[name]);
  clue.id = ids.map((name) => textOf(thing[name])).find((id) => id && id.length < 129);
  return clue;
}

function fromJsonLd(isProduct) {
  const told = things();
  const clue = clueOf(ownOf(told, isProduct));
  if (!clue) return undefined;
  const trail = told.find((thing) => isA(thing, /BreadcrumbList/)) || {};
  // Without its first (home) and its last (the product itself).
  const path = listOf(trail.itemListElement).slice(1, -1);
  clue.category = clue.category || path.map((step) => textOf(step.name || step.item)).join(" > ");
  return clue;
}

function fromMicrodata(isProduct) {
  const nodes = all("[itemtype*='org/Product']");
  const node = nodes.find((node) => one("h1", node)) || (isProduct && !nodes[1] && nodes[0]);
  if (!node) return undefined;
  const thing = {};
  for (const element of all("[itemprop]", node)) {
    const name = element.getAttribute("itemprop");
    // What lies in a thing inside is that one's, but for the prices of the offers.
    const of = element.parentElement.closest(/price/i.test(name) ? "[itemtype*=Product]" : "[itemscope]");
    if (of == node) thing[name] = thing[name] || said(one("[itemprop=name]", element) || element);
  }
  return clueOf(thing);
}

/* ---- platforms ---- */

/* What a platform's own variables and forms tell; `id` as its exports have it. */
function fromPlatform() {
  const { iProductNo, product_name, product_price, product_sale_price } = window;
  const shopify = window.ShopifyAnalytics?.meta?.product;
  if (shopify) return { id: shopify.id, brand: shopify.vendor, category: shopify.type };
  // Cafe24
  if (iProductNo) {
    const currency = tried(() => (window.CAFE24 || window).SHOP.getCurrency());
    return { id: iProductNo, name: product_name, price: +product_sale_price || product_price, currency };
  }
  const post = /single-product\b.*\bpostid-(\d+)/.exec(document.body.className);
  const mark = one(MARKS);
  if (post) return { id: post[1] };
  return mark && { id: mark.dataset.productSku || mark.value || /\/add\/(\d+)/.exec(mark.action)[1] };
}

/* The one product form of the page, where its address is one of a product; many are a list. */
function fromForm(isProduct) {
  const ids = new Set(all(FORMS).map((element) => element.dataset.productId || element.value));
  return ids.size == 1 && (isProduct || /\/(products?|items?|goods|p)\/./.test(location.pathname)) && { id: [...ids][0] };
}

/* The least that a page tells, for what nothing else has told. */
function fromRest() {
  // In hundredths whatever the currency is, even where it has none.
  const cents = window.ShopifyAnalytics?.meta?.product?.variants?.[0]?.price;
  return { name: said(one("h1")), price: cents ? cents / 100 : said(one(PRICES)), currency: window.Shopify?.currency?.active };
}

/* ---- OpenGraph, the owner's word ---- */

/* What the meta tags say; a page that has a price there is a product's. */
function fromOpenGraph() {
  const [price, currency] = ["amount", "currency"].map((end) =>
    meta("product:sale_price:" + end, "product:price:" + end, "og:price:" + end),
  );
  return (price || /product/.test(meta("og:type"))) && {
    id: meta("product:retailer_item_id", "product:productId"),
    name: meta("og:title"),
    brand: meta("product:brand"),
    category: meta("product:category"),
    price,
    currency,
    image: meta("og:image"),
    url: meta("og:url"),
  };
}

function fromOwner() {
  if (!MAP.product) return undefined;
  const clue = {};
  for (const name in MAP.product) clue[name] = said(one(MAP.product[name]));
  // A place that other pages have as well is not the product's.
  return (clue.name || !MAP.product.name) && clue;
}

/* ---- the page ---- */

/* Whether two names may be of one product: "Boots" and "Boots | Moon shop" are. */
const isSame = (one = "", other = "") => one.includes(other) || other.includes(one);

/* {view, how}: view_item's params of the page, and what named its product; undefined when it is not one product's page. */
function viewOf() {
  const { pathname, search, hash } = location;
  if (ELSEWHERE.test(pathname) && !PAGE_KEY.test(search + hash)) return undefined;
  const opengraph = fromOpenGraph();
  const sources = {
    platform: fromPlatform,
    jsonld: fromJsonLd,
    opengraph: () => opengraph,
    microdata: fromMicrodata,
    form: fromForm,
    mapping: fromOwner,
    rest: fromRest,
  };
  const item = {};
  let how;
  for (const name in sources) {
    // What is left says how a product is, but not that there is one.
    if (name == "rest" && !item.id && !item.price) return undefined;
    const more = tried(() => sources[name](opengraph)) || {};
    if (!isSame(item.name, more.name)) continue;
    more.price = money(more.price, more.currency);
    // An amount and its currency belong together.
    if (item.price) more.currency = "";
    for (const key in more) if (!isSaid(item[key])) item[key] = more[key];
    if (item.id || item.price) how = how || name;
  }
  const trail = all("[class*=breadcrumb] a,[aria-label*=readcrumb] a").slice(1).map(said);
  item.category = item.category || trail.filter((step) => step != item.name).join(" > ");
  // The server strips queries: an address that means nothing without its own would become that of every product.
  item.url = full((isHere(item.url) ? item.url : location.href).replace(PASSING, ""), /^http[^?&#]*$/);
  item.id = item.id || item.url;
  item.image = full(item.image);
  // The server refuses what is no code, and takes the shop's currency where none is told.
  if (!/^[a-z]{3}$/i.test(item.currency)) item.currency = "";
  const view = paramsOf({ value: item.price, items: [item] });
  return view.items && { view, how };
}

const isThanks = () => THANKS.test(location.pathname + location.search.replace(/.*route=/, "/"));

/* The page's text without its scripts. */
function words() {
  const walker = document.createTreeWalker(document.body, 4);
  let text = "";
  while (walker.nextNode()) {
    const { data, parentNode } = walker.currentNode;
    if (!/SCRIPT|STYLE/.test(parentNode.nodeName)) text += data + " ";
  }
  return text;
}

/* The number of the order that this page confirms; undefined where there is none. */
function orderOf() {
  const mapped = MAP.order_number && said(one(MAP.order_number));
  if (!mapped && !isThanks()) return undefined;
  const sources = [
    () => /[\w#-]*\d[\w-]*/.exec(mapped)[0],
    () => window.Shopify.checkout.order_id,
    () => window.EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA.order_id,
    () => things().find((thing) => isA(thing, /\bOrder$/)).orderNumber,
    () => said(one("[itemprop=orderNumber]")),
    ...[...location.href.matchAll(/(?:\/order-received\/|\/orders?\/|[?&](?:id_)?order\w*=)([^&#/?]+)/gi)].map((found) => () => found[1]),
    () => ORDER_WORDS.exec(words())[1],
  ];
  for (const source of sources) {
    const found = /^#?((?=.*\d)[\w-]{1,64})$/.exec(tried(source));
    if (found) return found[1];
  }
  return undefined;
}

/* What the page says now: `view`, view_item's params of its product, and `how` it was found; `order`, the number of the
   order that the page confirms. Each undefined where there is none. `tools`: the functions of read.js; `known`: the
   product is, and is not looked for. */
export function find(tools, known) {
  ({ isSaid, isText, isObject, listOf, money, paramsOf } = tools);
  metas = metasOf(document.head);
  const order = tried(orderOf);
  return { order, ...(known || order || isThanks() ? undefined : tried(viewOf)) };
}
