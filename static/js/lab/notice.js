/** One line for what went wrong, with what to do next. */

import { find, write } from "../dom.js";
import { heard } from "../language.js";

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/** @param {string} sentence @param {number} [forMs] 0 keeps it */
export function notice(sentence, forMs = 8000) {
  const element = find("#notice");
  write(find("span", element), heard(sentence));
  element.hidden = !sentence;
  clearTimeout(hiding);
  if (sentence && forMs > 0) hiding = setTimeout(() => notice(""), forMs);
}

/** @param {unknown} error */
export function complain(error) {
  notice(error instanceof Error ? error.message : String(error));
}

export function dismissable() {
  find("#notice button").addEventListener("click", () => notice(""));
}
