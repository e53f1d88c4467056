/** Points out nodes, links and tasks of the diagram: what a step of a command is about. */

/** @import { Diagram } from "./diagram.js" */

import { lessMotion, s } from "../dom.js";
import { curvePath } from "./geometry.js";

/** @typedef {{ nodes: string[], links: [string, string][], tasks: string[], lost: boolean }} Spot */

export class Spotlight {
  #layer = s("g", { class: "spot" });
  /** @type {Spot | null} */
  #spot = null;

  /** @param {Diagram} diagram */
  constructor(diagram) {
    this.diagram = diagram;
    diagram.overlay.append(this.#layer);
    // Cards move, tasks come and go: what is pointed out stays so.
    diagram.store.onChange(() => {
      if (this.#spot) requestAnimationFrame(() => this.#draw());
    });
  }

  /** @param {Spot | null} spot null puts it out */
  show(spot) {
    this.#spot = spot;
    this.#draw();
    const first = this.diagram.elementOf(spot?.nodes[0] ?? "");
    const { host } = this.diagram;
    // Where the diagram is taller than its place, it is scrolled; the page itself stays where it is.
    const scroller = [host, host.parentElement].find(
      (element) =>
        element && element.scrollHeight > element.clientHeight + 1 && getComputedStyle(element).overflowY === "auto",
    );
    if (!first || !scroller) return;
    const top = first.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 24;
    scroller.scrollBy({ top, behavior: lessMotion() ? "auto" : "smooth" });
  }

  #draw() {
    const { svg } = this.diagram;
    const spot = this.#spot;
    svg.toggleAttribute("data-spot", spot !== null);
    const nodes = new Set(spot ? [...spot.nodes, ...spot.links.flat()] : []);
    for (const element of svg.querySelectorAll("[data-node]"))
      element.toggleAttribute("data-told", nodes.has(element.getAttribute("data-node") ?? ""));
    const tasks = new Set(spot?.tasks ?? []);
    for (const element of svg.querySelectorAll("[data-task]"))
      element.toggleAttribute("data-told", tasks.has(element.getAttribute("data-task") ?? ""));
    this.#layer.replaceChildren(...(spot ? spot.links.flatMap(([from, to]) => this.#arrow(from, to, spot.lost)) : []));
  }

  /** @param {string} from @param {string} to @param {boolean} lost @returns {Element[]} */
  #arrow(from, to, lost) {
    const { links, nodes } = this.diagram;
    if (!nodes.has(from) || !nodes.has(to)) return [];
    const curve = links.curve(from, to);
    const path = s("path", { class: "told-link", d: curvePath(curve), "data-lost": lost });
    const end = curve.to;
    const angle = Math.atan2(end.y - curve.c2.y, end.x - curve.c2.x);
    const tip = (/** @type {number} */ turn) =>
      `${(end.x - 12 * Math.cos(angle + turn)).toFixed(1)},${(end.y - 12 * Math.sin(angle + turn)).toFixed(1)}`;
    const head = s("polygon", {
      class: "told-head",
      "data-lost": lost,
      points: `${end.x.toFixed(1)},${end.y.toFixed(1)} ${tip(0.45)} ${tip(-0.45)}`,
    });
    return [path, head];
  }
}
