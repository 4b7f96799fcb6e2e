// Says what is under the pointer or the focus: a country or an hour, in the line below its picture. Arrow keys walk the
// hours; Escape puts explanations away until something else is pointed at.
(() => {
  const root = document.documentElement;

  const say = (event) => {
    const part = event.target.closest?.("[data-said] [aria-label]");
    const line = part?.closest("[data-said]").querySelector("[data-says]");
    if (line) line.textContent = part.getAttribute("aria-label");
  };
  document.addEventListener("pointerover", say);
  document.addEventListener("focusin", say);

  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const walk = (event) => {
    const cell = event.target.closest?.("[role=gridcell]");
    const step = steps[event.key];
    if (!cell || !step) return;
    const rows = [...cell.closest("[role=grid]").querySelectorAll("[role=row]")].map((row) => [...row.querySelectorAll("[role=gridcell]")]);
    const row = rows.findIndex((cells) => cells.includes(cell));
    const next = rows[row + step[0]]?.[rows[row].indexOf(cell) + step[1]];
    event.preventDefault();
    if (!next) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") root.dataset.explanations = "away";
    walk(event);
  });
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, () => delete root.dataset.explanations);
})();
