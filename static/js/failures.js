// Shows the words that data-failed points at while htmx requests of that part fail, and hides them when one succeeds.
(() => {
  const show = (event, failed) => {
    const part = event.target.closest?.("[data-failed]");
    const words = part && document.querySelector(part.dataset.failed);
    if (words) words.hidden = !failed;
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => show(event, true));
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) show(event, false);
  });
})();
