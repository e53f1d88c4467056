/** What is said of a link, whole or not. Pure. */

/** @import { View } from "../types" */

import { t } from "../language.js";
import { linkSentence } from "../words.js";
import { isCut, linkOf } from "./figures.js";

/** @param {View} view @param {string} a @param {string} b @returns {string} a sentence */
export function linkWords(view, a, b) {
  const entity = linkOf(view, a, b);
  if (entity && (entity.cut || entity.extra_ms > 0 || entity.loss > 0)) return linkSentence(entity);
  if (isCut(view, a, b)) return t("{a} and {b} cannot hear each other.", { a, b });
  return t("{a} and {b} hear each other.", { a, b });
}
