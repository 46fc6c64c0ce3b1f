// Seats are chosen on the plan as in the list, and the price at the foot follows. Without this the list and the next page do the same.
const euros = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "fr-FR", { style: "currency", currency: "EUR" });
const total = document.querySelector(".bar__total .amount");
const detail = document.querySelector(".bar__detail");

const show = (cents, words) => {
  if (total) {
    total.textContent = euros.format(cents / 100);
    total.value = String(cents);
  }
  if (detail && words) detail.textContent = words;
};

const mark = (place, chosen) => {
  place.classList.toggle("seat--mine", chosen);
  place.classList.toggle("seat--free", !chosen);
  const there = place.querySelector("[data-tick]") ?? place.querySelector('.seat__mark[d^="M-5 1"]');
  if (chosen && !there) {
    const tick = document.createElementNS("http://www.w3.org/2000/svg", "path");
    tick.setAttribute("class", "seat__mark");
    tick.setAttribute("d", "M-5 1l4 4 7-8");
    tick.dataset.tick = "";
    place.append(tick);
  } else if (!chosen) there?.remove();
};

const seats = (form) => {
  const most = Number(form.dataset.most);
  const nothing = form.dataset.nothing ?? detail?.textContent;
  const boxes = new Map([...form.querySelectorAll("[data-box]")].map((box) => [box.dataset.box, box]));
  const places = new Map([...form.querySelectorAll("[data-seat]")].map((place) => [place.dataset.seat, place]));
  const draw = () => {
    const chosen = [...boxes.values()].filter((box) => box.checked);
    const full = chosen.length >= most;
    for (const [id, box] of boxes) {
      box.disabled = full && !box.checked;
      const place = places.get(id);
      if (place) mark(place, box.checked);
    }
    show(chosen.reduce((sum, box) => sum + Number(box.dataset.cents), 0), chosen.map((box) => box.dataset.label).join(", ") || nothing);
  };
  form.querySelector("[data-plan]")?.addEventListener("click", (event) => {
    const box = boxes.get(event.target.closest("[data-seat]")?.dataset.seat);
    if (!box || box.disabled) return;
    box.checked = !box.checked;
    draw();
  });
  form.addEventListener("change", draw);
  draw();
};

const rates = (form) => {
  const draw = () => show([...form.querySelectorAll("input:checked")].reduce((sum, one) => sum + Number(one.dataset.cents), 0));
  form.addEventListener("change", draw);
  draw();
};

for (const form of document.querySelectorAll("form[data-seats]")) seats(form);
for (const form of document.querySelectorAll("form[data-rates]")) rates(form);
