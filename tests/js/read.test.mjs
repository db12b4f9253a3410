// Does the snippet read products, amounts and orders as shops print them?
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const source = readFileSync(new URL("../../static/src/read.js", import.meta.url), "utf8");
const context = vm.createContext({ URL });
vm.runInContext(source, context, { filename: "read.js" });
const { entryOf, itemOf, looseJson, money, paramsOf, productOf } = context;

const PAGE = "https://moon.example/boots";
// What comes out of the other context has other prototypes; only what it holds matters here.
const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
const product = (data, page = PAGE, type = "") => plain(productOf([].concat(data).map((one) => JSON.stringify(one)), page, type));
const boots = (more) => ({ "@context": "https://schema.org", "@type": "Product", sku: "boots-1", name: "Boots", ...more });
const offer = (more) => ({ offers: { "@type": "Offer", price: "129.00", priceCurrency: "EUR", ...more } });
const itemIn = (...args) => product(...args)?.items[0];

const AMOUNTS = [
  ["129", "EUR", 129],
  [129.5, "EUR", 129.5],
  ["129.00", "EUR", 129],
  ["1,299.00", "USD", 1299],
  ["1.299,00 €", "EUR", 1299],
  ["1 299,50 €", "EUR", 1299.5],
  ["1\u00a0299,50 €", "EUR", 1299.5],
  ["CHF 1'299.00", "CHF", 1299],
  ["12,000원", "KRW", 12000],
  ["₩1,290,000", "KRW", 1290000],
  ["¥12,000", "JPY", 12000],
  ["12000.00", "JPY", 12000],
  ["1.299", "EUR", 1299],
  ["1,299", "USD", 1299],
  ["0.999", "USD", 0.999],
  ["12.500", "KWD", 12.5],
  ["1.299.000", "IDR", 1299000],
  ["Rs. 1,299.00", "INR", 1299],
  ["12,5", "EUR", 12.5],
  ["$5.", "USD", 5],
  ["from 12.00 to 15.00", "EUR", 12],
  ["0", "EUR", 0],
];
for (const [text, currency, amount] of AMOUNTS) {
  test(`${JSON.stringify(text)} in ${currency} is ${amount}`, () => assert.equal(money(text, currency), amount));
}

for (const nothing of ["", "free", null, undefined, NaN, Infinity, {}, true]) {
  test(`${String(nothing)} is no amount`, () => assert.equal(money(nothing, "EUR"), undefined));
}

test("a product of the page becomes an item with its price", () => {
  assert.deepEqual(product(boots({ brand: { name: "Moon" }, ...offer() })), {
    currency: "EUR",
    value: 129,
    items: [{ item_id: "boots-1", item_name: "Boots", item_brand: "Moon", price: 129 }],
  });
});

test("a product is found in a list, in a graph and as the page's main entity", () => {
  for (const data of [[[boots()]], { "@graph": [{ "@type": "WebSite" }, boots()] }, { "@type": "ItemPage", mainEntity: boots() }]) {
    assert.equal(itemIn(data).item_id, "boots-1");
  }
});

test("a type may be an address or a list of types", () => {
  for (const type of ["http://schema.org/Product", ["Product", "Thing"], "ProductGroup"]) {
    assert.equal(itemIn(boots({ "@type": type })).item_id, "boots-1");
  }
});

test("other things are no product", () => {
  for (const type of ["Organization", "ProductModel", "IndividualProduct", "Offer", undefined]) {
    assert.equal(product(boots({ "@type": type })), undefined);
  }
});

test("of many products the page's own is taken, by its address", () => {
  const others = [boots({ sku: "hat", name: "Hat", url: "/hat" }), boots({ url: "/boots#reviews" })];
  assert.equal(itemIn({ "@graph": others }).item_id, "boots-1");
  const byId = [boots({ sku: "hat", name: "Hat" }), boots({ "@id": `${PAGE}#product` })];
  assert.equal(itemIn({ "@graph": byId }).item_id, "boots-1");
});

test("a list of products is not a product's page", () => {
  const list = [boots({ sku: "hat", name: "Hat", url: "/hat" }), boots({ sku: "cap", name: "Cap", url: "/cap" })];
  assert.equal(product({ "@graph": list }, "https://moon.example/shoes"), undefined);
});

test("a page that says it is a product's takes the first", () => {
  const two = [boots(), boots({ sku: "hat", name: "Hat" })];
  assert.equal(itemIn({ "@graph": two }, PAGE, "og:product").item_id, "boots-1");
});

test("the same product printed twice is that product", () => {
  assert.equal(itemIn([boots(offer()), boots({ aggregateRating: {} })]).price, 129);
});

