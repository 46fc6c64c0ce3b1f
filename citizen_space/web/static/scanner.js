// A hand scanner is a keyboard that types very fast and ends with Enter. Wherever the focus is, what it types goes to the page's scan form.
const FAST_MS = 45;
const SHORTEST = 6;
let typed = "";
let last = 0;

const field = () => document.querySelector("form[data-scan] [data-scan-field]");

const deliver = (event) => {
  const place = field();
  if (!place || event.target === place) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.target.matches?.("input, textarea") && event.target.value.endsWith(typed)) {
    event.target.value = event.target.value.slice(0, -typed.length);
  }
  place.value = typed;
  place.form.requestSubmit();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const now = performance.now();
  const fast = now - last <= FAST_MS;
  if (event.key === "Enter") {
    if (fast && typed.length >= SHORTEST) deliver(event);
    typed = "";
  } else if (event.key.length === 1) {
    typed = fast ? typed + event.key : event.key;
    last = now;
  }
}, { capture: true });

const start = () => {
  if (!document.querySelector("[data-keypad]")) field()?.focus({ preventScroll: true });
};
document.addEventListener("drawn", start);
start();
