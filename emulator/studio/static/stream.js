/** The news from the server, for as long as the page can be seen. */

const AGAIN = 2000;

/**
 * Follow the events of a page. A hidden page lets its connection go: a browser has six for each server.
 * @param {string} url
 * @param {(news: Record<string, any>) => void} tell what changed
 * @returns {() => void} ends it
 */
export function follow(url, tell) {
  /** @type {EventSource | null} */
  let source = null;
  let ended = false;
  const open = () => {
    if (source || ended || document.hidden) return;
    source = new EventSource(url);
    source.onopen = () => say("live", "live");
    source.onmessage = (event) => tell(JSON.parse(event.data));
    source.onerror = () => {
      say("lost", "connection lost, trying again");
      if (source?.readyState === EventSource.CLOSED) {
        close();
        setTimeout(open, AGAIN);
      }
    };
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const seen = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", seen);
  addEventListener("pagehide", close);
  open();
  return () => {
    ended = true;
    close();
    document.removeEventListener("visibilitychange", seen);
    say("", "");
  };
}

/** @param {string} state @param {string} text */
function say(state, text) {
  const live = /** @type {HTMLElement} */ (document.getElementById("live"));
  if (state) live.dataset.state = state;
  else delete live.dataset.state;
  if (live.textContent !== text) live.textContent = text;
}
