/* What happens on this page? What its dataLayer says, where a single-page shop goes, what is done to the cart,
   and when an element is seen. build.sh puts this behind find.js. It may change nothing for the page: not what a
   call gets, its `this`, its errors. */

/* Watches from now on, and says so to `hears`: told(name, params), what the shop's own code said, answers whether it
   was taken; changed(name, {link_url, product_id, quantity}), what was done to the cart, as far as it can be told;
   turned(from) and view(), the address is another, and the new page is drawn; ask(), consent may have changed;
   `at`: the address that was seen last. `tools`: the functions of read.js.
   Comes back with `look()`, which reads the dataLayer of a page that is drawn and comes back with more params of its view, and
   `whenSeen(element, does)`. */
export function watch({ money, isSaid, isText, isObject, listOf, paramsOf }, hears) {
  /* What `does` answers; undefined when it throws. */
  const quiet = (does) => {
    try {
      return does();
    } catch {
      return undefined;
    }
  };

  /* The owner looks on: asked for in the address, and as long as the tab lives. Looked up when nothing else is under way, as in s.js. */
  const { looks } = hears;
  Promise.resolve()
    .then(() => {
      const asked = /[?&]rs_debug=1/.test(location.search);
      if (asked) document.cookie = "_rs_debug=1;path=/;SameSite=Lax";
      return (asked || /_rs_debug=1/.test(document.cookie)) && import(looks.page().home + "/debug.js").then(({ start }) => start(looks));
    })
    .catch(() => {});

  /* ---- the dataLayer ---- */

  const heard = new WeakSet(); // its entries
  let ecommerce;

  const hear = (entry) => {
    if (!isObject(entry) || heard.has(entry)) return;
    if (entry[0] == "consent") hears.ask();
    if ("ecommerce" in entry) ecommerce = entry.ecommerce;
    const said = entryOf(entry, ecommerce, paramsOf);
    // What is said before consent is let go; it is read again then.
    if (!said || hears.told(said.name, said.params)) heard.add(entry);
  };

  const hearAll = (entries) => entries.forEach((entry) => quiet(() => hear(entry)));

  /* Reads what it holds and will hold. Tag managers may put another push in the place of ours. */
  const listen = () => {
    const layer = window.dataLayer;
    const push = layer && layer.push;
    if (!push) return;
    hearAll([...layer]);
    if (push.rs) return;
    layer.push = (...entries) => {
      const answer = push.apply(layer, entries);
      hearAll(entries);
      return answer;
    };
    layer.push.rs = true;
  };

  /* ---- the pages of a single-page shop ---- */

  // A router's page in the hash is a page; an anchor is not.
  const page = (url) => url.replace(/#(?![!/]).*/, "");
  // What changes when a page is drawn: after its address, at once or late.
  const drawn = () => document.title + [...document.querySelectorAll("[type*=ld\\+json]")].map((one) => one.textContent);
  let seen = page(hears.at);
  let looked, moving;

  const moved = (tidies) => {
    const before = seen;
    seen = page(location.href);
    // A shop that only tidies its address is on the same page.
    if (seen == before || (tidies && new URL(before).pathname == location.pathname)) return;
    hears.turned(before);
    let ticks = 10;
    clearInterval(moving);
    moving = setInterval(() => {
      if (--ticks && drawn() == looked) return;
      clearInterval(moving);
      hears.view();
    }, 100);
  };

  for (const name of ["pushState", "replaceState"]) {
    const change = history[name];
    history[name] = function () {
      const answer = change.apply(this, arguments);
      quiet(() => moved(name == "replaceState"));
      return answer;
    };
  }
  window.addEventListener("popstate", () => quiet(moved));
  window.addEventListener("load", () => quiet(listen));

  const look = () => {
    looked = drawn();
    quiet(listen);
    const { saveData, effectiveType } = navigator.connection || {};
    return { connection: saveData ? "save-data" : effectiveType };
  };

  /* Once, when half of it is in view: half of a window is some 180 px; near the page's end there is less to scroll. */
  const whenSeen = (element, does) => {
    const below = document.documentElement.scrollHeight - element.getBoundingClientRect().top - scrollY - 1;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        does();
      },
      { rootMargin: `0px 0px -${Math.max(0, Math.min(180, below))}px` },
    );
    observer.observe(element);
  };

  /* ---- the cart ---- */

  /* Addresses, with the fields sent there behind an &: of Shopify, WooCommerce, Magento, OpenCart, BigCommerce,
     Oscar, Bagisto and most others; then WooCommerce's fields and actions, Cafe24, PrestaShop. */
  const ADDS =
    /[/](cart|basket|bag)s?([/][\w-]+)?[./](add(?!r)|items?\b)|[?&/]\w*add[-_]?(to[-_]?)?(cart|basket|bag)|(ajax|action)=\w*add[-_]to|order.basket.(?!.*command=[^a])|id_product=.*&add=1/i;
  const REMOVES =
    /[/](cart|basket|bag)s?([/][\w-]+)?[./](remove|delete)|remove[-_]from|remove_?item|cart.change.*[?&]quantity=0|delete=1.*id_product|command=\w*del/i;

  const PRODUCT = /^(product[-_]?(id|no)?|id[-_]?product|add-to-cart)$/i;
  const MAYBE_PRODUCT = /^(item[-_]?id|id|sku)$/i; // may be a variant's, or a line's of the cart

  const SAME_ACT = 2000; // the same change within it was done once
  const ADD = "add_to_cart";
  const REMOVE = "remove_from_cart";
  let last = []; // change, and when
  let mappedAt = 0; // when the button was pressed that the owner named
  let pressed; // the button, link or form that was used last

  /* What a request with this address and these fields does; undefined for most. */
  const actOf = (url, fields, method) => {
    const text = url + "&" + new URLSearchParams(fields);
    if (REMOVES.test(text)) return REMOVE;
    if (!ADDS.test(text)) return undefined;
    return method == "DELETE" ? REMOVE : ADD;
  };

  /* The first value in `places` whose name is like `names`. */
  const pick = (names, ...places) => {
    for (const place of places)
      for (const name in place) if (names.test(name) && place[name] !== null && isSaid(place[name])) return place[name];
    return undefined;
  };

  /* What stands for a cart's button or form in markup, written as an address and its fields would be. */
  const markOf = (thing) =>
    [
      thing.getAttribute("action") || thing.getAttribute("href"),
      ...[thing, ...(thing.elements || [])].map((one) => one.name),
      ...thing.classList,
    ].join("&");

  /* The address of the product that a cart's button stands beside: the first link in the largest part of the page
     that has no other such button; undefined where that is the whole page. `nearest`: the smallest part with a link. */
  const linkBy = (thing, nearest) => {
    const others = [...document.querySelectorAll("form,a,button," + thing.localName)].filter(
      (one) =>
        !one.contains(thing) &&
        !thing.contains(one) &&
        (ADDS.test(markOf(one)) || (thing.className && one.className == thing.className)),
    );
    const here = location.href.split("#")[0];
    const isProduct = ({ href, origin }) => origin == location.origin && href.split("#")[0] != here && !actOf(href);
    const linkIn = (part) => [...part.querySelectorAll("a[href]")].find(isProduct);
    let part = thing;
    for (let up; (up = part.parentElement) && !others.some((one) => up.contains(one)); part = up)
      if (nearest && linkIn(part)) break;
    const link = part.contains(document.body) ? undefined : linkIn(part);
    return link && link.href;
  };

  /* Tells of one change. */
  const tell = (act, url, sent, answer) => {
    if (act == ADD && Date.now() - mappedAt < SAME_ACT) return;
    const fields = { ...Object.fromEntries(new URLSearchParams(url.split("?")[1])), ...sent };
    const thing = pressed && pressed.isConnected ? pressed : undefined;
    const named = [/[/](?:add|product)[/](\d+)/.exec(url) || [], act == ADD ? pick(MAYBE_PRODUCT, fields) : undefined];
    const change = {
      link_url: thing && linkBy(thing, act == REMOVE),
      product_id: pick(PRODUCT, answer, fields, thing && thing.dataset) || named[0][1] || named[1],
      quantity: money(pick(/^(quantity|qty)/i, fields)),
    };
    const said = act + JSON.stringify(change);
    if (said == last[0] && Date.now() - last[1] < SAME_ACT) return;
    last = [said, Date.now()];
    hears.changed(act, change);
  };

  /* ---- calls ---- */

  /* What a call sends, by name. The JSON of calls that go elsewhere may be long and is not read. */
  const fieldsOf = (url, body) => {
    if (!isText(body) || !/^\s*[[{]/.test(body)) return Object.fromEntries(new URLSearchParams(body));
    return /cart|basket|bag|batch/i.test(url) ? JSON.parse(body) : {};
  };

  const isTrouble = (value) => value && !/^[[{].$/.test(JSON.stringify(value));
  const failed = (data) =>
    isObject(data) && (data.success === false || data.status > 399 || isTrouble(data.error) || isTrouble(data.errors));

  /* How to tell of a call once its answer is there, (status, body); undefined for calls that are not the cart's. */
  const calling = (url, method, body) => {
    if (/get|head/i.test(method)) return undefined;
    const fields = fieldsOf(url, body);
    // WooCommerce's blocks send several calls in one.
    const calls = listOf(fields.requests || { path: url, body: fields, method });
    const acts = calls.map((one) => [actOf(one.path, one.body, one.method), one.path, one.body]).filter(([act]) => act);
    if (!acts[0]) return undefined;
    return (status, data) => {
      const answer = isText(data) ? quiet(() => JSON.parse(data)) : data;
      if (status > 199 && status < 300 && !failed(answer)) acts.forEach((act) => quiet(() => tell(...act, answer)));
    };
  };

  const { fetch } = window;
  window.fetch = function (input, init) {
    const { method, body } = { ...init };
    const heard = quiet(() => calling(input.url || String(input), method || input.method || "GET", body));
    const answer = fetch.apply(this, arguments);
    if (!heard) return answer;
    return answer.then((response) => {
      quiet(() =>
        response
          .clone()
          .text()
          .then((text) => heard(response.status, text))
          .catch(() => {}),
      );
      return response;
    });
  };

  const calls = new WeakMap();
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url) {
    calls.set(this, [String(url), method]);
    return open.apply(this, arguments);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const heard = quiet(() => calling(...calls.get(this), body));
    if (heard) this.addEventListener("load", () => heard(this.status, quiet(() => this.response)));
    return send.apply(this, arguments);
  };

  /* ---- forms and links ---- */

  const used = (event) => {
    setTimeout(() => quiet(hears.ask)); // a banner's button?
    const { target, submitter, type } = event;
    pressed = type == "submit" ? target : target.closest("a,button,input,[role=button]") || target;
    // The owner's own word (MAP of find.js) for what no call and no form tells.
    if (type == "click" && quiet(() => target.closest(MAP.cart_button))) {
      tell(ADD, "", pressed.form ? Object.fromEntries(new FormData(pressed.form)) : {});
      mappedAt = Date.now();
      return;
    }
    const form = pressed.elements;
    const url = pressed.getAttribute("action") || pressed.href || "";
    // A form that does not look like the cart's is not read at all.
    if (!ADDS.test(markOf(pressed)) && !actOf(url)) return;
    const fields = form ? Object.fromEntries(new FormData(pressed)) : {};
    if (submitter) fields[submitter.name] = submitter.value;
    const act = (form || pressed.href) && actOf(url, fields);
    if (!act) return;
    // Where the page calls instead, the call is watched.
    decide = () => {
      decide = undefined;
      if (!event.defaultPrevented) tell(act, url, fields);
    };
    setTimeout(decided);
  };
  let decide; // after the page's own handlers: the last, or a moment later when one stops the event on its way
  const decided = () => quiet(() => decide?.());
  for (const type of ["click", "submit"]) {
    window.addEventListener(type, (event) => quiet(() => used(event)), true);
    window.addEventListener(type, decided);
  }

  quiet(moved);
  return { look, whenSeen };
}
