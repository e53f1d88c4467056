/** What is said where there is nothing: to undo, to do again, to step to. */

/** @import { Clock } from "../types" */

import { t, tn } from "../language.js";
import { clockTime } from "../words.js";

/** Why nothing can be undone. @param {Pick<Clock, "plays_until">} clock */
export function nothingToUndo(clock) {
  if (typeof clock.plays_until === "number") return t("A recording plays, and nothing in it is yours to undo.");
  return t("There is nothing to undo: nothing was done in this lab yet.");
}

/** Why nothing can be done again. */
export function nothingToRedo() {
  return t("There is nothing to do again: nothing was undone, or something else was done since.");
}

/** What a step says that came to nothing. @param {number} looked how far ahead @param {number} now both in seconds */
export function nothingComes(looked, now) {
  const [minutes, time] = [Math.floor(looked / 60), clockTime(now * 1_000_000)];
  const within =
    minutes < 1
      ? tn("{count} second", "{count} seconds", Math.floor(looked))
      : tn("{count} minute", "{count} minutes", minutes);
  return t("Nothing is about to happen: no event comes within {span}. The clock stands where it was, at {time}.", {
    span: within,
    time,
  });
}
