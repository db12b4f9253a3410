/* What did the shop's own code say was done, on a dataLayer?
   Pure: values in, values out. tests/js reads this file behind read.js; build.sh puts it between find.js and page.js. */

/* What a dataLayer or gtag may tell us of, in GA4's names; the rest there is the tag manager's own. */
const KNOWN = /^((view|select|add|remove)_[a-z_]+|search|begin_checkout|purchase|refund|sign_up|login|generate_lead)$/;

/* A dataLayer entry as {name, params}: gtag's arguments or an object with `event`; else undefined.
   `ecommerce` is what an earlier entry left for this one, as tag managers merge them;
   `read` is paramsOf of read.js. */
function entryOf(entry, ecommerce, read = paramsOf) {
  const isGtag = entry[0] == "event";
  const name = isGtag ? entry[1] : entry.event;
  const said = isGtag ? entry[2] : entry;
  if (typeof name != "string" || !KNOWN.test(name)) return undefined;
  return { name, params: read(said && said.items ? said : { ecommerce, ...said }) };
}
