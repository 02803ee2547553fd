/** The list of jobs: filters as one types, and shows what is new by itself. */

import * as copy from "./copy.js";
import * as dates from "./dates.js";
import { morph } from "./morph.js";
import { paced } from "./pace.js";
import { follow } from "./stream.js";
import * as state from "./view_state.js";

const list = /** @type {HTMLElement} */ (document.getElementById("list"));

/** Show the list as the address has it. */
const refresh = paced(async () => {
  const url = location.href;
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
  if (fresh && url === location.href) morph(list, fresh);
  dates.refresh(list);
  for (const box of boxes()) box.checked = ticked.has(box.value);
});

/** Names of the jobs that are to be compared: rows move when others are added. @type {Set<string>} */
const ticked = new Set();

const boxes = () => /** @type {NodeListOf<HTMLInputElement>} */ (list.querySelectorAll("input[form=compare]"));

/** @param {Event} event */
function tick(event) {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.getAttribute("form") !== "compare") return;
  if (box.checked) ticked.add(box.value);
  else ticked.delete(box.value);
}

/** @param {Event} event */
function filter(event) {
  const form = /** @type {HTMLElement} */ (event.target).closest("form");
  if (form?.id !== "filter") return;
  event.preventDefault();
  const url = new URL(location.href);
  for (const name of ["q", "type", "experiment", "tag", "archived", "sort", "after"]) url.searchParams.delete(name);
  for (const [name, value] of new FormData(form)) if (value && name !== "status") url.searchParams.set(name, String(value));
  history.replaceState(null, "", state.readable(url));
  refresh(true);
}

list.addEventListener("input", filter);
list.addEventListener("submit", filter);
list.addEventListener("change", tick);
state.hideKey();
dates.keep();
copy.listen();
follow(document.body.dataset.events ?? "", () => refresh());
