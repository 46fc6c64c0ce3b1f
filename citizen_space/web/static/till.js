// What makes the till feel alive: taps answer at once, the page changes without a blink, a slow server is said in words,
// a forgotten screen locks itself. Without this file every form still works.

// ---- what is drawn anew with each page ------------------------------------------------------------------------------

// The hour is the server's: a till whose own clock is wrong must not show it.
let ahead = 0;
const tell = () => {
  const clock = document.querySelector("[data-clock]");
  const words = { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Paris" };
  if (clock) clock.textContent = new Date(Date.now() + ahead).toLocaleTimeString("fr-FR", words);
};
const setClock = () => {
  const said = document.querySelector("[data-clock]")?.dateTime;
  if (said) ahead = Date.parse(said) - Date.now();
};

const connected = (yes) => {
  const network = document.querySelector('[data-state="network"]');
  const word = network?.querySelector("[data-word]");
  if (!word) return;
  word.dataset.there ||= word.textContent;
  network.classList.toggle("where__state--bad", !yes);
  word.textContent = yes ? word.dataset.there : word.dataset.away;
};

const root = document.documentElement;
const offerNight = () => {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(root.dataset.theme === "night"));
  }
};

// Five seconds to take it back.
const letGo = () => {
  for (const passing of document.querySelectorAll("[data-undo], [data-toast]")) setTimeout(() => passing.remove(), 5000);
};

// What was just added is the last line: it is shown, not left below the fold.
const showLast = () => {
  const lines = document.querySelector(".make__lines");
  if (lines?.querySelector(".lines")) lines.scrollTop = lines.scrollHeight;
};

const start = () => {
  showLast();
  setClock();
  tell();
  connected(navigator.onLine);
  offerNight();
  letGo();
};

// ---- what listens once ----------------------------------------------------------------------------------------------

setInterval(tell, 5000);
document.addEventListener("network", (event) => connected(event.detail));
addEventListener("offline", () => connected(false));
addEventListener("online", () => connected(true));

// A tile sinks under the finger, before anything is sent.
document.addEventListener("pointerdown", (event) => event.target.closest?.(".tile")?.classList.add("tile--sunk"));
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    for (const tile of document.querySelectorAll(".tile--sunk")) tile.classList.remove("tile--sunk");
  });
}

// Day and night, kept on this machine.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-theme-switch]")) return;
  root.dataset.theme = root.dataset.theme === "night" ? "day" : "night";
  offerNight();
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // storage may be closed: the choice then lasts for this page
  }
});

// A screen nobody touches locks itself, and a locked screen shows nothing.
let touched = Date.now();
for (const sign of ["pointerdown", "keydown"]) {
  document.addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
}
setInterval(() => {
  const idle = Number(document.body.dataset.idle);
  if (!idle || Date.now() - touched < idle * 1000) return;
  touched = Date.now();
  document.body.classList.add("till--locked");
  document.querySelector("form[data-lock]")?.requestSubmit();
}, 1000);

// ---- sending --------------------------------------------------------------------------------------------------------
// The page stays until the server has answered. When it does not, the same act, with the same key, is sent again: the
// database does it once, however often it is asked.

// A server that is started again is back within a minute or two: so long the screen waits, and says so.

const PATIENCE_MS = 700;
const TRIES = 40;
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const waiting = () => document.querySelector("[data-waiting]");

// Everything of the page but its scripts; those already running find the new elements by the event "drawn".
const draw = (fresh, url) => {
  const scrolled = document.querySelector(".choose")?.scrollTop ?? 0;
  const same = new URL(url).pathname === location.pathname;
  document.title = fresh.title;
  document.body.className = fresh.body.className;
  for (const name of ["idle", "news"]) {
    if (fresh.body.dataset[name]) document.body.dataset[name] = fresh.body.dataset[name];
    else delete document.body.dataset[name];
  }
  document.body.replaceChildren(...[...fresh.body.childNodes].filter((node) => node.nodeName !== "SCRIPT"));
  history[same ? "replaceState" : "pushState"](null, "", url);
  if (same && document.querySelector(".choose")) document.querySelector(".choose").scrollTop = scrolled;
  for (const script of fresh.querySelectorAll("script[src]")) {
    if (document.querySelector(`script[src="${script.getAttribute("src")}"]`)) continue;
    const added = document.createElement("script");
    added.type = script.type;
    added.src = script.getAttribute("src");
    document.head.append(added);
  }
  document.dispatchEvent(new CustomEvent("drawn"));
};

// While an answer is on its way, live.js leaves the page alone.
let acting = 0;
const act = (change) => {
  acting += change;
  root.dataset.acting = String(acting > 0);
};

const show = async (answer, fromTop = false) => {
  const isPage = answer.headers.get("content-type")?.startsWith("text/html");
  const fresh = isPage ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const known = document.querySelector('link[href*="till.css"]')?.getAttribute("href");
  const isWhole = fresh?.querySelector('meta[name="till-load"]') || document.querySelector('meta[name="till-load"]');
  if (fresh?.querySelector("main") && !isWhole && fresh.querySelector(`link[href="${known}"]`)) {
    draw(fresh, answer.url);
    if (fromTop) document.querySelector(".choose")?.scrollTo(0, 0);
  } else location.assign(answer.url);
};

const request = (form, submitter) => {
  const data = new URLSearchParams(new FormData(form));
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const action = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  return fetch(action, { method: "POST", body: data, signal: AbortSignal.timeout(10000) });
};

// A page with scripts or sheets of its own is loaded whole.
const follow = async (link) => {
  const slow = setTimeout(() => { waiting().hidden = false; }, PATIENCE_MS);
  const url = link.href;
  root.dataset.leaving = url;
  act(1);
  for (let attempt = 0; attempt < TRIES && root.dataset.leaving === url; attempt += 1) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10000) });
      if (root.dataset.leaving !== url) break; // another link was touched meanwhile
      if (answer.status < 502 || answer.status > 504) {
        connected(true);
        await show(answer, true);
        break;
      }
    } catch {
      connected(false);
    }
    waiting().hidden = false;
    await pause(Math.min(500 * 2 ** attempt, 4000));
  }
  clearTimeout(slow);
  waiting().hidden = true;
  act(-1);
};

// A link on a till leads somewhere only when the server answers: the browser's own page of errors has no way back.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !waiting()) return;
  if (link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  follow(link);
});

const release = (form) => {
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
};

const send = async (form, submitter) => {
  act(1);
  const slow = setTimeout(() => { waiting().hidden = false; }, PATIENCE_MS);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const answer = await request(form, submitter);
      if (answer.status < 502 || answer.status > 504) {
        clearTimeout(slow);
        waiting().hidden = true;
        connected(true);
        await show(answer);
        release(form);
        act(-1);
        return;
      }
    } catch {
      connected(false);
    }
    waiting().hidden = false;
    await pause(Math.min(500 * 2 ** attempt, 4000));
  }
  clearTimeout(slow);
  waiting().classList.add("waiting--refused");
  waiting().querySelector("[data-word]").textContent = waiting().dataset.refused;
  release(form);
  act(-1);
};

// Runs after once.js, which stops the second click. A form with files, or one that htmx sends, goes its own way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const mine = form.method === "post" && form.enctype !== "multipart/form-data" && !form.hasAttribute("hx-post");
  if (event.defaultPrevented || !mine || !waiting() || !form.querySelector('input[name="submission"]')) return;
  event.preventDefault();
  send(form, event.submitter);
});

addEventListener("popstate", () => location.reload());
document.addEventListener("drawn", start);
start();
