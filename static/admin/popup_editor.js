// The editor of a popup: by choosing and as text, both in step, with the popup drawn beside it.
// Without this file the text alone is shown, and saves as well.
import { fit } from "./popup_pictures.js";

const form = document.querySelector("[data-popup-editor]");
const data = JSON.parse(document.getElementById("editor-data").textContent);
const text = document.getElementById("document");
const builder = form.querySelector("[data-builder]");
const textPart = form.querySelector("[data-text]");
const textTrouble = form.querySelector("[data-text-trouble]");
const token = form.elements.csrf_token.value;
const MONEY = data.currency;

/* A text of the page's language, with its {places} filled. */
const say = (name, values = {}) => data.words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const nameOf = (pairs, name) => pairs.find(([one]) => one === name)?.[1] ?? name;
const speak = (words) => (form.querySelector("[data-said]").textContent = words);

/* An element. What begins with "on" is listened to; null, undefined and false are left out. */
const make = (tag, traits = {}, ...parts) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...parts.flat().filter((part) => part != null && part !== false));
  return made;
};

let doc; // what is being made
let lang = data.languages.some(([code]) => code === document.documentElement.lang) ? document.documentElement.lang : "en";
let variant = 0;
let lastText; // the text field that was typed in last: where a merge field goes

/* The builder has changed something: the text follows, and the preview. */
const changed = () => {
  text.value = JSON.stringify(doc, null, 2);
  textTrouble.hidden = true;
  look();
};
/* Keeps `value` under `key`; what is empty is left out. */
const put = (on, key, value) => {
  const empty = value == null || value === "" || (Array.isArray(value) && !value.length);
  if (empty) delete on[key];
  else on[key] = value;
  changed();
};
/* The object under `key`, made when it is asked for first. */
const inside = (on, key) => (on[key] ??= {});
const tidy = (on, key) => {
  if (on[key] && !Object.keys(on[key]).length) delete on[key];
};
const linesOf = (words) => words.split("\n").map((line) => line.trim()).filter(Boolean);

// Controls. `place`: where in the document what they change stands, as refusals name it.

let count = 0;
const labelled = (label, control, place, hint) => {
  const id = `f-${++count}`;
  control.id = id;
  const told = hint && make("span", { class: "soft small", id: `${id}-hint` }, hint);
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return make("p", { class: "shape", "data-place": place }, make("label", { for: id }, label), control, told);
};
const typed = (label, place, value, does, more = {}) => {
  const { hint, rows, ...traits } = more;
  const listen = { oninput: (event) => does(event.target.value), onchange: (event) => does(event.target.value) };
  const control = rows ? make("textarea", { rows, ...listen, ...traits }) : make("input", { type: "text", ...listen, ...traits });
  control.value = value ?? "";
  return labelled(label, control, place, hint);
};
const numbered = (label, place, value, does, more = {}) =>
  typed(label, place, value, (words) => does(words === "" ? null : Number(words)), { type: "number", step: "any", inputmode: "decimal", class: "short", ...more });
const chosen = (label, place, pairs, value, does, hint) => {
  const control = make("select", { onchange: (event) => does(event.target.value) }, pairs.map(([name, words]) => make("option", { value: name }, words)));
  control.value = value ?? "";
  return labelled(label, control, place, hint);
};
const ticked = (label, place, on, does) => {
  const box = make("input", { type: "checkbox", onchange: (event) => does(event.target.checked) });
  box.checked = on;
  return make("label", { class: "tick", "data-place": place }, box, label);
};
/* Several to tick, of [name, label] pairs. */
const several = (label, place, pairs, values, does) => {
  const on = new Set(values);
  const tick = ([name, words]) =>
    ticked(words, null, on.has(name), (is) => {
      on[is ? "add" : "delete"](name);
      does(pairs.map(([one]) => one).filter((one) => on.has(one)));
    });
  return make("fieldset", { class: "shape", "data-place": place }, make("legend", {}, label), make("span", { class: "known" }, pairs.map(tick)));
};
const button = (label, does, kind, shown, more = {}) =>
  make("button", { type: "button", class: kind, onclick: does, "aria-label": shown && label, title: shown && label, ...more }, shown || label);

