/* What happens on this page, and what may it show? Told to the engine that the tag was loaded from.
   Nothing here may throw into the page, block it, or leave anything on the device before consent.
   Globals: rs (the command function) and __rs (which says that the tag is there). */
(() => {
  const script = document.currentScript;
  if (window.__rs || !script) return;

  const MOST_HELD = 200; // events waiting; the oldest go first
  const MOST_SENT = 25; // events in one request, as the server takes them
  const BATCH = 20; // as many do not wait for the timer
  const BYTES = 1e5; // of one request; the server takes 131,072
  const PATIENCE = 15e3; // with a server that does not answer
  const BEACON_BYTES = 55e3; // browsers refuse beacons above 64 KiB, all in flight counted
  const MOST_BLOCKED = 3; // unanswered requests a page: an ad blocker will not change its mind
  const LONGEST_WAIT = 6e5;
  const AGE = 395 * 86400; // of the cookie in seconds; Chrome's limit is 400 days
  const FINDING = 400; // what the first request waits for find.js
  const SAME_ACT = 2000; // an act that is told twice within it was done once
  const GRANTED = "granted";
  const PENDING = "pending";
  const DENIED = "denied";

  const options = script.dataset;
  const home = script.src.split("/", 3).join("/") + (options.path || "");
  const flushMs = +(options.flushMs || 2000);
  const { fetch } = window; // as it is before find.js watches it
  const nav = navigator;
  const root = document.documentElement;
  const { now } = Date;
  const all = (selector) => [...document.querySelectorAll(selector)];

  /* What `does` answers; undefined when it throws. */
  const tried = (does) => {
    try {
      return does();
    } catch {
      return undefined;
    }
  };

  /* What is going on, kept for debug.js until it listens. */
  const notes = [];
  let note = (...entry) => notes[MOST_HELD] || notes.push(entry);

  const fuss = (trouble) => note("trouble", { message: String(trouble) });

  /* A function that never throws: trouble of ours is not the page's. */
  const safe = (does) =>
    (...args) => {
      try {
        return does(...args);
      } catch (trouble) {
        fuss(trouble);
      }
    };
  const on = (target, name, does) => target.addEventListener(name, safe(does));

  /* ---- what the device keeps: only after consent; storage may be switched off.
     The page waits for the first look at it and for every write: nothing is looked up before it is needed. ---- */

  const KEYS = ["", "_c", "_q", "_p"]; // id, consent, queue, purchases
  const read = safe((key) => localStorage.getItem("_rs" + key));
  /* Not what is there already; no list is an empty one. */
  const write = safe((key, value) => (read(key) || "[]") == value || localStorage.setItem("_rs" + key, value));
  const readList = (key) => safe(() => JSON.parse(read(key)))() || [];

  const readCookie = safe(() => (/\b_rs=([\w-]{16,64})/.exec(document.cookie) || [])[1]);
  const writeCookie = safe((value, age, domain) => {
    const secure = location.protocol == "https:" ? ";Secure" : "";
    document.cookie = `_rs=${value};path=/;max-age=${age};SameSite=Lax${secure + domain}`;
  });

  /* The widest first; browsers refuse a public suffix such as co.uk. "" is this host alone. */
  const domains = () => {
    const parts = location.hostname.split(".");
    return [...parts.slice(1).map((_, n) => ";domain=" + parts.slice(-n - 2).join(".")), ""];
  };

  const forgetAll = safe(() => {
    domains().forEach((domain) => writeCookie("", 0, domain));
    for (const key of KEYS) localStorage.removeItem("_rs" + key);
  });

  /* A random id; with a time it sorts by it (UUID version 7), else version 4. */
  const uuid = (time) => {
    const dice = Array.from(crypto.getRandomValues(new Uint8Array(32)), (cast) => (cast & 15).toString(16)).join("");
    const start = time ? time.toString(16).padStart(12, 0) + 7 : dice.slice(0, 12) + 4;
    return (start + dice.slice(12, 15) + 8 + dice.slice(17)).replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  /* ---- consent and identity ---- */

  // What was said by the tag or the page itself, no banner changes.
  let spoken = /^[gd]/.test(options.consent);
  let consent = options.consent || (nav.doNotTrack == 1 ? DENIED : GRANTED);
  let explicit = spoken ? consent == GRANTED : undefined;

  /* Whether somebody said yes: on this page or, where nothing was said on it, on one before. */
  const isExplicit = () => (explicit = explicit ?? read("_c") == GRANTED);

  if (consent != GRANTED && isExplicit()) consent = GRANTED;
  // The server denies every request with Sec-GPC, so nothing could be gained by an id.
  if (nav.globalPrivacyControl) consent = DENIED;
  let id = null;

  /* The visitor's id; null without consent, and until the page's banner was asked. */
  const visitor = () => {
    if (id || consent != GRANTED || !started) return id;
    id = readCookie();
    if (!id) {
      id = read("") || uuid();
      // One cookie, not one for each domain.
      domains().some((domain) => {
        writeCookie(id, AGE, domain);
        return domain && readCookie();
      });
    }
    if (options.consent == GRANTED) write("_c", GRANTED);
    return id;
  };

  const setConsent = (state) => {
    const before = consent;
    if (nav.globalPrivacyControl) return;
    explicit = state == GRANTED;
    consent = explicit || state == PENDING ? state : DENIED;
    if (!explicit) {
      if (consent == DENIED) queue = [];
      id = null;
      armed = 0;
      tried(() => call.abort()); // its answer may set the cookie again
      return forgetAll();
    }
    write("_c", GRANTED);
    visitor();
    if (before == DENIED && started) {
      // What was said before consent was let go; the page can say it again.
      own = undefined;
      view();
    }
    keep();
    soon(0);
  };

  /* What banners know of the visitor's choice, the first that is there counts: a word, nothing or an error.
     As long as nobody has chosen, events are held. */
  const choice = (yes, chosen) => (yes ? GRANTED : chosen ? DENIED : PENDING);
  let tcf;

  const BANNERS = {
    // Google's consent mode. Its default of "granted" may be another region's.
    dataLayer: () => {
      let state;
      for (const [what, how, { analytics_storage: said }] of [...dataLayer].filter((entry) => entry[0] == "consent"))
        if (said) state = how == "update" ? said : state || (said == DENIED ? PENDING : state);
      return state;
    },
    Shopify: () => choice(Shopify.customerPrivacy.analyticsProcessingAllowed(), !Shopify.customerPrivacy.shouldShowBanner()),
    // IAB TCF; purpose 1: to keep something on the device.
    __tcfapi: () => {
      if (!tcf)
        __tcfapi("addEventListener", 2, (data) => {
          tcf = data;
          ask();
        });
      tcf = tcf || {};
      return choice(tcf.gdprApplies === false || tcf.purpose?.consents[1], /tc|comp/.test(tcf.eventStatus));
    },
    CookieConsent: () => choice(CookieConsent.acceptedCategory("analytics"), CookieConsent.validConsent?.()),
    klaro: () => {
      const { config, consents, confirmed } = klaro.getManager();
      return choice(config.services.some((one) => consents[one.name] && /analy|stat/.test(one.purposes)), confirmed);
    },
    Cookiebot: () => choice(Cookiebot.consent.statistics, Cookiebot.hasResponse),
    OneTrust: () => choice(/C0002/.test(OnetrustActiveGroups), OneTrust.IsAlertBoxClosed()),
    getCkyConsent: () => choice(getCkyConsent().categories.analytics, getCkyConsent().isUserActionCompleted), // CookieYes
  };

  const ask = () => {
    let state;
    for (const name in BANNERS) if (window[name]) state = state || tried(BANNERS[name]);
    if (!state || spoken || (isExplicit() ? state != DENIED : state == consent && state != GRANTED)) return;
    setConsent(state);
  };

  /* ---- the queue: an event is ours until the server has answered for it ---- */

  let queue = [];
  let bought; // order numbers told of; undefined: not looked up yet
  const settled = new Set(); // ids answered for, so that no tab brings them back
  const beamed = new Set(); // ids handed to a beacon: sent or not, no one can tell
  let timer, due, call;
  let notBefore = 0;
  let quiet = 0; // until when to wait for what find.js finds
  let tries = 0;
  let blocked = 0;
  let dropped = 0; // more were held than there is room for
  let asking; // whether the next request asks what to show

  const without = (ids) => queue.filter((event) => !ids.has(event.event_id));

  /* What other tabs and pages before left in the same list, less what was answered for. */
  const others = () => {
    const known = new Set([...settled, ...queue.map((event) => event.event_id)]);
    return readList("_q").filter((event) => !known.has(event.event_id));
  };

  const keep = () => {
    if (consent != GRANTED) return;
    write("_q", JSON.stringify([...others(), ...queue].slice(-MOST_HELD)));
    if (bought) write("_p", JSON.stringify(bought.slice(-50)));
  };

  /* Puts an event in the queue; comes back with it. */
  const track = (name, params, event_id) => {
    const timestamp = now();
    if (name == "purchase" && params.transaction_id) {
      bought = bought || readList("_p");
      if (bought.includes(params.transaction_id)) return;
      bought.push(params.transaction_id);
    }
    // Where there are no items the server may know them by the page's address.
    if (!params.items && name != "identify") params = { page_location: location.href, ...params };
    const event = { name, event_id: event_id || uuid(timestamp), timestamp, params };
    if (consent == DENIED) return event;
    dropped += queue.length >= MOST_HELD;
    queue = [...queue.filter((one) => one.event_id != event_id), event].slice(-MOST_HELD);
    note("event", event);
    api.past = [...api.past, event].slice(-MOST_SENT);
    tried(() => api.hears?.(event)); // ui.js, while a popup waits
    if (consent != GRANTED) note("held", { why: consent });
    // The cart itself is not ours to remember: the server counts these events before it answers.
    if (/cart$|purchase|identify/.test(name)) asking = true;
    soon(queue.length < BATCH ? flushMs : 0);
    return event;
  };

  /* ---- sending ---- */

  const pack = (batch, more) =>
    JSON.stringify({
      key: options.key,
      visitor_id: visitor(),
      sent_at: now(),
      consent: isExplicit() ? GRANTED : undefined,
      webdriver: nav.webdriver || undefined,
      page: {
        url: location.href,
        title: document.title,
        referrer: cameFrom,
        type: own && "product",
        language: root.lang || nav.language,
        width: innerWidth,
      },
      events: batch[0] && batch.map(({ left, ...event }) => event),
      dropped: dropped || undefined,
      ...more,
    });

  /* The first events of `some` that fit. */
  const fitting = (some, bytes) => {
    let batch = some.slice(0, MOST_SENT);
    // A letter takes three bytes at most.
    while (batch[1] && 3 * JSON.stringify(batch).length > bytes) batch = batch.slice(0, batch.length / 2);
    return batch;
  };

  /* As text/plain, which needs no preflight. A shop's own address may set the id's cookie again. */
  const credentials = options.path ? "same-origin" : "omit";
  const post = (path, body, signal) => fetch(home + path, { method: "POST", body, signal, credentials });

  const soon = (ms) => {
    const at = Math.max(now() + ms, notBefore, quiet);
    if (timer && at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(send, at - now());
  };

  /* Tell what waits, and ask what to show when that may have changed. Never throws. */
  const send = async () => {
    timer = 0;
    if (now() < quiet) return soon(0);
    if (consent != GRANTED || blocked >= MOST_BLOCKED || !started) return;
    recall();
    // What the page before left comes first; what else is young may be another tab's to send.
    queue = [...others().filter(({ left, timestamp }) => left || now() - timestamp >= 2 * flushMs), ...queue];
    if (!queue[0] && !asking) return;
    const batch = fitting(queue, BYTES);
    const want = asking && wish();
    const number = pageNumber;
    call = new AbortController();
    let status = 0;
    let wait, said, answer;
    timer = 1; // sends nothing more until this is answered
    due = 0;
    asking = false;
    const patience = setTimeout(() => call.abort(), PATIENCE);
    try {
      const response = await post(batch[0] ? "/v1/visit" : "/v1/popup", pack(batch, want && { want }), call.signal);
      status = response.status;
      wait = 1e3 * response.headers.get("Retry-After");
      said = await response.json();
      if (response.ok) answer = said;
    } catch (trouble) {
      fuss(trouble);
    }
    clearTimeout(patience);
    timer = 0;
    note("sent", { ids: batch.map((event) => event.event_id), status, answer: said });
    if (consent != GRANTED) return;
    const mayHelp = status == 429 || status > 499; // to say it again
    if (isObject(answer) || (status > 399 && !mayHelp)) {
      batch.forEach((event) => settled.add(event.event_id));
      queue = without(settled);
      keep();
      tries = blocked = dropped = 0;
      if (want && number == pageNumber) show(answer || {});
      if (queue[0] || asking) soon(queue.length < BATCH && !asking ? flushMs : 0);
      return;
    }
    if (want) {
      asking = true;
      show({}); // no room kept for what may never come
    }
    if (!mayHelp) blocked++; // no answer at all, or nonsense
    keep();
    notBefore = now() + Math.max(wait || 0, Math.min(flushMs * 2 ** tries++, LONGEST_WAIT) * (0.5 + Math.random()));
    soon(0);
  };

  /* The page is going: hand over what waits. It stays in the queue until an answer comes. */
  const leave = () => {
    let batch = [];
    for (const event of queue) event.left = 1;
    keep();
    if (visitor()) write("", id);
    do {
      batch.forEach((event) => beamed.add(event.event_id));
      batch = fitting(without(beamed), BEACON_BYTES);
    } while (consent == GRANTED && batch[0] && nav.sendBeacon(home + "/v1/visit", pack(batch)));
  };

  /* ---- what is on the page: what the shop says itself comes first, then what find.js reads ---- */

  let page = {}; // this page's page_view
  let own; // view_item's params of the page's product
  let guessed; // we said view_item ourselves: the shop's own word may still come

  const oneItem = ({ items }) => (items && !items[1] ? items[0].item_id : undefined);
  // The server derives views of its own; under this id the two are one.
  const viewId = () => page.event_id + "-v";

  /* What the shop's own code says was done: on its dataLayer, or by rs('track'). */
  const told = (name, params) => {
    let as;
    if (name == "view_item") {
      const again = guessed || (own && oneItem(params) == oneItem(own));
      guessed = false;
      if (again) return;
      if (oneItem(params)) {
        if (!own) as = viewId();
        own = params;
        note("found", { how: "dataLayer", params });
      }
    }
    if (/_cart$/.test(name)) as = actId(name, true);
    track(name, params, as);
    return consent != DENIED;
  };

  /* find.js, fetched once: what it finds, and what it watches.
     Asked for when nothing else is under way: where requests are looked at, V8 reads every function once more that is
     under way then, and the largest is this whole file; that was half of what the tag cost. */
  const finding = () =>
    (finder =
      finder ||
      // The owner who looks on has just pointed at something, perhaps.
      Promise.resolve(`${home}/find.js?key=${options.key}${/rs_debug=1/.test(location.search) ? "&" + now() : ""}`)
        .then((url) => import(url))
        .then(({ find, watch }) => ({
          find,
          ...watch(TOOLS, { told, changed, turned, view, ask, looks, at: location.href }),
        })));
  let finder;

  /* Asks find.js about this page; the first request waits for it, but not long. */
  const detect = async () => {
    quiet = now() + FINDING;
    try {
      const its = await finding();
      Object.assign(page.params, its.look());
      const { view, order, how } = its.find(TOOLS, own);
      if (order) page.params.order_number = order;
      if (view && !own) {
        own = view;
        guessed = true;
        note("found", { how, params: view });
        // The number may be the page's own: the server asks its catalogue what is at this address.
        track("view_item", { page_location: location.href, found_by: how, ...view }, viewId());
      }
    } catch (trouble) {
      fuss(trouble);
    }
    quiet = 0;
    soon(0);
  };

  /* ---- pages: the first one, those of a single-page shop, those out of the browser's memory ---- */

  let pageNumber = 0;
  let popupDone;
  let cameFrom = document.referrer;

  const view = () => {
    pageNumber++;
    armed = 0;
    popupDone = false;
    page = track("page_view", { page_title: document.title, page_referrer: cameFrom }, page.name ? 0 : page.event_id);
    asking = true;
    waiting.splice(0).forEach((call) => rs(...call));
    slots().forEach(makeRoom);
    if (consent != DENIED) detect();
  };

  const turned = (from) => {
    cameFrom = from;
    page = { event_id: uuid(now()) }; // what is said from here on is the new page's
    own = guessed = undefined;
  };

  /* ---- the cart, where the shop does not say it: find.js watches what the page does ---- */

  let act; // the last change: {name, byShop, at, id}; undefined: what the page before did was not looked up yet

  /* A form was posted on the page before: the shop's word of it may come on this one. */
  const recall = () => {
    if (act) return;
    const { name, event_id } = readList("_q").find((event) => /-a$/.test(event.event_id)) || {};
    act = { name, at: now(), id: event_id };
  };

  /* The id of a change of the cart. The shop may tell what was seen as well, before or after: under one id it counts once. */
  const actId = (name, byShop) => {
    recall();
    const at = now();
    const again = act.name == name && act.byShop != byShop && at - act.at < SAME_ACT;
    const { id } = (act = again ? { id: act.id } : { name, byShop, at, id: uuid(at) + "-a" });
    return (byShop || !again) && id;
  };

  const changed = (name, params) => {
    // From the page's main form: its own product.
    if (own && !params.link_url && name == "add_to_cart")
      params = {
        page_location: location.href,
        found_by: guessed ? "page" : undefined,
        currency: own.currency,
        items: [{ ...own.items[0], quantity: params.quantity }],
      };
    const id = actId(name);
    if (id) track(name, params, id); // the shop's own words are better
  };

  /* ---- windows: slots on the page, and the places the owner chose ---- */

  const slots = () => all("[data-rs-window]");
  const slotOf = (name) => slots().find((slot) => slot.dataset.rsWindow == name);

  /* Room for what will come, so that nothing jumps: as high as ui.js draws a window. */
  const makeRoom = (slot) => {
    const height = slot.dataset.rsHeight || (slot.clientWidth < 600 ? 306 : 376);
    slot.style.minHeight = (consent == GRANTED ? height : 0) + "px";
  };

  const wish = () => ({
    popup: !popupDone,
    windows: slots().map((slot) => slot.dataset.rsWindow),
    item_id: own && oneItem(own),
  });

  const place = safe((name, { selector, position }) => {
    const slot = document.createElement("div");
    slot.dataset.rsWindow = name;
    document.querySelector(selector)[position == "replace" ? "replaceWith" : position || "append"](slot);
    return slot;
  });

  /* A window in control is empty; the moment it would have been seen is logged. */
  const holdOut = (name, slot) => {
    if (slot.rs == pageNumber) return; // the page on which it was held out
    slot.rs = pageNumber;
    finding()
      .then(({ whenSeen }) => whenSeen(slot, () => track("popup_holdout", { item_list_id: name })))
      .catch(fuss);
  };

  /* ---- popups: ui.js knows their moments ---- */

  let armed; // the popup that waits for its own

  /* ---- an answer ---- */

  const api = { track, post, pack, past: [] };
  const TOOLS = { itemOf, paramsOf, money, listOf, isText, isObject, isSaid };

  /* Loads the renderer, once and only when there is something to show. */
  const show = safe(({ popup, windows = {}, ui }) => {
    const draws = (does) => ui && import(home + ui).then(does).catch(fuss);
    armed = 0;
    for (const slot of slots()) slot.style.minHeight = 0;
    for (const name in windows) {
      const { arm, items, placement } = windows[name];
      const slot = slotOf(name) || (placement && place(name, placement));
      if (!slot) continue;
      if (arm == "control") holdOut(name, slot);
      else if (items[0]) {
        makeRoom(slot);
        draws((renderer) => renderer.drawWindow(slot, name, windows[name], api));
      }
    }
    if (!popup || popupDone) return;
    armed = popup;
    // One popup a page: with `comes` this is the one.
    draws((renderer) => renderer.arm(popup, api, page.timestamp, (comes) => armed == popup && ((popupDone = comes), true)));
  });

  /* ---- the command function, and the start ---- */

  const COMMANDS = {
    track: (name, params) => told(String(name), paramsOf(params)),
    identify: (who) => track("identify", paramsOf(who)),
    consent: (state) => {
      spoken = true;
      setConsent(state);
    },
    refresh: () => {
      asking = true;
      soon(0);
    },
  };

  const waiting = (window.rs && window.rs.q) || [];
  let started;
  window.__rs = { version: 1 };
  const rs = (window.rs = safe((name, ...args) => {
    if (name == "id") return visitor();
    if (started) COMMANDS[name](...args);
    else waiting.push([name, ...args]);
  }));

  /* What debug.js works with. */
  const looks = {
    on: (listener) => {
      note = (...entry) => tried(() => listener(...entry));
      notes.forEach((entry) => note(...entry));
    },
    page: () => ({ key: options.key, consent, id: visitor(), url: location.href, home }),
  };

  const start = () => {
    // A choice that was said already comes before anything is kept.
    for (const [name, state] of waiting) if (name == "consent") COMMANDS.consent(state);
    ask();
    if (consent == DENIED) forgetAll();
    started = true;
    view();
    setInterval(() => {
      ask();
      // What no answer came for yet outlives even a browser that falls.
      if (queue[0]) keep();
    }, 1000);
    setTimeout(() => soon(0), 2 * flushMs);
    on(window, "online", () => {
      blocked = notBefore = 0;
      soon(0);
    });
    on(document, "visibilitychange", () => document.hidden && leave());
    on(window, "pagehide", leave);
    on(window, "pageshow", (event) => event.persisted && view());
  };

  const boot = () => (document.prerendering ? on(document, "prerenderingchange", start) : safe(start)());

  if (consent != DENIED) finding().catch(fuss);
  if (document.readyState == "loading") on(document, "DOMContentLoaded", boot);
  else boot();
})();
