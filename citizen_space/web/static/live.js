// What changes elsewhere is drawn here within two seconds: what is sold out, what the kitchen says, a printer in trouble.
// The house is asked for one word on each matter; where a word differs, the parts of the page that show it are fetched
// anew. A lost network leaves the page as it is, says of when it is, and catches up by itself.

const EVERY_MS = 1000;
const root = document.documentElement;
// What the page shows, and what was said last. A part is fetched twice after each change: pages tell some things as
// they were a moment ago, and the first look may have been too early.
let known = {};
let heard = {};
let asking = false;
let missed = 0;
let fresh = "";

const parts = () => [...document.querySelectorAll("[data-live]")];
// Whoever is touching the page, or waits for an answer, keeps what is under the finger.
const isBusy = () => root.dataset.acting === "true" || document.querySelector(".tile--sunk, .key--sunk, form[data-sending]");

const place = (part, element) => [...part.querySelectorAll("a, button, input, summary")].indexOf(element);
const replace = (part, next) => {
  const focused = place(part, document.activeElement);
  const isOpen = part.querySelector("details[open]");
  part.replaceWith(next);
  if (isOpen) next.querySelector("details")?.setAttribute("open", "");
  if (focused >= 0) next.querySelectorAll("a, button, input, summary")[focused]?.focus({ preventScroll: true });
};

// True when the page shows what the words say.
const redraw = async (words) => {
  const old = parts().filter((part) => part.dataset.live.split(" ").some((matter) => known[matter] !== words[matter]));
  if (!old.length) return true;
  const here = location.href;
  const answer = await fetch(here, { signal: AbortSignal.timeout(8000) });
  if (!answer.ok) return answer.status === 405;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isBusy() || location.href !== here) return false;
  for (const part of old) {
    const next = page.getElementById(part.id);
    if (next && part.isConnected) replace(part, document.adoptNode(next));
  }
  return true;
};

const tell = (isThere) => {
  missed = isThere ? 0 : missed + 1;
  // The hour is the house's, as the bar shows it: this machine's own may be wrong.
  if (isThere) fresh = document.querySelector("[data-clock]")?.textContent ?? "";
  const stale = document.querySelector("[data-stale]");
  if (!stale) return;
  const hour = stale.querySelector("time");
  if (hour && !isThere) hour.textContent = fresh;
  stale.hidden = missed < 3;
  document.dispatchEvent(new CustomEvent("network", { detail: missed < 3 }));
};

const ask = async () => {
  const address = document.body.dataset.news;
  if (!address || asking || isBusy()) return;
  asking = true;
  try {
    const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(5000) });
    // Signed out meanwhile, or another version of the house: the whole page is asked for.
    if (answer.type === "opaqueredirect") location.reload();
    else if (answer.ok) {
      const words = await answer.json();
      if (!isBusy() && (await redraw(words))) {
        for (const [matter, word] of Object.entries(words)) if (heard[matter] === word) known[matter] = word;
        heard = words;
      }
      tell(true);
    } else tell(answer.status < 500);
  } catch {
    tell(false);
  } finally {
    asking = false;
  }
};

setInterval(ask, EVERY_MS);
