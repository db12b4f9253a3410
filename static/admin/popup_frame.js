// Draws one popup in an empty page, with the file that draws it for shoppers; it tells nobody anything.
// What to draw stands in the page, or comes from the editor around it.
const ui = import(document.body.dataset.ui);
const slot = document.querySelector("[data-slot]");
let latest = 0;
let away = () => {};

const never = { track() {}, pack: () => "{}", post: () => Promise.reject(new Error("preview")) };

const draw = async (popup) => {
  const mine = ++latest;
  const its = await ui;
  if (mine !== latest) return;
  away();
  away = () => {};
  const host = popup.kind === "inline" ? slot : document.body;
  const made = await its.drawPopup(host, popup, never);
  if (mine === latest) away = made;
  else made();
  document.documentElement.dataset.drawn = popup.id;
};

// Nothing leads away from here.
document.addEventListener("click", (event) => {
  if (event.composedPath().some((one) => one.tagName === "A")) event.preventDefault();
}, true);

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent) return;
  if (data.lang) document.documentElement.lang = data.lang;
  document.documentElement.dir = data.dir || "ltr";
  if (data.popup) draw(data.popup);
});

const given = document.getElementById("offer");
if (given) draw(JSON.parse(given.textContent));
else parent.postMessage("ready", location.origin);
