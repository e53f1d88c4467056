/** Tells a screen reader what happens, politely: no more than one announcement a second, what piles up in one. */

import { write } from "../dom.js";
import { t } from "../language.js";

const EVERY_MS = 1000;
const AT_ONCE = 3;

export class Announcer {
  /** @type {string[]} */
  #waiting = [];
  #last = Number.NEGATIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Node} region with aria-live="polite" @param {() => number} [clock] milliseconds */
  constructor(region, clock = () => performance.now()) {
    this.region = region;
    this.clock = clock;
  }

  /** @param {string} sentence */
  say(sentence) {
    if (!sentence) return;
    this.#waiting.push(sentence);
    this.#timer ??= setTimeout(() => this.#speak(), Math.max(0, this.#last + EVERY_MS - this.clock()));
  }

  #speak() {
    this.#timer = undefined;
    this.#last = this.clock();
    const more = this.#waiting.length - AT_ONCE;
    const said = this.#waiting.slice(0, AT_ONCE);
    if (more > 0) said.push(t("and {more} more, see the timeline", { more }));
    this.#waiting = [];
    write(this.region, said.join(". "));
  }
}