/* Words in one language of several: a text is for all, {en, ko, ja} for each. */
const inLanguage = (words) => (typeof words === "object" && words ? words[lang] ?? "" : words ?? "");
const withLanguage = (words, now) => {
  if (typeof words === "object" && words) {
    const all = { ...words, [lang]: now };
    if (now === "") delete all[lang];
    return Object.keys(all).length ? all : "";
  }
  return lang === "en" || !words || words === now ? (lang === "en" || !words ? (lang === "en" ? now : { [lang]: now }) : words) : { en: words, [lang]: now };
};
const shownElse = (words) => (typeof words === "object" && words && !words[lang] ? `${say("not_translated")}: ${words.en ?? Object.values(words)[0] ?? ""}` : null);
const worded = (label, place, on, key, more = {}) => {
  const made = typed(label, place, inLanguage(on[key]), (now) => {
    on[key] = withLanguage(on[key], now);
    if (on[key] === "" && more.optional) delete on[key];
    changed();
  }, { placeholder: shownElse(on[key]), lang, rows: more.rows, hint: more.hint });
  const control = made.querySelector("input,textarea");
  control.addEventListener("focus", () => (lastText = control));
  return made;
};
/* Answers to choose from, one a line: the lines of each language stand beside each other. */
const answers = (place, on) => {
  const all = on.options ?? [];
  const now = all.map(inLanguage).join("\n");
  return typed(say("options"), place, now, (words) => {
    const lines = words.split("\n");
    while (lines.length && !lines.at(-1).trim()) lines.pop();
    const before = on.options ?? [];
    on.options = lines.map((line, n) => withLanguage(before[n] ?? "", line));
    changed();
  }, { rows: Math.max(3, all.length + 1), placeholder: all.map((one) => shownElse(one) ?? "").join("\n").trim() || null, lang });
};

// Parts of a popup.

