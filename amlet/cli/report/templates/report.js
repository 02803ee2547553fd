// Draws each figure into the element of its name, in the colours of the page.
const colours = getComputedStyle(document.documentElement);
const text = colours.getPropertyValue("--muted").trim();
const line = colours.getPropertyValue("--line").trim();
const figures = JSON.parse(document.getElementById("figures").textContent);
for (const [id, figure] of Object.entries(figures)) {
  const axis = { gridcolor: line, linecolor: line };
  const layout = { ...figure.layout, paper_bgcolor: "transparent", plot_bgcolor: "transparent", font: { color: text } };
  layout.xaxis = { ...layout.xaxis, ...axis };
  layout.yaxis = { ...layout.yaxis, ...axis };
  Plotly.newPlot(id, figure.data, layout, { responsive: true, displaylogo: false });
}
