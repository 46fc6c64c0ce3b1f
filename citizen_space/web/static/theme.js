// The till's day and night, before anything is drawn: what was chosen on this machine, else what the machine says.
(() => {
  const page = document.documentElement;
  if (page.dataset.theme) return;
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // storage may be closed; the machine's own wish remains
  }
  page.dataset.theme = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "day");
})();
