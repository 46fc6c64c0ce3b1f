// Our own keys. Amounts enter as on every till: cents from the right. What the server reads is the plain field `name`.
const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency: "EUR" });

const shown = (kind, digits) => {
  if (kind === "pin") return "•".repeat(digits.length);
  if (kind === "number") return digits || "0";
  return euros.format(Number(digits || "0") / 100);
};

const written = (kind, digits) => {
  if (kind !== "money") return digits;
  if (!digits) return "";
  const padded = digits.padStart(3, "0");
  return `${padded.slice(0, -2)},${padded.slice(-2)}`;
};

for (const pad of document.querySelectorAll("[data-keypad]")) {
  const kind = pad.dataset.keypad;
  const most = Number(pad.dataset.max);
  const input = pad.querySelector("input");
  const screen = pad.querySelector("[data-shown]");
  let digits = kind === "pin" ? "" : input.value.replace(/\D/g, "").replace(/^0+/, "");

  const draw = () => {
    screen.textContent = shown(kind, digits);
    input.value = written(kind, digits);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const press = (key) => {
    if (key === "clear") digits = "";
    else if (key === "back") digits = digits.slice(0, -1);
    else if ((digits + key).length <= most) digits = kind === "pin" ? digits + key : (digits + key).replace(/^0+/, "");
    draw();
  };

  // The field itself leaves the screen but keeps its name and its label; keys and the shown amount take its place.
  input.classList.add("visually-hidden");
  input.tabIndex = -1;
  input.required = false;
  screen.hidden = false;
  pad.querySelector("[data-keys]").hidden = false;
  pad.querySelector("[data-keys]").addEventListener("pointerdown", (event) => {
    event.target.closest("[data-key]")?.classList.add("key--sunk");
  });
  addEventListener("pointerup", () => pad.querySelectorAll(".key--sunk").forEach((key) => key.classList.remove("key--sunk")));
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  // A keyboard beside the screen does the same.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== input && event.target.closest("input, textarea, select")) return;
    if (document.querySelector("[data-keypad]") !== pad && !pad.contains(event.target)) return;
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === "Backspace") press("back");
    else if (event.key === "Enter" && !event.target.closest("button, a")) pad.closest("form")?.requestSubmit();
    else return;
    event.preventDefault();
  });
  draw();
}
