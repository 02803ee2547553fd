/** The table of trials: only the rows in sight are in the document, so that thousands of them scroll without lag. */

import { duration } from "./dates.js";
import { aligned, decimals, shown } from "./numbers.js";

/** @typedef {import("./trials.js").Column} Column */

const HEIGHT = 32, SPARE = 12, FEW = 8, MOST_OF_TITLE = 26, NONE = shown(null);

export class Table {
  /**
   * @param {HTMLElement} frame scrolls
   * @param {(row: number) => string} link the page of a row's trial
   * @param {(row: number) => string} name of a row's trial
   * @param {(key: string) => void} sort is told which column's head was pressed
   */
  constructor(frame, link, name, sort) {
    this.frame = frame;
    this.link = link;
    this.name = name;
    /** Names of the trials that are to be compared. @type {Set<string>} */
    this.ticked = new Set();
    this.sort = sort;
    /** @type {Column[]} */
    this.columns = [];
    /** @type {number[]} */
    this.rows = [];
    /** @type {number | null} */
    this.best = null;
    this.drawn = "";
    /** @type {number[]} */
    this.decimals = [];
    this.table = document.createElement("table");
    this.group = document.createElement("colgroup");
    this.head = this.table.createTHead();
    this.body = this.table.createTBody();
    this.table.prepend(this.group);
    frame.replaceChildren(this.table);
    this.head.addEventListener("click", (event) => {
      const key = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.key;
      if (key !== undefined) this.sort(key);
    });
    this.body.addEventListener("change", (event) => {
      const { checked, value } = /** @type {HTMLInputElement} */ (event.target);
      if (checked) this.ticked.add(value);
      else this.ticked.delete(value);
    });
    frame.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(frame);
  }

  /**
   * Take other data.
   * @param {Column[]} columns
   * @param {number} count of rows
   */
  take(columns, count) {
    const kept = this.columns.length === columns.length && columns.every((one, n) => one.title === this.columns[n].title);
    this.columns = columns;
    if (!kept) this.heads();
    this.widths(count);
    if (count > FEW) delete this.frame.dataset.few;
  }

  /**
   * Show rows.
   * @param {number[]} rows in their order
   * @param {{best: number | null, key: string, descending: boolean}} how
   */
  show(rows, { best, key, descending }) {
    const { columns } = this;
    this.rows = rows;
    this.best = best;
    this.drawn = "";
    [...this.head.querySelectorAll("th")].forEach((head, n) => {
      if (columns[n].key === key) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.table.setAttribute("aria-rowcount", String(rows.length + 1));
    this.draw();
  }

  heads() {
    const row = document.createElement("tr");
    for (const column of this.columns) {
      const head = document.createElement("th"), button = document.createElement("button");
      head.scope = "col";
      head.className = column.numeric ? "num" : "";
      button.type = "button";
      button.textContent = button.title = column.title;
      button.dataset.key = column.key;
      head.append(button);
      row.append(head);
    }
    this.head.replaceChildren(row);
    this.group.replaceChildren(...this.columns.map(() => document.createElement("col")));
  }

  /** As wide as the longest text, so that nothing moves while one scrolls or filters. @param {number} count of rows */
  widths(count) {
    [...this.group.children].forEach((col, n) => {
      const column = this.columns[n];
      let longest = Math.min(column.title.length + 3, MOST_OF_TITLE);
      this.decimals[n] = 0;
      for (let row = 0; row < count; row += 1) {
        const words = text(column, row);
        longest = Math.max(longest, words.length);
        if (column.numeric) this.decimals[n] = Math.max(this.decimals[n], decimals(words));
      }
      const width = `${Math.min(longest, 36) * 6.9 + (column.kind === "status" || column.kind === "trial" ? 48 : 26)}px`;
      const { style } = /** @type {HTMLElement} */ (col);
      if (parseFloat(style.width || "0") < parseFloat(width)) style.width = width;
    });
  }

  /** Draw the rows in sight. */
  draw() {
    const { scrollTop, clientHeight } = this.frame;
    const first = Math.max(0, Math.floor(scrollTop / HEIGHT) - SPARE);
    const last = Math.min(this.rows.length, Math.ceil((scrollTop + clientHeight) / HEIGHT) + SPARE);
    const range = `${first}-${last}-${this.rows.length}`;
    if (this.drawn === range) return;
    this.drawn = range;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.row;
    const lines = this.rows.slice(first, last).map((row, n) => this.line(row, first + n));
    this.body.replaceChildren(spacer(first), ...lines, spacer(this.rows.length - last));
    if (focused) /** @type {HTMLElement | null} */ (this.body.querySelector(`[data-row="${focused}"]`))?.focus({ preventScroll: true });
  }

  /** @param {number} row @param {number} place */
  line(row, place) {
    const line = document.createElement("tr");
    line.setAttribute("aria-rowindex", String(place + 2));
    if (row === this.best) line.className = "best";
    this.columns.forEach((column, n) => {
      const cell = document.createElement("td");
      if (column.numeric) cell.className = "num";
      cell.append(this.content(column, row, this.decimals[n]));
      if (column.kind === "parameter") cell.title = cell.textContent ?? "";
      line.append(cell);
    });
    return line;
  }

  /** @param {Column} column @param {number} row @param {number} most decimals */
  content(column, row, most) {
    const words = text(column, row);
    if (column.kind === "status") {
      const badge = document.createElement("span");
      badge.className = `status ${words}`;
      badge.textContent = words;
      return badge;
    }
    if (column.kind !== "trial") return column.numeric && words !== NONE ? aligned(words, most) : words;
    const link = document.createElement("a");
    link.className = "name";
    link.href = this.link(row);
    link.dataset.row = String(row);
    link.textContent = row === this.best ? `★ ${words}` : words;
    if (row === this.best) link.title = "the best trial";
    const cell = document.createDocumentFragment(), box = document.createElement("input");
    box.type = "checkbox";
    box.value = this.name(row);
    box.checked = this.ticked.has(box.value);
    box.setAttribute("aria-label", `Compare trial ${words}`);
    cell.append(box, " ", link);
    return cell;
  }
}

/** @param {Column} column @param {number} row */
function text(column, row) {
  const value = column.values[row];
  return column.kind === "duration" && typeof value === "number" ? duration(value) : shown(value);
}

/** @param {number} rows */
function spacer(rows) {
  const line = document.createElement("tr"), cell = document.createElement("td");
  line.className = "spacer";
  line.setAttribute("aria-hidden", "true");
  cell.colSpan = 999;
  cell.style.height = `${rows * HEIGHT}px`;
  line.append(cell);
  return line;
}
