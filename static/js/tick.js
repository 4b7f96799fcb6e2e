// Sends the body a "tick" every two seconds while the page is looked at; parts that refresh listen for it.
(() => {
  const tick = () => {
    if (!document.hidden) document.body.dispatchEvent(new Event("tick"));
  };
  setInterval(tick, 2000);
  document.addEventListener("visibilitychange", tick);
})();
