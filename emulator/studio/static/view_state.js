/** What the page shows, as its address has it: the same address shows the same. */

/** @param {string} name */
export const get = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** Browsers refuse an address that changes two hundred times within ten seconds. */
const PAUSE = 100;

/** @type {Record<string, string>} */
let waiting = {};
let timer = 0, free = 0;

/**
 * As `set`, for what changes with every frame, as a drag does: in sum, a few times a second.
 * @param {Record<string, string>} changes
 */
export function setSoon(changes) {
  Object.assign(waiting, changes);
  clearTimeout(timer);
  timer = setTimeout(() => {
    set(waiting);
    waiting = {};
    free = performance.now() + PAUSE;
  }, Math.max(0, free - performance.now()));
}

/**
 * Change some of it; an empty value leaves the name out.
 * @param {Record<string, string>} changes
 */
export function set(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", readable(url));
}

/** The key has done its work when the cookie is set: it need not stay in sight, nor in links that are passed on. */
export function hideKey() {
  set({ key: "" });
}

/** Slashes of an ARM id need no escape in a query. @param {URL} url */
export const readable = (url) => url.pathname + url.search.replaceAll("%2F", "/") + url.hash;
