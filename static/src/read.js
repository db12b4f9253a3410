/* What is an item, an amount, an event's params?
   Pure: values in, values out. tests/js reads this file by itself; build.sh puts it in front of s.js,
   which lends these functions to find.js. */
"use strict";

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
