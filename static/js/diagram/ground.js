/** What lies under the cards: the host on which the machines stand, their zones, and a word where there is nothing yet. */

/** @import { Arrangement } from "./layout.js" */

import { s, set, write } from "../dom.js";
import { t } from "../language.js";

export class Ground {
  #host = s("rect", { class: "host", rx: 16 });
  #name = s("text", { class: "host-name", x: 30, y: 30 });
  #empty = s("text", { class: "empty", "text-anchor": "middle" });
  #zones = s("g", { class: "zones" });
  element = s("g", { class: "ground" }, this.#host, this.#name, this.#empty, this.#zones);

  /** @param {Arrangement} arrangement */
  draw({ tall, width, height, zones }) {
    write(this.#name, tall ? t("host") : t("host, your machine"));
    set(this.#host, { x: 12, y: 10, width: width - 24, height: height - 20 });
    set(this.#empty, { x: width / 2, y: height / 2 });
    this.#zones.replaceChildren(
      ...zones.flatMap((zone) => [
        s("rect", { class: "zone", x: zone.x, y: zone.y, width: zone.width, height: zone.height, rx: 12 }),
        // At the bottom: links bow over the managers.
        s(
          "text",
          { class: "zone-name", x: zone.x + 14, y: zone.y + zone.height - 10 },
          zone.name ? t("zone {name}", { name: zone.name }) : "",
        ),
      ]),
    );
  }

  /** @param {string} words */
  tell(words) {
    write(this.#empty, words);
  }
}

/** The pattern of the tear. */
export function hatching() {
  return s(
    "defs",
    {},
    s(
      "pattern",
      { id: "hatching", width: 8, height: 8, patternTransform: "rotate(45)", patternUnits: "userSpaceOnUse" },
      s("rect", { class: "hatching", width: 3, height: 8 }),
    ),
  );
}
