// Does find.js find the page's own product in what shops print for machines, and none where there is none?
import assert from "node:assert/strict";
import test from "node:test";
import { found, inside, itemAt } from "./shop.mjs";

const PAGE = "https://moon.example/boots";
const script = (data) => `<script type="application/ld+json">${typeof data == "string" ? data : JSON.stringify(data)}</script>`;
const scripts = (data) => [].concat(data).map(script).join("");
const OG = '<meta property="og:type" content="product">';
const boots = (more) => ({ "@context": "https://schema.org", "@type": "Product", sku: "boots-1", name: "Boots", ...more });
const hat = (more) => boots({ sku: "hat", name: "Hat", ...more });
const offer = (more) => ({ offers: { "@type": "Offer", price: "129.00", priceCurrency: "EUR", ...more } });
const viewIn = (data, page = PAGE, html = "") => found({ html: `<head>${html}${scripts(data)}</head><body></body>`, page }).view;
const itemIn = (...args) => viewIn(...args)?.items[0];
const nothing = (given) => assert.equal(found(given).view, undefined);

/* ---- JSON-LD ---- */

test("a product of the page becomes view_item's params", () => {
  assert.deepEqual(viewIn(boots({ brand: { name: "Moon" }, image: ["/b.jpg", "/c.jpg"], ...offer() })), {
    currency: "EUR",
    value: 129,
    items: [
      { item_id: "boots-1", item_name: "Boots", item_brand: "Moon", price: 129, image: "https://moon.example/b.jpg", url: PAGE },
    ],
  });
});

test("a product is found in a list, in a graph and as the page's main entity", () => {
  for (const data of [[[boots()]], { "@graph": [{ "@type": "WebSite" }, boots()] }, { "@type": "ItemPage", mainEntity: boots() }]) {
    assert.equal(itemIn(data).item_id, "boots-1");
  }
});

test("a type may be an address or a list of types", () => {
  for (const type of ["http://schema.org/Product", ["Product", "Thing"], ["Thing", "https://schema.org/Product"], "ProductGroup"]) {
    assert.equal(itemIn(boots({ "@type": type })).item_id, "boots-1");
  }
});

test("other things are no product", () => {
  for (const type of ["Organization", "ProductModel", "IndividualProduct", "Offer", undefined]) {
    assert.equal(viewIn(boots({ "@type": type })), undefined);
  }
});

test("of many products the page's own is taken, by its address", () => {
  assert.equal(itemIn({ "@graph": [hat({ url: "/hat" }), boots({ url: "/boots#reviews" })] }).item_id, "boots-1");
  assert.equal(itemIn({ "@graph": [hat(), boots({ "@id": `${PAGE}#product` })] }).item_id, "boots-1");
});

test("of many products the page's own is taken, by its canonical address", () => {
  const canonical = '<link rel="canonical" href="https://moon.example/boots">';
  const page = "https://moon.example/shoes/boots?ref=mail";
  const item = itemIn([hat({ url: "/hat" }), boots({ url: PAGE })], page, canonical);
  assert.deepEqual([item.item_id, item.url], ["boots-1", PAGE]);
});

test("a list of products is not a product's page", () => {
  assert.equal(viewIn({ "@graph": [hat({ url: "/hat" }), hat({ sku: "cap", name: "Cap", url: "/cap" })] }, "https://moon.example/shoes"), undefined);
});

test("a list of items is not a product's page, even with one product", () => {
  const list = { "@type": "ItemList", itemListElement: [{ "@type": "ListItem", item: boots() }] };
  assert.equal(viewIn(list, "https://moon.example/shoes"), undefined);
  assert.equal(viewIn([list, boots()], "https://moon.example/shoes"), undefined);
  assert.equal(viewIn([{ "@type": "CollectionPage" }, boots()], "https://moon.example/shoes"), undefined);
});

test("a list of related products beside a product does not hide it", () => {
  const list = { "@type": "ItemList", itemListElement: [{ "@type": "ListItem", item: hat() }] };
  assert.equal(itemIn([list, boots({ url: PAGE })]).item_id, "boots-1");
  assert.equal(itemIn([list, boots()], PAGE, OG).item_id, "boots-1");
});

test("where the query tells pages apart, a list of products is still a list", () => {
  const at = (id) => `https://moon.example/index.php?route=product/product&product_id=${id}`;
  const both = [boots({ url: at(7) }), hat({ url: at(8) })];
  assert.equal(viewIn(both, "https://moon.example/index.php?route=product/category&path=20"), undefined);
  assert.equal(itemIn(both, at(8)).item_id, "hat");
  assert.equal(itemIn([boots({ url: PAGE }), hat({ url: "/hat" })], `${PAGE}?utm_source=mail`).item_id, "boots-1");
});

