// The time a hold has left. The page already says until what hour; this counts, and says so aloud once, one minute before the end.
for (const place of document.querySelectorAll("[data-countdown]")) {
  const end = Date.parse(place.dataset.countdown);
  const left = place.querySelector("[data-left]");
  if (Number.isNaN(end) || !left) continue;
  left.hidden = false;
  left.setAttribute("role", "timer");
  // A clock that runs ahead of ours would find every hold over, and load the page again without end.
  const counted = end > Date.now();
  const draw = () => {
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    place.classList.toggle("countdown--last", seconds <= 60);
    if (seconds === 60) place.setAttribute("aria-live", "polite");
    if (seconds > 0) return;
    clearInterval(timer);
    if (counted && place.dataset.over) location.assign(place.dataset.over);
  };
  const timer = setInterval(draw, 1000);
  draw();
}
