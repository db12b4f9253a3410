// Does the snippet read amounts, items, orders and a dataLayer as shops write them?
import assert from "node:assert/strict";
import test from "node:test";
import { plain, reader } from "./shop.mjs";

const { entryOf, itemOf, money, paramsOf } = reader();

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

test("an older dataLayer's names are read too", () => {
  const entry = { event: "add_to_cart", ecommerce: { currency: "EUR", items: [{ id: "7", name: "Boots", brand: "Moon", category: "Shoes", price: "129,00", quantity: 2 }] } };
  assert.deepEqual(plain(entryOf(entry).params.items), [
    { item_id: "7", item_name: "Boots", item_brand: "Moon", item_category: "Shoes", price: 129, quantity: 2 },
  ]);
});

test("an entry of nothing but items is still an event", () => {
  assert.deepEqual(plain(entryOf(["event", "view_item", { items: [{ item_id: "a" }, null, {}] }]).params), { items: [{ item_id: "a" }] });
});
