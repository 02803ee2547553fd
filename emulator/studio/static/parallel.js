/** Parallel coordinates: lines across axes that have brushes; the lines that a filter leaves out fade. */

import { Brush } from "./brush.js";
import { nearest, paint, strandsOf } from "./strands.js";

/** @typedef {import("./charts.js").Figure} Figure */
/** @typedef {import("./brush.js").Axis} Axis */
/** @typedef {import("./filter.js").Term} Term */
/** @typedef {import("./strands.js").Strand} Strand */

export class Parallel {
  /**
   * @param {HTMLElement} chart
   * @param {(axis: string, terms: Term[]) => void} brushed is told what a brush asks for
   * @param {(trial: number) => void} pressed is told the trial whose line was pressed
   */
  constructor(chart, brushed, pressed) {
    this.brushed = brushed;
    /** @type {Brush[]} */
    this.brushes = [];
    /** @type {Strand[]} */
    this.strands = [];
    /** @type {Strand | null} */
    this.pointed = null;
    /** @type {(trial: number) => boolean} */
    this.keeps = () => true;
    /** @type {Term[]} */
    this.terms = [];
    this.frame = 0;
    this.plane = made("plane");
    this.canvas = document.createElement("canvas");
    this.hint = made("hint");
    this.hint.hidden = true;
    this.plane.append(this.canvas, this.hint);
    chart.replaceChildren(this.plane);
    this.plane.addEventListener("pointermove", (event) => this.point(event));
    this.plane.addEventListener("pointerleave", () => this.point(null));
    this.plane.addEventListener("click", (event) => {
      if (this.pointed && event.target === this.canvas) pressed(this.pointed.trial);
    });
    new ResizeObserver(() => this.repaint()).observe(this.canvas);
  }

  /** @param {Figure} figure */
  update(figure) {
    /** @type {(Axis & {ticks: [number, string][]})[]} */
    const axes = figure.layout.meta.axes;
    this.strands = strandsOf(figure.data, axes.length);
    if (this.brushes.map((brush) => brush.axis.name).join("\n") !== axes.map((axis) => axis.name).join("\n")) {
      this.plane.querySelectorAll(".axis").forEach((axis) => axis.remove());
      this.plane.style.setProperty("--axes", String(axes.length));
      this.brushes = axes.map((axis, n) => this.stand(axis, axes.length > 1 ? n / (axes.length - 1) : 0));
    }
    this.brushes.forEach((brush, n) => {
      const ticks = axes[n].ticks.map(([place, text]) => {
        const tick = made("tick", text);
        tick.style.bottom = `${place * 100}%`;
        return tick;
      });
      brush.element.parentElement?.querySelector(".scale")?.replaceChildren(...ticks);
      brush.show(axes[n], this.terms);
    });
    this.canvas.setAttribute("aria-label", `${this.strands.length} trials: ${axes.map((axis) => axis.name).join(", ")}`);
    this.canvas.setAttribute("role", "img");
    this.repaint();
  }

  /** An axis with its name and its brush. @param {Axis} axis @param {number} place from 0 to 1 */
  stand(axis, place) {
    const element = made("axis"), name = made("axis-name", axis.name);
    name.title = axis.name;
    element.style.setProperty("--place", String(place));
    element.append(name, made("scale"));
    this.plane.append(element);
    return new Brush(element, axis, (one, terms) => this.brushed(one.name, terms));
  }

  /** @param {(trial: number) => boolean} keeps @param {Term[]} terms */
  filter(keeps, terms) {
    this.keeps = keeps;
    this.terms = terms;
    this.brushes.forEach((brush) => brush.show(brush.axis, terms));
    this.repaint();
  }

  /** @param {PointerEvent | null} event */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const across = event ? (event.clientX - box.left) / box.width : -1, up = event ? 1 - (event.clientY - box.top) / box.height : 0;
    const inside = event?.target === this.canvas && across >= 0 && across <= 1;
    const found = inside ? nearest(this.strands.filter(({ trial }) => this.keeps(trial)), across, up, box.height) : null;
    this.hint.hidden = !found;
    if (found) {
      this.hint.textContent = `trial ${found.trial}`;
      Object.assign(this.hint.style, { left: `${this.canvas.offsetLeft + across * box.width}px`, top: `${this.canvas.offsetTop + (1 - up) * box.height}px` });
    }
    if (found === this.pointed) return;
    this.pointed = found;
    this.canvas.classList.toggle("pointed", found !== null);
    this.repaint();
  }

  /** In the next frame, however often it is asked for until then. */
  repaint() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      paint(this.canvas, this.strands, this.keeps, this.pointed);
    });
  }
}

/** @param {string} name @param {string} text */
function made(name, text = "") {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = text;
  return element;
}