const BLANK = {
  text: () => ({ type: "text", style: "body", text: "" }),
  image: () => ({ type: "image", src: "", alt: "" }),
  button: () => ({ type: "button", text: "", url: "/" }),
  coupon: () => ({ type: "coupon", text: "" }),
  countdown: () => ({ type: "countdown", minutes: 30 }),
  form: () => ({ type: "form", fields: [{ name: "email", label: "", input: "email", required: true }], button: "" }),
  question: () => ({ type: "question", name: "answer", text: "", choice: "single", options: [] }),
  success: () => ({ type: "success", text: "" }),
  window: () => ({ type: "window", window: data.windows[0]?.[0] ?? "" }),
};
const fieldOf = (block, one, n, at, redraw) => {
  const place = `${at}.fields[${n}]`;
  const set = (key) => (value) => put(one, key, value);
  return make("div", { class: "inner" },
    make("div", { class: "leaf-head" }, make("b", {}, say("field", { number: n + 1 })),
      block.fields.length > 1 && button(`${say("remove")}: ${say("field", { number: n + 1 })}`, () => { block.fields.splice(n, 1); changed(); redraw(); }, "quiet", "×")),
    make("div", { class: "pairs" },
      worded(say("label"), `${place}.label`, one, "label"),
      chosen(say("input"), `${place}.input`, data.inputs, one.input ?? "text", (to) => {
        one.input = to;
        if (to === "select") one.options ??= [];
        else delete one.options;
        changed();
        redraw();
      }),
      typed(say("trait"), `${place}.name`, one.name, (to) => { one.name = to; changed(); }, { class: "code" })),
    one.input === "select" && answers(`${place}.options`, one),
    worded(say("consent"), `${place}.consent_text`, one, "consent_text", { rows: 2, optional: true }),
    ticked(say("required"), `${place}.required`, Boolean(one.required), set("required")));
};
const PARTS = {
  text: (block, at) => [
    worded(say("text"), `${at}.text`, block, "text", { rows: block.style === "heading" ? 1 : 2 }),
    chosen(say("style"), `${at}.style`, data.styles, block.style ?? "body", (to) => put(block, "style", to)),
  ],
  image: (block, at) => [
    typed(say("src"), `${at}.src`, block.src, (to) => { block.src = to; changed(); }, { inputmode: "url" }),
    worded(say("alt"), `${at}.alt`, block, "alt"),
  ],
  button: (block, at) => [
    worded(say("text"), `${at}.text`, block, "text"),
    typed(say("url"), `${at}.url`, block.url, (to) => { block.url = to; changed(); }, { inputmode: "url" }),
  ],
  coupon: (block, at) => [
    worded(say("coupon_text"), `${at}.text`, block, "text"),
    ticked(say("coupon_countdown"), `${at}.countdown`, Boolean(block.countdown), (on) => {
      if (on) block.countdown = true;
      else delete block.countdown;
      changed();
    }),
  ],
  countdown: (block, at, redraw) => [
    chosen(say("count_to"), at, [["minutes", say("each")], ["until", say("fixed")]], "until" in block ? "until" : "minutes", (to) => {
      delete block.until;
      delete block.minutes;
      if (to === "until") block.until = "";
      else block.minutes = 30;
      changed();
      redraw();
    }),
    "until" in block
      ? typed(say("until"), `${at}.until`, block.until, (to) => { block.until = to; changed(); }, { hint: say("until_hint") })
      : numbered(say("minutes"), `${at}.minutes`, block.minutes, (to) => { block.minutes = to; changed(); }, { min: 1 }),
  ],
  form: (block, at, redraw) => [
    block.fields.map((one, n) => fieldOf(block, one, n, at, redraw)),
    make("p", { class: "does" }, button(say("add_field"), () => {
      block.fields.push({ name: `field_${block.fields.length + 1}`, label: "", input: "text" });
      changed();
      redraw();
    })),
    worded(say("send"), `${at}.button`, block, "button", { optional: true }),
  ],
  question: (block, at, redraw) => [
    worded(say("asked"), `${at}.text`, block, "text"),
    make("div", { class: "pairs" },
      chosen(say("choice"), `${at}.choice`, data.choices, block.choice ?? "single", (to) => {
        block.choice = to;
        if (/^(single|multi)$/.test(to)) block.options ??= [];
        else delete block.options;
        changed();
        redraw();
      }),
      typed(say("trait"), `${at}.name`, block.name, (to) => { block.name = to; changed(); }, { class: "code" })),
    block.options && answers(`${at}.options`, block),
  ],
  success: (block, at) => [worded(say("thanks"), `${at}.text`, block, "text", { optional: true })],
  window: (block, at) => [
    chosen(say("window"), `${at}.window`, [...(block.window && data.windows.some(([slug]) => slug === block.window) ? [] : [[block.window ?? "", block.window || say("no_window")]]), ...data.windows], block.window, (to) => { block.window = to; changed(); }),
  ],
};
/* One part: its head with what moves it, and what it is made of. */
const partOf = (blocks, n, redraw) => {
  const block = blocks[n];
  const kind = nameOf(data.blocks, block.type);
  const at = `variants[${variant}].blocks[${n}]`;
  const called = say("part", { kind, number: n + 1 });
  const move = (by) => () => {
    [blocks[n], blocks[n + by]] = [blocks[n + by], blocks[n]];
    changed();
    redraw(n + by, by < 0 ? "up" : "down");
    speak(say("moved", { what: kind }));
  };
  const gone = () => {
    blocks.splice(n, 1);
    changed();
    redraw(Math.min(n, blocks.length - 1));
    speak(say("removed", { what: kind }));
  };
  const inner = PARTS[block.type] ? PARTS[block.type](block, at, () => redraw(n)) : [make("p", { class: "soft small" }, say("own_rule"))];
  return make("li", { class: "leaf part", "data-place": at, "aria-label": called, tabindex: -1 },
    make("div", { class: "leaf-head" }, make("b", {}, kind),
      make("span", { class: "moves" },
        button(`${say("up")}: ${called}`, move(-1), "quiet", "↑", { disabled: n === 0, "data-move": "up" }),
        button(`${say("down")}: ${called}`, move(1), "quiet", "↓", { disabled: n === blocks.length - 1, "data-move": "down" }),
        button(`${say("remove")}: ${called}`, gone, "quiet", "×", { disabled: blocks.length === 1 }))),
    inner);
};
/* Puts a merge field where something was typed last, with words for those of whom it is not known. */
const insert = (name) => {
  if (!lastText?.isConnected) return;
  const { selectionStart: from, selectionEnd: to, value } = lastText;
  lastText.setRangeText(`{${name}|${say("fallback")}}`, from ?? value.length, to ?? value.length, "end");
  lastText.dispatchEvent(new Event("input"));
  lastText.focus();
};
const letterOf = (n) => String.fromCharCode(65 + n);

