// Copies the text of what data-copy points at, and says so on the button for two seconds.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = source.value ?? source.textContent;  // not trimmed: a password may end with a space
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Without https browsers keep the clipboard closed: select it, so that Ctrl-C is one step away.
    getSelection().selectAllChildren(source);
    source.select?.();
    button.textContent = "Press Ctrl-C";
  }
  setTimeout(() => (button.textContent = label), 2000);
});

// Where scripts do not run there is nothing to press.
for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
