// A hand scanner is a keyboard that types very fast and ends with Enter. Wherever the focus is, what it types goes to the page's scan form.
const form = document.querySelector("form[data-scan]");
const field = form?.querySelector("[data-scan-field]");
const FAST_MS = 45;
const SHORTEST = 6;
let typed = "";
let last = 0;

const begin = (key, now) => {
  typed = key;
  last = now;
};

if (field) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = performance.now();
    const fast = now - last <= FAST_MS;
    if (event.key === "Enter") {
      if (fast && typed.length >= SHORTEST && event.target !== field) {
        event.preventDefault();
        event.stopImmediatePropagation();
        field.value = typed;
        form.requestSubmit();
      }
      typed = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (fast) {
      typed += event.key;
      last = now;
    } else {
      begin(event.key, now);
    }
  }, { capture: true });
  if (!document.querySelector("[data-keypad]")) field.focus({ preventScroll: true });
}
