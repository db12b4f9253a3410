// A rehearsal that says how far it is and can be stopped. The page works without this file, by the
// form's own sending.
const words = JSON.parse(document.getElementById("words").textContent);
const form = document.querySelector("[data-rehearsal]");
const running = document.querySelector("[data-running]");
const bar = running.querySelector("progress");
const far = document.getElementById("far");
const trouble = document.querySelector("[data-trouble]");
const found = document.querySelector("[data-found]");
const send = form.querySelector("button.main");
const token = form.elements.csrf_token.value;
const LOOK_MS = 300;
let turn = null;

const place = (id) => `${words.url}${words.url.includes("?") ? "&" : "?"}id=${id}`;
const say = (text, { done, of } = {}) => {
  far.textContent = text.replace("{done}", done).replace("{of}", of);
};
/* Shows whether one runs. */
const show = (runs) => {
  running.hidden = !runs;
  send.disabled = runs;
  if (runs) bar.removeAttribute("value");
};
/* Ends what runs, here and on the server, which hears it also when the page is left. */
const halt = () => {
  if (!turn) return;
  const { id, stop, timer } = turn;
  turn = null;
  clearInterval(timer);
  stop.abort();
  fetch(place(id), { method: "DELETE", keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => {});
  show(false);
  say(words.stopped);
  send.focus();
};
/* Asks how far it is, and shows it. */
const look = async (one) => {
  const answer = await fetch(place(one.id), { signal: one.stop.signal }).catch(() => null);
  if (!answer?.ok || answer.redirected || turn !== one) return;
  const told = await answer.json();
  if (turn !== one) return;
  bar.max = told.of;
  bar.value = told.done;
  say(words.played, told);
};
/* The server's answer to the form. Throws its trouble. */
const played = async (one) => {
  const answer = await fetch(place(one.id), {
    method: "POST", signal: one.stop.signal, body: new FormData(form), headers: { "X-CSRFToken": token },
  });
  if (answer.status === 401 || answer.redirected) throw { message: words.signedOut };
  const told = await answer.json();
  if (!answer.ok) throw told.error;
  return told.html;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (turn) return;
  const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const one = { id, stop: new AbortController() };
  turn = one;
  one.timer = setInterval(look, LOOK_MS, one);
  trouble.hidden = true;
  found.replaceChildren();
  show(true);
  say(words.begins);
  try {
    const html = await played(one);
    if (turn !== one) return;
    found.innerHTML = html; // our own template's, which escapes what others wrote
    say("");
    found.focus();
  } catch (wrong) {
    if (turn !== one) return;
    trouble.textContent = wrong instanceof Error ? words.offline : wrong.message;
    trouble.hidden = false;
    say("");
  }
  clearInterval(one.timer);
  turn = null;
  show(false);
});
running.querySelector("[data-stop]").addEventListener("click", halt);
addEventListener("pagehide", halt);
