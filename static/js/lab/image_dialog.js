/** What can be done to an image: a small form. It says what is so now, and sends what was changed. */

/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */

import { find, write } from "../dom.js";
import { heard } from "../language.js";

/**
 * @param {Store} store
 * @param {Present} present
 * @returns {(image: string) => void} opens the form of an image
 */
export function imageDialog(store, present) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#image-form"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const told = find(".told", dialog);
  let image = "";
  /** @type {{ unhealthy: boolean, crash: boolean, seconds: number }} */
  let before = { unhealthy: false, crash: false, seconds: 0 };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [unhealthy, crash, seconds] = [
      input("unhealthy").checked,
      input("crash").checked,
      Number(input("seconds").value),
    ];
    const mends = (before.unhealthy && !unhealthy) || (before.crash && !crash) || (before.seconds && seconds === 0);
    const start = mends ? { unhealthy: false, crash: false, seconds: 0 } : before;
    write(told, "");
    try {
      await present.faults([
        ...(mends ? [{ mend_image: image }] : []),
        ...(unhealthy && !start.unhealthy ? [{ unhealthy: image }] : []),
        ...(crash && !start.crash ? [{ crash: image }] : []),
        ...(seconds !== 0 && seconds !== start.seconds ? [{ slow_start: image, seconds }] : []),
      ]);
      dialog.close();
    } catch (error) {
      write(told, heard(error instanceof Error ? error.message : String(error)));
    }
  });
  return (wanted) => {
    image = wanted.replace(/@sha256:.*/, "");
    const name = image.replace(/:latest$/, "");
    const has = (/** @type {string} */ kind) => `${kind}:${name}` in store.view.faults;
    const slow = /([\d.]+) s/.exec(store.view.faults[`slow_start:${name}`]?.text ?? "");
    before = { unhealthy: has("unhealthy"), crash: has("crash"), seconds: slow ? Number(slow[1]) : 0 };
    write(find(".image-name", dialog), image);
    input("unhealthy").checked = before.unhealthy;
    input("crash").checked = before.crash;
    input("seconds").value = String(before.seconds);
    write(told, "");
    dialog.showModal();
  };
}
