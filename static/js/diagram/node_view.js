/** One node's card: one element for as long as the node exists; what it shows is in attributes. */

/** @import { Box, Density, NodeFigure } from "../types" */

import { s, set, write } from "../dom.js";
import { tn } from "../language.js";
import { CrowdView } from "./crowd_view.js";
import { glyph } from "./glyphs.js";
import { MEASURES } from "./measures.js";
import { textWidth } from "./text_width.js";

/** Baselines, the sizes of the name and of the other words as diagram.css has them, and the sign's centre from the corner.
 * @type {Record<Density, { name: number, nameSize: number, status: number, size: number, sign: number, signScale: number }>} */
const LINES = {
  roomy: { name: 30, nameSize: 16, status: 49, size: 12.5, sign: 25, signScale: 1 },
  close: { name: 25, nameSize: 14.5, status: 42, size: 12, sign: 20, signScale: 0.85 },
  dense: { name: 16.5, nameSize: 13.5, status: 30, size: 11.5, sign: 12, signScale: 0.62 },
};

/** Tones whose words are bold. */
const BOLD = new Set(["accent", "bad", "warn"]);

export class NodeView {
  /** @type {Box} */
  box = { x: 0, y: 0, width: 0, height: 0 };
  /** @type {Density} */
  #density = "roomy";
  #drawnSign = "";
  #drawnExtra = "";
  /** There is no first sign: the other one has the corner. */
  #alone = false;
  /** Its state is said in words; where it is not, there is a sign for it. */
  #worded = true;
  /** How much lower its tasks stand than on other cards. */
  lower = 0;

  #card = s("rect", { class: "card" });
  #name = s("text", { class: "name" });
  #status = s("text", { class: "status" });
  #note = s("text", { class: "note" });
  #sign = s("g", { class: "sign", "aria-hidden": "true" });
  #extra = s("g", { class: "sign extra", "aria-hidden": "true" });
  tasks = s("g", { class: "tasks", "aria-hidden": "true" });
  /** Its tasks, where they are too many on the stage for an element each. */
  crowd = new CrowdView();
  element;

