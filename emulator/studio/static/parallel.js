/** Parallel coordinates: a figure whose axes have brushes; the lines that a filter leaves out fade. */

import { Brush } from "./brush.js";
import { draw, move } from "./charts.js";

/** @typedef {import("./charts.js").Figure} Figure */
/** @typedef {import("./filter.js").Term} Term */

export class Parallel {
  /**
   * @param {HTMLElement} chart
   * @param {(axis: string, terms: Term[]) => void} brushed is told what a brush asks for
   */
  constructor(chart, brushed) {
    this.chart = chart;
    this.brushed = brushed;
    /** @type {Brush[]} */
    this.brushes = [];
    /** @type {Figure | null} */
    this.figure = null;
    /** @type {(trial: number) => boolean} */
    this.keeps = () => true;
    /** @type {Term[]} */
    this.terms = [];
    new ResizeObserver(() => this.place()).observe(chart);
  }

  /** @param {Figure} figure */
  async update(figure) {
    this.figure = figure;
    await draw(this.chart, figure);
    const { axes } = figure.layout.meta;
    if (this.brushes.map((brush) => brush.axis.name).join("\n") !== axes.map((/** @type {any} */ axis) => axis.name).join("\n")) {
      this.brushes.forEach((brush) => brush.element.remove());
      this.brushes = axes.map((/** @type {any} */ axis) => new Brush(this.chart, axis, (one, terms) => this.brushed(one.name, terms)));
    }
    this.place();
    await this.filter(this.keeps, this.terms);
  }

  /** @param {(trial: number) => boolean} keeps @param {Term[]} terms */
  async filter(keeps, terms) {
    const all = terms.length === 0 && this.terms.length === 0;
    this.keeps = keeps;
    this.terms = terms;
    if (!this.figure) return;
    const { axes } = this.figure.layout.meta;
    this.brushes.forEach((brush, n) => brush.show(axes[n], terms));
    if (all) return;
    const traces = this.figure.data;
    /** @type {{x: any[], y: any[]}} */
    const rest = { x: [], y: [] };
    const kept = traces.slice(0, -1).map((trace) => {
      const inside = trace.customdata.map(keeps);
      trace.y.forEach((/** @type {any} */ y, /** @type {number} */ n) => {
        if (!inside[n]) {
          rest.x.push(trace.x[n]);
          rest.y.push(y);
        }
      });
      return { x: trace.x.filter((/** @type {any} */ _, /** @type {number} */ n) => inside[n]), y: trace.y.filter((/** @type {any} */ _, /** @type {number} */ n) => inside[n]) };
    });
    await move(this.chart, [...kept, rest].map((one) => one.x), [...kept, rest].map((one) => one.y));
  }

  place() {
    if (!this.figure) return;
    const { margin, xaxis, yaxis } = this.figure.layout, [left, right] = xaxis.range, [bottom, top] = yaxis.range;
    const width = this.chart.clientWidth - margin.l - margin.r, height = this.chart.clientHeight - margin.t - margin.b;
    const up = (/** @type {number} */ y) => margin.t + ((top - y) / (top - bottom)) * height;
    this.brushes.forEach((brush, n) => brush.place(margin.l + ((n - left) / (right - left)) * width, up(1), up(0) - up(1)));
  }
}