test("a page that says it is a product's takes the first", () => {
  assert.equal(itemIn([boots(), hat()], PAGE, OG).item_id, "boots-1");
});

test("the same product printed twice is one, with what either says", () => {
  const item = itemIn([boots(offer()), boots({ aggregateRating: {}, brand: "Moon", sku: undefined })]);
  assert.deepEqual([item.item_id, item.price, item.item_brand], ["boots-1", 129, "Moon"]);
});

test("a group stands for its variants", () => {
  const group = boots({ "@type": "ProductGroup", productGroupID: "g-7", sku: undefined });
  const variants = ["40", "41"].map((size) => boots({ sku: `boots-${size}`, name: `Boots ${size}` }));
  assert.equal(itemIn({ "@graph": [...variants, group] }).item_id, "g-7");
});

test("related products are not the page's", () => {
  assert.equal(itemIn(boots({ isRelatedTo: [hat()], isSimilarTo: hat() })).item_id, "boots-1");
  assert.equal(viewIn({ "@type": "WebPage", isRelatedTo: boots() }), undefined);
});

const PRICED = {
  "one offer": offer(),
  "a number": { offers: { price: 129, priceCurrency: "EUR" } },
  "a list of offers": { offers: [{ price: 129, priceCurrency: "EUR" }, { price: 139, priceCurrency: "EUR" }] },
  "an aggregate": { offers: { "@type": "AggregateOffer", lowPrice: "129", highPrice: "200", priceCurrency: "EUR" } },
  "offers in an aggregate": { offers: { "@type": "AggregateOffer", offers: [{ price: "129", priceCurrency: "EUR" }] } },
  "a range": { offers: { "@type": "Offer", minPrice: 129, maxPrice: 200, priceCurrency: "EUR" } },
  "a list of specifications": { offers: [{ priceSpecification: [{ price: "129.00", priceCurrency: "EUR" }] }] },
  "a specification without a currency": { offers: { priceCurrency: "EUR", priceSpecification: { price: "129" } } },
  "a variant": { hasVariant: [{ "@type": "Product", sku: "b-40", offers: { price: 129, priceCurrency: "EUR" } }] },
  "a local notation": { offers: { price: "129,00", priceCurrency: "EUR" } },
};
for (const [name, shape] of Object.entries(PRICED)) {
  test(`the price is found in ${name}`, () => {
    const { currency, value, items } = viewIn(boots(shape));
    assert.deepEqual([items[0].price, value, currency], [129, 129, "EUR"]);
  });
}

test("a list price is not what it costs", () => {
  const list = { price: 199, priceCurrency: "EUR", priceType: "https://schema.org/ListPrice" };
  const struck = { ...list, priceType: "https://schema.org/StrikethroughPrice" };
  assert.equal(itemIn(boots({ offers: { priceSpecification: [list, struck, { price: 129, priceCurrency: "EUR" }] } })).price, 129);
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
  assert.deepEqual(viewIn(boots()), { items: [{ item_id: "boots-1", item_name: "Boots", url: PAGE }] });
});

test("a product is named by its group, its number, or at last its address", () => {
  const named = (more) => itemIn(boots({ sku: undefined, ...more }))?.item_id;
  assert.equal(itemIn(boots({ productGroupID: "g-7" })).item_id, "g-7");
  assert.equal(named({ productID: "p-7" }), "p-7");
  assert.equal(named({ sku: "", mpn: "m-7" }), "m-7");
  assert.equal(named({ gtin: 4006381333931 }), "4006381333931");
  assert.equal(named({ url: PAGE }), PAGE);
  assert.equal(named({}), undefined);
});

test("an id that the server would refuse gives way", () => {
  assert.equal(itemIn(boots({ sku: "x".repeat(129), mpn: "m-7" })).item_id, "m-7");
});

const trail = (names) => ({
  "@type": "BreadcrumbList",
  itemListElement: names.map((name) => ({ "@type": "ListItem", item: { "@id": "/x", name } })),
});

test("the category is the product's own, else the way to it", () => {
  const names = ["Home", "Shoes", "Boots", "Winter boots"];
  assert.equal(itemIn([boots(), trail(names)]).item_category, "Shoes > Boots");
  assert.equal(itemIn({ "@type": "WebPage", mainEntity: boots(), breadcrumb: trail(names) }).item_category, "Shoes > Boots");
  assert.equal(itemIn([boots({ category: "Footwear" }), trail(names)]).item_category, "Footwear");
  assert.equal(itemIn([boots(), trail(["Home", "Boots"])]).item_category, undefined);
});

