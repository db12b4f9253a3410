// Does find.js name a product as the shop's platform does?
import assert from "node:assert/strict";
import test from "node:test";
import { found, itemAt } from "./shop.mjs";

const JSON_LD = `<script type="application/ld+json">{"@type": "Product", "sku": "SKU-1", "name": "Boots",
  "offers": {"price": "129.00", "priceCurrency": "EUR"}}</script>`;
const page = (body, more = "") => `<head>${more}</head><body>${body}</body>`;
const shopify = (more) => ({
  ShopifyAnalytics: {
    meta: { product: { id: 632910392, vendor: "Moon", type: "Boots", variants: [{ id: 7, price: 12900 }, { id: 8, price: 13900 }], ...more } },
  },
  Shopify: { currency: { active: "EUR", rate: "1.0" } },
});

test("Shopify's product number comes before a variant's sku", () => {
  const item = itemAt({ html: page("<h1>Boots</h1>", JSON_LD), globals: shopify() });
  assert.deepEqual([item.item_id, item.item_name, item.item_brand, item.item_category, item.price], ["632910392", "Boots", "Moon", "Boots", 129]);
});

test("Shopify's amounts are hundredths", () => {
  const view = found({ html: page("<h1>Boots</h1>"), globals: shopify() }).view;
  assert.deepEqual([view.currency, view.value, view.items[0].item_name], ["EUR", 129, "Boots"]);
});

test("Shopify's amounts are hundredths of a yen too", () => {
  const globals = { ...shopify({ variants: [{ id: 7, price: 1290000 }] }), Shopify: { currency: { active: "JPY" } } };
  assert.deepEqual([found({ globals }).view.currency, found({ globals }).view.value], ["JPY", 12900]);
});

test("a collection of Shopify is no product", () => {
  const globals = { ShopifyAnalytics: { meta: { products: [{ id: 1 }], page: { pageType: "collection" } } }, Shopify: {} };
  assert.equal(found({ globals, page: "https://moon.example/collections/shoes" }).view, undefined);
});

const CAFE24 = { iProductNo: 2921, product_name: "겨울 부츠", product_price: "9900", SHOP: { getCurrency: () => "KRW" } };

test("Cafe24 is read from its variables", () => {
  assert.deepEqual(found({ globals: CAFE24, page: "https://moon.example/product/boots/2921/category/11/" }).view, {
    currency: "KRW",
    value: 9900,
    items: [{ item_id: "2921", item_name: "겨울 부츠", price: 9900, url: "https://moon.example/product/boots/2921/category/11/" }],
  });
});

test("Cafe24's sale price is what it costs, and its newer name space is known", () => {
  const { SHOP, ...rest } = CAFE24;
  const globals = { ...rest, product_sale_price: 7900, CAFE24: { SHOP } };
  assert.deepEqual([found({ globals }).view.currency, found({ globals }).view.value], ["KRW", 7900]);
});

const FORMS = {
  "Magento's sku": ['<form id="product_addtocart_form" data-product-sku="MAG-1" action="/checkout/cart/add/product/12/"><input name="product" value="12"></form>', "MAG-1"],
  "PrestaShop's number": ['<form><input type="hidden" name="id_product" value="19" id="product_page_product_id"></form>', "19"],
  "BigCommerce's number": ['<form data-cart-item-add><input type="hidden" name="product_id" value="111"></form>', "111"],
  "OpenCart's number": ['<div id="product"><input type="hidden" name="product_id" value="40"></div>', "40"],
  "WooCommerce's number in a button": ['<form class="cart"><button name="add-to-cart" value="15">Add</button></form>', "15"],
  "Oscar's number": ['<form id="add_to_basket_form" action="/en/basket/add/209/" method="post"></form>', "209"],
};
for (const [name, [form, id]] of Object.entries(FORMS)) {
  test(`${name} comes before a sku`, () => assert.equal(itemAt({ html: page(form, JSON_LD) }).item_id, id));
}

test("WooCommerce's number is the post's", () => {
  const html = `<head>${JSON_LD}</head><body class="product-template-default single single-product postid-123 woocommerce"></body>`;
  assert.equal(itemAt({ html }).item_id, "123");
});

test("a WooCommerce archive is no product", () => {
  const html = '<body class="archive tax-product_cat woocommerce"><a class="add_to_cart_button" data-product_id="15">Add</a></body>';
  assert.equal(found({ html, page: "https://moon.example/product-category/shoes/" }).view, undefined);
});

test("what prints nothing for machines is read from what it prints for people", () => {
  const html = page(`<ul class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/shoes">Shoes</a></li><li>Boots</li></ul>
    <h1>Boots</h1><p class="price_color">£12.50</p><form id="add_to_basket_form" action="/basket/add/209/"></form>`);
  const { currency, value, items } = found({ html }).view;
  assert.deepEqual([currency, value, items[0].item_id, items[0].item_name, items[0].item_category], [undefined, 12.5, "209", "Boots", "Shoes"]);
});

test("an amount with a sign is the shop's own currency", () => {
  const html = page('<h1>Boots</h1><h2><span class="price-new">$602.00</span></h2><div id="product"><input name="product_id" value="40"></div>');
  const view = found({ html }).view;
  assert.deepEqual([view.currency, view.value], [undefined, 602]);
});

test("the one product form of an unknown platform is believed on a product's address", () => {
  const form = '<form><input type="hidden" name="product_id" value="7"></form>';
  assert.equal(itemAt({ html: page(`<h1>Boots</h1>${form}`), page: "https://moon.example/products/boots" }).item_id, "7");
  assert.equal(found({ html: page(form), page: "https://moon.example/shoes" }).view, undefined);
  assert.equal(found({ html: page(form + form.replace("7", "8")), page: "https://moon.example/products/boots" }).view, undefined);
  assert.equal(itemAt({ html: page(form, JSON_LD) }).item_id, "SKU-1");
});

test("it is told how the product was found", () => {
  const how = (html, more) => found({ html: page("", html), ...more }).how;
  assert.equal(how("", { globals: shopify() }), "platform");
  assert.equal(how(JSON_LD), "jsonld");
  assert.equal(how('<meta property="og:type" content="product"><meta property="product:price:amount" content="5">'), "opengraph");
  assert.equal(how('<b class="no">7</b>', { map: { product: { id: ".no" } } }), "mapping");
  assert.equal(how("<h1>Shoes</h1>"), undefined);
});

test("variables that are not what they seem are no trouble", () => {
  for (const odd of [null, 7, "x", [], {}, { meta: null }, { meta: { product: 7 } }]) {
    assert.equal(itemAt({ html: page("", JSON_LD), globals: { ShopifyAnalytics: odd, iProductNo: undefined, BODL: odd } }).item_name, "Boots");
  }
});
