/** Charts by Plotly: its bundle is fetched when the first one is to be drawn, and figures come from the server. */

/** @typedef {{data: any[], layout: any}} Figure */

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset" };

/** @type {Promise<any> | null} */
let loading = null;

/** @returns {Promise<any>} Plotly */
function plotly() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.plotly ?? "";
    script.onload = () => done(/** @type {any} */ (globalThis).Plotly);
    script.onerror = () => failed(new Error("Plotly could not be loaded"));
    document.head.append(script);
  });
  return loading;
}

/** Fetch the bundle when the page has been painted: it will be needed; who draws is told if that fails. */
export const prepare = () => void requestAnimationFrame(() => setTimeout(() => plotly().catch(() => {})));

/**
 * Draw a figure, or bring one up to date.
 * @param {HTMLElement} element
 * @param {Figure} figure
 * @param {(trial: number) => void} [pressed] is told the trial whose point was pressed
 */
export async function draw(element, figure, pressed) {
  try {
    const Plotly = await plotly(), isFirst = !element.querySelector(".main-svg");
    await Plotly.react(element, figure.data, themed(figure.layout), CONFIG);
    delete element.dataset.trouble;
    if (isFirst && pressed) onPress(element, pressed);
  } catch (error) {
    element.dataset.trouble = `This chart could not be drawn (${error}). Reload the page; its other tabs work without it.`;
    console.warn(error);
  }
}

/**
 * A figure with other scales; an axis of categories keeps its own.
 * @param {Figure} figure
 * @param {Record<string, string>} scales `linear` or `log` by axis; nothing for its own
 * @returns {Figure}
 */
export function scaled(figure, scales) {
  const layout = { ...figure.layout };
  for (const [name, type] of Object.entries(scales)) {
    const axis = layout[name];
    if (!type || !axis || axis.type === "category" || (axis.type ?? "linear") === type) continue;
    const { dtick: _, ...others } = axis;
    layout[name] = { ...others, type };
  }
  return { ...figure, layout };
}

/** @param {HTMLElement} element @param {(trial: number) => void} pressed */
function onPress(element, pressed) {
  /** @type {any} */ (element).on("plotly_click", (/** @type {any} */ event) => {
    const trial = event.points[0]?.customdata;
    if (typeof trial === "number") pressed(trial);
  });
}

/** The layout in the colours of the page. @param {any} layout */
function themed(layout) {
  const style = getComputedStyle(document.body);
  const colour = (/** @type {string} */ name) => resolved(style.getPropertyValue(name));
  const [ink, quiet, line, card] = ["--ink", "--quiet", "--line", "--card"].map(colour);
  const axis = (/** @type {any} */ own) => ({ gridcolor: line, linecolor: line, tickcolor: line, automargin: true, ...own });
  return {
    ...layout,
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
    font: { family: style.fontFamily, size: 12, color: quiet },
    hoverlabel: { bgcolor: card, bordercolor: line, font: { color: ink } },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
  };
}

/** A colour that Plotly understands, of one that only a browser does. @param {string} colour */
function resolved(colour) {
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
