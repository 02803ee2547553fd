/** Work that comes in bursts, done as often as is cheap. */

const REST = 20, LEAST = 250, MOST = 5000;

/**
 * A function that has `work` done soon: never twice at a time, never lost, and with rests twenty times as long as the
 * work took, so that it costs a few per cent of a core at the most.
 * @param {() => Promise<void>} work
 * @returns {() => void}
 */
export function paced(work) {
  let wanted = false, busy = false;
  async function run() {
    busy = true;
    while (wanted) {
      wanted = false;
      const began = performance.now();
      try {
        await work();
      } catch (error) {
        console.warn(error);
      }
      const rest = Math.min(MOST, Math.max(LEAST, REST * (performance.now() - began)));
      await new Promise((done) => setTimeout(done, rest));
    }
    busy = false;
  }
  return () => {
    wanted = true;
    if (!busy) run();
  };
}
