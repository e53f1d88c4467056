/** The lesson by keyboard, from wherever one is, out of a terminal too. */

import { find } from "../dom.js";

/** Keys with Alt that belong to the page: a terminal lets them pass. By `KeyboardEvent.code`. */
export const WITH_ALT = [
  ...["Digit1", "Digit2", "Digit3", "KeyM", "KeyH", "KeyQ", "KeyZ", "KeyN", "KeyP"],
  ...["Enter", "PageUp", "PageDown"],
];

/** @param {HTMLElement} pane */
export function lessonKeys(pane) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "?" && !writes(event.target)) {
      /** @type {HTMLDialogElement} */ (find("#keys")).showModal();
      event.preventDefault();
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    /** @type {Record<string, () => HTMLElement | null>} */
    const buttons = {
      PageDown: () => find("#next", pane),
      PageUp: () => find("#back", pane),
      KeyH: () => find("#hint", pane),
      KeyQ: () => pane.querySelector("#questions"),
      Enter: () => nextBlock(pane),
    };
    const button = buttons[event.code]?.();
    if (button === undefined) return;
    event.preventDefault();
    if (button instanceof HTMLButtonElement && !button.disabled && !button.hidden) button.click();
  });
}

/** @param {EventTarget | null} target */
function writes(target) {
  return (
    target instanceof Element && target.closest("input:not([type=radio], [type=checkbox]), textarea, select") !== null
  );
}

/** The first block of the step that has not been run or done yet. @param {HTMLElement} pane @returns {HTMLElement | null} */
function nextBlock(pane) {
  const block = pane.querySelector(".prose :is(div.run, div.act):not([data-ran])");
  return block?.querySelector("button:last-of-type, button.primary") ?? null;
}