  /** @param {string} name @param {boolean} interactive */
  constructor(name, interactive) {
    this.name = name;
    this.element = s(
      "g",
      {
        class: "node",
        "data-node": name,
        ...(interactive ? { role: "button", tabindex: -1, "aria-haspopup": "menu" } : {}),
      },
      this.#card,
      this.#name,
      this.#status,
      this.#sign,
      this.#extra,
      this.crowd.element,
      this.tasks,
      this.#note,
    );
    // The space parts the words of the accessible name, which is the text of the card.
    write(this.#name, `${name} `);
  }

  /** @param {NodeFigure} figure @param {Density} density @param {number} tasks how many are on it */
  show(figure, density, tasks) {
    this.#density = density;
    set(this.element, { "data-form": figure.form, "data-tone": figure.tone, "data-row": figure.row });
    const { words } = MEASURES[density];
    this.lower = figure.row === "manager" ? words : 0;
    const lowered = this.lower > 0 ? `translate(0 ${this.lower})` : null;
    for (const part of [this.tasks, this.crowd.element]) set(part, { transform: lowered });
    this.#worded = words === 0 || this.lower > 0;
    if (this.element.hasAttribute("role")) {
      const of = tasks > 0 ? ` ${tn("{count} task.", "{count} tasks.", tasks)}` : "";
      set(this.element, { "aria-description": `${figure.sentence}${of}` });
    }
    const sign = `${figure.sign} ${figure.votes}`;
    if (sign !== this.#drawnSign) this.#sign.replaceChildren(...glyph(figure.sign, figure.votes));
    this.#drawnSign = sign;
    if (figure.extra !== this.#drawnExtra) this.#extra.replaceChildren(...glyph(figure.extra));
    this.#drawnExtra = figure.extra;
    this.#alone = figure.sign === "";
    this.#status.dataset.full = figure.status;
    this.#note.dataset.full = figure.note;
    this.fit();
  }

  /** @param {Box} box */
  place(box) {
    const resized = box.width !== this.box.width || box.height !== this.box.height;
    this.box = box;
    this.element.setAttribute("transform", `translate(${box.x.toFixed(1)} ${box.y.toFixed(1)})`);
    if (resized) {
      set(this.#card, { width: box.width, height: box.height, rx: Math.min(14, box.width / 14) });
      this.fit();
    }
  }

  /**
   * Where the words and signs stand, for this size.
   * @param {{ x: number, y: number }} [after] past the last task, for the note
   */
  fit(after = this.#after) {
    this.#after = after;
    const { width, height } = this.box;
    const lines = LINES[this.#density];
    const { pad, task } = MEASURES[this.#density];
    // On a dense card the name takes the first line to its end: what has words has its signs beside them.
    const beside = this.lower > 0;
    const below = beside || (width < 164 && this.#drawnExtra !== "" && !this.#alone);
    const corner = beside ? lines.status - 4 : lines.sign;
    const inCorner = beside ? 0 : Number(!this.#alone) + Number(this.#drawnExtra !== "" && !below);
    const taken = lines.sign + (28 * inCorner - 13) * lines.signScale;
    const nameRoom = width - pad - (inCorner > 0 ? taken : pad);
    // A name that is too long is written narrower: it is whole, for those too who only hear it.
    const long = width > 0 && textWidth(this.name, lines.nameSize, true) > nameRoom;
    set(this.#name, {
      ...{ x: pad, y: lines.name },
      ...{ textLength: long ? nameRoom : null, lengthAdjust: long ? "spacingAndGlyphs" : null },
    });
    set(this.#status, { x: pad, y: lines.status });
    set(this.#sign, { transform: `translate(${width - lines.sign} ${corner}) scale(${lines.signScale})` });
    // Beside the first sign, or on a narrow card below it.
    const aside = this.#alone ? 0 : 28 * lines.signScale;
    const extra =
      below && !beside
        ? `translate(${width - lines.sign} ${lines.status - 3}) scale(${lines.signScale * 0.75})`
        : `translate(${width - lines.sign - aside} ${corner}) scale(${lines.signScale})`;
    set(this.#extra, { transform: extra });
    const signs = beside ? (this.#alone ? 0 : 16) + (this.#drawnExtra ? 17 : 0) : below ? 22 : 0;
    const said = this.#worded ? (this.#status.dataset.full ?? "") : "";
    const bold = BOLD.has(this.element.dataset.tone ?? "");
    const within = (/** @type {number} */ room, /** @type {boolean} */ bold) => (/** @type {string} */ words) =>
      textWidth(words, lines.size, bold) <= room;
    write(this.#status, `${inParts(said, within(width - 1.6 * pad - signs, bold), " · ", "")} `);
    const room = width - pad - after.x - 4;
    const note = this.#note.dataset.full ?? "";
    write(this.#note, this.#density === "dense" || room < 44 || height === 0 ? "" : inParts(note, within(room, false)));
    set(this.#note, { x: after.x + (after.x > pad ? 4 : 0), y: after.y + task * 0.68 });
  }

  #after = { x: 0, y: 0 };
}

/**
 * @param {string} text
 * @param {(text: string) => boolean} fits
 * @param {string} [between] its parts
 * @param {string} [left] what is written for those that are left out
 * @returns {string} as many whole parts as fit, at least some of the first
 */
export function inParts(text, fits, between = ", ", left = " …") {
  const parts = text.split(between);
  for (let count = parts.length; count > 0; count -= 1) {
    const kept = parts.slice(0, count).join(between) + (count < parts.length ? left : "");
    if (fits(kept)) return kept;
  }
  let first = parts[0] ?? "";
  while (first.length > 1 && !fits(`${first}…`)) first = first.slice(0, -1).trimEnd();
  return `${first}…`;
}
