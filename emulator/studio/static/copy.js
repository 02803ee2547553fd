/** Buttons that copy a text. */

/** @param {string} text */
export function notice(text) {
  const line = /** @type {HTMLElement} */ (document.getElementById("notice"));
  line.textContent = text;
  clearTimeout(Number(line.dataset.timer));
  line.dataset.timer = String(setTimeout(() => (line.textContent = ""), 5000));
}

/** Have every button with `data-copy` (a text) or `data-copy-from` (an element's id) copy it. */
export function listen() {
  document.addEventListener("click", async (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-copy], [data-copy-from]"));
    if (!button) return;
    const from = button.dataset.copyFrom;
    const text = from ? document.getElementById(from)?.textContent ?? "" : button.dataset.copy ?? "";
    try {
      await navigator.clipboard.writeText(text);
      notice("Copied.");
    } catch {
      notice("The browser did not allow copying; select the text and copy it by hand.");
    }
  });
}