const saysSection = (redraw) => {
  const all = doc.variants;
  variant = Math.min(variant, all.length - 1);
  const one = all[variant];
  const list = make("ol", { class: "parts" });
  const draw = (focus, moved) => {
    list.replaceChildren(...one.blocks.map((_, n) => partOf(one.blocks, n, draw)));
    if (focus == null) return;
    const part = list.children[focus];
    const again = moved && part.querySelector(`[data-move=${moved}]:not([disabled])`);
    (again || part).focus();
  };
  draw();
  const add = ([type, words]) =>
    BLANK[type] && button(words, () => {
      one.blocks.push(BLANK[type]());
      changed();
      draw(one.blocks.length - 1);
      list.lastElementChild.querySelector("input,textarea,select")?.focus();
      speak(say("added", { what: words }));
    });
  const tabs = all.map((_, n) =>
    button(say("variant", { letter: letterOf(n) }), () => { variant = n; redraw(); look(); }, null, null, { "aria-pressed": String(n === variant) }));
  const languages = data.languages.map(([code, words]) =>
    button(words, () => { lang = code; redraw(); look(); }, null, null, { "aria-pressed": String(code === lang), lang: code }));
  return [
    make("div", { class: "pick", role: "group", "aria-label": say("language") }, languages),
    make("div", { class: "pick", role: "group", "aria-label": say("variants") }, all.length > 1 && tabs,
      button(say("add_variant"), () => {
        all.push(structuredClone(one));
        variant = all.length - 1;
        changed();
        redraw();
      }, "quiet", null, { disabled: all.length >= 10 }),
      all.length > 1 && button(say("remove_variant"), () => { all.splice(variant, 1); changed(); redraw(); }, "quiet")),
    all.length > 1 && numbered(say("weight"), `variants[${variant}].weight`, one.weight ?? 1, (to) => put(one, "weight", to), { min: 0 }),
    make("div", { "data-place": `variants[${variant}].blocks` }, list),
    make("div", { class: "pick adds", role: "group", "aria-label": say("add_block") }, make("span", { class: "soft small" }, `${say("add_block")}:`), data.blocks.map(add)),
    make("div", { class: "pick adds", role: "group", "aria-label": say("insert") }, make("span", { class: "soft small" }, `${say("insert")}:`),
      data.fields.map(([name, words]) => button(words, () => insert(name), "quiet", null, { onmousedown: (event) => event.preventDefault() }))),
    make("p", { class: "soft small" }, say("fields_hint")),
  ];
};

// The other sections.

const kindSection = () => [
  typed(say("name"), "name", doc.name, (to) => { doc.name = to; changed(); }, { maxlength: 200, required: true }),
  make("fieldset", { class: "shape kinds", "data-place": "kind" }, make("legend", {}, say("kind")),
    data.kinds.map(([name, words, about]) => {
      const radio = make("input", { type: "radio", name: "kind", onchange: () => { doc.kind = name; changed(); } });
      radio.checked = (doc.kind ?? "modal") === name;
      return make("label", { class: "kind" }, radio, make("b", {}, words), make("span", { class: "soft small" }, about));
    })),
];

