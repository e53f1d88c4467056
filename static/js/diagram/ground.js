/** What lies under the cards: the host on which the machines stand, their zones, and a word where there is nothing yet. */

/** @import { Arrangement } from "./layout.js" */

import { s, set, write } from "../dom.js";
import { t } from "../language.js";

/** How wide a letter of the word in an empty place is, on average. */
const LETTER = 8;

export class Ground {
  #host = s("rect", { class: "host", rx: 16 });
  #name = s("text", { class: "host-name", x: 30, y: 30 });
  #empty = s("text", { class: "empty", "text-anchor": "middle" });
  #zones = s("g", { class: "zones" });
  #words = "";
  #width = 0;
  element = s("g", { class: "ground" }, this.#host, this.#name, this.#empty, this.#zones);

  /** @param {Arrangement} arrangement */
  draw({ tall, width, height, zones }) {
    write(this.#name, tall ? t("host") : t("host, your machine"));
    set(this.#host, { x: 12, y: 10, width: width - 24, height: height - 20 });
    set(this.#empty, { y: height / 2 });
    this.#width = width;
    this.#wrap();
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
    if (words === this.#words) return;
    this.#words = words;
    this.#wrap();
  }

  /** SVG does not wrap text by itself. */
  #wrap() {
    const lines = inLines(this.#words, Math.floor((this.#width - 72) / LETTER));
    this.#empty.replaceChildren(
      ...lines.map((line, index) =>
        s("tspan", { x: this.#width / 2, dy: index === 0 ? (1 - lines.length) * 11 : 22 }, line),
      ),
    );
  }
}

/**
 * @param {string} words
 * @param {number} most letters in a line
 * @returns {string[]} lines, a word to none of them but one
 */
export function inLines(words, most) {
  /** @type {string[]} */
  const lines = [];
  for (const word of words.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
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
