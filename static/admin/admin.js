// Copy buttons, the sign on the install page, and a sign that the next page is on its way.
// Every page works without this file.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      return;
    }
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 2000);
  });
}

const sign = document.querySelector("[data-live]");
const look = async () => {
  try {
    const answer = await fetch(sign.dataset.live, { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    // the next look may work
  }
  setTimeout(look, document.hidden ? 10000 : 2000);
};
const show = ({ came, stopped, first, last, what }) => {
  const stage = stopped ? "stopped" : came ? "came" : "waiting";
  sign.classList.toggle("came", stage === "came");
  for (const part of sign.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(stage);
  }
  for (const [name, text] of Object.entries({ first, last, what })) {
    const place = sign.querySelector(`[data-live-${name}]`);
    if (place.textContent !== text) place.textContent = text;
  }
};
if (sign) setTimeout(look, 2000);

const list = document.querySelector("[data-check]");
/* Asks how the walk through the shop goes, more slowly while nobody looks. */
const lookAtWalk = async () => {
  try {
    const answer = await fetch(list.dataset.check, { headers: { Accept: "application/json" } });
    if (answer.ok) (await answer.json()).checks.forEach(showCheck);
  } catch {
    // the next look may work
  }
  setTimeout(lookAtWalk, document.hidden ? 10000 : 2000);
};
/* Texts change only when they say something new: they are read aloud. */
const showCheck = ({ name, state, word, text }) => {
  const line = list.querySelector(`[data-name="${name}"]`);
  line.className = state;
  for (const [place, words] of [["[data-word]", word], ["[data-text]", text]]) {
    const part = line.querySelector(place);
    if (part.textContent !== words) part.textContent = words;
  }
};
if (list) setTimeout(lookAtWalk, 2000);

const watched = document.querySelector("[data-feeds]");
/* Says how far each feed is, and loads the page again for what came of it, unless one is typing. */
const lookAtFeeds = async () => {
  try {
    const answer = await fetch(watched.dataset.feeds, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).feeds.filter(showFeed).length) {
      if (!document.activeElement.matches("input, select")) location.assign(watched.dataset.page);
      return;
    }
  } catch {
    // the next look may work
  }
  setTimeout(lookAtFeeds, document.hidden ? 10000 : 1000);
};
/* Whether the feed was being read and now is not. */
const showFeed = ({ name, busy, done, state }) => {
  const card = watched.querySelector(`[data-feed="${CSS.escape(name)}"]`);
  if (!card || !("busy" in card.dataset)) return false;
  const word = card.querySelector("[data-state]");
  if (word.textContent !== state) word.textContent = state;
  card.querySelector("[data-progress]").value = busy ? done : 1000;
  return !busy;
};
if (watched?.querySelector("[data-busy]")) setTimeout(lookAtFeeds, 1000);

const onItsWay = document.querySelector("[data-loading]");
let late = 0;
const leave = () => {
  clearTimeout(late);
  late = setTimeout(() => (onItsWay.hidden = false), 200);
};
addEventListener("beforeunload", leave);
addEventListener("pageshow", () => {
  clearTimeout(late);
  onItsWay.hidden = true;
});

// On a phone the menu scrolls: show where one is.
document.querySelector(".menu [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
