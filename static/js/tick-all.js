// Ticks every box of a form at once, or none when all are ticked.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick-all]");
  if (!button) return;
  const boxes = [...button.form.elements].filter((element) => element.type === "checkbox");
  const tick = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = tick;
});
