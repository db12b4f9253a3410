// Does find.js read the number of the order that a page confirms, and only there?
import assert from "node:assert/strict";
import test from "node:test";
import { found } from "./shop.mjs";

const at = (path, html = "", more = {}) => found({ page: `https://moon.example${path}`, html: `<body>${html}</body>`, ...more }).order;

const ADDRESSES = {
  "/checkout/order-received/123/?key=wc_order_abc": "123",
  "/en/order-confirmation?id_cart=7&id_module=3&id_order=12&key=abc": "12",
  "/order/order_result.html?order_id=20261002-0001234": "20261002-0001234",
  "/orders/R123456789/confirmation": "R123456789",
  "/thank-you?order=1001": "1001",
  "/thankyou?orderNumber=A-7": "A-7",
};
for (const [path, number] of Object.entries(ADDRESSES)) {
  test(`the address ${path} names its order`, () => assert.equal(at(path), number));
}

const WORDS = {
  "Your order number is: <b>000000012</b>.": "000000012",
  "<h2>Thank you!</h2> Order #1001 was placed": "1001",
  "Order no. R123-45": "R123-45",
  "주문번호 : <strong>20261002-0001234</strong>": "20261002-0001234",
  "ご注文番号:ABC-77": "ABC-77",
  "Ihre Bestellnummer lautet 4711.": "4711",
  "Bestell-Nr.: 4711": "4711",
  "Votre numéro de commande : F-20269": "F-20269",
  "Número de pedido: 99001": "99001",
};
for (const [text, number] of Object.entries(WORDS)) {
  test(`"${text}" says its order`, () => assert.equal(at("/checkout/success", `<p>${text}</p>`), number));
}

test("the platform's own word comes first", () => {
  assert.equal(at("/thank_you", "Order #7", { globals: { Shopify: { checkout: { order_id: 450789469 } } } }), "450789469");
  const globals = { EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA: { order_id: "20261002-0000012" } };
  assert.equal(at("/order/order_result.html", "", { globals }), "20261002-0000012");
});

test("an order is read from JSON-LD and from microdata", () => {
  assert.equal(at("/thank-you", '<script type="application/ld+json">{"@type": "Order", "orderNumber": "A-7"}</script>'), "A-7");
  assert.equal(at("/thank-you", '<p itemscope itemtype="http://schema.org/Order"><i itemprop="orderNumber">A-8</i></p>'), "A-8");
});

test("the owner's place comes before all, and makes any page one that confirms", () => {
  const map = { order_number: ".no" };
  assert.equal(at("/fin?order=3", '<p class="no">Order #A-9 </p>', { map }), "A-9");
  assert.equal(at("/fin?order=3", "", { map }), undefined);
});

test("a page that does not confirm an order names none", () => {
  for (const path of ["/", "/cart?order=3", "/account/orders/12", "/checkout?order_id=7", "/orders/12", "/order/basket.html"]) {
    assert.equal(at(path, "Order number: 12"), undefined, path);
  }
});

test("a number is short, plain and has a digit", () => {
  assert.equal(at("/thank-you?order=%3Cscript%3E1", "<p>Order number: pending</p>"), undefined);
  assert.equal(at(`/thank-you?order=${"1".repeat(65)}`), undefined);
  assert.equal(at("/thank-you", "<p>We thank you for your order.</p>"), undefined);
});

test("scripts and styles are not the page's words", () => {
  assert.equal(at("/thank-you", "<script>var x = 'order number: 12'</script><style>/* order #13 */</style><p>Order #14</p>"), "14");
});

test("a page that confirms an order sells nothing", () => {
  const html = '<script type="application/ld+json">{"@type": "Product", "sku": "b", "name": "Boots"}</script>';
  assert.equal(found({ page: "https://moon.example/thank-you", html }).view, undefined);
});

test("long pages are read in no time", () => {
  const begin = performance.now();
  at("/thank-you", `<p>${"order number ".repeat(2000)}${"a".repeat(30000)}</p>`);
  assert.ok(performance.now() - begin < 1000);
});
