/** The switch between emulated and real engines, on the pages that make labs. It is there where the server has real ones. */

const KEPT = "swarmplayground.real";

/** @returns {HTMLInputElement | null} */
function choice() {
  return /** @type {HTMLInputElement | null} */ (document.querySelector("#real-engines"));
}

/**
 * Remember the switch for as long as this tab lives.
 * @param {() => void} [changed] hears that it was switched
 */
export function engineChoice(changed = () => {}) {
  const box = choice();
  if (!box) return;
  box.checked = sessionStorage.getItem(KEPT) === box.value;
  box.addEventListener("change", () => {
    sessionStorage.setItem(KEPT, box.checked ? box.value : "");
    changed();
  });
}

/** @returns {boolean} */
export function realChosen() {
  return choice()?.checked ?? false;
}

/** @returns {number} how many machines a lab on real engines may have here; 0 where they are not chosen */
export function mostRealNodes() {
  return realChosen() ? Number(choice()?.dataset.nodes ?? 0) : 0;
}

/** @returns {{ backend?: string }} what a new lab is to be made of */
export function chosenBackend() {
  const box = choice();
  return box?.checked ? { backend: box.value } : {};
}
