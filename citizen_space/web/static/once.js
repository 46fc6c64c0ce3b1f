// A form is sent once: a second click while the first is on its way does nothing. The server refuses a double all the same.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  // A file that is fetched leaves the page where it is: the button stays alive.
  if (!("once" in form.dataset)) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "true";
  form.setAttribute("aria-busy", "true");
});

// Coming back with the browser's arrow, the page is alive again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
  }
});

// Small numbers get their − and +.
const step = (stepper) => {
  const input = stepper.querySelector("input");
  const buttons = [...stepper.querySelectorAll("[data-step]")];
  const draw = () => {
    for (const button of buttons) {
      const next = Number(input.value) + Number(button.dataset.step);
      button.disabled = next < Number(input.min) || next > Number(input.max);
    }
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      input.value = String(Number(input.value) + Number(button.dataset.step));
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  stepper.classList.add("stepper--live");
  input.addEventListener("input", draw);
  draw();
};

// Dialogs with a button of their own close at first and open from it.
const fold = (dialog) => {
  const openers = document.querySelectorAll(`[data-opens="${dialog.id}"]`);
  if (!openers.length) return;
  dialog.removeAttribute("open");
  for (const opener of openers) opener.addEventListener("click", () => dialog.showModal());
  for (const closer of dialog.querySelectorAll("[data-closes]")) closer.addEventListener("click", () => dialog.close());
};

const start = () => {
  for (const stepper of document.querySelectorAll("[data-stepper]")) step(stepper);
  for (const dialog of document.querySelectorAll("dialog[data-dialog]")) fold(dialog);
  // What is wrong is told first: to eyes by its place, to ears by the focus.
  document.getElementById("summary")?.focus();
};
document.addEventListener("drawn", start);
start();
