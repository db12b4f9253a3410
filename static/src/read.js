/* What does this page say it sells, and what did the shop's own code say was done?
   Pure: values in, values out. tests/js reads this file by itself; build.sh puts it in front of s.js. */
"use strict";

/* What a dataLayer or gtag may tell us of, in GA4's names; the rest there is the tag manager's own. */
const KNOWN = /^((view|select|add|remove)_[a-z_]+|search|begin_checkout|purchase|refund|sign_up|login|generate_lead)$/;

/* An item's fields, each with the names that shops give it. */
const ITEM_FIELDS = [
  ["item_id", "id", "product_id", "sku"],
  ["item_name", "name"],
  ["item_brand", "brand"],
  ["item_category", "category"],
  ["item_variant", "variant"],
];

/* A scalar worth sending: the server refuses null and empty texts in the fields it knows. */
const isSaid = (value) => (isText(value) ? /\S/.test(value) : value === !!value || Number.isFinite(value));
const isText = (value) => typeof value == "string";
const isObject = (value) => value && typeof value == "object";
const listOf = (value) => (value == null ? [] : [].concat(value));

/* An amount as a number, from any notation ("1.299,00 €", "12,000원"); undefined when there is none. */
function money(value, currency) {
  if (Number.isFinite(value)) return value;
  const found = isText(value) && /\d[\d.,'’\s]*/.exec(value);
  if (!found) return undefined;
  const parts = found[0].replace(/['’\s]|[.,]\s*$/g, "").split(/[.,]/);
  const both = /\..*,|,.*\./.test(found[0]);
  const last = parts.pop();
  if (!parts.length) return +last;
  // "1.299" is a thousand and more, "0.999" is not, nor are three digits of a currency that has three.
  const whole =
    !both &&
    (parts.length > 1 || (last.length == 3 && parts[0] > 0 && !/BHD|IQD|JOD|KWD|LYD|OMR|TND/.test(currency)));
  return +(parts.join("") + (whole ? "" : ".") + last);
}

/* One item in GA4's words; undefined when nothing names the product. */
function itemOf(raw, currency) {
  if (!isObject(raw)) return undefined;
  const item = {};
  for (const names of ITEM_FIELDS) {
    const name = names.find((one) => isSaid(raw[one]));
    if (name) item[names[0]] = String(raw[name]).trim();
  }
  for (const name in raw) {
    if (/^(price|discount|quantity)$/.test(name)) {
      const amount = money(raw[name], currency);
      if (amount >= 0) item[name] = amount;
    } else if (/^(item_|index|coupon|url|image)/.test(name) && isSaid(raw[name]) && !item[name]) item[name] = raw[name];
  }
  return item.item_id && item;
}

/* An event's params from what a shop's code gave: a flat object, or one with `ecommerce` in it. */
function paramsOf(raw) {
  const all = { ...raw, ...(raw && raw.ecommerce) };
  const lines = listOf(all.items || all.products);
  const currency = [all, ...lines].map((one) => one && one.currency).find(isText);
  const items = lines.map((line) => itemOf(line, currency)).filter(Boolean);
  const params = {};
  for (const name in all) {
    const value = /^(value|tax|shipping|discount)$/.test(name) ? money(all[name], currency) : all[name];
    if (name != "event" && isSaid(value)) params[name] = value;
  }
  if (currency) params.currency = currency;
  if (items.length) params.items = items.slice(0, 200);
  return params;
}

/* A dataLayer entry as {name, params}: gtag's arguments or an object with `event`; else undefined.
   `ecommerce` is what an earlier entry left for this one, as tag managers merge them. */
function entryOf(entry, ecommerce) {
  const isGtag = entry[0] == "event";
  const name = isGtag ? entry[1] : entry.event;
  const said = isGtag ? entry[2] : entry;
  if (!isText(name) || !KNOWN.test(name)) return undefined;
  return { name, params: paramsOf(said && said.items ? said : { ecommerce, ...said }) };
}

/* JSON as shops print it: with line ends inside of texts, comments around it, or broken (undefined). */
function looseJson(text) {
  try {
    return JSON.parse(/^\s*\[[^]*|{[^]*}/.exec(text.replace(/[\0-\x1f]+/g, " "))[0]);
  } catch {
    return undefined;
  }
}

/* The text of a schema.org value, which may be a list or a thing with a name. */
function textOf(value) {
  const one = listOf(value)[0];
  if (isObject(one)) return textOf(one.name);
  return isSaid(one) ? String(one).trim() : undefined;
}

/* What a page's data is about; related products and lists of products are left aside. */
function thingsIn(data) {
  return listOf(data).flatMap((one) =>
    isObject(one) ? [one, ...["@graph", "mainEntity", "breadcrumb"].flatMap((key) => thingsIn(one[key]))] : [],
  );
}

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

/* Whether `url` is the address of the page at `page`; `part` of it counts: pathname or href. */
function isAt(url, page, part) {
  try {
    return isText(url) && new URL(url, page)[part] == new URL(page)[part];
  } catch {
    return false;
  }
}

/* The page's own product as view_item's params; undefined when the page is not one product's.
   `texts`: of the ld+json scripts; `page`: its address; `type`: its og:type. */
function productOf(texts, page, type) {
  const things = thingsIn(texts.flatMap(looseJson));
  const products = things.filter((one) => /\bProduct(Group)?\b/.test(one["@type"]));
  const names = new Set(products.map((one) => textOf(one.name)));
  const node =
    products.find((one) => isAt(one.url, page, "pathname") || isAt(one["@id"], page, "pathname")) ||
    // Many products of which none is the page's: a list, unless the page says that it is a product.
    (names.size == 1 || /product/.test(type) ? products[0] : undefined);
  if (!node) return undefined;
  const prices = pricesOf(node);
  const { price, currency } = prices.find((one) => isAt(one.url, page, "href")) || prices[0] || {};
  const trail = things.find((one) => /BreadcrumbList/.test(one["@type"]));
  // Without its first (home) and its last (the product itself).
  const path = listOf(trail && trail.itemListElement).slice(1, -1);
  const id = ["productGroupID", "sku", "productID", "mpn", "gtin", "@id", "url"].find((key) => textOf(node[key]));
  const item = {
    item_id: textOf(node[id]),
    item_name: textOf(node.name),
    item_brand: textOf(node.brand),
    item_category: textOf(node.category) || path.map((one) => textOf(one.name || one.item)).join(" > "),
    price,
  };
  const params = paramsOf({ currency, value: price, items: [item] });
  return params.items && params;
}
