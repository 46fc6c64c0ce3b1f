// Our own keys. Amounts enter as on every till: cents from the right. What the server reads is the plain field `name`.
const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency: "EUR" });

const shown = (kind, digits) => {
  if (kind === "pin") return "•".repeat(digits.length);
  if (kind === "number") return digits || "0";
  return euros.format(Number(digits || "0") / 100);
};

// A field named in cents is sent in cents, any other as one writes an amount.
const inCents = (input) => input.name.endsWith("_cents");

const written = (kind, digits, input) => {
  if (kind === "money" && inCents(input)) return digits || "0";
  if (kind !== "money" || !digits) return digits;
  const padded = digits.padStart(3, "0");
  return `${padded.slice(0, -2)},${padded.slice(-2)}`;
};

// Digits of what the field held: "12", "12,5" and "12,50" are the same amount.
const read = (kind, value, input) => {
  if (kind === "pin") return "";
  if (kind === "number" || (inCents(input) && /^\d+$/.test(value))) return value.replace(/\D/g, "").replace(/^0+/, "");
  if (!value) return "";
  const [whole, cents = ""] = value.replace(/[^\d,.]/g, "").split(/[,.]/);
  return (whole + cents.padEnd(2, "0").slice(0, 2)).replace(/^0+/, "");
};

const pads = new Map();

// What the pads leave to the card: <data data-rest="cents due">; what goes back in cash: <data data-back="cents due">;
// and the button says which of them it takes: <button data-pay="cents due" data-by-card="Payer {}" data-taken="Encaisser {}">.
const tellRest = () => {
  const given = [...document.querySelectorAll('[data-keypad="money"] input[name$="_cents"]')];
  const sum = given.reduce((cents, input) => cents + Number(input.value || "0"), 0);
  const cash = Number(given.find((input) => input.name === "cash_cents")?.value || "0");
  const left = (due) => Math.max(0, Number(due) - sum);
  for (const rest of document.querySelectorAll("[data-rest]")) rest.textContent = euros.format(left(rest.dataset.rest) / 100);
  for (const back of document.querySelectorAll("[data-back]")) {
    const cents = Math.min(cash, Math.max(0, sum - Number(back.dataset.back)));
    back.textContent = euros.format(cents / 100);
    back.closest("[data-back-line]").hidden = !cents;
  }
  for (const button of document.querySelectorAll("[data-pay]")) {
    const { pay, byCard, taken } = button.dataset;
    if (!sum) continue;
    const words = left(pay) ? byCard.replace("{}", euros.format(left(pay) / 100)) : taken.replace("{}", euros.format(pay / 100));
    button.querySelector("span").textContent = words;
  }
};

const open = (pad) => {
  const kind = pad.dataset.keypad;
  const input = pad.querySelector("input");
  const screen = pad.querySelector("[data-shown]");
  let digits = read(kind, input.value, input);

  const draw = () => {
    screen.textContent = shown(kind, digits);
    input.value = written(kind, digits, input);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    tellRest();
  };
  const press = (key) => {
    if (key === "clear") digits = "";
    else if (key === "back") digits = digits.slice(0, -1);
    else if ((digits + key).length <= Number(pad.dataset.max)) digits += key;
    if (kind !== "pin") digits = digits.replace(/^0+/, "");
    draw();
  };

  // The field leaves the screen but keeps its name and its label; keys and the shown amount take its place.
  input.classList.add("visually-hidden");
  input.tabIndex = -1;
  input.required = false;
  screen.hidden = false;
  const keys = pad.querySelector("[data-keys]");
  keys.hidden = false;
  keys.addEventListener("pointerdown", (event) => event.target.closest("[data-key]")?.classList.add("key--sunk"));
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  // Somebody, or something, may still write into the field itself.
  input.addEventListener("change", () => {
    digits = kind === "pin" ? input.value.replace(/\D/g, "") : read(kind, input.value, input);
    draw();
  });
  // A quick amount beside the pad: <button type="button" data-fills="name" data-value="50,00">
  for (const quick of document.querySelectorAll(`[data-fills="${input.name}"]`)) {
    quick.hidden = false;
    quick.addEventListener("click", () => {
      digits = read(kind, quick.dataset.value, input);
      draw();
    });
  }
  pads.set(pad, press);
  draw();
};

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    for (const key of document.querySelectorAll(".key--sunk")) key.classList.remove("key--sunk");
  });
}

// A keyboard beside the screen does the same, for the pad one is in, else for the first.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const pad = event.target.closest?.("[data-keypad]") ?? document.querySelector("[data-keypad]");
  const press = pads.get(pad);
  if (!press) return;
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("back");
  else if (event.key === "Enter" && !event.target.closest("button, a")) pad.closest("form")?.requestSubmit();
  else return;
  event.preventDefault();
});

const start = () => {
  pads.clear();
  for (const pad of document.querySelectorAll("[data-keypad]")) open(pad);
};
document.addEventListener("drawn", start);
start();
