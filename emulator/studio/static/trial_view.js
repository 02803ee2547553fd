/** The table of trials with its filter: what is shown stands in the address (`filter`, `sort`). */

import * as filter from "./filter.js";
import { shown } from "./numbers.js";
import { Table } from "./table.js";
import { columnsOf, csv, sorted } from "./trials.js";
import * as state from "./view_state.js";

/** @typedef {import("./trials.js").TrialTable} TrialTable */

const MOST_COMPARED = 20;

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
    this.table = new Table(frame, (row) => link(this.nameOf(row)), (row) => this.nameOf(row), (key) => this.sortBy(key));
    this.input.addEventListener("input", () => this.refilter());
    this.trouble = /** @type {HTMLElement} */ (panel.querySelector("#filter-trouble"));
    this.chooser = /** @type {HTMLElement} */ (panel.querySelector("#trial-columns > div"));
    this.chooser.addEventListener("change", () => this.choose());
    panel.querySelector("#trial-csv")?.addEventListener("click", () => this.save());
    panel.querySelector("#trial-compare")?.addEventListener("click", () => this.compare());
  }

  /** @param {number} row */
  nameOf(row) {
    return this.data?.name[row] ?? "";
  }

  /** @param {TrialTable} data */
  update(data) {
    this.data = data;
    this.columns = columnsOf(data);
    this.offer();
    this.table.take(this.visible, data.trial.length);
    this.show();
  }

  /** Titles of the columns that are left out. */
  get hidden() {
    return state.get("hide").split("\n").filter(Boolean);
  }

  get visible() {
    const { hidden } = this;
    return this.columns.filter((one) => one.kind === "trial" || !hidden.includes(one.title));
  }

  /** A box for each column that can be left out. */
  offer() {
    const { hidden } = this, titles = this.columns.slice(1).map((one) => one.title);
    if ([...this.chooser.children].map((one) => one.textContent).join("\n") === titles.join("\n")) return;
    this.chooser.replaceChildren(
      ...titles.map((title) => {
        const label = document.createElement("label"), box = document.createElement("input");
        box.type = "checkbox";
        box.value = title;
        box.checked = !hidden.includes(title);
        label.append(box, title);
        return label;
      }),
    );
  }

  choose() {
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (this.chooser.querySelectorAll("input"));
    state.set({ hide: [...boxes].filter((one) => !one.checked).map((one) => one.value).join("\n") });
    this.table.take(this.visible, this.data?.trial.length ?? 0);
    this.show();
  }

  /** Open the comparison of the ticked trials, else of those that are shown first. */
  compare() {
    if (!this.data) return;
    const { name } = this.data, { ticked } = this.table;
    const names = ticked.size ? [...ticked] : (this.shown ?? []).slice(0, MOST_COMPARED).map((row) => name[row]);
    const query = new URLSearchParams({ wsid: state.get("wsid") });
    for (const one of names) query.append("job", one);
    location.href = `/compare?${query}`;
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
    this.trouble.textContent = filter.troubles(this.terms, (name) => columns.some((one) => one.key === name)).join(" ");
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
    link.href = URL.createObjectURL(new Blob([csv(this.visible, this.shown ?? [])], { type: "text/csv" }));
    link.download = "trials.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
