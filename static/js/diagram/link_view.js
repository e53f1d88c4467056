/** Links between nodes, and what travels on them. */

/** @import { Box, Curve, Message, Point } from "../types" */
/** @import { Way } from "./routing.js" */

import { lessMotion, s, set } from "../dom.js";
import { CLOCK } from "./figures.js";
import { along, clearOf, curvePath } from "./geometry.js";

/** As much room as the longest word takes. */
const LABEL = { width: 76, height: 20 };
/** From one line of words to the next. */
const LINE = 21;

export class LinkView {
  /** @type {Curve} */
  curve = { from: { x: 0, y: 0 }, c1: { x: 0, y: 0 }, c2: { x: 0, y: 0 }, to: { x: 0, y: 0 } };
  /** @type {Way | null} */
  way = null;
  /** What was last shown of it. */
  shown = "";
  /** That its word keeps clear of. @type {Box[]} */
  #cards = [];
  #line = s("path", { class: "line" });
  #reach = s("path", { class: "reach" });
  /** What is said of it, a line each. @type {string[]} */
  #words = [];
  #label = s("text", { class: "link-label", "text-anchor": "middle", "aria-hidden": "true" });
  #stop = s("path", { class: "link-stop" });
  /** The line, under the cards. */
  element;
  /** What is over the cards: its word, and where the keyboard stops. */
  over;

