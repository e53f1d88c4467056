/** The diagram as a picture that stands by itself: what style sheets say is written into it, as it looks now. */

import { inLines } from "../diagram/ground.js";
import { s, set } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";
/** What can be seen of an element. */
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "letter-spacing",
  "text-anchor",
  "dominant-baseline",
  "paint-order",
];
const KEPT = new Set(["id", "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width"]);
for (const name of ["height", "points", "viewBox", "href", "patternUnits", "patternTransform", "dx", "dy", "clip-path"])
  KEPT.add(name);
for (const name of ["textLength", "lengthAdjust"]) KEPT.add(name);
const PIXELS_A_UNIT = 2;
/** The lines below the drawing: what it shows, and what its colours mean. */
const LEGEND = { left: 24, line: 22, letter: 7.4, swatch: 12, apart: 20 };

/**
 * @typedef {object} Legend
 * @property {string} title
 * @property {string} sentence below it
 * @property {{ name: string, colour: string }[]} services
 * @property {string} paper the colour under it all
 * @property {string} ink the colour of what is written below
 * @property {string} font
 */

/**
 * @param {SVGSVGElement} drawing in the page
 * @param {{ width: number, height: number }} world all of the drawing, however much of it is in sight
 * @param {Legend} legend
 * @returns {string} a file
 */
export function standalone(drawing, { width, height }, legend) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  dress(drawing, copy);
  const below = lines(legend, width);
  const whole = height + (below.at(-1)?.y ?? 0) + LEGEND.line;
  set(copy, {
    xmlns: SVG,
    viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(whole)}`,
    width: Math.ceil(width),
    height: Math.ceil(whole),
    role: "img",
  });
  const name = document.createElementNS(SVG, "title");
  name.textContent = `${legend.title}. ${legend.sentence}`;
  copy.prepend(name, s("rect", { width: Math.ceil(width), height: Math.ceil(whole), fill: legend.paper }));
  for (const { x, y, text, colour } of below) {
    const { swatch } = LEGEND;
    if (colour) copy.append(s("rect", { x, y: height + y - 10, width: swatch, height: swatch, rx: 3, fill: colour }));
    const words = { x: colour ? x + swatch + 6 : x, y: height + y, fill: legend.ink, "font-family": legend.font };
    copy.append(s("text", { ...words, "font-size": 13 }, text));
  }
  return new XMLSerializer().serializeToString(copy);
}

/**
 * Where the words of the legend stand, from the foot of the drawing.
 * @param {Legend} legend
 * @param {number} width
 * @returns {{ x: number, y: number, text: string, colour?: string }[]}
 */
function lines({ title, sentence, services }, width) {
  const { left, line, letter, swatch, apart } = LEGEND;
  const words = [title, ...inLines(sentence, Math.floor((width - 2 * left) / letter))];
  const all = words.map((text, index) => ({ x: left, y: line * (index + 0.6), text }));
  let [x, y] = [left, line * (words.length + 0.7)];
  for (const { name, colour } of services) {
    const wide = swatch + 6 + name.length * letter;
    if (x > left && x + wide > width - left) [x, y] = [left, y + line];
    all.push(/** @type {(typeof all)[number]} */ ({ x, y, text: name, colour }));
    x += wide + apart;
  }
  return all;
}

/** Write into a copy what is seen of the original; what is not seen goes. @param {Element} original @param {Element} copy */
function dress(original, copy) {
  const style = getComputedStyle(original);
  const defines = original.closest("defs") !== null;
  if (!defines && (style.display === "none" || style.visibility === "hidden")) {
    copy.remove();
    return;
  }
  const [before, after] = [[...original.children], [...copy.children]];
  for (const [index, child] of before.entries()) {
    const same = after[index];
    if (same) dress(child, same);
  }
  const moved = /** @type {SVGElement} */ (original).style?.transform ? style.transform : "";
  for (const { name } of [...copy.attributes]) if (!KEPT.has(name)) copy.removeAttribute(name);
  if (moved && moved !== "none") copy.setAttribute("transform", moved);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value && value !== "normal" && value !== "auto") copy.setAttribute(name, value.replaceAll('"', "'"));
  }
}

/** @param {string} file an SVG @returns {Promise<Blob>} the same as pixels */
export async function pixels(file) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(file)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * PIXELS_A_UNIT;
  canvas.height = image.naturalHeight * PIXELS_A_UNIT;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
}

/** Hand something to the person as a file. @param {Blob} content @param {string} name */
export function save(content, name) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
