/**
 * The squares of tasks on a small card, where there are hundreds of them on the stage: one path for all of a service in
 * one state. An element a task is more than a browser can restyle, lay out and paint thirty times a second.
 */

/** @import { Point, TaskFigure } from "../types" */

import { s, set } from "../dom.js";
import { MEASURES } from "./measures.js";

const { task: SIDE } = MEASURES.dense;
const CUT = 4;

/** @param {TaskFigure} figure */
const kindOf = ({ service, form, age }) => `${service} ${form} ${age}`;

export class CrowdView {
  element = s("g", { class: "crowd" });
  /** @type {Map<string, SVGGElement>} by service and form */
  #groups = new Map();
  /** @type {{ figure: TaskFigure, point: Point }[]} */
  #squares = [];

  /**
   * @param {{ figure: TaskFigure, point: Point }[]} squares with their places on the card
   * @param {(service: string) => number} hueOf
   */
  show(squares, hueOf) {
    this.#squares = squares;
    /** @type {Map<string, { figure: TaskFigure, shape: string, mark: string }>} */
    const paths = new Map();
    for (const { figure, point } of squares) {
      const kind = kindOf(figure);
      const path = paths.get(kind) ?? { figure, shape: "", mark: "" };
      path.shape += squareAt(point, figure.age === "new");
      path.mark += markOf(figure.form, point);
      paths.set(kind, path);
    }
    for (const [kind, group] of this.#groups) {
      if (paths.has(kind)) continue;
      group.remove();
      this.#groups.delete(kind);
    }
    for (const [kind, { figure, shape, mark }] of paths) {
      let group = this.#groups.get(kind);
      if (!group) {
        group = s("g", { class: "task" }, s("path", { class: "shape" }), s("path", { class: "mark" }));
        this.#groups.set(kind, group);
        this.element.append(group);
      }
      set(group, {
        "data-form": figure.form,
        "data-hue": hueOf(figure.service),
        "data-service": figure.service,
        "data-age": figure.age || null,
      });
      set(/** @type {Element} */ (group.firstElementChild), { d: shape });
      set(/** @type {Element} */ (group.lastElementChild), { d: mark || null });
    }
  }

  clear() {
    if (this.#squares.length > 0) this.show([], () => 0);
  }

  /** @param {Point} at inside the card @returns {TaskFigure | undefined} the square there */
  find(at) {
    return this.#squares.find(
      ({ point }) => at.x >= point.x && at.x <= point.x + SIDE && at.y >= point.y && at.y <= point.y + SIDE,
    )?.figure;
  }
}

/** @param {Point} point @param {boolean} cut a corner off: a task of the new version */
function squareAt({ x, y }, cut) {
  const side = SIDE - 2;
  const corner = cut ? `h${side - CUT}l${CUT} ${CUT}v${side - CUT}` : `h${side}v${side}`;
  return `M${x + 1} ${y + 1}${corner}h${-side}z`;
}

/** @param {string} form @param {Point} point */
function markOf(form, { x, y }) {
  const middle = SIDE / 2;
  const r = SIDE * 0.2;
  const [cx, cy] = [x + middle, y + middle];
  if (form === "failed") return `M${cx - r} ${cy - r}L${cx + r} ${cy + r}M${cx + r} ${cy - r}L${cx - r} ${cy + r}`;
  if (form === "complete") return `M${cx - r * 1.2} ${cy}l${r} ${r}l${r * 1.6} ${-r * 2}`;
  return "";
}
