// How many would be in each template: asked for the cards in sight, one at a time.
// The page works without this file, by the button of each card.
"use strict";

const waiting = new Set();
let busy = false;

/* Shows what the server answered for a card. */
const showSize = (form, { size, exact, who }) => {
  form.querySelector("[data-number]").textContent = size;
  form.querySelector("[data-about]").hidden = exact;
  form.closest("li").querySelector("[data-who]").textContent = who;
};

/* Asks for one card with the thresholds that stand in it; what went wrong shows as a dash. */
const ask = async (form) => {
  const place = form.querySelector("[data-size]");
  place.hidden = false;
  place.setAttribute("aria-busy", "true");
  form.querySelector("[data-number]").textContent = "…";
  try {
    const options = { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) };
    const answer = await fetch(form.dataset.template, options);
    if (!answer.ok) throw new Error(answer.status);
    showSize(form, await answer.json());
  } catch {
    form.querySelector("[data-number]").textContent = "–";
    form.querySelector("[data-about]").hidden = true;
  }
  place.removeAttribute("aria-busy");
};

/* Asks for the cards that wait, those in sight first, until none does. */
const work = async () => {
  if (busy) return;
  busy = true;
  for (const form of waiting) {
    waiting.delete(form);
    await ask(form);
  }
  busy = false;
};

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) {
      seen.unobserve(target);
      waiting.add(target);
    } else {
      waiting.delete(target);
    }
  }
  work();
});

for (const form of document.querySelectorAll("[data-template]")) {
  form.querySelector("[data-ask]").remove();
  const late = { timer: 0 };
  form.addEventListener("input", () => {
    clearTimeout(late.timer);
    late.timer = setTimeout(() => {
      if (!form.checkValidity()) return;
      waiting.add(form);
      work();
    }, 400);
  });
  seen.observe(form);
}