const triggersOf = () => (Array.isArray(doc.trigger) ? doc.trigger : [doc.trigger ?? { on: "load" }]);
const whenSection = (redraw) => {
  const all = triggersOf();
  const keep = () => {
    doc.trigger = all.length === 1 ? all[0] : all;
    changed();
  };
  const pairs = data.triggers.map(({ name, label }) => [name, label]);
  const one = (trigger, n) => {
    const place = all.length === 1 ? "trigger" : `trigger[${n}]`;
    const kind = data.triggers.find(({ name }) => name === trigger.on);
    const key = ({ name, label, absent, low, high }) => {
      const set = (to) => {
        if (to == null || to === "") delete trigger[name];
        else trigger[name] = to;
        keep();
      };
      if (name === "segment") return chosen(label, `${place}.${name}`, [["", say("from_server")], ...data.segments], trigger[name], set);
      if (low == null) return typed(label, `${place}.${name}`, trigger[name], set);
      return numbered(name === "value" ? `${label} (${MONEY})` : label, `${place}.${name}`, trigger[name] ?? absent, set, { min: low, max: high });
    };
    return make("div", { class: "pairs trigger", "data-place": place },
      chosen(say("trigger"), `${place}.on`, pairs, trigger.on, (to) => { all[n] = { on: to }; keep(); redraw(); }),
      (kind?.keys ?? []).map(key),
      all.length > 1 && button(`${say("remove")}: ${nameOf(pairs, trigger.on)}`, () => { all.splice(n, 1); keep(); redraw(); }, "quiet", "×"));
  };
  return [
    all.map(one),
    all.length > 1 && make("p", { class: "soft small" }, say("first_wins")),
    all.length < 5 && make("p", { class: "does" }, button(say("add_trigger"), () => { all.push({ on: "exit" }); keep(); redraw(); })),
  ];
};

/* {segment, never} of an audience that is that simple; null: it is a rule of its own. */
const simple = (audience) => {
  if (!audience) return { segment: "", never: [] };
  if (audience.segment) return { segment: audience.segment, never: [] };
  const parts = audience.rule?.all ?? [audience.rule];
  const only = (one) => one && Object.keys(one).length === 1;
  const inSegment = parts.filter((one) => only(one) && typeof one.segment === "string");
  const out = parts.filter((one) => only(one) && one.not);
  if (inSegment.length > 1 || out.length !== 1 || inSegment.length + out.length !== parts.length) return null;
  const left = out[0].not.any ?? [out[0].not];
  if (!left.every((one) => only(one) && typeof one.segment === "string")) return null;
  return { segment: inSegment[0]?.segment ?? "", never: left.map((one) => one.segment) };
};
const audienceOf = ({ segment, never }) => {
  if (!never.length) return segment ? { segment } : null;
  const out = never.map((one) => ({ segment: one }));
  const not = { not: out.length === 1 ? out[0] : { any: out } };
  return { rule: segment ? { all: [{ segment }, not] } : not };
};
const whoSection = (redraw) => {
  const now = simple(doc.audience);
  const own = "=";
  const keep = (to) => {
    put(doc, "audience", audienceOf(to));
    redraw();
  };
  const pairs = [["", say("everyone")], ...(now ? [] : [[own, say("own_rule")]]), ...data.segments];
  const others = data.segments.filter(([slug]) => now?.never.includes(slug));
  const left = data.segments.filter(([slug]) => now && slug !== now.segment && !now.never.includes(slug));
  const cart = (key) => (to) => {
    const on = inside(doc, "cart");
    if (to == null) delete on[key];
    else on[key] = to;
    tidy(doc, "cart");
    changed();
  };
  return [
    chosen(say("audience"), "audience", pairs, now ? now.segment : own, (to) => to !== own && keep({ segment: to, never: (now?.never ?? []).filter((one) => one !== to) })),
    now?.segment && make("p", { class: "small" }, make("a", { href: data.segment.replace("SLUG", now.segment) }, say("look_at"))),
    now && make("div", { class: "shape" }, make("b", { class: "small" }, say("never")),
      make("p", { class: "pick" }, others.length ? others.map(([slug, words]) =>
        button(`${say("remove")}: ${words}`, () => keep({ ...now, never: now.never.filter((one) => one !== slug) }), null, `${words} ×`)) : make("span", { class: "soft small" }, say("none"))),
      left.length > 0 && chosen(say("add"), null, [["", "…"], ...left], "", (to) => to && keep({ ...now, never: [...now.never, to] }))),
    data.known.includes("devices") && several(say("devices"), "devices", data.devices, doc.devices ?? [], (to) => put(doc, "devices", to)),
    data.known.includes("visitors") && chosen(say("visitors"), "visitors", data.visitors, doc.visitors, (to) => put(doc, "visitors", to)),
    data.known.includes("cart") && make("div", { class: "pairs" },
      numbered(`${say("cart_min")} (${MONEY})`, "cart.value_min", doc.cart?.value_min, cart("value_min"), { min: 0 }),
      numbered(`${say("cart_max")} (${MONEY})`, "cart.value_max", doc.cart?.value_max, cart("value_max"), { min: 0 })),
    data.known.includes("sources") && typed(say("sources"), "sources", (doc.sources ?? []).join("\n"), (to) => put(doc, "sources", linesOf(to)), { rows: 2 }),
    data.known.includes("languages") && typed(say("page_languages"), "languages", (doc.languages ?? []).join(", "), (to) => put(doc, "languages", to.split(/[\s,]+/).filter(Boolean))),
  ];
};

