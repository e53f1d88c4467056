/** Words of code on the page: set as code, and broken where a reader would break them. */

import { h } from "./dom.js";

/** A longer word may be broken anywhere: it would not fit in a line of its own. */
const MOST = 28;

/**
 * What stands between backticks is code.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? whole(h("code", {}, part)) : part));
}

/**
 * A browser breaks lines after a hyphen. A flag that is torn from its dashes is no flag any more.
 * @template {Element} E
 * @param {E} code with text only; anything else is left as it is
 * @returns {E}
 */
export function whole(code) {
  const text = code.textContent ?? "";
  if (code.childElementCount > 0 || !text.includes("-")) return code;
  const words = text.split(/(\s+)/).filter(Boolean);
  code.replaceChildren(
    ...words.map((word) =>
      word.includes("-") && word.length <= MOST ? h("span", { class: "whole" }, word) : document.createTextNode(word),
    ),
  );
  return code;
}

/**
 * A name that may be long, such as an image's: it may be broken after its marks.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function breakable(text) {
  const parts = text.split(/(?<=[/:@])(?=\S)/);
  return parts.flatMap((part, index) => (index === 0 ? [part] : [h("wbr"), part]));
}
