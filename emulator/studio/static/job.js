/** The page of a job: its tabs, its buttons, and the news about it. */

import * as charts from "./charts.js";
import * as copy from "./copy.js";
import * as dates from "./dates.js";
import * as filter from "./filter.js";
import { inTurn } from "./in_turn.js";
import { Log } from "./logs.js";
import { morph } from "./morph.js";
import { paced } from "./pace.js";
import { Parallel } from "./parallel.js";
import { options, Parameters } from "./parameters.js";
import { follow } from "./stream.js";
import { TrialView } from "./trial_view.js";
import { Source } from "./trials.js";
import * as state from "./view_state.js";

/** @typedef {{update?: (news: Record<string, any>) => void, redraw?: () => void, isPlain?: boolean}} View what a tab does */

const { body } = document;
const panel = /** @type {HTMLElement} */ (document.getElementById("panel"));

/** @param {string} part @param {string} more */
const api = (part, more = "") => `${body.dataset.api}/${part}?${body.dataset.query}${more}`;

/** @param {string} name */
const pageOf = (name) => `/runs/${encodeURIComponent(name)}?${body.dataset.query}`;

/** @returns {View} */
function trialsTab() {
  const view = new TrialView(panel, pageOf), source = new Source(api("trials"));
  const update = paced(async () => view.update(await source.newest()));
  update();
  return { update: () => update() };
}

/** @returns {View} */
function chartsTab() {
  const at = (/** @type {string} */ name) => /** @type {HTMLElement} */ (panel.querySelector(`#${name}`));
  if (!at("chart-curves")) return {};
  charts.prepare();
  const trials = new Source(api("trials"));
  const axes = ["x", "y"].map((name) => /** @type {HTMLSelectElement} */ (at(`scatter-${name}`)));
  const figuresUrl = () => api("figures", ["x", "y", "over", "scales"].map((name) => `&${name}=${encodeURIComponent(state.get(name))}`).join(""));
  let figures = new Source(figuresUrl());
  /** @type {any} */
  let shown = null;
  /** The figures of what is chosen now: an answer that comes after another choice is of no use. @returns {Promise<any>} */
  const newest = async () => {
    for (;;) {
      const asked = figures, found = await asked.newest();
      if (asked === figures) return (shown = found);
    }
  };
  /** @param {Record<string, string>} choice */
  const choose = (choice) => {
    state.set(choice);
    figures = new Source(figuresUrl());
    return newest();
  };
  /** @type {number[]} */
  let rowOf = [];
  const open = (/** @type {number} */ trial) => (location.href = pageOf(view.data?.name[rowOf[trial]] ?? ""));
  const parallel = new Parallel(at("chart-parallel"), (axis, terms) => view.setTerms(filter.replaced(view.terms, axis, terms)), open);
  const view = new TrialView(panel, pageOf, (keeps, terms) => parallel.filter((trial) => keeps(rowOf[trial]), terms));
  const drawAll = async () => {
    const found = await newest();
    parallel.update(found.parallel);
    axes.forEach((select, n) => options(select, found.columns, n ? found.y : found.x));
    await inTurn(["curves", "best", "scatter"].map((name) => [at(`chart-${name}`), () => drawOne(name, shown[name])]));
  };
  const drawOne = (/** @type {string} */ name, /** @type {charts.Figure} */ figure) => {
    const scales = name === "scatter" ? { xaxis: state.get("scale_x"), yaxis: state.get("scale_y") } : { yaxis: state.get("scale") };
    return charts.draw(at(`chart-${name}`), charts.scaled(figure, scales), open);
  };
  for (const [id, name] of [["scale-metric", "scale"], ["scale-x", "scale_x"], ["scale-y", "scale_y"]]) {
    const select = /** @type {HTMLSelectElement} */ (at(id));
    select.value = state.get(name);
    select.addEventListener("change", () => {
      state.set({ [name]: select.value });
      drawAll();
    });
  }
  const list = async () => {
    const data = await trials.newest();
    rowOf = [];
    data.trial.forEach((/** @type {number} */ trial, /** @type {number} */ row) => (rowOf[trial] = row));
    view.update(data);
  };
  const update = paced(async () => void (await Promise.all([list(), drawAll()])));
  for (const select of axes)
    select.addEventListener("change", async () => {
      await drawOne("scatter", (await choose({ x: axes[0].value, y: axes[1].value })).scatter);
    });
  const over = /** @type {HTMLSelectElement} */ (at("curves-over"));
  over.value = state.get("over");
  over.addEventListener("change", async () => {
    await drawOne("curves", (await choose({ over: over.value })).curves);
  });
  const scales = /** @type {HTMLSelectElement} */ (at("scale-parallel"));
  scales.value = state.get("scales");
  scales.addEventListener("change", async () => {
    parallel.update((await choose({ scales: scales.value })).parallel);
  });
  update();
  return { update: () => update(), redraw: drawAll };
}

