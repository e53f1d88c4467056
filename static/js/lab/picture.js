/** The diagram as a picture that stands by itself: what style sheets say is written into it, as it looks now. */

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
const MARGIN = 16;
const PIXELS_A_UNIT = 2;

/**
 * @param {SVGSVGElement} drawing in the page
 * @param {string} title
 * @param {string} paper the colour under it
 * @returns {string} a file
 */
export function standalone(drawing, title, paper) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  dress(drawing, copy);
  const box = drawing.getBBox();
  const [x, y, width, height] = [box.x - MARGIN, box.y - MARGIN, box.width + 2 * MARGIN, box.height + 2 * MARGIN];
  const set = (/** @type {Element} */ element, /** @type {Record<string, string | number>} */ attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
  };
  const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  set(copy, {
    xmlns: SVG,
    viewBox: [x, y, width, height].map(round).join(" "),
    width: Math.ceil(width),
    height: Math.ceil(height),
    role: "img",
  });
  const ground = set(document.createElementNS(SVG, "rect"), { x, y, width, height, fill: paper });
  const name = document.createElementNS(SVG, "title");
  name.textContent = title;
  copy.prepend(name, ground);
  return new XMLSerializer().serializeToString(copy);
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