const whereSection = () => {
  const plan = doc.schedule ?? {};
  const set = (key, value) => {
    const on = inside(doc, "schedule");
    if (value == null || value === "" || (Array.isArray(value) && !value.length)) delete on[key];
    else on[key] = value;
    tidy(doc, "schedule");
    changed();
  };
  const hours = typeof plan.hours === "string" ? plan.hours.split("-") : [...(plan.hours ?? ["", ""])];
  const hour = (n) => (to) => {
    hours[n] = to;
    set("hours", hours[0] || hours[1] ? [...hours] : null);
  };
  const clock = (value) => (/^\d\d:\d\d$/.test(value) || !value ? "time" : "text");
  const day = (value) => (/^\d{4}-\d\d-\d\d$/.test(value ?? "") || !value ? "date" : "text");
  return [
    typed(say("pages"), "pages", (doc.pages ?? []).join("\n"), (to) => put(doc, "pages", linesOf(to)), { rows: 3, hint: say("pages_hint"), class: "code" }),
    make("div", { class: "pairs" },
      typed(say("from"), "schedule.from", plan.from, (to) => set("from", to), { type: day(plan.from) }),
      typed(say("to"), "schedule.until", plan.until, (to) => set("until", to), { type: day(plan.until) }),
      typed(say("hours_from"), "schedule.hours", hours[0], hour(0), { type: clock(hours[0]) }),
      typed(say("hours_to"), "schedule.hours", hours[1], hour(1), { type: clock(hours[1]) })),
    data.known.includes("placement") && make("div", { class: "pairs" },
      typed(say("selector"), "placement.selector", doc.placement?.selector, (to) => put(doc, "placement", to ? { position: "append", ...doc.placement, selector: to } : null), { class: "code" }),
      chosen(say("position"), "placement.position", data.positions, doc.placement?.position ?? "append", (to) => doc.placement && put(doc.placement, "position", to))),
    several(say("days"), "schedule.days", data.days, plan.days ?? [], (to) => set("days", to)),
    make("p", { class: "soft small" }, say("zone", { zone: data.zone })),
  ];
};

const oftenSection = () => {
  const cap = ([key, words]) =>
    numbered(say("most", { span: words }), `caps.${key}`, doc.caps?.[key], (to) => {
      const on = inside(doc, "caps");
      if (to == null) delete on[key];
      else on[key] = to;
      changed();
    }, { min: 1, step: 1 });
  return [
    make("div", { class: "pairs", "data-place": "caps" }, data.caps.map(cap)),
    several(say("stop"), "stop_on", data.stops, doc.stop_on ?? ["answer"], (to) => { doc.stop_on = to; changed(); }),
    make("div", { class: "pairs" },
      numbered(say("priority"), "priority", doc.priority, (to) => put(doc, "priority", to), { hint: say("priority_hint") }),
      data.known.includes("phone_first_page") && chosen(say("phone"), "phone_first_page", data.firstPage, doc.phone_first_page ?? "wait", (to) => put(doc, "phone_first_page", to))),
  ];
};

