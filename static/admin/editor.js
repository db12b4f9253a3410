// The editor of a rule: by choosing and as text, both in step, with what it would do beside it.
// Without this file the text alone is shown, and saves as well.
const form = document.querySelector("[data-editor]");
const data = JSON.parse(document.getElementById("editor-data").textContent);
const text = document.getElementById("rule");
const builder = form.querySelector("[data-builder]");
const textPart = form.querySelector("[data-text]");
const textTrouble = form.querySelector("[data-text-trouble]");
const token = form.elements.csrf_token.value;
const figures = new Intl.NumberFormat(document.documentElement.lang);

/* A text of the page's language, with its {places} filled. */
const say = (name, values = {}) => data.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

/* An element. What begins with "on" is listened to; null, undefined and false are left out. */
const make = (tag, traits = {}, ...parts) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...parts.filter((part) => part != null));
  return made;
};
const speak = (words) => (form.querySelector("[data-said]").textContent = words);

// The tree. A group: {group: "all" | "any" | "none", parts, bare}; a leaf: {kind, doc}.

/* Which kind of leaf a document is. */
const kindOf = (doc) => {
  if ("trait" in doc) return "trait";
  if ("sequence" in doc) return "sequence";
  if ("segment" in doc) return "segment";
  if ("bucket" in doc) return "bucket";
  if (!("event" in doc)) return "everyone";
  if ("not_followed_by" in doc) return "unfollowed";
  return "last" in doc || "first" in doc ? "recency" : "measure";
};
/* The tree of a document. Throws what cannot be shown as one. */
const grow = (doc) => {
  if (doc === null || typeof doc !== "object" || Array.isArray(doc)) throw new Error("{…}");
  for (const group of ["all", "any"]) {
    if (Array.isArray(doc[group])) return { group, parts: doc[group].map(grow) };
  }
  if (!("not" in doc)) return { kind: kindOf(doc), doc: { ...doc } };
  const inner = grow(doc.not);
  if (inner.group === "any") return { group: "none", parts: inner.parts };
  return { group: "none", parts: [inner] };
};
/* As ``grow``; what stands alone gets a group around it. */
const growRoot = (doc) => {
  const grown = grow(doc);
  return grown.group ? grown : { group: "all", parts: [grown], bare: true };
};
/* The document of a tree; ``places`` gets the node at each place as the server names it. */
const write = (node, place = "rule", places = new Map()) => {
  if (node.bare && node.group !== "none" && node.parts.length === 1) {
    return write(node.parts[0], place, places);
  }
  places.set(place, node);
  if (!node.group) return node.doc;
  const all = (way) => node.parts.map((part, i) => write(part, `${place}.${way}[${i}]`, places));
  if (node.group !== "none") return { [node.group]: all(node.group) };
  if (node.parts.length === 1) return { not: write(node.parts[0], `${place}.not`, places) };
  return { not: { any: all("not.any") } };
};
/* The leaves of a tree, from left to right, as the server counts them. */
const leavesOf = (node) => (node.group ? node.parts.flatMap(leavesOf) : [node]);
const listed = (name, list) => list.find((one) => one.name === name);

let root;
let places = new Map();
/* The builder has changed something: the text follows, and the figures. */
const changed = () => {
  places = new Map();
  text.value = JSON.stringify(write(root, "rule", places), null, 2);
  textTrouble.hidden = true;
  ask();
};

// Controls. Each says its name to who cannot see it.

/* A select of [value, label] pairs. */
const choice = (label, pairs, value, chosen, part) => {
  const options = pairs.map(([name, words]) => make("option", { value: name }, words));
  const made = make("select", { "aria-label": label, "data-part": part }, ...options);
  made.value = value;
  made.addEventListener("change", () => chosen(made.value));
  return made;
};
const field = (label, type, value, typed, more = {}) =>
  make("input", {
    "aria-label": label, type, value: value ?? "",
    oninput: (event) => typed(event.target.value), ...more,
  });
