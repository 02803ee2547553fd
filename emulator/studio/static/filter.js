/**
 * The filter of trials: words and comparisons, all of which must hold.
 * `lr>=0.01 kernel=rbf,poly status!=Failed words`; a name or value with blanks stands in double quotes.
 */

/** @typedef {{name: string, operator: string, value: string}} Term a comparison; of a word, the operator is empty */

const TOKEN = /(?:"((?:[^"\\]|\\.)*)"|([^\s<>=!"]+))\s*(?:(>=|<=|!=|=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|(\S*)))?/g;

/**
 * @param {string} text
 * @returns {Term[]}
 */
export function parse(text) {
  return [...text.matchAll(TOKEN)].map(([, quoted, bare, operator, quotedValue, bareValue]) => ({
    name: unescaped(quoted) ?? bare,
    operator: operator ?? "",
    value: unescaped(quotedValue) ?? bareValue ?? "",
  }));
}

/** @param {Term[]} terms */
export const written = (terms) =>
  terms.map(({ name, operator, value }) => quoted(name) + operator + (operator ? quoted(value) : "")).join(" ");

/**
 * A test for rows.
 * @param {Term[]} terms
 * @param {(name: string) => ArrayLike<unknown> | undefined} column values of a column by row
 * @param {(row: number) => string} text of a row, for words
 * @returns {(row: number) => boolean}
 */
export function test(terms, column, text) {
  const tests = terms.map(({ name, operator, value }) => {
    if (!operator) return (/** @type {number} */ row) => text(row).includes(name.toLowerCase());
    const values = column(name);
    if (!values) return () => false;
    const single = comparison(operator, value);
    return (/** @type {number} */ row) => single(values[row]);
  });
  return (row) => tests.every((one) => one(row));
}

/**
 * What of a filter cannot be meant: a column that is not there, an order of something that is not a number, a value left out.
 * @param {Term[]} terms
 * @param {(name: string) => boolean} known whether there is a column of that name
 * @returns {string[]} a sentence each
 */
export function troubles(terms, known) {
  return terms.flatMap(({ name, operator, value }) => {
    if (!operator) return [];
    if (!known(name)) return [`There is no column ${name}.`];
    if (!value && operator !== "=" && operator !== "!=") return [`${name}${operator} needs a number.`];
    if (operator !== "=" && operator !== "!=" && Number.isNaN(Number(value))) return [`${value} in ${name}${operator}${value} is not a number.`];
    return [];
  });
}

/**
 * Replace what is said of one column.
 * @param {Term[]} terms
 * @param {string} name
 * @param {Term[]} replacements
 */
export const replaced = (terms, name, replacements) => [
  ...terms.filter((term) => term.name !== name || !term.operator),
  ...replacements,
];

/** @param {string} operator @param {string} value @returns {(cell: unknown) => boolean} */
function comparison(operator, value) {
  const number = Number(value);
  switch (operator) {
    case "=":
    case "!=": {
      const choices = value.split(",").map((one) => one.toLowerCase());
      const numbers = choices.filter(Boolean).map(Number);
      const equal = (/** @type {unknown} */ cell) =>
        typeof cell === "number" ? numbers.includes(cell) : choices.includes(String(cell ?? "").toLowerCase());
      return operator === "=" ? equal : (cell) => !equal(cell);
    }
    case "<":
      return (cell) => typeof cell === "number" && cell < number;
    case "<=":
      return (cell) => typeof cell === "number" && cell <= number;
    case ">":
      return (cell) => typeof cell === "number" && cell > number;
    default:
      return (cell) => typeof cell === "number" && cell >= number;
  }
}

/** @param {string | undefined} text */
const unescaped = (text) => text?.replace(/\\(.)/g, "$1");

/** @param {string} text */
const quoted = (text) => (/^[^\s<>=!"]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`);