const worthSection = () => {
  const goal = doc.goal ?? {};
  const set = (key) => (to) => {
    const on = inside(doc, "goal");
    if (to === "") delete on[key];
    else on[key] = to;
    tidy(doc, "goal");
    changed();
  };
  const share = doc.control_share == null ? null : Math.round(doc.control_share * 1e4) / 100;
  const known = data.pools.some(([slug]) => slug === doc.coupon_pool) || !doc.coupon_pool ? [] : [[doc.coupon_pool, doc.coupon_pool]];
  return [
    chosen(say("pool"), "coupon_pool", [["", say("no_pool")], ...known, ...data.pools], doc.coupon_pool, (to) => put(doc, "coupon_pool", to)),
    data.known.includes("shield") && ticked(say("shield"), "shield", doc.shield ?? true, (on) => put(doc, "shield", on ? null : false)),
    numbered(say("control"), "control_share", share, (to) => put(doc, "control_share", to == null ? null : to / 100), { min: 0, max: 50, hint: say("control_hint") }),
    data.known.includes("auto") && ticked(say("auto"), "auto", doc.auto === true, (on) => put(doc, "auto", on || null)),
    data.known.includes("auto") && make("p", { class: "soft small" }, say("auto_hint")),
    make("div", { class: "pairs" },
      typed(say("goal"), "goal.event", goal.event ?? "purchase", set("event"), { class: "code" }),
      typed(say("within"), "goal.within", goal.within ?? "7d", set("within"))),
  ];
};

// Colours, and whether they can be read (WCAG 2.2).

