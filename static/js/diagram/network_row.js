/** The row of networks below the machines, with the ports that they open. */

/** @import { Box, NetworkFigure } from "../types" */

import { keyed, s, set } from "../dom.js";
import { t } from "../language.js";
import { flowed, LINE } from "./network_figures.js";

export class NetworkRow {
  element = s("g", { class: "networks" });
  /** @type {Map<string, SVGGElement>} */
  #views = new Map();
  /** @type {NetworkFigure[]} */
  #figures = [];

  /** @param {boolean} interactive */
  constructor(interactive) {
    this.interactive = interactive;
  }

  /** @param {NetworkFigure[]} figures @returns {boolean} whether anything is another than before */
  take(figures) {
    const same = JSON.stringify(figures) === JSON.stringify(this.#figures);
    this.#figures = figures;
    return !same;
  }

  /** @param {number} room @returns {number} how high the row is */
  heightIn(room) {
    return flowed(this.#figures, room).height;
  }

  /** @param {Box} box where the row is */
  draw({ x, y, width }) {
    const { placed } = flowed(this.#figures, width);
    set(this.element, { transform: `translate(${x} ${y})` });
    const byId = new Map(placed.map((place) => [place.figure.id, place]));
    keyed(this.element, this.#views, byId.keys(), () => s("g", { class: "network-set" }));
    for (const [id, { figure, words, at, width, head, ports }] of byId) {
      const view = /** @type {SVGGElement} */ (this.#views.get(id));
      set(view, { transform: `translate(${at.x} ${at.y})` });
      const drawn = `${words} ${figure.sentence} ${ports.map((each) => `${each.words}${each.x}`)}`;
      if (view.dataset.drawn === drawn) continue;
      const focused = document.activeElement?.getAttribute("data-port");
      view.dataset.drawn = drawn;
      view.replaceChildren(
        s("rect", { class: "strip", width, height: LINE, rx: LINE / 2 }),
        this.#button(
          { class: "network", "data-network": id },
          t("Network {name}", { name: words }),
          figure.sentence,
          s("rect", { class: "reach", width: head, height: LINE, rx: LINE / 2 }),
          s("path", { class: "mesh", d: "M10 16l5-8 5 8zM10 16h10" }),
          s("text", { x: 28, y: 16.5 }, words),
        ),
        ...ports.map((place) =>
          this.#button(
            { class: "port", "data-port": place.port.published, transform: `translate(${place.x} 3)` },
            t("Port {name}", { name: place.words }),
            place.port.sentence,
            s("rect", { class: "reach", width: place.width - 4, height: LINE - 6, rx: (LINE - 6) / 2 }),
            s("text", { x: (place.width - 4) / 2, y: 13, "text-anchor": "middle" }, place.words),
          ),
        ),
      );
      const again = focused ? view.querySelector(`[data-port="${focused}"]`) : null;
      if (again instanceof SVGElement) again.focus();
    }
  }

  /**
   * @param {Record<string, string | number>} attributes
   * @param {string} name
   * @param {string} sentence
   * @param {...SVGElement} parts
   */
  #button(attributes, name, sentence, ...parts) {
    const reached = { role: "button", tabindex: 0, "aria-label": name, "aria-description": sentence };
    return s("g", { ...attributes, ...(this.interactive ? reached : {}) }, ...parts);
  }

  /** @param {Element} target @returns {{ network?: NetworkFigure, port?: NetworkFigure["ports"][number] }} what was pointed at */
  at(target) {
    const published = Number(target.closest("[data-port]")?.getAttribute("data-port") ?? 0);
    if (published) {
      const port = this.#figures.flatMap((figure) => figure.ports).find((each) => each.published === published);
      return port ? { port } : {};
    }
    const id = target.closest("[data-network]")?.getAttribute("data-network");
    const network = this.#figures.find((figure) => figure.id === id);
    return network ? { network } : {};
  }
}
