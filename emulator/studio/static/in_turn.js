/** Work for parts of the page: first for those in sight, then for the others while the page has nothing else to do. */

/** @param {HTMLElement} element */
function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

const LONGEST_WAIT = 1000;

/** Until the page is idle; Safari does not tell. */
const idle = () =>
  new Promise((done) => ("requestIdleCallback" in globalThis ? requestIdleCallback(done, { timeout: LONGEST_WAIT }) : setTimeout(done)));

/** Until what was done is shown, and what was pressed meanwhile is done. */
const breath = () => new Promise((done) => setTimeout(done));

/**
 * Do one thing after the other, those in sight first.
 * @param {[HTMLElement, () => Promise<void>][]} works an element, and what is to be done for it
 */
export async function inTurn(works) {
  const near = works.filter(([element]) => inSight(element)), far = works.filter((work) => !near.includes(work));
  for (const [, work] of near) {
    await work();
    await breath();
  }
  for (const [, work] of far) {
    await idle();
    await work();
  }
}
