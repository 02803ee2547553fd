/** The page of a comparison: its charts. */

import * as charts from "./charts.js";
import { inTurn } from "./in_turn.js";
import * as state from "./view_state.js";

const frame = document.getElementById("charts");

/** Draw every chart as the server has it. */
async function draw() {
  if (!frame) return;
  const answer = await fetch(document.body.dataset.figures ?? "");
  /** @type {charts.Figure[]} */
  const figures = await answer.json();
  while (frame.children.length < figures.length) {
    const section = document.createElement("section"), chart = document.createElement("div");
    chart.className = "chart";
    section.append(chart);
    frame.append(section);
  }
  const elements = /** @type {HTMLElement[]} */ ([...frame.querySelectorAll(".chart")]);
  await inTurn(figures.map((figure, n) => [elements[n], () => charts.draw(elements[n], figure)]));
}

state.hideKey();
draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
