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
  const BEACON_BYTES = 55e3; // browsers refuse beacons above 64 KiB, all in flight counted
  const MOST_BLOCKED = 3; // unanswered requests a page: an ad blocker will not change its mind
  const LONGEST_WAIT = 6e5;
  const AGE = 395 * 86400; // of the cookie in seconds; Chrome's limit is 400 days
  const GRANTED = "granted";
  const DENIED = "denied";

  const options = script.dataset;
  const home = new URL(script.src).origin + (options.path || "");
  const flushMs = +(options.flushMs || 2000);
  const nav = navigator;
  const root = document.documentElement;
  const { now } = Date;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const debug = /[?&]rs_debug=1/.test(location.search) ? console.info : () => {};

  /* A function that never throws: trouble of ours is not the page's. */
  const safe = (does) =>
    (...args) => {
      try {
        return does(...args);
      } catch (trouble) {
        debug(trouble);
      }
    };
  const on = (target, name, does) => {
    const hears = safe(does);
    target.addEventListener(name, hears);
    return () => target.removeEventListener(name, hears);
  };

  /* ---- what the device keeps: only after consent; storage may be switched off ---- */

  const KEYS = ["", "_c", "_q", "_p", "_d"]; // id, consent, queue, purchases, and ui.js: countdowns
  const read = safe((key) => localStorage.getItem("_rs" + key));
  const write = safe((key, value) => localStorage.setItem("_rs" + key, value));
  const readList = (key) => safe(() => JSON.parse(read(key)))() || [];

  const readCookie = () => (/\b_rs=([\w-]{16,64})/.exec(document.cookie) || [])[1];
  const writeCookie = (value, age, domain) => {
    const secure = location.protocol == "https:" ? ";Secure" : "";
    document.cookie = `_rs=${value};path=/;max-age=${age};SameSite=Lax${secure + domain}`;
  };

  /* The widest first; browsers refuse a public suffix such as co.uk. "" is this host alone. */
  const domains = location.hostname
    .split(".")
    .map((_, n, parts) => (n ? ";domain=" + parts.slice(-n - 1).join(".") : ""));
  domains.push(domains.shift());

  const forgetCookie = () => domains.forEach((domain) => writeCookie("", 0, domain));

  const forgetAll = safe(() => {
    forgetCookie();
    for (const key of KEYS) localStorage.removeItem("_rs" + key);
  });

  /* A random id; with a time it sorts by it (UUID version 7), else version 4. */
  const uuid = (time) => {
    const hex = () => (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16);
    const start = time ? time.toString(16).padStart(12, 0).replace(/.{4}$/, "-$&-7") : "xxxxxxxx-xxxx-4";
    return (start + "xxx-8xxx-xxxxxxxxxxxx").replace(/x/g, hex);
  };

  /* ---- consent and identity ---- */

  let explicit = options.consent == GRANTED || (options.consent != DENIED && read("_c") == GRANTED);
  let consent = explicit ? GRANTED : options.consent || (nav.doNotTrack == 1 ? DENIED : GRANTED);
  // The server denies every request with Sec-GPC, so nothing could be gained by an id.
  if (nav.globalPrivacyControl) consent = DENIED;
  let id = null;

  const identity = () => {
    id = readCookie() || read("") || uuid();
    forgetCookie(); // one cookie, not one for each domain
    for (const domain of domains) readCookie() || writeCookie(id, AGE, domain);
    write("", id);
    if (explicit) write("_c", GRANTED);
  };

  const setConsent = (state) => {
    const before = consent;
    if (nav.globalPrivacyControl) return;
    explicit = state == GRANTED;
    consent = explicit ? GRANTED : DENIED;
    if (!explicit) {
      queue = [];
      id = null;
      disarm();
      return forgetAll();
    }
    identity();
    if (before == DENIED) {
      // What was said before consent was let go; the page can say it again.
      heard = new WeakSet();
      viewed = undefined;
      view();
    }
    keep();
    soon(0);
  };

  /* ---- the queue: an event is ours until the server has answered for it ---- */

  let queue = [];
  let bought = readList("_p"); // order numbers told of
  const settled = new Set(); // ids answered for, so that no tab brings them back
  const beamed = new Set(); // ids handed to a beacon: sent or not, no one can tell
  let timer, due;
  let notBefore = 0;
  let tries = 0;
  let blocked = 0;
  let asking; // whether the next request asks what to show

  const without = (ids) => queue.filter((event) => !ids.has(event.event_id));

  /* Other tabs write the same keys: add to what is there, take away only what was answered for. */
  const keep = () => {
    if (consent != GRANTED) return;
    const all = new Map([...readList("_q"), ...queue].map((event) => [event.event_id, event]));
    settled.forEach((one) => all.delete(one));
    write("_q", JSON.stringify([...all.values()].slice(-MOST_HELD)));
    write("_p", JSON.stringify(bought.slice(-50)));
  };

  const track = (name, params) => {
    if (consent == DENIED) return;
    if (name == "purchase" && params.transaction_id) {
      if (bought.includes(params.transaction_id)) return;
      bought.push(params.transaction_id);
    }
    // Where there are no items the server may know them by the page's address.
    if (!params.items && name != "identify") params = { page_location: location.href, ...params };
    const timestamp = now();
    queue = [...queue, { name, event_id: uuid(timestamp), timestamp, params }].slice(-MOST_HELD);
    debug(name, params);
    // The cart itself is not ours to remember: the server counts these events before it answers.
    if (/cart$|purchase|identify/.test(name)) asking = true;
    keep();
    soon(queue.length < BATCH ? flushMs : 0);
  };

  /* ---- sending ---- */

  const pack = (batch, more) =>
    JSON.stringify({
      key: options.key,
      visitor_id: id,
      sent_at: now(),
      consent: explicit ? GRANTED : undefined,
      webdriver: nav.webdriver || undefined,
      page: {
        url: location.href,
        title: document.title,
        referrer: cameFrom,
        type: viewed && "product",
        language: root.lang || nav.language,
        width: innerWidth,
      },
      events: batch[0] && batch,
      ...more,
    });

  /* The first events of `some` that fit. */
  const fitting = (some, bytes) => {
    let batch = some.slice(0, MOST_SENT);
    while (batch[1] && new Blob([JSON.stringify(batch)]).size > bytes) batch = batch.slice(0, batch.length / 2);
    return batch;
  };

  /* As text/plain, which needs no preflight. */
  const post = (path, body) => fetch(home + path, { method: "POST", body, credentials: "omit" });

  const soon = (ms) => {
    const at = Math.max(now() + ms, notBefore);
    if (timer && at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(send, at - now());
  };

  /* Tell what waits, and ask what to show when that may have changed. Never throws. */
  const send = async () => {
    timer = 0;
    if (consent != GRANTED || blocked >= MOST_BLOCKED || document.prerendering) return;
    if (!queue[0] && !asking) return;
    const batch = fitting(queue, BYTES);
    const want = asking && wish();
    const page = pageNumber;
    let status = 0;
    let wait, answer;
    timer = 1; // sends nothing more until this is answered
    due = 0;
    asking = false;
    try {
      const response = await post(batch[0] ? "/v1/visit" : "/v1/popup", pack(batch, want && { want }));
      status = response.status;
      wait = 1e3 * response.headers.get("Retry-After");
      if (response.ok) answer = await response.json();
    } catch (trouble) {
      debug(trouble);
    }
    timer = 0;
    debug(status, answer);
    if (consent != GRANTED) return;
    const mayHelp = status == 429 || status > 499; // to say it again
    if (isObject(answer) || (status > 399 && !mayHelp)) {
      batch.forEach((event) => settled.add(event.event_id));
      queue = without(settled);
      keep();
      tries = blocked = 0;
      if (want && page == pageNumber) show(answer || {});
      if (queue[0] || asking) soon(queue.length < BATCH && !asking ? flushMs : 0);
      return;
    }
    if (want) {
      asking = true;
      show({}); // no room kept for what may never come
    }
    if (!mayHelp) blocked++; // no answer at all, or nonsense
    notBefore = now() + Math.max(wait || 0, Math.min(flushMs * 2 ** tries++, LONGEST_WAIT) * (0.5 + Math.random()));
    soon(0);
  };

  /* The page is going: hand over what waits. It stays in the queue until an answer comes. */
  const leave = () => {
    let batch = [];
    do {
      batch.forEach((event) => beamed.add(event.event_id));
      batch = fitting(without(beamed), BEACON_BYTES);
    } while (consent == GRANTED && batch[0] && nav.sendBeacon(home + "/v1/visit", pack(batch)));
  };

  /* ---- what is on the page: detectors in order of trust, the first that finds a product wins ---- */

  const fromJsonLd = () => {
    const type = document.querySelector("[property='og:type']");
    const scripts = all("[type*=ld\\+json]");
    return productOf(scripts.map((one) => one.textContent), location.href, type && type.content);
  };

  const DETECTORS = [fromJsonLd];

  let viewed; // item id of the page's product
  let guessed; // we said view_item ourselves: the shop's own word may still come

  const oneItem = ({ items }) => (items && !items[1] ? items[0].item_id : undefined);

  /* What the shop's own code says was done: on its dataLayer, or by rs('track'). */
  const told = (name, params) => {
    if (name == "view_item") {
      const again = guessed || (viewed && oneItem(params) == viewed);
      guessed = false;
      if (again) return;
      viewed = oneItem(params) || viewed;
    }
    track(name, params);
  };

  const detect = () => {
    for (const detector of DETECTORS) {
      const params = !viewed && safe(detector)(); // what the shop has said itself comes first
      if (!params) continue;
      viewed = oneItem(params);
      guessed = true;
      track("view_item", params);
    }
  };

  let heard = new WeakSet(); // dataLayer entries
  let ecommerce;

  const hear = safe((entry) => {
    if (!isObject(entry) || heard.has(entry)) return;
    heard.add(entry);
    if ("ecommerce" in entry) ecommerce = entry.ecommerce;
    const said = entryOf(entry, ecommerce);
    if (said) told(said.name, said.params);
  });

  /* Reads what a dataLayer holds and will hold. Tag managers may put another push in the place of ours. */
  const listen = () => {
    const layer = window.dataLayer;
    const push = layer && layer.push;
    if (!push) return;
    [...layer].forEach(hear);
    if (push.rs) return;
    layer.push = (...entries) => {
      const answer = push.apply(layer, entries);
      entries.forEach(hear);
      return answer;
    };
    layer.push.rs = true;
  };

  /* ---- pages: the first one, those of a single-page shop, those out of the browser's memory ---- */

  let pageNumber = 0;
  let pageAt, popupDone, moving;
  const address = () => location.href.split("#")[0];
  let seen = address();
  let cameFrom = document.referrer;

  const view = () => {
    pageNumber++;
    pageAt = now();
    disarm();
    popupDone = false;
    track("page_view", { page_title: document.title, page_referrer: cameFrom });
    listen();
    waiting.splice(0).forEach((call) => rs(...call));
    detect();
    slots().forEach(makeRoom);
    asking = true;
    soon(0);
  };

  const moved = () => {
    if (seen == address()) return;
    cameFrom = seen;
    seen = address();
    viewed = guessed = undefined;
    clearTimeout(moving);
    moving = setTimeout(safe(view), 300); // the new page's title and data come after its address
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
    item_id: viewed,
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
    // Half of a window is some 180 px; near the page's end there is less to scroll.
    const below = root.scrollHeight - slot.getBoundingClientRect().top - scrollY - 1;
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        track("popup_holdout", { item_list_id: name });
      },
      { rootMargin: `0px 0px -${Math.max(0, Math.min(180, below))}px` },
    );
    watch.observe(slot);
  };

  /* ---- popups: a trigger calls `fire` at its moment, and again as long as it is left waiting
     (the visitor may be busy); it returns how to stop that. ---- */

  /* Whether the visitor is at something that must not be interrupted. */
  const busy = () =>
    document.hidden ||
    (document.activeElement || root).matches("input,textarea,select,[contenteditable]") ||
    all("dialog[open],[aria-modal=true]").some((one) => {
      // Themes keep their closed drawers beside the screen.
      const { width, left, right, top } = one.getBoundingClientRect();
      const there = width && right > 0 && left < innerWidth && top < innerHeight;
      return there && getComputedStyle(one).visibility == "visible";
    });

  const isPast = (seconds) => now() - pageAt >= 1e3 * seconds;

  const once = (due, fire) => {
    const timer = setInterval(() => due() && fire(), 200);
    return () => clearInterval(timer);
  };

  const TRIGGERS = {
    // Not before the page's main content has had its second.
    load: (fire) => once(() => performance.now() > 1e3, fire),
    time: (fire, seconds = 5) => once(() => isPast(seconds), fire),
    exit: (fire, seconds = 3) => {
      let y = scrollY;
      let at = 0;
      const tell = (left) => left && isPast(seconds) && fire();
      // A pointer leaves through the top edge of the window, not into a frame or sideways.
      const out = (event) => tell(event.clientY <= 0 && !event.relatedTarget);
      // A thumb goes back up fast, from well down the page.
      const up = (event) => {
        tell(at && y > 600 && (y - scrollY) / (event.timeStamp - at) > 1.2);
        y = scrollY;
        at = event.timeStamp;
      };
      const has = matchMedia("(hover:hover) and (pointer:fine)").matches;
      return has ? on(root, "mouseleave", out) : on(window, "scroll", up);
    },
  };

  let disarm = () => {};

  const arm = (popup, open) => {
    const { on, seconds } = popup.trigger;
    const fire = safe(() => {
      if (busy()) return;
      disarm();
      popupDone = true; // one popup a page
      if (popup.arm == "control") track("popup_holdout", { popup_id: popup.id });
      else open(popup);
    });
    if (TRIGGERS[on]) disarm = TRIGGERS[on](fire, seconds);
  };

  /* ---- an answer ---- */

  const api = { track, post, pack };

  /* Loads the renderer, once and only when there is something to show. */
  const show = safe(({ popup, windows = {}, ui }) => {
    const draws = (does) => ui && import(home + ui).then(does).catch(debug);
    disarm();
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
    if (popup.arm == "show") draws(() => {}); // there before its moment
    arm(popup, () => draws((renderer) => renderer.openPopup(popup, api)));
  });

  /* ---- the command function, and the start ---- */

  const COMMANDS = {
    track: (name, params) => told(String(name), paramsOf(params)),
    identify: (who) => track("identify", paramsOf(who)),
    consent: setConsent,
    refresh: () => {
      asking = true;
      soon(0);
    },
  };

  const waiting = (window.rs && window.rs.q) || [];
  let started;
  window.__rs = { version: 1 };
  const rs = (window.rs = safe((name, ...args) => {
    if (name == "id") return id;
    if (started) COMMANDS[name](...args);
    else waiting.push([name, ...args]);
  }));

  if (consent == DENIED) forgetAll();
  if (consent == GRANTED) {
    identity();
    queue = readList("_q");
  }

  const start = () => {
    started = true;
    view();
    const { pushState } = history;
    history.pushState = (...args) => {
      pushState.apply(history, args);
      safe(moved)();
    };
    on(window, "popstate", moved);
    on(window, "load", listen);
    on(window, "online", () => {
      blocked = notBefore = 0;
      soon(0);
    });
    on(document, "prerenderingchange", () => soon(0));
    on(document, "visibilitychange", () => document.hidden && leave());
    on(window, "pagehide", leave);
    on(window, "pageshow", (event) => event.persisted && view());
  };

  if (document.readyState == "loading") on(document, "DOMContentLoaded", start);
  else safe(start)();
})();
