/** The trials of a sweep as the server sends them: by columns, with what the table and the filter need of them. */

/**
 * @typedef {object} TrialTable
 * @property {string} metric @property {string} goal @property {number | null} best row of the best trial
 * @property {number[]} trial @property {string[]} name @property {string[]} status
 * @property {number[]} created @property {(number | null)[]} started @property {(number | null)[]} ended
 * @property {number[]} intervals @property {(number | null)[]} objective @property {(number | null)[]} cut
 * @property {Record<string, unknown[]>} parameters @property {Record<string, (number | null)[]>} metrics
 */
/** @typedef {{key: string, title: string, values: ArrayLike<unknown>, numeric: boolean, kind: string}} Column */

/** Data that is asked for again and again, and sent again only when it has changed. */
export class Source {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    this.tag = "";
    /** @type {any} */
    this.last = null;
  }

  /** @returns {Promise<any>} the newest there is; the same object as before when nothing has changed */
  async newest() {
    const answer = await fetch(this.url, { headers: this.tag ? { "If-None-Match": this.tag } : {}, cache: "no-store" });
    if (answer.status === 304) return this.last;
    if (!answer.ok) throw new Error(`${this.url} answered ${answer.status}`);
    this.tag = answer.headers.get("ETag") ?? "";
    return (this.last = await answer.json());
  }
}

/**
 * All columns of the table, in their order.
 * @param {TrialTable} table
 * @returns {Column[]}
 */
export function columnsOf(table) {
  const now = Date.now() / 1000;
  const lasted = table.trial.map((_, row) => {
    const from = table.started[row];
    return from === null ? null : (table.ended[row] ?? now) - from;
  });
  const named = (/** @type {Record<string, unknown[]>} */ group, /** @type {string} */ kind) =>
    Object.entries(group).map(([name, values]) => ({ key: name, title: name, values, numeric: isNumeric(values), kind }));
  return [
    { key: "trial", title: "Trial", values: table.trial, numeric: true, kind: "trial" },
    { key: "status", title: "Status", values: table.status, numeric: false, kind: "status" },
    ...(table.metric ? [{ key: table.metric, title: `${table.metric} (best)`, values: table.objective, numeric: true, kind: "objective" }] : []),
    ...named(table.parameters, "parameter"),
    ...named(Object.fromEntries(Object.entries(table.metrics).filter(([name]) => name !== table.metric)), "metric"),
    { key: "intervals", title: "Intervals", values: table.intervals, numeric: true, kind: "number" },
    { key: "stopped", title: "Stopped at", values: table.cut, numeric: true, kind: "number" },
    { key: "duration", title: "Duration", values: lasted, numeric: true, kind: "duration" },
  ];
}

/**
 * Row numbers in the order of a column; rows without a value come last, whichever the direction.
 * @param {number[]} rows
 * @param {Column | undefined} column
 * @param {boolean} descending
 */
export function sorted(rows, column, descending) {
  if (!column) return rows;
  const { values } = column, sign = descending ? -1 : 1;
  return rows.slice().sort((one, other) => {
    const a = /** @type {any} */ (values[one]), b = /** @type {any} */ (values[other]);
    if (a === null || a === undefined) return b === null || b === undefined ? one - other : 1;
    if (b === null || b === undefined) return -1;
    if (typeof a === "number" && typeof b === "number") return sign * (a - b) || one - other;
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true }) || one - other;
  });
}

/**
 * The rows as CSV. A text that a spreadsheet would take for a formula gets an apostrophe before it.
 * @param {Column[]} columns
 * @param {number[]} rows
 */
export function csv(columns, rows) {
  const cell = (/** @type {unknown} */ value) => {
    if (value === null || value === undefined) return "";
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => columns.map((column) => cell(column.values[row])).join(","));
  return [columns.map((column) => cell(column.title)).join(","), ...lines].join("\r\n") + "\r\n";
}

/** @param {unknown[]} values */
const isNumeric = (values) => values.every((value) => value === null || typeof value === "number");