/** @returns {View} */
function parametersTab() {
  if (!panel.querySelector("#slices")) return {};
  charts.prepare();
  const trials = new Source(api("trials"));
  const opener = async () => {
    const data = await trials.newest();
    return (/** @type {number} */ trial) => (location.href = pageOf(data.name[data.trial.indexOf(trial)]));
  };
  const parameters = new Parameters(panel, api, opener);
  const update = paced(() => parameters.draw());
  update();
  return { update: () => update(), redraw: () => parameters.draw() };
}

/** @returns {View} */
function metricsTab() {
  const source = new Source(api("figures"));
  const draw = async () => {
    if (!panel.querySelector("[data-metric]")) return;
    const { metrics } = await source.newest();
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (panel.querySelectorAll("[data-metric]"))) {
      const figure = metrics[element.dataset.metric ?? ""];
      if (figure) await charts.draw(element, figure);
    }
  };
  const update = paced(draw);
  update();
  return { update: () => update(), redraw: draw, isPlain: true };
}

/** @returns {View} */
function logsTab() {
  if (!panel.querySelector("#log")) return { isPlain: true };
  const log = new Log(panel, (path, from) => api(`log/${path.split("/").map(encodeURIComponent).join("/")}`, `&from=${from}`), () => show(location.href));
  const grow = paced(() => log.grow());
  grow();
  return { update: (news) => news.logs && grow() };
}

/** @type {Record<string, () => View>} */
const TABS = { trials: trialsTab, charts: chartsTab, parameters: parametersTab, metrics: metricsTab, logs: logsTab };

/** @type {View} */
let view = {};

function openTab() {
  view = TABS[body.dataset.tab ?? ""]?.() ?? { isPlain: true };
}

/** The page as the server has it now, or its head alone. @param {string} url @param {boolean} headOnly */
async function fetched(url, headOnly = false) {
  const answer = await fetch(headOnly ? `${url}&part=head` : url, { headers: { Accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Bring the head up to date, and a panel that no script draws. */
const refresh = paced(async () => {
  const tab = body.dataset.tab, fresh = await fetched(location.href, !view.isPlain);
  if (tab !== body.dataset.tab || fresh.body.dataset.tab !== tab) return;
  take(fresh, "head");
  if (view.isPlain) take(fresh, "panel");
  if (body.dataset.live && !fresh.body.dataset.live) unfollow();
  body.dataset.live = fresh.body.dataset.live;
});

/** @param {Document} fresh @param {string} id */
function take(fresh, id) {
  const [old, other] = [document, fresh].map((one) => one.getElementById(id));
  if (old && other) morph(old, other);
  dates.refresh(old ?? document);
}

/** Show another tab of the same job. @param {string} url */
async function show(url) {
  const fresh = await fetched(url), other = fresh.getElementById("panel");
  if (!other) return void (location.href = url);
  body.dataset.tab = fresh.body.dataset.tab;
  document.title = fresh.title;
  take(fresh, "head");
  panel.replaceChildren(...other.childNodes);
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".tabs a"))) {
    if (link.dataset.tab === body.dataset.tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  dates.refresh(panel);
  openTab();
}

let unfollow = () => {};

function listen() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const link = /** @type {HTMLAnchorElement | null} */ (target.closest(".tabs a"));
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      history.pushState(null, "", link.href);
      show(link.href);
    }
    const button = /** @type {HTMLButtonElement | null} */ (target.closest("[data-action]"));
    if (button) act(button);
    const bar = /** @type {SVGElement | null} */ (target.closest("[data-href]"));
    if (bar) location.href = bar.dataset.href ?? "";
  });
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target), action = form.dataset.form;
    if (!action) return;
    event.preventDefault();
    change(action, Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])));
  });
  addEventListener("popstate", () => show(location.href));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.redraw?.());
}

/** Do what a button says; the server wants this page's own token. @param {HTMLButtonElement} button */
async function act(button) {
  if (button.dataset.question && !confirm(button.dataset.question)) return;
  button.disabled = true;
  await change(button.dataset.action ?? "");
  button.disabled = false;
}

/** Ask the server for a change. @param {string} action @param {Record<string, string>} [fields] */
async function change(action, fields = {}) {
  const headers = { "X-Amlet-Page-Token": body.dataset.token ?? "", "Content-Type": "application/json" };
  const answer = await fetch(api(action), { method: "POST", headers, body: JSON.stringify(fields) });
  const told = await answer.json().catch(() => ({ message: "This page is too old: reload it, and try again." }));
  if (told.open) return void (location.href = told.open);
  if (told.message || told.said) copy.notice(told.message ?? told.said);
  refresh(true);
}

state.hideKey();
dates.keep();
copy.listen();
listen();
openTab();
if (body.dataset.live) {
  let first = true;
  unfollow = follow(api("events"), (news) => {
    // The first news tell how things stand; the page was made a moment ago.
    if (!first || view.isPlain) refresh();
    first = false;
    view.update?.(news);
  });
}
