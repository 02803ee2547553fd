/** Numbers by magnitude: six significant digits, as the server writes them. */

/**
 * @param {unknown} value
 * @returns {string}
 */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [digits, power] = value.toExponential(5).split("e");
    return `${trimmed(digits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }
  return trimmed(value.toPrecision(6));
}

/** Digits after the point; 0 for what is not a plain number. @param {string} text */
export const decimals = (text) => /^-?\d+\.(\d+)$/.exec(text)?.[1].length ?? 0;

/**
 * A number filled up with blanks as wide as digits, so that the points of a column stand below each other.
 * @param {string} text
 * @param {number} most decimals of the column
 */
export function aligned(text, most) {
  const own = decimals(text);
  if (!most || own === most || text.includes("e")) return text;
  return text + (own ? "" : "\u2008") + "\u2007".repeat(most - own);
}

/** @param {string} digits */
const trimmed = (digits) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);
