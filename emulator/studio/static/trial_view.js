/** The table of trials with its filter: what is shown stands in the address (`filter`, `sort`). */

import * as filter from "./filter.js";
import { shown } from "./numbers.js";
import { Table } from "./table.js";
import { columnsOf, csv, sorted } from "./trials.js";
import * as state from "./view_state.js";

/** @typedef {import("./trials.js").TrialTable} TrialTable */

export class TrialView {
  /**
   * @param {HTMLElement} panel
   * @param {(name: string) => string} link the page of a trial
   * @param {(keeps: (row: number) => boolean, terms: filter.Term[]) => void} filtered is told what the filter keeps
   */
  constructor(panel, link, filtered = () => {}) {
    this.filtered = filtered;
    /** @type {TrialTable | null} */
    this.data = null;
    /** @type {import("./trials.js").Column[]} */
    this.columns = [];
    this.input = /** @type {HTMLInputElement} */ (panel.querySelector("#trial-filter"));
    this.count = /** @type {HTMLOutputElement} */ (panel.querySelector("#trial-count"));
    this.input.value = state.get("filter");
    const frame = /** @type {HTMLElement} */ (panel.querySelector("#trial-table"));
    this.table = new Table(frame, (row) => link(this.data?.name[row] ?? ""), (key) => this.sortBy(key));
    this.input.addEventListener("input", () => this.refilter());
    panel.querySelector("#trial-csv")?.addEventListener("click", () => this.save());
  }

  /** @param {TrialTable} data */
  update(data) {
    this.data = data;
    this.columns = columnsOf(data);
    this.table.take(this.columns, data.trial.length);
    this.show();
  }

  get terms() {
    return filter.parse(this.input.value);
  }

  /** @param {filter.Term[]} terms */
  setTerms(terms) {
    this.input.value = filter.written(terms);
    this.refilter();
  }

  refilter() {
    state.setSoon({ filter: this.input.value });
    this.show();
  }

  /** @param {string} key */
  sortBy(key) {
    const [now, direction] = this.order;
    state.set({ sort: now === key && direction === "up" ? `${key}~down` : now === key ? "" : `${key}~up` });
    this.show();
  }

  get order() {
    const text = state.get("sort"), at = text.lastIndexOf("~");
    return at < 0 ? ["", ""] : [text.slice(0, at), text.slice(at + 1)];
  }

  show() {
    if (!this.data) return;
    const { data, columns } = this, [key, direction] = this.order;
    const words = (/** @type {number} */ row) =>
      columns.filter((one) => !one.numeric).map((one) => shown(one.values[row])).join(" ").toLowerCase() + ` ${data.name[row].toLowerCase()}`;
    const keeps = filter.test(this.terms, (name) => columns.find((one) => one.key === name)?.values, words);
    const kept = data.trial.map((_, row) => row).filter(keeps);
    this.shown = sorted(kept, columns.find((one) => one.key === key), direction === "down");
    this.table.show(this.shown, { best: data.best, key, descending: direction === "down" });
    const whole = data.trial.length;
    this.count.textContent = kept.length === whole ? `${whole} trial${whole === 1 ? "" : "s"}` : `${kept.length} of ${whole} trials`;
    this.filtered(keeps, this.terms);
  }

  save() {
    if (!this.data) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv(this.columns, this.shown ?? [])], { type: "text/csv" }));
    link.download = "trials.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
