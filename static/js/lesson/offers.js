/** Notices that a learner is stuck: the same thing went wrong again and again, or for minutes nothing was met. */

/** @import { LessonProgress } from "../types" */

export const FAILURES = 3;
export const PATIENCE_MS = 4 * 60_000;

/** @typedef {"" | "failures" | "minutes"} Stuck */

export class Patience {
  #reached = "";
  #since = 0;
  /** Failures before the last hint: there is time to try again. */
  #forgiven = 0;

  /** @param {() => number} [clock] milliseconds during which the page was looked at */
  constructor(clock = watchedTime()) {
    this.clock = clock;
    this.#since = clock();
  }

  /** @param {LessonProgress} lesson @returns {Stuck} */
  of(lesson) {
    const step = lesson.steps[lesson.step];
    const reached = `${lesson.step} ${step?.checks.filter((check) => check.met).length}`;
    if (reached !== this.#reached) {
      this.#reached = reached;
      this.#since = this.clock();
      this.#forgiven = 0;
    }
    if (lesson.done || lesson.playing || !step || step.checks.length === 0) return "";
    if ((lesson.failures ?? 0) - this.#forgiven >= FAILURES) return "failures";
    return this.clock() - this.#since >= PATIENCE_MS ? "minutes" : "";
  }

  /** A hint was taken: there is time to try it. @param {LessonProgress | null} lesson */
  again(lesson) {
    this.#since = this.clock();
    this.#forgiven = lesson?.failures ?? 0;
  }
}

/** @returns {() => number} */
function watchedTime() {
  let away = 0;
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = performance.now();
    else away += performance.now() - left;
  });
  return () => (document.hidden ? left : performance.now()) - away;
}
