// What makes the till feel alive: taps answer at once, a slow server is said in words, a forgotten screen locks itself.
const body = document.body;

// the clock
const clock = document.querySelector("[data-clock]");
const tell = () => {
  clock.textContent = new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Paris" });
};
if (clock) {
  tell();
  setInterval(tell, 5000);
}

// a tile sinks under the finger, before anything is sent
document.addEventListener("pointerdown", (event) => event.target.closest?.(".tile")?.classList.add("tile--sunk"));
for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
  document.addEventListener(end, () => document.querySelectorAll(".tile--sunk").forEach((tile) => tile.classList.remove("tile--sunk")));
}

// day and night, kept on this machine
const page = document.documentElement;
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.setAttribute("aria-pressed", String(page.dataset.theme === "night"));
  button.addEventListener("click", () => {
    page.dataset.theme = page.dataset.theme === "night" ? "day" : "night";
    button.setAttribute("aria-pressed", String(page.dataset.theme === "night"));
    try {
      localStorage.setItem("theme", page.dataset.theme);
    } catch {
      // storage may be closed: the choice then lasts for this page
    }
  });
}

// the network, as icon and word
const network = document.querySelector('[data-state="network"]');
const word = network?.querySelector("[data-word]");
const there = word?.textContent;
const connected = (yes) => {
  if (!network) return;
  network.classList.toggle("where__state--bad", !yes);
  word.textContent = yes ? there : word.dataset.away;
};
addEventListener("offline", () => connected(false));
addEventListener("online", () => connected(true));

// Sending: the page stays until the server has answered. When it does not, the same act, with the same key, is sent again: the
// database does it once, however often it is asked.
const waiting = document.querySelector("[data-waiting]");
const WAIT_MS = 800;
const TRIES = 8;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const request = (form, submitter) => {
  const data = new URLSearchParams(new FormData(form));
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const action = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  return fetch(action, { method: "POST", body: data, credentials: "same-origin", redirect: "follow", signal: AbortSignal.timeout(8000) });
};

const show = async (answer) => {
  const html = await answer.text();
  if (answer.redirected && answer.ok) {
    location.assign(answer.url);
    return;
  }
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (!fresh.querySelector("main")) {
    location.reload();
    return;
  }
  document.open();
  document.write(html);
  document.close();
};

const send = async (form, submitter) => {
  const slow = setTimeout(() => { waiting.hidden = false; }, WAIT_MS);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      const answer = await request(form, submitter);
      if (answer.status < 502 || answer.status > 504) {
        connected(true);
        await show(answer);
        return;
      }
    } catch {
      connected(false);
    }
    waiting.hidden = false;
    await pause(Math.min(500 * 2 ** (attempt - 1), 4000));
  }
  clearTimeout(slow);
  waiting.classList.add("waiting--refused");
  waiting.querySelector("[data-word]").textContent = waiting.dataset.refused;
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
};

// Runs after once.js, which stops the second click. Files and forms that htmx sends go their own way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !waiting) return;
  if (form.enctype === "multipart/form-data" || form.hasAttribute("hx-post")) return;
  if (!form.querySelector('input[name="submission"]')) return;
  event.preventDefault();
  send(form, event.submitter);
});

// five seconds to take it back
for (const bar of document.querySelectorAll("[data-undo]")) setTimeout(() => bar.remove(), 5000);
for (const toast of document.querySelectorAll("[data-toast]")) setTimeout(() => toast.remove(), 5000);

// A screen nobody touches locks itself, and a locked screen shows nothing.
const idle = Number(body.dataset.idle);
if (idle > 0) {
  let touched = Date.now();
  for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
  setInterval(() => {
    if (Date.now() - touched < idle * 1000) return;
    touched = Date.now();
    location.replace(body.dataset.lock);
  }, 1000);
}