const check = (label, on, ticked) => {
  const box = make("input", { type: "checkbox", onchange: (event) => ticked(event.target.checked) });
  box.checked = on;
  return make("label", { class: "tick" }, box, label);
};
const button = (label, pressed, kind, shown) =>
  make("button", { type: "button", class: kind, onclick: pressed, "aria-label": shown && label }, shown || label);

let count = 0;
/* A field to search a list in: its groups, arrows, Enter and Escape. ``free``: other names too. */
const picker = (label, list, value, chosen, part, free = true) => {
  const id = `list-${++count}`;
  const named = (name) => listed(name, list)?.label || name || "";
  const input = make("input", {
    role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-controls": id,
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", value: named(value),
    "data-part": part,
  });
  const box = make("div", { role: "listbox", id, "aria-label": label, class: "list", hidden: true });
  let options = [];
  let active = -1;
  const shut = () => {
    box.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const choose = (name) => {
    value = name;
    input.value = named(name);
    shut();
    chosen(name);
  };
  const mark = (to) => {
    options[active]?.setAttribute("aria-selected", "false");
    active = (to + options.length) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  };
  const option = (name, words, unit) => {
    const made = make("div", {
      role: "option", id: `${id}-${options.length}`, "aria-selected": "false",
      onmousedown: (event) => event.preventDefault(), onclick: () => choose(name),
    }, words, unit ? make("span", { class: "soft small" }, ` ${unit}`) : null);
    made.name = name;
    options.push(made);
    return made;
  };
  const open = (wanted) => {
    const words = wanted.trim().toLowerCase();
    const fits = (one) => `${one.label} ${one.name}`.toLowerCase().includes(words);
    const groups = new Map();
    options = [];
    active = -1;
    for (const one of list.filter(fits)) {
      const group = one.group || "";
      if (!groups.has(group)) {
        groups.set(group, group ? make("div", { role: "group", "aria-label": group },
          make("div", { class: "heading", role: "presentation" }, group)) : make("div", { role: "group", "aria-label": label }));
      }
      groups.get(group).append(option(one.name, one.label, one.unit));
    }
    const made = [...groups.values()];
    const other = wanted.trim();
    if (free && /^[A-Za-z_]\w{0,79}$/.test(other) && !listed(other, list)) {
      made.push(make("div", { role: "group", "aria-label": label }, option(other, say("use", { name: other }))));
    }
    if (!made.length) {
      made.push(make("div", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, say("nothing")));
    }
    box.replaceChildren(...made);
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  input.addEventListener("focus", () => input.select());
  /* Opens the whole list at what is chosen. */
  const openAll = () => {
    open("");
    const at = options.findIndex((made) => made.name === value);
    if (at >= 0) mark(at);
  };
  input.addEventListener("click", () => box.hidden && openAll());
  input.addEventListener("input", () => {
    open(input.value);
    // What begins with the word is meant rather than what holds it somewhere.
    const word = input.value.trim().toLowerCase();
    const at = options.findIndex((made) => made.textContent.toLowerCase().startsWith(word));
    if (options.length) mark(Math.max(0, at));
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && box.hidden) openAll();
    else if (step) {
      if (options.length) mark(active < 0 && step < 0 ? -1 : active + step);
    } else if (event.key === "Enter") {
      if (active >= 0) choose(options[active].name);
    } else if (event.key === "Escape" && !box.hidden) {
      input.value = named(value);
      shut();
    } else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => {
    input.value = named(value);
    shut();
  });
  return make("span", { class: "picker" }, input, box);
};
/* A number and a unit of time. */
const spanOf = (label, value, typed, part) => {
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(value || "") || [null, "", "d"];
  let [many, what] = [number, unit];
  const told = () => typed(`${many}${what}`);
  return make("span", { class: "pair-of" },
    field(label, "number", many, (to) => { many = to; told(); }, { min: 1, max: 99999, class: "short", "data-part": part }),
    choice(say("unit"), data.units, what, (to) => { what = to; told(); }));
};

// Values, as the kind and the operator ask for them.

const AGES = ["newer_than", "older_than", "in_next", "anniversary_in_next"];
const MANY = ["in", "not_in", "has_any", "has_all", "has_none"];
const WHOLE = ["is", "is_not", "in", "not_in"]; // compare whole texts, of which one may be empty
const today = () => new Date().toISOString().slice(0, 10);
/* The kind of what nobody described, as the server reads it from operator and value. */
const guessed = ({ op, value }) => {
  if (op === "between") return Array.isArray(value) && value.some((one) => typeof one === "string") ? "date" : "number";
  for (const kind of ["number", "list", "date"]) {
    if (data.ops[kind].some(([name]) => name === op)) return kind;
  }
  return op === "is" && typeof value === "boolean" ? "bool" : "text";
};
/* Gives ``doc`` a value that its operator can take, the old one where it fits. */
const fit = (doc, kind) => {
  const old = doc.value;
  const first = Array.isArray(old) ? old[0] : old;
  if (doc.op === "set" || doc.op === "unset") {
    delete doc.value;
    delete doc.include_unset;
  } else if (kind === "number" || kind === "money") {
    const number = typeof first === "number" ? first : 1;
    doc.value = doc.op === "between" ? [number, number] : number;
  } else if (kind === "bool") doc.value = typeof first === "boolean" ? first : true;
  else if (kind === "date") {
    const isSpan = typeof first === "string" && /^\d+[smhdw]$/.test(first);
    if (AGES.includes(doc.op)) doc.value = isSpan ? first : "30d";
    else {
      const day = first !== undefined && typeof first !== "boolean" && !isSpan ? first : today();
      doc.value = doc.op === "between" ? [day, day] : day;
    }
  } else {
    const told = Array.isArray(old) ? old.map(String) : typeof old === "string" ? [old] : [];
    const texts = told.filter((text) => text || WHOLE.includes(doc.op));
    doc.value = MANY.includes(doc.op) ? texts : texts[0] ?? null;
  }
};
const dayField = (label, value, typed, part) => {
  const plain = value === "" || value == null || /^\d{4}-\d\d-\d\d$/.test(value);
  return field(label, plain ? "date" : "text", value, (to) => typed(/^\d{9,}$/.test(to) ? Number(to) : to), { "data-part": part });
};
const two = (doc, draw) => [
  draw(say("from"), doc.value[0], (to) => { doc.value[0] = to; changed(); }, "value"),
  draw(say("to"), doc.value[1], (to) => { doc.value[1] = to; changed(); }),
];
const one = (doc, draw) => [draw(say("value"), doc.value, (to) => { doc.value = to; changed(); }, "value")];
const numberField = (label, value, typed, part) =>
  field(label, "number", value, (to) => typed(to === "" ? null : Number(to)), { step: "any", class: "short", "data-part": part });
// What is left blank is not written yet, and refused: an empty text is asked for with a tick, where it may be (``empty``).

/* Several texts: those seen in the shop to tick, others a line each. */
const lines = (doc, known, empty) => {
  const shown = known.slice(0, 24);
  const others = () => doc.value.filter((value) => value && !shown.includes(value));
  const area = make("textarea", { rows: 2, "aria-label": `${say("value")}: ${say("lines")}`, placeholder: say("lines"), "data-part": "value" });
  area.value = others().join("\n");
  const typed = () => area.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const ticked = new Set(doc.value.filter((value) => value ? shown.includes(value) : empty));
  const told = () => {
    doc.value = [...ticked, ...typed()];
    changed();
  };
  area.addEventListener("input", told);
  const tick = (value) => check(value || say("empty"), ticked.has(value), (on) => {
    ticked[on ? "add" : "delete"](value);
    told();
  });
  const ticks = shown.map(tick);
  return [ticks.length ? make("span", { class: "known", role: "group", "aria-label": say("known") }, ...ticks) : null, area,
    empty ? tick("") : null];
};
const oneText = (doc, known, empty) => {
  const id = `known-${++count}`;
  const list = make("datalist", { id }, ...known.map((value) => make("option", { value })));
  const told = (to) => {
    doc.value = to;
    tick.hidden = !empty || Boolean(to);
    tick.firstChild.checked = to === "";
    changed();
  };
  const tick = check(say("empty"), doc.value === "", (on) => told(on ? "" : null));
  tick.hidden = !empty || Boolean(doc.value);
  const typed = (to) => told(to.trim() ? to : null);
  return [field(say("value"), "text", doc.value, typed, { list: known.length ? id : null, "data-part": "value" }), list, tick];
};
const valueFields = (doc, kind, info) => {
  if (doc.op === "set" || doc.op === "unset") return [];
  const draw = doc.op === "between" ? two : one;
  const unit = info?.unit ? [make("span", { class: "unit" }, info.unit)] : [];
  if (kind === "number" || kind === "money") return [...draw(doc, numberField), ...unit];
  if (kind === "bool") {
    return [choice(say("value"), [["1", say("yes")], ["", say("no")]], doc.value ? "1" : "", (to) => { doc.value = Boolean(to); changed(); }, "value")];
  }
  if (kind === "date") return AGES.includes(doc.op) ? one(doc, spanOf) : draw(doc, dayField);
  const empty = WHOLE.includes(doc.op) && (!info?.kind || info.empty);
  return (MANY.includes(doc.op) ? lines : oneText)(doc, info?.values || [], empty);
};
/* How something compares: its kind where nobody said it, the operator, the value, or unknown. */
const comparison = (doc, info, redraw) => {
  const kind = info?.kind || guessed(doc);
  const turn = (op, to) => {
    doc.op = op;
    fit(doc, to);
    changed();
  };
  const parts = [];
  if (!info?.kind) {
    parts.push(choice(say("compared"), data.comparedAs, kind, (to) => { turn(data.ops[to][0][0], to); redraw("op"); }, "compared"));
  }
  parts.push(choice(say("op"), [...data.ops[kind], ...data.set], doc.op, (to) => { turn(to, kind); redraw("op"); }, "op"));
  parts.push(...valueFields(doc, kind, info));
  if (doc.op !== "set" && doc.op !== "unset") {
    parts.push(check(say("unset"), Boolean(doc.include_unset), (on) => {
      if (on) doc.include_unset = true;
      else delete doc.include_unset;
      changed();
    }));
  }
  return parts;
};

// Leaves.

const event = (doc, key, label, redraw) =>
  picker(label, data.events, doc[key], (name) => { doc[key] = name; changed(); redraw(key); }, key);
/* The details that events of this name have, those of a kind of their own first. */
const paramsOf = (name) => {
  const own = (data.paramsOf[name] || []).filter((one) => !listed(one, data.params));
  return [...data.params, ...own.map((one) => ({ name: one, label: one }))];
};
const conditions = (doc, redraw) => {
  const rows = (doc.where || []).map((one, i) => {
    const info = listed(one.param, data.params);
    const pick = (name) => {
      one.param = name;
      const kind = listed(name, data.params)?.kind || "text";
      if (!data.ops[kind].some(([op]) => op === one.op)) one.op = data.ops[kind][0][0];
      fit(one, kind);
      changed();
      redraw("op");
    };
    const drop = () => {
      doc.where.splice(i, 1);
      if (!doc.where.length) delete doc.where;
      changed();
      redraw("addWhere");
    };
    return make("div", { class: "row where" }, make("span", { class: "soft" }, say("where")),
      picker(say("param"), paramsOf(doc.event), one.param, pick, `param-${i}`),
      ...comparison(one, info, redraw), button(say("dropWhere"), drop, "quiet", "×"));
  });
  const add = () => {
    (doc.where ||= []).push({ param: "item_category", op: "is", value: data.params.find((one) => one.name === "item_category").values[0] || null });
    changed();
    redraw(`param-${doc.where.length - 1}`);
  };
  return [...rows, make("div", { class: "row" }, make("button", { type: "button", class: "quiet", onclick: add, "data-part": "addWhere" }, say("addWhere")))];
};
const windowOf = (doc) =>
  "within" in doc ? "within" : "calendar" in doc ? "calendar" : "since" in doc || "until" in doc ? "dates" : "ever";
const windowFields = (doc, redraw) => {
  const now = windowOf(doc);
  const turn = (to) => {
    for (const key of ["within", "calendar", "since", "until"]) delete doc[key];
    if (to === "within") doc.within = "30d";
    if (to === "calendar") doc.calendar = "this_month";
    if (to === "dates") [doc.since, doc.until] = [today(), today()];
    changed();
    redraw("window");
  };
  const parts = [choice(say("window"), data.windows, now, turn, "window")];
  const day = (key, label) => dayField(label, doc[key], (to) => {
    if (to === "") delete doc[key];
    else doc[key] = to;
    changed();
  });
  if (now === "within") parts.push(spanOf(say("value"), doc.within, (to) => { doc.within = to; changed(); }));
  if (now === "calendar") parts.push(choice(say("calendar"), data.calendar, doc.calendar, (to) => { doc.calendar = to; changed(); }));
  if (now === "dates") parts.push(day("since", say("from")), day("until", say("to")));
  return parts;
};
const row = (...parts) => make("div", { class: "row" }, ...parts);

const LEAVES = {
  trait: {
    begin: () => ({ trait: "orders_total", op: ">=", value: 1 }),
    draw: (doc, redraw) => {
      const info = listed(doc.trait, data.traits);
      const pick = (name) => {
        doc.trait = name;
        const kind = listed(name, data.traits)?.kind || guessed(doc);
        if (![...data.ops[kind], ...data.set].some(([op]) => op === doc.op)) doc.op = data.ops[kind][0][0];
        fit(doc, kind);
        changed();
        redraw("op");
      };
      return [row(picker(say("trait"), data.traits, doc.trait, pick, "trait"), ...comparison(doc, info, redraw))];
    },
  },
  measure: {
    begin: (name) => ({ event: name, measure: "count", op: ">=", value: 1 }),
    draw: (doc, redraw) => {
      const turn = (to) => {
        doc.measure = to;
        if (to === "count" || to === "days") delete doc.of;
        else doc.of ||= to === "distinct" ? "item_id" : "value";
        changed();
        redraw("measure");
      };
      const info = listed(doc.of, data.params);
      const op = (to) => { doc.op = to; fit(doc, "number"); changed(); redraw("op"); };
      const draw = doc.op === "between" ? two : one;
      const amount = info?.unit && doc.measure !== "distinct" ? make("span", { class: "unit" }, info.unit) : null;
      return [
        row(event(doc, "event", say("event"), redraw), choice(say("measure"), data.measures, doc.measure, turn, "measure"),
          "of" in doc ? picker(say("of"), paramsOf(doc.event), doc.of, (to) => { doc.of = to; changed(); redraw("of"); }, "of") : null,
          choice(say("op"), data.ops.number, doc.op, op, "op"), ...draw(doc, numberField), amount, ...windowFields(doc, redraw)),
        ...conditions(doc, redraw),
      ];
    },
  },
  recency: {
    begin: (name) => ({ event: name, last: "older_than", value: "90d" }),
    draw: (doc, redraw) => {
      const word = "first" in doc ? "first" : "last";
      const turn = (to) => {
        const age = doc[word];
        delete doc[word];
        doc[to] = age;
        changed();
        redraw("which");
      };
      const ages = data.ops.date.filter(([op]) => op === "newer_than" || op === "older_than");
      return [
        row(event(doc, "event", say("event"), redraw),
          choice(say("which"), [["last", say("last")], ["first", say("first")]], word, turn, "which"),
          choice(say("op"), ages, doc[word], (to) => { doc[word] = to; changed(); }, "op"), ...one(doc, spanOf),
          check(say("never"), Boolean(doc.or_never), (on) => {
            if (on) doc.or_never = true;
            else delete doc.or_never;
            changed();
          })),
        ...conditions(doc, redraw),
      ];
    },
  },
  sequence: {
    begin: (name) => ({ sequence: [name, name === "purchase" ? "refund" : "purchase"] }),
    draw: (doc, redraw) => {
      const steps = doc.sequence.flatMap((name, i) => {
        const number = { number: i + 1 };
        const drop = () => { doc.sequence.splice(i, 1); changed(); redraw("addStep"); };
        const pick = (to) => { doc.sequence[i] = to; changed(); };
        return [i ? make("span", { class: "soft" }, say("then")) : null,
          picker(say("step", number), data.events, name, pick, `step-${i}`),
          doc.sequence.length > 2 ? button(say("dropStep", number), drop, "quiet", "×") : null];
      });
      const add = () => { doc.sequence.push("purchase"); changed(); redraw(`step-${doc.sequence.length - 1}`); };
      const tick = check(say("inTime"), "within" in doc, (on) => {
        if (on) doc.within = "1h";
        else delete doc.within;
        changed();
        redraw();
      });
      return [row(...steps, doc.sequence.length < 10 ? make("button", { type: "button", class: "quiet", onclick: add, "data-part": "addStep" }, say("addStep")) : null,
        tick, "within" in doc ? spanOf(say("value"), doc.within, (to) => { doc.within = to; changed(); }) : null)];
    },
  },
  unfollowed: {
    begin: (name) => ({ event: name === "purchase" ? "add_to_cart" : name, not_followed_by: "purchase", within: "1h" }),
    draw: (doc, redraw) => [row(event(doc, "event", say("event"), redraw), make("span", { class: "soft" }, say("afterwards")),
      spanOf(say("value"), doc.within, (to) => { doc.within = to; changed(); }), event(doc, "not_followed_by", say("other"), redraw))],
  },
  segment: {
    begin: () => ({ segment: data.segments[0]?.name || "" }),
    draw: (doc) => [row(data.segments.length
      ? choice(say("segment"), data.segments.map((one) => [one.name, one.label]), doc.segment, (to) => { doc.segment = to; changed(); }, "segment")
      : make("span", { class: "soft" }, say("noSegment")))],
  },
  bucket: {
    begin: () => ({ bucket: "a", below: 10 }),
    draw: (doc) => [row(field(say("salt"), "text", doc.bucket, (to) => { doc.bucket = to; changed(); }, { maxlength: 80 }),
      numberField(say("percent"), doc.below, (to) => { doc.below = to; changed(); }, "value"), make("span", { class: "unit" }, say("percent")))],
  },
  everyone: { begin: () => ({ everyone: true }), draw: () => [] },
};

/* The element of a leaf; ``leaf.show`` puts its words, its count or its trouble into it. */
const drawLeaf = (leaf, drop) => {
  const box = make("li", { class: "leaf" });
  const words = make("p", { class: "words" });
  const counted = make("span", { class: "tag off" });
  const trouble = make("p", { class: "trouble", hidden: true });
  const body = make("div", {});
  const redraw = (part) => {
    body.replaceChildren(...LEAVES[leaf.kind].draw(leaf.doc, redraw));
    if (part) body.querySelector(`[data-part="${part}"]`)?.focus();
  };
  const turn = (kind) => {
    const known = leaf.doc.event || leaf.doc.sequence?.[0] || "purchase";
    leaf.kind = kind;
    leaf.doc = LEAVES[kind].begin(known);
    changed();
    redraw();
  };
  leaf.show = ({ said, size, wrong }) => {
    if (said !== undefined) words.textContent = said;
    if (size !== undefined) counted.textContent = size;
    trouble.hidden = !wrong;
    trouble.textContent = wrong || "";
  };
  leaf.focus = () => box.querySelector("select").focus();
  box.append(make("div", { class: "leaf-head" }, choice(say("what"), data.kinds, leaf.kind, turn, "kind"), counted,
    button(say("dropLeaf"), drop, "quiet", "×")), body, words, trouble);
  redraw();
  return box;
};
/* The element of a group with everything in it. */
const drawGroup = (group, drop) => {
  const list = make("ul", { class: "parts" });
  const trouble = make("p", { class: "trouble", hidden: true });
  const draw = (node) => {
    const element = (node.group ? drawGroup : drawLeaf)(node, () => {
      group.parts.splice(group.parts.indexOf(node), 1);
      element.remove();
      changed();
      speak(say("removed"));
      addLeaf.focus();
    });
    return element;
  };
  const add = (node) => {
    group.parts.push(node);
    list.append(draw(node));
    changed();
    node.focus();
  };
  const leaf = () => ({ kind: "measure", doc: LEAVES.measure.begin("purchase") });
  const addLeaf = button(say("addLeaf"), () => add(leaf()));
  const way = choice(say("group"), data.groups, group.group, (to) => { group.group = to; changed(); });
  group.show = ({ wrong }) => {
    trouble.hidden = !wrong;
    trouble.textContent = wrong || "";
  };
  group.focus = () => way.focus();
  list.append(...group.parts.map(draw));
  return make(drop ? "li" : "div", { class: "group" },
    make("div", { class: "leaf-head" }, way, drop ? button(say("dropGroup"), drop, "quiet", "×") : null), trouble, list,
    make("div", { class: "row" }, addLeaf, button(say("addGroup"), () => add({ group: "any", parts: [leaf()] }), "quiet")));
};
const draw = () => builder.replaceChildren(drawGroup(root));

// What it would do.

const effect = form.querySelector("[data-effect]");
const size = effect.querySelector("[data-count]");
const more = effect.querySelector("[data-more]");
let running = null;
let pause = 0;

/* The server's answer to a preview. Throws its trouble. */
const tried = async (turn, words) => {
  turn.id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const answer = await fetch(data.preview, {
    method: "POST", signal: turn.stop.signal,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ ...words, id: turn.id }),
  });
  if (answer.status === 401 || answer.redirected) throw { message: say("signedOut") };
  const found = await answer.json();
  if (!answer.ok) throw found.error;
  return found;
};
/* Ends what runs, here and on the server. */
const halt = () => {
  clearTimeout(pause);
  if (!running) return;
  const { id, stop } = running;
  running = null;
  stop.abort();
  const place = `${data.preview}${data.preview.includes("?") ? "&" : "?"}id=${id}`;
  fetch(place, { method: "DELETE", keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => {});
};
const ask = () => {
  halt();
  pause = setTimeout(run, 300);
};
const run = async () => {
  const turn = { stop: new AbortController() };
  const rule = write(root);
  running = turn;
  effect.classList.add("busy");
  if (!size.textContent) size.textContent = say("counting");
  try {
    const estimate = await tried(turn, { rule, fast: true });
    if (running === turn) show(estimate, false);
    if (running !== turn) return;
    const whole = await tried(turn, { rule, overlap: true, ...(data.slug ? { slug: data.slug } : {}) });
    if (running === turn) show(whole, true);
  } catch (trouble) {
    if (running === turn) refuse(trouble);
  } finally {
    if (running === turn) {
      running = null;
      effect.classList.remove("busy");
    }
  }
};
/* Puts what is wrong where it stands; what has no place, and a lost answer, beside the figures. */
const refuse = (trouble) => {
  const words = trouble instanceof Error ? say("offline") : trouble.message;
  let [place] = /^rule(\.(all|any|not)(\[\d+\])?)*/.exec(words) || [""];
  while (place && !places.has(place)) place = place.slice(0, Math.max(0, place.lastIndexOf(".")));
  clear();
  more.replaceChildren();
  const node = places.get(place);
  if (node) {
    node.show({ wrong: words.slice(place.length).replace(/^[.\s]+/, ""), said: "", size: "" });
    size.textContent = say("wrong");
  } else size.textContent = words;
  if (builder.hidden) {
    textTrouble.textContent = words;
    textTrouble.hidden = false;
  }
};
const clear = () => {
  textTrouble.hidden = true;
  for (const node of places.values()) node.show({});
};
const people = (sample) =>
  make("ul", { class: "people" }, ...sample.map((one) => make("li", {}, make("a", { href: one.href, target: "_blank" }, one.name))));
/* A bar of ``share`` (0 to 1), as those of other pages. */
const bar = (share) => {
  const drawn = (tag, traits) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(traits)) made.setAttribute(name, value);
    return made;
  };
  const made = drawn("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  made.append(drawn("rect", { class: "track", width: 100, height: 8 }), drawn("rect", { class: "tone0", width: Math.max(0.8, 100 * share), height: 8 }));
  return made;
};
const section = (title, ...parts) => [make("h3", {}, title), ...parts];
const show = (found, whole) => {
  clear();
  const all = { count: figures.format(found.count) };
  size.textContent = found.count === 1 && found.exact ? say("single") : say(found.exact ? "exactly" : "about", all);
  leavesOf(root).forEach((leaf, i) => {
    const { count: many, words } = found.leaves[i];
    const told = many === null ? "" : say(found.exact ? "leafCount" : "leafAbout", { count: figures.format(many) });
    leaf.show({ said: words, size: told });
  });
  if (!whole) return;
  const parts = [];
  if (found.entering) {
    const { entering, leaving } = found;
    parts.push(...section(say("moves")));
    for (const [name, way] of [["entering", entering], ["leaving", leaving]]) {
      if (way.count) parts.push(make("p", { class: name }, say(name, { count: figures.format(way.count) })), people(way.sample));
    }
    if (!entering.count && !leaving.count) parts.push(make("p", { class: "soft" }, say("stays")));
  }
  if (found.sample.length) parts.push(...section(say("sample"), people(found.sample)));
  if (found.overlap.length) {
    parts.push(...section(say("overlap"), make("ul", { class: "overlap" }, ...found.overlap.map((one) =>
      make("li", {}, make("a", { href: one.href, target: "_blank" }, one.name), bar(one.both / Math.max(1, found.count)),
        make("span", { class: "soft small" }, say("both", { both: figures.format(one.both), size: figures.format(one.size) })))))));
  }
  more.replaceChildren(...parts);
};