const light = (hex) => {
  const part = (at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const PLAIN = { accent: "#1c1b1a", surface: "#ffffff", text: "#1c1b1a" };
const themeSection = (redraw) => {
  const theme = doc.theme ?? {};
  const verdict = make("p", { class: "small", role: "status" });
  const judge = () => {
    const ratio = contrast(theme.text ?? PLAIN.text, theme.surface ?? PLAIN.surface);
    const good = ratio >= 4.5;
    verdict.className = good ? "small soft" : "small trouble";
    verdict.textContent = say(good ? "contrast_good" : "contrast_bad", { ratio: ratio.toFixed(1) });
  };
  const set = (key, value) => {
    const on = inside(doc, "theme");
    theme[key] = value;
    if (value == null || value === "") {
      delete on[key];
      delete theme[key];
    } else on[key] = value;
    tidy(doc, "theme");
    changed();
    judge();
  };
  const colour = (key, label) =>
    make("div", { class: "shape" },
      ticked(`${label}: ${say("own_colour")}`, `theme.${key}`, key in theme, (on) => { set(key, on ? PLAIN[key] : null); redraw(); }),
      key in theme && make("input", { type: "color", "aria-label": label, value: theme[key], oninput: (event) => set(key, event.target.value) }));
  judge();
  return [
    make("div", { class: "pairs" }, colour("accent", say("accent")), colour("surface", say("surface")), colour("text", say("ink"))),
    verdict,
    make("div", { class: "pairs" },
      numbered(say("radius"), "theme.radius", theme.radius, (to) => set("radius", to), { min: 0, max: 32, step: 1 }),
      chosen(say("font"), "theme.font", data.fonts, theme.font ?? "page", (to) => set("font", to === "page" ? null : to)),
      chosen(say("direction"), "theme.direction", data.directions, theme.direction ?? "auto", (to) => set("direction", to === "auto" ? null : to))),
  ];
};

const SECTIONS = [
  ["about", kindSection], ["says", saysSection], ["theme", themeSection], ["when", whenSection],
  ["who", whoSection], ["where", whereSection], ["often", oftenSection], ["worth", worthSection],
].filter(([name]) => name !== "theme" || data.known.includes("theme"));

const drawAll = () => {
  builder.replaceChildren(...SECTIONS.map(([name, fill]) => {
    const body = make("div", { class: "section" });
    const draw = () => {
      const focus = [...body.querySelectorAll("button,input,select,textarea")].indexOf(document.activeElement);
      body.replaceChildren(...fill(draw).flat(2).filter(Boolean));
      if (focus >= 0) [...body.querySelectorAll("button,input,select,textarea")].slice(focus)[0]?.focus();
      mark();
    };
    const title = make("h2", { id: `s-${name}` }, say(name));
    const section = make("section", { class: "card", "aria-labelledby": `s-${name}` }, title, body);
    body.replaceChildren(...fill(draw).flat(2).filter(Boolean));
    return section;
  }));
};

// What is wrong stands beside what is wrong.

let refused = data.refused;
function mark() {
  builder.querySelectorAll("[data-refused]").forEach((one) => one.remove());
  builder.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  const trouble = document.querySelector("[data-look-trouble]");
  trouble.hidden = !refused;
  if (!refused) return;
  trouble.textContent = `${refused.words} ${say("no_preview")}`;
  const holds = (one) => refused.place === one.dataset.place || refused.place.startsWith(`${one.dataset.place}.`) || refused.place.startsWith(`${one.dataset.place}[`);
  const near = [...builder.querySelectorAll("[data-place]")].filter(holds).sort((a, b) => b.dataset.place.length - a.dataset.place.length)[0];
  if (!near) return;
  near.append(make("span", { class: "trouble small", "data-refused": true, id: "refused" }, refused.words));
  const control = near.matches(".shape") && near.querySelector("input,select,textarea");
  if (control) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", "refused");
  }
}

// The preview: the server makes of the document what shoppers get, the frame draws it.

const place = document.querySelector("[data-stage]");
const frame = place.querySelector("iframe");
const stage = document.querySelector("[data-look]");
let shown;
let late;
let asked = 0;

// A frame that is not there yet says so once it is, one that was there before us has said so already.
const send = () => shown && frame.contentWindow.postMessage({ popup: shown, lang }, location.origin);
addEventListener("message", ({ source, data: word }) => {
  if (source === frame.contentWindow && word === "ready") send();
});
const ask = async () => {
  const mine = ++asked;
  try {
    const body = JSON.stringify({ document: { ...doc, name: doc.name || "…" }, language: lang, variant });
    const answer = await fetch(data.preview, { method: "POST", headers: { "X-CSRFToken": token, "Content-Type": "application/json" }, body });
    const said = await answer.json();
    if (mine !== asked || said.error) return;
    refused = said.refused ?? null;
    shown = said.offer ?? shown;
    mark();
    if (said.offer) send();
  } catch {
    // the server is away for a moment: the next change asks again
  }
};
function look() {
  clearTimeout(late);
  late = setTimeout(ask, 250);
}
let unfit = fit(place, 860);
for (const one of stage.querySelectorAll("[data-wide]")) {
  one.addEventListener("click", () => {
    stage.querySelectorAll("[data-wide]").forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
    place.classList.toggle("phone", one.dataset.wide === "390");
    unfit();
    unfit = fit(place, Number(one.dataset.wide));
    send();
  });
}

// By choosing, or as text.

const fromText = () => {
  const read = JSON.parse(text.value);
  if (read === null || typeof read !== "object" || Array.isArray(read) || !Array.isArray(read.variants) || !read.variants.every((one) => Array.isArray(one?.blocks))) throw new Error('{"variants": [{"blocks": […]}]}');
  doc = read;
};
const tabs = ["builder", "as_text"].map((name) =>
  button(say(name), () => show(name), null, null, { role: "tab", "aria-selected": "false", "aria-controls": name === "builder" ? "builder" : "as-text" }));
const show = (name) => {
  if (name === "builder") {
    try {
      fromText();
    } catch (trouble) {
      textTrouble.textContent = say("unreadable", { why: trouble.message });
      textTrouble.hidden = false;
      name = "as_text";
    }
  }
  builder.hidden = name !== "builder";
  textPart.hidden = name === "builder";
  tabs.forEach((tab, n) => {
    const on = (n === 0) === (name === "builder");
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  });
  if (name === "builder") {
    drawAll();
    mark();
    look();
  }
};
const row = make("div", { class: "tabs", role: "tablist", onkeydown: (event) => {
  if (!/^Arrow(Left|Right)$/.test(event.key)) return;
  const other = tabs[1 - tabs.indexOf(document.activeElement)];
  other?.focus();
  other?.click();
} }, tabs);
form.querySelector("[data-tabs]").replaceWith(row);
builder.id = "builder";
textPart.id = "as-text";
builder.setAttribute("role", "tabpanel");
builder.setAttribute("aria-label", say("builder"));
textPart.setAttribute("role", "tabpanel");
text.addEventListener("input", () => {
  try {
    fromText();
    textTrouble.hidden = true;
    look();
  } catch (trouble) {
    textTrouble.textContent = say("unreadable", { why: trouble.message });
    textTrouble.hidden = false;
  }
});
stage.hidden = false;
show("builder");
document.querySelector("[data-whole]")?.focus?.();
