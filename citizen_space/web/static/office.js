// The office by keyboard: / goes to the search, arrows walk the lines of a table, Enter opens the line's first link.
const writing = (target) => target.closest("input, textarea, select, [contenteditable]");

const walk = (row, step) => {
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  next?.querySelector("a, button, input")?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !writing(event.target)) {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  const row = event.target.closest?.("tbody tr");
  if (!row || writing(event.target)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    walk(row, event.key === "ArrowDown" ? 1 : -1);
  }
});

// Danger asks for the name of the thing; the server asks too.
for (const input of document.querySelectorAll("[data-must]")) {
  const button = input.form?.querySelector("button[type=submit]");
  const draw = () => { button.disabled = input.value.trim() !== input.dataset.must; };
  if (!button) continue;
  input.addEventListener("input", draw);
  draw();
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
