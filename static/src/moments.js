/* When is a popup's moment? The first of its triggers that comes; and then not before the visitor is free for it.
   In both groups: who is kept from a popup meets the same moment. Built into ui.js. It changes nothing of the page. */

const root = document.documentElement;
const CHECKOUT = /\/(checkouts?|payment|order\/orderform)(?![\w-])(?!.*(success|complete|thank))/i;
const DRAWN = 900; // ms after which a shop has drawn what was put in the cart, or is on another page

/* What is focused, through shadow roots. */
function focused() {
  let one = document.activeElement || root;
  while (one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
  return one;
}

/* Whether the visitor is at something that must not be interrupted. */
const busy = () =>
  document.hidden ||
  CHECKOUT.test(location.pathname) ||
  focused().matches("input:not([type=button],[type=submit],[type=checkbox],[type=radio]),textarea,select,[contenteditable]") ||
  [...document.querySelectorAll("dialog[open],[aria-modal=true],[data-rs-box]")].some((one) => {
    // Themes keep their closed drawers beside the screen; ours have no size of their own.
    const { width, left, right, top } = one.getBoundingClientRect();
    const there = width && right > 0 && left < innerWidth && top < innerHeight;
    return one.dataset.rsBox || (there && getComputedStyle(one).visibility == "visible");
  });

const listen = (target, names, does) => {
  const hear = (event) => {
    try {
      does(event);
    } catch {
      // trouble of ours is not the page's
    }
  };
  for (const name of names.split(" ")) target.addEventListener(name, hear, { capture: true, passive: true });
  return () => names.split(" ").forEach((name) => target.removeEventListener(name, hear, { capture: true }));
};

const every = (due) => {
  const timer = setInterval(due, 200);
  return () => clearInterval(timer);
};

/* Calls `back` with how many ms the page was out of sight, when it is looked at again. */
const away = (back) => {
  let left;
  return listen(document, "visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (left) back(Date.now() - left);
  });
};

const LOAD = ({ happens }) => every(() => performance.now() > 1e3 && happens());

/* One function for each trigger: waits, calls `happens()` once it has happened, or `now()` at a moment that is gone
   if the visitor is busy; comes back with how to stop. `since`: when this page was opened; `hear(does)`: what was told
   on this page, and will be: a popup may be the answer to it. */
const TRIGGERS = {
  // Not before the page's main content has had its second. What the server decides has happened when it is here.
  load: LOAD,
  nth_page: LOAD,
  cart_value: LOAD,
  segment_entered: LOAD,
  time: ({ happens, since }, { seconds = 5 }) => every(() => Date.now() - since >= 1e3 * seconds && happens()),
  scroll: ({ happens }, { percent = 50 }) =>
    listen(window, "scroll", () => {
      const room = root.scrollHeight - innerHeight;
      if (room > 0 && scrollY >= (room * percent) / 100 - 1) happens();
    }),
  idle: ({ happens }, { seconds = 30 }) => {
    let last = Date.now();
    const stops = [
      listen(window, "pointermove pointerdown keydown scroll touchstart wheel", () => (last = Date.now())),
      every(() => Date.now() - last >= 1e3 * seconds && happens()),
    ];
    return () => stops.forEach((stop) => stop());
  },
  tab_return: ({ happens }, { seconds = 5 }) => away((ms) => ms > 1e3 * seconds && happens()),
  click: ({ happens }, { selector }) => listen(document, "click", ({ target }) => target.closest(selector) && happens()),
  event: ({ happens, hear }, { event }) => hear(({ name }) => name == event && happens()),
  zero_results: ({ happens, hear }) => hear(({ name, params }) => /search/.test(name) && params.results === 0 && happens()),
  add_to_cart: ({ happens, hear, id, hasHappened }) => {
    // Most shops draw the cart then; some load another page: it is remembered for that one.
    const added = () => happens(DRAWN);
    const stops = [
      hear(({ name }) => name == "add_to_cart" && added()),
      listen(window, "pagehide", () => hasHappened() && sessionStorage.setItem("_rs_added", id)),
    ];
    try {
      if (sessionStorage.getItem("_rs_added") == id) added();
      sessionStorage.removeItem("_rs_added");
    } catch {
      // no storage: nothing is remembered
    }
    return () => stops.forEach((stop) => stop());
  },
  exit: ({ now, since }, { seconds = 3 }) => {
    const tell = (leaves) => leaves && Date.now() - since >= 1e3 * seconds && now();
    // A pointer leaves through the top edge of the window, not into a frame or sideways.
    if (matchMedia("(hover:hover) and (pointer:fine)").matches) {
      return listen(root, "mouseleave", (event) => tell(event.target == root && event.clientY <= 0 && !event.relatedTarget));
    }
    let y = scrollY;
    let at = 0;
    const stops = [
      // A thumb goes back up fast, from well down the page.
      listen(window, "scroll", (event) => {
        tell(at && y > 600 && (y - scrollY) / (event.timeStamp - at) > 1.2);
        y = scrollY;
        at = event.timeStamp;
      }),
      // Or went to another tab, and is back.
      away((ms) => tell(ms > 1e3)),
    ];
    return () => stops.forEach((stop) => stop());
  },
};

let waiting; // what is waited for: {id, since, stop, happened: the trigger that came, after: no sooner than then}

/* Waits for the popup's moment on the page that was opened at `since`. `mine()`: whether it is still the one to wait for;
   `mine(true)` takes the moment. In control the moment is told and nothing is shown. */
export function arm(popup, api, since, mine) {
  const before = waiting;
  if (before) before.stop();
  // An answer to what has just happened must not make it unhappen.
  const again = before && before.id == popup.id && before.since == since;
  const mark = (waiting = { id: popup.id, since, happened: again && before.happened, after: again ? before.after : 0 });
  const heard = [];
  const fire = () => {
    if (!mine()) mark.stop();
    else if (mark.happened && Date.now() >= mark.after && !busy()) {
      mark.stop();
      waiting = undefined;
      mine(true);
      if (popup.arm == "control") api.track("popup_holdout", { popup_id: popup.id });
      else openPopup(popup, api, mark.happened.on);
    }
  };
  const waitFor = (trigger) =>
    (TRIGGERS[trigger.on] || (() => () => {}))(
      {
        id: popup.id,
        since,
        hear: (does) => {
          heard.push(does);
          api.past.filter(({ timestamp }) => timestamp >= since).forEach(does);
          return () => {};
        },
        hasHappened: () => mark.happened == trigger,
        happens: (wait = 0) => {
          if (mark.happened) return;
          mark.happened = trigger;
          mark.after = Date.now() + wait;
        },
        now: () => {
          const { happened, after } = mark;
          Object.assign(mark, { happened: trigger, after: 0 });
          fire();
          Object.assign(mark, { happened, after });
        },
      },
      trigger,
    );
  const stops = [].concat(popup.trigger).map(waitFor);
  stops.push(every(fire));
  api.hears = (event) => heard.forEach((does) => does(event));
  mark.stop = () => stops.splice(0).forEach((stop) => stop());
  popup.at = Date.now();
  if (popup.arm != "control") dialog().catch(() => {}); // there before its moment
}
