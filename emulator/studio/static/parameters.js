/** What the parameters did to the objective: importance, a slice for each parameter, contours over two of them. */

import * as charts from "./charts.js";
import { inTurn } from "./in_turn.js";
import { Source } from "./trials.js";
import * as state from "./view_state.js";

export class Parameters {
  /**
   * @param {HTMLElement} panel
   * @param {(part: string, more: string) => string} api
   * @param {() => Promise<(trial: number) => void>} opener makes what opens the page of a trial
   */
  constructor(panel, api, opener) {
    const at = (/** @type {string} */ name) => /** @type {HTMLElement} */ (panel.querySelector(`#${name}`));
    this.at = at;
    this.opener = opener;
    this.url = () => api("parameters", `&x=${encodeURIComponent(state.get("cx"))}&y=${encodeURIComponent(state.get("cy"))}`);
    this.axes = ["x", "y"].map((name) => /** @type {HTMLSelectElement} */ (at(`contour-${name}`)));
    this.source = new Source(this.url());
    this.importance = new Source(api("importance", ""));
    for (const select of this.axes)
      select.addEventListener("change", () => {
        state.set({ cx: this.axes[0].value, cy: this.axes[1].value });
        this.source = new Source(this.url());
        this.draw();
      });
  }

  /** Draw everything as the server has it now. */
  async draw() {
    const { at } = this, chart = at("chart-importance");
    const important = this.importance.newest().then(({ figure }) => drawOrSay(chart, figure, "Too few trials have a value yet."));
    const [found, open] = await Promise.all([this.source.newest(), this.opener()]);
    this.axes.forEach((select, n) => options(select, found.columns, n ? found.y : found.x));
    /** @type {[HTMLElement, () => Promise<void>][]} */
    const works = Object.entries(found.slices).map(([name, figure]) => [this.slice(name), () => charts.draw(this.slice(name), figure, open)]);
    works.push([at("chart-contour"), () => drawOrSay(at("chart-contour"), found.contour, "Needs two numeric parameters with more than one value.", open)]);
    await Promise.all([inTurn(works), important]);
  }

  /** Where the slice of a parameter is drawn. @param {string} name @returns {HTMLElement} */
  slice(name) {
    const frame = this.at("slices");
    const known = [.../** @type {NodeListOf<HTMLElement>} */ (frame.querySelectorAll(".chart"))].find((one) => one.dataset.parameter === name);
    if (known) return known;
    const section = document.createElement("section"), chart = document.createElement("div");
    section.setAttribute("aria-label", name);
    chart.className = "chart";
    chart.dataset.parameter = name;
    section.append(chart);
    frame.append(section);
    return chart;
  }
}

/**
 * Draw a figure, or say why there is none.
 * @param {HTMLElement} element @param {charts.Figure | null} figure @param {string} instead
 * @param {(trial: number) => void} [open]
 */
async function drawOrSay(element, figure, instead, open) {
  if (!figure) return void (element.dataset.nothing = instead);
  delete element.dataset.nothing;
  await charts.draw(element, figure, open);
}

/** Let a select offer names. @param {HTMLSelectElement} select @param {string[]} names @param {string} chosen */
export function options(select, names, chosen) {
  if ([...select.options].map((one) => one.value).join("\n") !== names.join("\n"))
    select.replaceChildren(...names.map((name) => new Option(name, name)));
  select.value = chosen;
}