test("related products are not the page's", () => {
  assert.equal(itemIn(boots({ isRelatedTo: [boots({ sku: "hat" })] })).item_id, "boots-1");
  assert.equal(product({ "@type": "WebPage", isRelatedTo: boots() }), undefined);
});

test("the price is found in every shape of offer", () => {
  const shapes = [
    { offers: [{ price: 129, priceCurrency: "EUR" }, { price: 139, priceCurrency: "EUR" }] },
    { offers: { "@type": "AggregateOffer", lowPrice: "129", highPrice: "200", priceCurrency: "EUR" } },
    { offers: { "@type": "AggregateOffer", offers: [{ price: "129", priceCurrency: "EUR" }] } },
    { offers: { "@type": "Offer", minPrice: 129, maxPrice: 200, priceCurrency: "EUR" } },
    { offers: [{ priceSpecification: [{ price: "129.00", priceCurrency: "EUR" }] }] },
    { offers: { priceCurrency: "EUR", priceSpecification: { price: "129" } } },
    { hasVariant: [{ "@type": "Product", sku: "boots-1-40", offers: { price: 129, priceCurrency: "EUR" } }] },
  ];
  for (const shape of shapes) {
    const found = product(boots(shape));
    assert.deepEqual([found.items[0].price, found.currency], [129, "EUR"], JSON.stringify(shape));
  }
});

test("a list price is not what it costs", () => {
  const list = { price: 199, priceCurrency: "EUR", priceType: "https://schema.org/ListPrice" };
  const struck = { ...list, priceType: "https://schema.org/StrikethroughPrice" };
  const sale = { price: 129, priceCurrency: "EUR" };
  assert.equal(itemIn(boots({ offers: { priceSpecification: [list, struck, sale] } })).price, 129);
});

test("the offer of the chosen variant is the one with the page's address", () => {
  const offers = [
    { price: 129, priceCurrency: "EUR", url: "/boots?variant=1" },
    { price: 149, priceCurrency: "EUR", url: "/boots?variant=2" },
  ];
  assert.equal(itemIn(boots({ offers }), `${PAGE}?variant=2`).price, 149);
  assert.equal(itemIn(boots({ offers })).price, 129);
});

test("a product without a price is still seen", () => {
  assert.deepEqual(product(boots()), { items: [{ item_id: "boots-1", item_name: "Boots" }] });
});

test("a product is named by its group, its number, or at last its address", () => {
  assert.equal(itemIn(boots({ productGroupID: "g-7" })).item_id, "g-7");
  assert.equal(itemIn(boots({ sku: undefined, productID: "p-7" })).item_id, "p-7");
  assert.equal(itemIn(boots({ sku: "", mpn: "m-7" })).item_id, "m-7");
  assert.equal(itemIn(boots({ sku: undefined, gtin: 4006381333931 })).item_id, "4006381333931");
  assert.equal(itemIn(boots({ sku: undefined, url: PAGE })).item_id, PAGE);
  assert.equal(product(boots({ sku: undefined })), undefined);
});

test("the category is the product's own, else the way to it", () => {
  const trail = (names) => ({
    "@type": "BreadcrumbList",
    itemListElement: names.map((name) => ({ "@type": "ListItem", item: { "@id": "/x", name } })),
  });
  const names = ["Home", "Shoes", "Boots", "Winter boots"];
  assert.equal(itemIn([boots(), trail(names)]).item_category, "Shoes > Boots");
  assert.equal(itemIn({ "@type": "WebPage", mainEntity: boots(), breadcrumb: trail(names) }).item_category, "Shoes > Boots");
  assert.equal(itemIn([boots({ category: "Footwear" }), trail(names)]).item_category, "Footwear");
  assert.equal(itemIn([boots(), trail(["Home", "Boots"])]).item_category, undefined);
});

test("data with line ends in its texts, comments around it or nothing in it is borne", () => {
  assert.equal(looseJson('{"a": "one\ntwo"}').a, "one two");
  assert.equal(looseJson('<!-- {"a": 1} -->').a, 1);
  assert.equal(looseJson('//<![CDATA[\n{"a": 1}\n//]]>').a, 1);
  assert.equal(looseJson('  [{"a": 1}]\n')[0].a, 1);
  for (const broken of ["", "{", "nothing", "{'a': 1}"]) assert.equal(looseJson(broken), undefined);
});

test("one broken script does not hide the product of another", () => {
  assert.equal(productOf(["{broken", JSON.stringify(boots())], PAGE, "").items[0].item_id, "boots-1");
});