test("steps may have their names beside their addresses", () => {
  const steps = ["Home", "Shoes", "Boots"].map((name) => ({ "@type": "ListItem", name, item: "https://moon.example/x" }));
  assert.equal(itemIn([boots(), { "@type": "BreadcrumbList", itemListElement: steps }]).item_category, "Shoes");
});

test("the category is read from the links above the product when nothing else has it", () => {
  const html = `<body><nav class="breadcrumbs"><a href="/">Home</a> <a href="/s">Shoes</a> <a href="/b"> Winter
    shoes </a> <a href="/boots">Boots</a></nav>${script(boots())}</body>`;
  assert.equal(itemAt({ html }).item_category, "Shoes > Winter shoes");
});

test("data with line ends in its texts, comments around it or a comma too many is read", () => {
  const looseJson = inside("looseJson");
  assert.equal(looseJson('{"a": "one\ntwo"}').a, "one two");
  assert.equal(looseJson('<!-- {"a": 1} -->').a, 1);
  assert.equal(looseJson('//<![CDATA[\n{"a": 1}\n//]]>').a, 1);
  assert.equal(looseJson('/*<![CDATA[*/ [{"a": 1}, {"a": 2}] /*]]>*/')[1].a, 2);
  assert.equal(looseJson('  [{"a": 1}]\n')[0].a, 1);
  assert.equal(looseJson('{"a": [1, 2,], "b": "x",\n}').b, "x");
  for (const broken of ["", "{", "nothing", "{'a': 1}"]) assert.equal(looseJson(broken), undefined);
});

test("one broken script does not hide the product of another", () => {
  assert.equal(itemIn(["{broken", boots()]).item_id, "boots-1");
});

test("odd data is no trouble", () => {
  for (const odd of [null, 7, '"text"', "[]", [[null]], { "@graph": null }, { "@type": null }, boots({ offers: null, brand: [] })]) {
    assert.doesNotThrow(() => viewIn(odd));
  }
  assert.equal(itemIn(boots({ offers: [null, 7, { price: {} }], hasVariant: [null] })).price, undefined);
  assert.equal(itemIn(boots({ url: { "@id": "x" }, image: [{}], isVariantOf: 7 })).item_id, "boots-1");
});

/* ---- OpenGraph ---- */

const metas = (values) => Object.entries(values).map(([name, value]) => `<meta property="${name}" content="${value}">`).join("");
const TAGGED = {
  "og:type": "og:product",
  "og:title": "Boots",
  "og:url": PAGE,
  "og:image": "https://moon.example/b.jpg",
  "product:retailer_item_id": "boots-1",
  "product:price:amount": "129.00",
  "product:price:currency": "EUR",
  "product:brand": "Moon",
  "product:category": "Shoes",
};

test("a product is read from OpenGraph's tags", () => {
  assert.deepEqual(found({ html: metas(TAGGED) }).view, {
    currency: "EUR",
    value: 129,
    items: [
      {
        item_id: "boots-1",
        item_name: "Boots",
        item_brand: "Moon",
        item_category: "Shoes",
        price: 129,
        image: "https://moon.example/b.jpg",
        url: PAGE,
      },
    ],
  });
});

test("a sale's price is what it costs", () => {
  const sale = { "product:sale_price:amount": "99.00", "product:sale_price:currency": "EUR" };
  assert.equal(itemAt({ html: metas({ ...TAGGED, ...sale }) }).price, 99);
});

test("a product that nobody numbers is known by its address", () => {
  nothing({ html: metas({ "og:title": "Boots", "og:price:amount": "12" }), page: "https://moon.example/item.php?no=7" });
  assert.equal(itemAt({ html: metas({ "og:title": "Boots", "og:price:amount": "12", "og:price:currency": "USD" }) }).item_id, PAGE);
});

test("a page that is no product's has none in its tags", () => {
  nothing({ html: metas({ "og:type": "website", "og:title": "Moon", "og:url": PAGE }) });
});

test("tags fill what JSON-LD leaves open, and change nothing else", () => {
  const item = itemIn(boots({ sku: "b" }), PAGE, metas({ ...TAGGED, "og:title": "Boots | Moon shop" }));
  assert.deepEqual([item.item_id, item.item_name, item.price, item.item_brand], ["b", "Boots", 129, "Moon"]);
});

test("tags of another product fill nothing", () => {
  const item = itemIn(boots({ url: PAGE }), PAGE, metas({ ...TAGGED, "og:title": "Hat" }));
  assert.equal(item.price, undefined);
});

test("an amount keeps its own currency", () => {
  const { currency, value } = viewIn(boots(offer({ priceCurrency: undefined })), PAGE, metas({ ...TAGGED, "product:price:amount": "140", "product:price:currency": "USD" }));
  assert.deepEqual([currency, value], [undefined, 129]);
});

/* ---- microdata ---- */

