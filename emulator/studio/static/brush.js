/** Brushes on the axes of parallel coordinates: by pointer, or by keyboard. */

/** @typedef {{name: string, low: number, high: number, logarithmic: boolean, categories: string[]}} Axis */
/** @typedef {import("./filter.js").Term} Term */

const STEP = 0.05, LEAST = 0.01;

export class Brush {
  /**
   * @param {HTMLElement} place is covered by it
   * @param {Axis} axis
   * @param {(axis: Axis, terms: Term[]) => void} changed is told what the brush asks for
   */
  constructor(place, axis, changed) {
    this.axis = axis;
    this.changed = changed;
    /** @type {[number, number] | null} */
    this.span = null;
    this.element = document.createElement("div");
    this.range = document.createElement("div");
    this.element.className = "brush";
    this.range.className = "range";
    this.element.append(this.range);
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "slider");
    this.element.setAttribute("aria-orientation", "vertical");
    this.element.setAttribute("aria-label", `Filter ${axis.name}`);
    this.element.setAttribute("aria-valuemin", "0");
    this.element.setAttribute("aria-valuemax", "100");
    this.element.addEventListener("pointerdown", (event) => this.drag(event));
    this.element.addEventListener("dblclick", () => this.set(null));
    this.element.addEventListener("keydown", (event) => this.key(event));
    place.append(this.element);
    this.draw();
  }

  /** Show what a filter says of the axis. @param {Axis} axis @param {Term[]} terms */
  show(axis, terms) {
    this.axis = axis;
    this.span = spanOf(axis, terms.filter((term) => term.name === axis.name && term.operator));
    this.draw();
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (event.button) return;
    const box = this.element.getBoundingClientRect();
    const at = (/** @type {PointerEvent} */ one) => Math.min(1, Math.max(0, 1 - (one.clientY - box.top) / box.height));
    const from = at(event);
    let frame = 0;
    const move = (/** @type {PointerEvent} */ one) => {
      const to = at(one);
      cancelAnimationFrame(frame);
      if (Math.abs(to - from) > LEAST) frame = requestAnimationFrame(() => this.set([Math.min(from, to), Math.max(from, to)]));
    };
    const end = () => this.element.removeEventListener("pointermove", move);
    this.element.setPointerCapture(event.pointerId);
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", end, { once: true });
    this.element.addEventListener("pointercancel", end, { once: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") return this.set(null);
    const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    let [low, high] = this.span ?? [0, 1];
    if (event.shiftKey) high = Math.min(1, Math.max(low + LEAST, high + by));
    else low = Math.max(0, Math.min(high - LEAST, low + by));
    this.set([low, high]);
  }

  /** @param {[number, number] | null} span */
  set(span) {
    this.span = span;
    this.draw();
    this.changed(this.axis, span ? termsOf(this.axis, span) : []);
  }

  draw() {
    const { span } = this;
    this.range.hidden = !span;
    const [low, high] = span ?? [0, 1];
    Object.assign(this.range.style, { top: `${(1 - high) * 100}%`, height: `${(high - low) * 100}%` });
    this.element.setAttribute("aria-valuenow", String(Math.round(low * 100)));
    const words = span ? termsOf(this.axis, span).map((term) => `${term.operator} ${term.value}`).join(" and ") : "everything";
    this.element.setAttribute("aria-valuetext", words || "nothing");
  }
}

/** What a stretch of an axis asks for. @param {Axis} axis @param {[number, number]} span @returns {Term[]} */
function termsOf(axis, [low, high]) {
  const { name, categories } = axis;
  if (categories.length) {
    const last = Math.max(categories.length - 1, 1);
    const chosen = categories.filter((_, n) => n / last >= low - 1e-9 && n / last <= high + 1e-9);
    return [{ name, operator: "=", value: chosen.join(",") }];
  }
  const terms = [];
  if (low > 0) terms.push({ name, operator: ">=", value: String(Number(valueAt(axis, low).toPrecision(4))) });
  if (high < 1) terms.push({ name, operator: "<=", value: String(Number(valueAt(axis, high).toPrecision(4))) });
  return terms;
}

/** @param {Axis} axis @param {Term[]} terms @returns {[number, number] | null} */
function spanOf(axis, terms) {
  if (!terms.length) return null;
  if (axis.categories.length) {
    const last = Math.max(axis.categories.length - 1, 1);
    const chosen = terms.filter((term) => term.operator === "=").flatMap((term) => term.value.toLowerCase().split(","));
    const places = axis.categories.flatMap((one, n) => (chosen.includes(one.toLowerCase()) ? [n / last] : []));
    return places.length ? [Math.max(0, Math.min(...places) - LEAST), Math.min(1, Math.max(...places) + LEAST)] : null;
  }
  let [low, high] = [0, 1];
  for (const { operator, value } of terms) {
    if (operator.startsWith(">")) low = placeOf(axis, Number(value));
    if (operator.startsWith("<")) high = placeOf(axis, Number(value));
  }
  return [low, high];
}

/** @param {Axis} axis @param {number} place */
const valueAt = ({ low, high, logarithmic }, place) => (logarithmic ? low * (high / low) ** place : low + place * (high - low));

/** @param {Axis} axis @param {number} value */
function placeOf({ low, high, logarithmic }, value) {
  if (high <= low) return 0.5;
  const place = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, place));
}
