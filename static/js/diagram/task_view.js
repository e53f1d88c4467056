/** The squares of tasks on one card: one element a task, moved and restyled, never rebuilt. */

/** @import { Density, Point, TaskFigure } from "../types" */

import { lessMotion, s, set, write } from "../dom.js";
import { MEASURES } from "./measures.js";

export const HUES = 8;

/**
 * How many squares wide a mark is.
 * @param {TaskFigure} figure
 * @param {Density} density
 */
export function spanOf(figure, density) {
  if (figure.label.startsWith("×")) return density === "dense" ? 3 : 2;
  return 1;
}

export class TaskView {
  /** @type {Point} */
  point = { x: 0, y: 0 };
  #shape = s("path", { class: "shape" });
  #label = s("text", { class: "label", "text-anchor": "middle" });
  #mark = s("path", { class: "mark" });
  element = s("g", { class: "task" }, s("g", {}, this.#shape, this.#mark, this.#label));

  /**
   * @param {TaskFigure} figure
   * @param {number} hue from 1 to HUES
   * @param {Density} density
   */
  show(figure, hue, density) {
    const { task, pitch } = MEASURES[density];
    const span = spanOf(figure, density);
    const width = task + (span - 1) * pitch;
    const ended = figure.form === "failed" || figure.form === "complete";
    set(this.element, {
      "data-form": figure.form,
      "data-hue": hue,
      "data-task": figure.key,
      "data-service": figure.service,
      "data-age": figure.age || null,
    });
    set(this.#shape, { d: outline(width, task, figure.age === "new") });
    set(this.#label, { x: width / 2, y: task / 2 + task * 0.185 });
    this.#label.style.fontSize = `${Math.round(task * 0.53)}px`;
    write(this.#label, density === "dense" && span === 1 ? "" : ended && span === 1 ? "" : figure.label);
    const m = task / 2;
    const r = task * 0.2;
    if (figure.form === "failed" && span === 1)
      set(this.#mark, { d: `M${m - r} ${m - r}L${m + r} ${m + r}M${m + r} ${m - r}L${m - r} ${m + r}` });
    else if (figure.form === "complete" && span === 1)
      set(this.#mark, { d: `M${m - r * 1.2} ${m}l${r} ${r}l${r * 1.6} ${-r * 2}` });
    else set(this.#mark, { d: null });
  }

  /** @param {Point} point inside its card */
  place(point) {
    if (point.x === this.point.x && point.y === this.point.y) return;
    this.point = point;
    this.element.style.transform = `translate(${point.x}px, ${point.y}px)`;
  }

  /** It is new: it comes from where the slot was before, or it grows. @param {Point | null} offset */
  arrive(offset) {
    const inner = /** @type {SVGGElement} */ (this.element.firstElementChild);
    if (lessMotion() || !offset) {
      const from = lessMotion() ? { opacity: 0 } : { opacity: 0, transform: "scale(.4)" };
      inner.animate([from, { opacity: 1, transform: "none" }], { duration: 220, easing: "ease-out" });
      return;
    }
    inner.animate(
      [
        { transform: `translate(${offset.x}px, ${offset.y}px)`, opacity: 0.5 },
        { transform: "none", opacity: 1 },
      ],
      { duration: 400, easing: "cubic-bezier(.3,.1,.2,1)" },
    );
  }

  /** It is gone: it fades, then its element goes. */
  leave() {
    const inner = /** @type {SVGGElement} */ (this.element.firstElementChild);
    const to = lessMotion() ? { opacity: 0 } : { opacity: 0, transform: "scale(.4)" };
    inner.animate([{ opacity: 1 }, to], { duration: 220, fill: "forwards" }).finished.then(
      () => this.element.remove(),
      () => this.element.remove(),
    );
  }
}

/**
 * A rounded square; that of a task of the new version has a corner cut off.
 * @param {number} width
 * @param {number} height
 * @param {boolean} cut
 * @returns {string}
 */
export function outline(width, height, cut) {
  const r = height * 0.24;
  const [w, h] = [width - 2 - 2 * r, height - 2 - 2 * r];
  const arc = (/** @type {number} */ dx, /** @type {number} */ dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const c = height * 0.42;
  const corner = cut ? `h${w + r - c}l${c} ${c}v${h + r - c}` : `h${w}${arc(r, r)}v${h}`;
  return `M${1 + r} 1${corner}${arc(-r, r)}h${-w}${arc(-r, -r)}v${-h}${arc(r, -r)}z`;
}