  /** @param {string} key @param {string} a where its curve begins @param {string} b @param {boolean} live can be chosen */
  constructor(key, a, b, live) {
    this.key = key;
    this.a = a;
    this.b = b;
    this.element = s("g", { class: "link", "data-link": key }, this.#reach, this.#line);
    this.over = s("g", { class: "link-over", "data-link-of": key }, this.#label, ...(live ? [this.#stop] : []));
    if (live) set(this.#stop, { role: "button", tabindex: -1 });
  }

  /** Whether Tab comes to it. @param {boolean} reached */
  reach(reached) {
    set(this.#stop, { tabindex: reached ? 0 : -1 });
  }

  /** @returns {boolean} whether Tab comes to it */
  get reached() {
    return this.#stop.getAttribute("tabindex") === "0";
  }

  focus() {
    this.#stop.focus();
  }

  /** @param {{ form: string, words: string[] }} figure @param {string} between @param {string} sentence */
  show({ form, words }, between, sentence) {
    set(this.element, { "data-form": form, "data-between": between });
    set(this.#stop, { "aria-label": sentence });
    if (words.join() === this.#words.join()) return;
    this.#words = words;
    this.#seat();
  }

  /** @param {Curve} curve @param {Box[]} cards that its word keeps clear of, as far as it can */
  place(curve, cards) {
    this.curve = curve;
    const d = curvePath(curve);
    set(this.#line, { d });
    set(this.#reach, { d });
    set(this.#stop, { d });
    this.#cards = cards;
    this.#seat();
  }

  /** Where its words stand, if it has any. */
  #seat() {
    if (this.#words.length === 0 && !this.#label.hasChildNodes()) return;
    const { from, to } = this.curve;
    const [only = "", more] = this.#words;
    // Between neighbours there is room for half of it: over and under the line.
    const tight = Math.abs(to.x - from.x) < LABEL.width && Math.abs(to.y - from.y) < LABEL.height;
    const lines = tight && more === undefined ? inHalves(only) : this.#words;
    const height = LABEL.height + LINE * (lines.length - 1);
    const at = tight ? along(this.curve, 0.5) : clearOf(this.#cards, this.curve, { width: LABEL.width, height });
    const x = at.x.toFixed(1);
    const first = tight ? at.y - 6 : at.y - height / 2 + 15;
    if (this.#label.childElementCount !== lines.length || this.#label.textContent !== lines.join(""))
      this.#label.replaceChildren(...lines.map((line) => s("tspan", {}, line)));
    [...this.#label.children].forEach((line, index) => {
      set(line, { x, y: (first + LINE * index).toFixed(1) });
    });
  }
}

/** @param {string} words @returns {string[]} a sign and the rest, or all and the last word */
function inHalves(words) {
  const cut = words.startsWith(CLOCK) ? CLOCK.length : words.lastIndexOf(" ");
  return cut > 0 ? [words.slice(0, cut), words.slice(cut + 1)] : [words];
}

const TRAVEL_MS = 400;
const REST_MS = 260;

/** What is on the way: a handful of pills, the rest as a pulse that runs along its link. */
export class Traffic {
  #pills = 0;
  #pulses = 0;
  /** Links on which a pill is. @type {Set<string>} */
  #busy = new Set();

  /** @param {SVGGElement} layer @param {number} most pills at once */
  constructor(layer, most) {
    // Pulses run under the pills, whose words are to be read.
    this.under = s("g");
    this.layer = s("g");
    layer.append(this.under, this.layer);
    this.most = most;
  }

  /**
   * @param {Message} message
   * @param {string} key of the link
   * @param {Curve} curve from sender to receiver
   * @param {boolean} lost the link is cut: it does not arrive
   */
  send(message, key, curve, lost) {
    if (document.hidden) return;
    const quiet = message.kind === "heartbeat" || message.kind === "beat";
    if (quiet || this.#pills >= this.most || this.#busy.has(key)) this.#pulse(curve, lost);
    else this.#pill(message, key, curve, lost);
  }

  /** @param {Message} message @param {string} key @param {Curve} curve @param {boolean} lost */
  #pill(message, key, curve, lost) {
    const word = message.word || message.kind;
    const width = word.length * 6.4 + 20;
    const pill = s(
      "g",
      { class: "pill", "data-kind": message.kind, "data-lost": lost },
      s("rect", { x: -width / 2, y: -10, width, height: 20, rx: 10 }),
      s("text", { y: 4, "text-anchor": "middle" }, word),
    );
    this.layer.append(pill);
    this.#pills += 1;
    this.#busy.add(key);
    const gone = () => {
      pill.remove();
      this.#pills -= 1;
      this.#busy.delete(key);
    };
    const end = lost ? 0.48 : 0.86;
    const at = (/** @type {number} */ t) => ({ transform: place(along(curve, t)) });
    if (lessMotion()) {
      pill
        .animate(
          [
            { ...at(0.5), opacity: 0 },
            { ...at(0.5), opacity: 1 },
            { ...at(0.5), opacity: 0 },
          ],
          800,
        )
        .finished.then(gone, gone);
      return;
    }
    const share = TRAVEL_MS / (TRAVEL_MS + REST_MS);
    const steps = Array.from({ length: 9 }, (_, index) => {
      const t = index / 8;
      return { ...at(0.14 + (end - 0.14) * (t * t * (3 - 2 * t))), opacity: Math.min(1, t * 5), offset: t * share };
    });
    const frames = [...steps, { ...at(end), opacity: 1, offset: share + 0.12 }, { ...at(end), opacity: 0, offset: 1 }];
    pill.animate(frames, TRAVEL_MS + REST_MS).finished.then(gone, gone);
  }

  /** @param {Curve} curve @param {boolean} lost */
  #pulse(curve, lost) {
    if (lessMotion() || this.#pulses >= 16) return;
    const path = s("path", { class: "pulse", d: curvePath(curve), pathLength: 100, "stroke-dasharray": "16 200" });
    this.under.append(path);
    this.#pulses += 1;
    const gone = () => {
      path.remove();
      this.#pulses -= 1;
    };
    const frames = [{ strokeDashoffset: 16 }, { strokeDashoffset: lost ? -40 : -100 }];
    path.animate(frames, { duration: TRAVEL_MS, easing: "ease-in-out" }).finished.then(gone, gone);
  }
}

/** @param {Point} point */
function place(point) {
  return `translate(${point.x.toFixed(1)}px, ${point.y.toFixed(1)}px)`;
}

/** @param {Curve} curve @returns {Curve} the same way, walked from its other end */
export function reversed({ from, c1, c2, to }) {
  return { from: to, c1: c2, c2: c1, to: from };
}
