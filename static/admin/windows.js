// The pages of a window: products are found by typing, strategies move by buttons, and what a
// visitor would see follows the form. Every page works without this file.
"use strict";

const words = JSON.parse(document.getElementById("words").textContent);
const made = (name, parts = {}, ...inside) => {
  const element = Object.assign(document.createElement(name), parts);
  element.append(...inside);
  return element;
};
let count = 0;

/* A field of ids or names, one a line, becomes a list of what is chosen and a field that finds. */
class Picker {
  constructor(field) {
    this.field = field;
    this.one = field.tagName === "INPUT";
    this.names = JSON.parse(field.dataset.names || "{}");
    this.known = field.dataset.known ? JSON.parse(field.dataset.known) : null;
    this.id = `pick-${++count}`;
    this.options = [];
    this.at = -1;
    this.build();
    this.draw();
  }

  get values() {
    return this.field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  build() {
    const label = document.querySelector(`label[for="${this.field.id}"]`);
    this.chosen = made("ol", { className: "picked" });
    this.list = made("ul", { className: "list", id: this.id, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label.textContent);
    this.input = made("input", {
      id: `${this.id}-input`, type: "text", autocomplete: "off", spellcheck: false,
      placeholder: this.known ? words.choose : words.find,
    });
    const attributes = {
      role: "combobox", "aria-expanded": "false", "aria-controls": this.id, "aria-autocomplete": "list",
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (this.field.hasAttribute(name)) this.input.setAttribute(name, this.field.getAttribute(name));
    }
    this.said = made("span", { className: "unseen" });
    this.said.setAttribute("role", "status");
    label.htmlFor = this.input.id;
    this.field.hidden = true;
    this.field.parentElement.querySelector("[data-plain]")?.remove();
    this.field.before(made("div", { className: "picker" }, this.chosen, this.input, this.list, this.said));
    this.input.addEventListener("input", (event) => {
      event.stopPropagation(); // nothing is chosen yet
      clearTimeout(this.late);
      this.late = setTimeout(() => this.find(), this.known ? 0 : 150);
    });
    this.input.addEventListener("focus", () => this.known && this.find());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  draw(focus) {
    const values = this.values;
    this.chosen.replaceChildren(
      ...values.map((value, place) => {
        const name = this.names[value] || value;
        const button = (sign, says, act) => {
          const one = made("button", { type: "button", className: "quiet" }, made("span", { ariaHidden: "true" }, sign));
          one.append(made("span", { className: "unseen" }, `${says} ${name}`));
          one.addEventListener("click", act);
          return one;
        };
        const line = made("li", {}, made("span", {}, name));
        if (this.field.name === "pins" && place) {
          line.append(button("↑", words.up, () => this.keep(this.moved(place, place - 1), place - 1)));
        }
        line.append(button("×", words.remove, () => this.keep(values.filter((_, n) => n !== place), -1)));
        return line;
      }),
    );
    this.chosen.hidden = !values.length;
    this.input.hidden = this.one && values.length > 0;
    if (focus === undefined) return;
    const line = this.chosen.children[focus];
    const goal = line ? line.querySelector("button") : this.input.hidden ? this.chosen.querySelector("button") : this.input;
    goal.focus();
  }

  moved(from, to) {
    const values = this.values;
    values.splice(to, 0, ...values.splice(from, 1));
    return values;
  }

  keep(values, focus) {
    this.field.value = values.join("\n");
    this.draw(focus);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async find() {
    const sought = this.input.value.trim();
    if (this.known) {
      const folded = sought.toLowerCase();
      const found = this.known.filter((one) => one.toLowerCase().includes(folded)).map((value) => ({ value, name: value }));
      if (sought && !found.some((one) => one.value.toLowerCase() === folded)) found.push({ value: sought, name: sought });
      this.show(found);
    } else if (!sought) this.close();
    else {
      try {
        const address = new URL(this.field.dataset.picks, location.href);
        address.searchParams.set("q", sought);
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (answer.ok && this.input.value.trim() === sought) this.show((await answer.json()).found);
      } catch {
        this.close(); // the next letter may work
      }
    }
  }

  show(found) {
    const values = new Set(this.values);
    this.options = found.filter((one) => !values.has(one.value));
    this.at = -1;
    this.list.replaceChildren(
      ...this.options.map((one, place) => {
        const line = made("li", { id: `${this.id}-${place}` });
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        if (one.image) line.append(made("img", { src: one.image, alt: "", referrerPolicy: "no-referrer" }));
        line.append(made("span", {}, one.name));
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.choose(place);
        });
        return line;
      }),
    );
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.said.textContent = this.options.length ? `${this.options.length} ${words.found}` : words.none;
  }

  close() {
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  mark(place) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = (place + this.options.length) % this.options.length;
    const line = this.list.children[this.at];
    line.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", line.id);
  }

  choose(place) {
    const one = this.options[place];
    if (!one) return;
    this.names[one.value] = one.name;
    this.input.value = "";
    this.close();
    this.keep(this.one ? [one.value] : [...this.values, one.value], -1);
    this.said.textContent = `${one.name}: ${words.chosen}`;
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "Enter") {
      event.preventDefault(); // it would send the form
      if (open) this.choose(Math.max(this.at, 0));
    } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.mark(this.at + (event.key === "ArrowDown" ? 1 : this.at < 0 ? 0 : -1));
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }
}

for (const field of document.querySelectorAll("[data-picks], [data-known]")) new Picker(field);

/* The chain of strategies: each row moves up, and a new empty one comes when the last is filled. */
const chain = document.querySelector("[data-chain]");
const number = () => {
  [...chain.children].forEach((row, place) => {
    row.querySelector("label").textContent = row.querySelector("label").textContent.replace(/\d+/, place + 1);
    row.querySelector("button").hidden = !place || !row.querySelector("select").value;
    row.querySelector("button .unseen").textContent = `${words.up} ${row.querySelector("select").selectedOptions[0].textContent}`;
  });
};
const up = (row) => {
  const button = made("button", { type: "button", className: "quiet" }, made("span", { ariaHidden: "true" }, "↑"));
  button.append(made("span", { className: "unseen" }), "");
  button.title = words.up;
  button.setAttribute("data-up", "");
  row.append(" ", button);
};
if (chain) {
  [...chain.children].forEach(up);
  number();
  chain.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up]");
    const row = button?.closest("li");
    if (!row?.previousElementSibling) return;
    row.previousElementSibling.before(row);
    number();
    (button.hidden ? row.querySelector("select") : button).focus();
    chain.dispatchEvent(new Event("input", { bubbles: true }));
  });
  chain.addEventListener("change", () => {
    const last = chain.lastElementChild;
    if (last.querySelector("select").value) {
      const row = last.cloneNode(true);
      const id = `strategy-${chain.children.length + 1}`;
      row.querySelector("label").htmlFor = row.querySelector("select").id = id;
      row.querySelector("select").value = "";
      chain.append(row);
    }
    number();
  });
}

/* What a visitor would see follows the form, half a second after the last word. */
const form = document.querySelector("[data-look]");
const shown = document.querySelector("[data-shown]");
const said = document.querySelector("[data-said]");
const trouble = document.querySelector("[data-trouble]");
let late = 0;
let asking = null;
const look = async () => {
  asking?.abort();
  asking = new AbortController();
  const sent = new FormData(form);
  const posts = form.method === "post";
  if (posts) sent.set("look", "1");
  const address = posts ? form.action : `${form.action.split("?")[0]}?${new URLSearchParams(sent)}`;
  shown.parentElement.classList.add("busy");
  try {
    const answer = await fetch(address, { signal: asking.signal, ...(posts ? { method: "POST", body: sent } : {}) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-shown]");
    if (answer.ok && fresh) {
      shown.replaceChildren(...fresh.childNodes);
      said.textContent = shown.querySelector(".state")?.textContent ?? "";
    }
    if (trouble) trouble.hidden = answer.ok;
  } catch (stopped) {
    if (stopped.name === "AbortError") return; // a later one is on its way
  }
  shown.parentElement.classList.remove("busy");
};
form?.addEventListener("input", () => {
  clearTimeout(late);
  late = setTimeout(look, 500);
});