test("odd data is no trouble", () => {
  for (const odd of [null, 7, "text", [], [null], { "@graph": null }, { "@type": null }, boots({ offers: null, brand: [] })]) {
    assert.doesNotThrow(() => product(odd));
  }
  assert.equal(itemIn(boots({ offers: [null, 7, { price: {} }], hasVariant: [null] })).price, undefined);
});

test("an item is read under the names that shops use", () => {
  assert.deepEqual(plain(itemOf({ id: 7, name: "Boots", brand: "Moon", category: "Shoes", variant: "40", price: "129,00", quantity: "2" }, "EUR")), {
    item_id: "7",
    item_name: "Boots",
    item_brand: "Moon",
    item_category: "Shoes",
    item_variant: "40",
    price: 129,
    quantity: 2,
  });
});

test("GA4's own names come before others, and empty ones give way", () => {
  assert.equal(itemOf({ item_id: "a", id: "b" }).item_id, "a");
  assert.equal(itemOf({ item_id: "", id: "b" }).item_id, "b");
  assert.equal(itemOf({ item_id: null, sku: "c" }).item_id, "c");
});

test("an item that nothing names is none", () => {
  for (const none of [null, 7, "text", {}, { item_name: "Boots" }, { id: {} }]) assert.equal(itemOf(none), undefined);
});

test("an item keeps its other plain fields and drops what is not plain", () => {
  const item = plain(itemOf({ item_id: "a", item_category2: "Boots", index: 3, image: "/a.png", coupon: null, dimensions: {}, on: () => 1 }));
  assert.deepEqual(item, { item_id: "a", item_category2: "Boots", index: 3, image: "/a.png" });
});

test("params come flat or in ecommerce, with items or products", () => {
  const flat = { currency: "EUR", value: "129.00", items: [{ item_id: "a" }] };
  const wanted = { currency: "EUR", value: 129, items: [{ item_id: "a" }] };
  assert.deepEqual(plain(paramsOf(flat)), wanted);
  assert.deepEqual(plain(paramsOf({ ecommerce: flat })), wanted);
  assert.deepEqual(plain(paramsOf({ currency: "EUR", value: 129, products: [{ id: "a" }] })), wanted);
});

test("the currency may stand in an item", () => {
  assert.deepEqual(plain(paramsOf({ items: [{ item_id: "a", price: "12,000", currency: "KRW" }] })), {
    currency: "KRW",
    items: [{ item_id: "a", price: 12000 }],
  });
});

test("what is null, empty, nested or a function is not sent", () => {
  const given = { event: "x", a: null, b: "", c: {}, d: () => 1, e: NaN, f: 0, g: false, h: "yes", value: "free" };
  assert.deepEqual(plain(paramsOf(given)), { f: 0, g: false, h: "yes" });
  for (const nothing of [null, undefined, 7]) assert.deepEqual(plain(paramsOf(nothing)), {});
});

test("at most 200 items are sent", () => {
  assert.equal(paramsOf({ items: Array.from({ length: 300 }, (_, n) => ({ id: n + 1 })) }).items.length, 200);
});

test("an event on a dataLayer is read as an object and as gtag's arguments", () => {
  const items = [{ item_id: "a" }];
  const wanted = { name: "add_to_cart", params: { items } };
  const gtag = (function () {
    return arguments;
  })("event", "add_to_cart", { items });
  for (const entry of [{ event: "add_to_cart", items }, { event: "add_to_cart", ecommerce: { items } }, gtag]) {
    assert.deepEqual(plain(entryOf(entry)), wanted);
  }
});

test("an event without products takes those pushed before it", () => {
  const before = { items: [{ item_id: "a" }] };
  assert.deepEqual(plain(entryOf({ event: "view_item" }, before)).params.items, [{ item_id: "a" }]);
  const own = { event: "view_item", ecommerce: { items: [{ item_id: "b" }] } };
  assert.deepEqual(plain(entryOf(own, before)).params.items, [{ item_id: "b" }]);
});

test("what the tag manager says to itself is not an event", () => {
  for (const entry of [{ event: "gtm.js" }, { event: "scroll" }, { event: 7 }, ["event", "scroll", {}], ["js", 1], ["consent", "default", {}], {}]) {
    assert.equal(entryOf(entry), undefined);
  }
});

test("an order is read with its number, value and lines", () => {
  const entry = { event: "purchase", ecommerce: { transaction_id: "A-7", value: "141,00", tax: 10, shipping: "12", currency: "EUR", items: [{ item_id: "a", price: 129, quantity: 1 }] } };
  assert.deepEqual(plain(entryOf(entry).params), {
    transaction_id: "A-7",
    value: 141,
    tax: 10,
    shipping: 12,
    currency: "EUR",
    items: [{ item_id: "a", price: 129, quantity: 1 }],
  });
});
