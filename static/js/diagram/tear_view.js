/** The tear that a partition draws through the diagram, and how long it has been there. */

/** @import { Partition } from "../types" */
/** @import { Arrangement } from "./layout.js" */

import { s, set, write } from "../dom.js";
import { t } from "../language.js";
import { duration } from "../words.js";
import { smoothPath, tears } from "./geometry.js";

export class TearView {
  element = s("g", { class: "tear" });
  #label = s("text", { class: "cut-for" });

  /** @param {Partition | null} partition @param {Arrangement} arrangement */
  draw(partition, arrangement) {
    const lines = partition ? tears(arrangement.cards, partition.groups, arrangement) : [];
    this.element.replaceChildren(
      ...lines.flatMap((line) => {
        const d = smoothPath(line);
        return [s("path", { class: "hatch", d }), s("path", { class: "edge", d })];
      }),
    );
    if (lines.length === 0) return;
    const top = lines
      .flat()
      .reduce((best, point) => (point.y < best.y ? point : best), { x: 0, y: Number.POSITIVE_INFINITY });
    const right = top.x < arrangement.width - 130;
    const aside = arrangement.tall ? 46 : 24;
    set(this.#label, {
      x: right ? top.x + aside : top.x - aside,
      y: Math.max(30, top.y + 16),
      "text-anchor": right ? "start" : "end",
    });
    this.element.append(this.#label);
  }

  /** @param {Partition | null} partition @param {number} now */
  tell(partition, now) {
    if (partition) write(this.#label, t("cut, {view}", { view: duration(now - partition.since) }));
  }
}
