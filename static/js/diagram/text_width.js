/** How wide words are as the diagram writes them: measured once, beside the page, so that no layout is asked for. */

const KEPT = 1000;
/** @type {Map<string, number>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let canvas = null;
let family = "";

/** @param {string} text @param {number} size in user units @param {boolean} bold @returns {number} in user units */
export function textWidth(text, size, bold) {
  const key = `${size} ${bold} ${text}`;
  const width = known.get(key);
  if (width !== undefined) return width;
  canvas ??= document.createElement("canvas").getContext("2d");
  if (!canvas) return text.length * size * 0.6;
  family ||= getComputedStyle(document.documentElement).getPropertyValue("--sans");
  canvas.font = `${bold ? 600 : 400} ${size}px ${family}`;
  if (known.size >= KEPT) known.clear();
  const measured = canvas.measureText(text).width;
  known.set(key, measured);
  return measured;
}
