/** Leads links that mlflow prints (`.../#/experiments/E/runs/R`) to the page of the run, or of the experiment. */

const page = new URL(document.body.dataset.home ?? "/", location.origin);
const [, experiment, run] = location.hash.match(/^#\/experiments\/([^/?]+)(?:\/runs\/([^/?]+))?/) ?? [];
if (run) page.pathname = `/runs/${run}`;
else if (experiment) page.pathname = `/experiments/id/${experiment}`;
location.replace(page);
