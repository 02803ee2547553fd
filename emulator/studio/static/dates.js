/** Times as people say them; the exact time is the element's title. */

const UNITS = /** @type {const} */ ([[86400, "day"], [3600, "h"], [60, "min"], [1, "s"]]);

const NEAR = 10;

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/**
 * How long something took: `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`.
 * @param {number} seconds
 */
export function duration(seconds) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  seconds = Math.max(0, seconds);
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds), minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60);
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/**
 * How long ago something was; nothing for a time to come, as virtual clocks have them: it is written in full.
 * @param {number} past seconds
 */
export function ago(past) {
  if (past < -NEAR) return "";
  if (past < NEAR) return "just now";
  const [size, unit] = UNITS.find(([size]) => past >= size) ?? [1, "s"];
  const count = Math.floor(past / size);
  return `${count} ${unit}${unit === "day" && count > 1 ? "s" : ""} ago`;
}

/** Bring every time below an element up to date. */
export function refresh(root = /** @type {ParentNode} */ (document)) {
  const now = Date.now();
  for (const time of root.querySelectorAll("time")) {
    const at = Date.parse(time.dateTime), past = (now - at) / 1000;
    if (past < 31 * 86400) write(time, ago(past) || EXACT.format(at));
    if (time.title.endsWith(" UTC")) time.title = `${EXACT.format(at)} (${time.title})`;
  }
  for (const span of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-since]")))
    write(span, duration((now - Date.parse(span.dataset.since ?? "")) / 1000));
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Keep all times of the page up to date. */
export function keep() {
  refresh();
  setInterval(() => document.hidden || refresh(), 1000);
}