const MARKED = `<div itemscope itemtype="http://schema.org/Product">
  <h1 itemprop="name">Boots</h1><meta itemprop="sku" content="boots-1"><img itemprop="image" src="/b.jpg">
  <div itemprop="brand" itemscope itemtype="https://schema.org/Brand"><span itemprop="name">Moon</span></div>
  <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
    <meta itemprop="priceCurrency" content="EUR"><span itemprop="price" content="129.00">129,00 €</span>
  </div>
  <div itemprop="review" itemscope itemtype="https://schema.org/Review"><span itemprop="name">Nice</span></div>
</div>`;

test("a product is read from microdata", () => {
  assert.deepEqual(found({ html: `<body>${MARKED}</body>` }).view, {
    currency: "EUR",
    value: 129,
    items: [
      { item_id: "boots-1", item_name: "Boots", item_brand: "Moon", price: 129, image: "https://moon.example/b.jpg", url: PAGE },
    ],
  });
});

test("the products beside it are not the page's", () => {
  const beside = MARKED.replace("h1", "h3").replace("/h1", "/h3").replace("boots-1", "hat").replace(">Boots<", ">Hat<");
  assert.equal(itemAt({ html: `<body>${beside}${MARKED}${beside}</body>` }).item_id, "boots-1");
  nothing({ html: `<body><h1>Shoes</h1>${beside}${beside}</body>`, page: "https://moon.example/shoes" });
  nothing({ html: `<body><h1>Shoes</h1>${beside}</body>`, page: "https://moon.example/shoes" });
});

test("what lies in a product inside of a product is that one's", () => {
  const inner = '<div itemprop="isRelatedTo" itemscope itemtype="http://schema.org/Product"><i itemprop="sku">hat</i><i itemprop="price">5</i></div>';
  const html = `<body>${MARKED.replace("<h1", `${inner}<h1`)}</body>`;
  assert.deepEqual([itemAt({ html }).item_id, itemAt({ html }).price], ["boots-1", 129]);
});

test("an amount in words for people is read as well", () => {
  const html = `<body>${MARKED.replace(' content="129.00"', "").replace("129,00 €", "1.129,00 €")}</body>`;
  assert.equal(itemAt({ html }).price, 1129);
});

/* ---- the owner's mapping ---- */

const OWN = '<body><h1 class="n">Boots</h1><b id="no" data-x="1">boots-1</b><p class="cost">₩12,000</p><img class="pic" src="/b.jpg"></body>';
const MAP = { product: { name: ".n", price: ".cost", id: "#no", image: ".pic" } };

test("a product is read from the places that the owner showed", () => {
  assert.deepEqual(found({ html: OWN, map: MAP }).view, {
    value: 12000,
    items: [{ item_id: "boots-1", item_name: "Boots", price: 12000, image: "https://moon.example/b.jpg", url: PAGE }],
  });
});

test("a page without the owner's places has none, and a broken selector is no trouble", () => {
  nothing({ html: "<body><b id='no'>7</b></body>", map: MAP });
  assert.equal(itemAt({ html: OWN, map: { product: { ...MAP.product, price: "][" } } }).item_id, "boots-1");
});

test("an address is told only where it names the product without a query", () => {
  const at = (page, told) => itemIn(boots({ url: told }), `https://moon.example${page}`).url;
  assert.equal(at("/boots"), PAGE);
  assert.equal(at("/boots?utm_source=mail", PAGE), PAGE);
  assert.equal(at("/boots?utm_source=mail&rs_debug=1#reviews"), PAGE);
  assert.equal(at("/boots?rs_debug=1&size=9"), undefined);
  assert.equal(at("/item.php?no=7"), undefined);
  assert.equal(at("/item.php?no=7", "/item.php?no=7"), undefined);
  assert.equal(at("/#/boots"), undefined);
});

/* ---- pages that are no product's ---- */

const ELSEWHERE = ["/", "/en/", "/en-us", "/cart", "/basket/", "/checkout/payment", "/search?q=boots", "/de/cart", "/orders/7", "/?s=boots", "/?utm_source=mail"];
for (const path of ELSEWHERE) {
  test(`${path} is never a product's page`, () => nothing({ html: `<head>${OG}${scripts(boots(offer()))}</head>`, page: `https://moon.example${path}` }));
}

const PRODUCTS = ["/?p=7", "/?product=boots", "/index.php?route=product/product&product_id=7", "/#/boots", "/#!/boots", "/cartridge", "/products/basket", "/orderly-boots", "/basket-of-boots"];
for (const path of PRODUCTS) {
  test(`${path} may be a product's page`, () => assert.equal(itemIn(boots(), `https://moon.example${path}`).item_id, "boots-1"));
}

test("an empty page has nothing", () => assert.deepEqual(found({}), {}));