// The two ways to write, in step.

/* Reads the text into the tree; false: it cannot be shown yet, and it is said why. */
const readText = () => {
  try {
    root = growRoot(JSON.parse(text.value));
  } catch (trouble) {
    textTrouble.textContent = say("noJson", { why: trouble.message });
    textTrouble.hidden = false;
    return false;
  }
  textTrouble.hidden = true;
  places = new Map();
  write(root, "rule", places);
  draw();
  return true;
};
const tabs = ["choosing", "text"].map((name) =>
  make("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => turnTo(name) }, say(name)));
const turnTo = (name) => {
  if (name === "choosing" && !textTrouble.hidden && !readText()) return;
  builder.hidden = name !== "choosing";
  textPart.hidden = name !== "text";
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
};
const list = make("div", { role: "tablist", class: "tabs", "aria-label": say("tabs") }, ...tabs);
list.addEventListener("keydown", (pressed) => {
  if (pressed.key !== "ArrowLeft" && pressed.key !== "ArrowRight") return;
  const other = tabs.find((tab) => tab.getAttribute("aria-selected") !== "true");
  other.click();
  if (other.getAttribute("aria-selected") === "true") other.focus();
});
for (const [panel, name] of [[builder, "choosing"], [textPart, "text"]]) {
  panel.id = `panel-${name}`;
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", `tab-${name}`);
}
form.querySelector("[data-tabs]").append(list);
text.addEventListener("input", () => (readText() ? ask() : halt()));
// Enter in a field of the builder is not to send the whole form.
builder.addEventListener("keydown", (pressed) => {
  if (pressed.key === "Enter" && pressed.target.tagName === "INPUT") pressed.preventDefault();
});
addEventListener("pagehide", halt);

effect.hidden = false;
const readable = readText();
turnTo(readable ? "choosing" : "text");
if (readable) {
  if (data.trouble) refuse({ message: data.trouble });
  pause = setTimeout(run, 0);
}
