/** Work that comes in bursts, done as often as is cheap. */

const REST = 20, LEAST = 250, MOST = 30000;

/**
 * A function that has `work` done soon: never twice at a time, never lost, and with rests twenty times as long as the
 * work took, so that it costs a few per cent of a core at the most. With `now` (a user waits) it does not rest.
 * @param {() => Promise<void>} work
 * @returns {(now?: boolean) => void}
 */
export function paced(work) {
  let busy = false, wanted = false, hurried = false, free = 0, timer = 0;
  async function run() {
    busy = true;
    wanted = hurried = false;
    const began = performance.now();
    try {
      await work();
    } catch (error) {
      console.warn(error);
    }
    busy = false;
    free = performance.now() + Math.min(MOST, Math.max(LEAST, REST * (performance.now() - began)));
    if (wanted) plan();
  }
  function plan() {
    clearTimeout(timer);
    if (!busy) timer = setTimeout(run, hurried ? 0 : Math.max(0, free - performance.now()));
  }
  return (now = false) => {
    wanted = true;
    hurried ||= now;
    plan();
  };
}
