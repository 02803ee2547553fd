/** The lines of parallel coordinates on a canvas: thousands of them are painted within a frame. */

/** @typedef {{trial: number, places: (number | null)[], colour: string}} Strand the place on each axis, from 0 to 1 */

const FADED = "rgba(133, 146, 166, 0.14)", POINTED = 3, NEAR = 6;
/** Of many lines each is one pixel of the screen wide: those are painted four times as fast as wider ones. */
const MANY = 200, WIDTH = 1.6;

/**
 * The lines of a figure.
 * @param {any[]} traces lines with gaps between them
 * @param {number} count of axes
 * @returns {Strand[]}
 */
export function strandsOf(traces, count) {
  return traces.flatMap(({ y, customdata, line }) =>
    Array.from({ length: y.length / (count + 1) }, (_, n) => {
      const from = n * (count + 1);
      return { trial: customdata[from], places: y.slice(from, from + count), colour: line.color };
    }),
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Strand[]} strands the last ones uppermost
 * @param {(trial: number) => boolean} keeps
 * @param {Strand | null} pointed
 */
export function paint(canvas, strands, keeps, pointed) {
  const { clientWidth: width, clientHeight: height } = canvas, sharp = devicePixelRatio || 1;
  const pen = canvas.getContext("2d");
  if (!pen || !width) return;
  canvas.width = width * sharp;
  canvas.height = height * sharp;
  pen.scale(sharp, sharp);
  pen.lineJoin = "bevel";
  if (strands.length > MANY) pen.globalAlpha = 0.6;
  const thin = 1 / sharp, usual = strands.length > MANY ? thin : WIDTH;
  const kept = strands.filter(({ trial }) => keeps(trial));
  if (kept.length < strands.length) stroke(strands.filter(({ trial }) => !keeps(trial)), FADED, thin);
  for (const colour of new Set(kept.map((one) => one.colour))) stroke(kept.filter((one) => one.colour === colour), colour, usual);
  pen.globalAlpha = 1;
  if (pointed) stroke([pointed], pointed.colour.slice(0, 7), POINTED);

  /** @param {Strand[]} some @param {string} colour @param {number} thickness */
  function stroke(some, colour, thickness) {
    if (!pen) return;
    pen.strokeStyle = colour;
    pen.lineWidth = thickness;
    for (const { places } of some) {
      pen.beginPath();
      let down = false;
      places.forEach((place, n) => {
        if (place === null) return void (down = false);
        pen[down ? "lineTo" : "moveTo"]((n / Math.max(places.length - 1, 1)) * width, (1 - place) * height);
        down = true;
      });
      pen.stroke();
    }
  }
}

/**
 * The line below the pointer.
 * @param {Strand[]} strands
 * @param {number} across from 0 to 1
 * @param {number} up from 0 to 1
 * @param {number} height pixels
 * @returns {Strand | null}
 */
export function nearest(strands, across, up, height) {
  /** @type {Strand | null} */
  let found = null;
  let least = NEAR / height;
  for (const strand of strands) {
    const at = across * (strand.places.length - 1), left = Math.floor(at), part = at - left;
    const from = strand.places[left], to = strand.places[Math.min(left + 1, strand.places.length - 1)];
    if (from === null || from === undefined || to === null) continue;
    const distance = Math.abs(from + (to - from) * part - up);
    if (distance <= least) [found, least] = [strand, distance];
  }
  return found;
}
