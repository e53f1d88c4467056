/** What can be done to a link, and to an image: two small forms. Each says what is so now, and sends what was changed. */

/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */

import { linkOf } from "../diagram/figures.js";
import { find, h, write } from "../dom.js";
import { heard, t } from "../language.js";
import { inNaturalOrder } from "../order.js";

/** @typedef {Record<string, unknown>} Fault */

/** @param {HTMLFormElement} form @param {string} name */
const input = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * Send faults, several as one act that is undone as one; the form closes when they were taken, and says what was refused.
 * @param {HTMLDialogElement} dialog @param {Present} present @param {Fault[]} faults
 */
async function send(dialog, present, faults) {
  const told = find(".told", dialog);
  write(told, "");
  try {
    const [only] = faults;
    if (only) await present.fault(faults.length === 1 ? only : { all: faults });
    dialog.close();
  } catch (error) {
    write(told, heard(error instanceof Error ? error.message : String(error)));
  }
}

/**
 * @param {Store} store
 * @param {Present} present
 * @returns {(a: string, b?: string) => void} opens the form of a link; of any of a node's when only that is named
 */
export function linkDialog(store, present) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#link-form"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  const ends = ["a", "b"].map((name) => /** @type {HTMLSelectElement} */ (form.elements.namedItem(name)));
  const chosen = () => /** @type {[string, string]} */ (ends.map((select) => select.value));

  const fill = () => {
    const link = linkOf(store.view, ...chosen());
    input(form, "cut").checked = Boolean(link?.cut);
    input(form, "ms").value = String(link?.extra_ms ?? 0);
    input(form, "percent").value = String(Math.round((link?.loss ?? 0) * 1000) / 10);
    const [a, b] = chosen();
    write(find(".told", dialog), a === b ? t("A link has two different ends.") : "");
    /** @type {HTMLButtonElement} */ (find(".primary", dialog)).disabled = a === b;
  };
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) fill();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const link = chosen();
    const before = linkOf(store.view, ...link);
    const [cut, ms, percent] = [
      input(form, "cut").checked,
      Number(input(form, "ms").value),
      Number(input(form, "percent").value),
    ];
    // Mending undoes all three, so it goes first, and what shall stay is said again.
    const mends =
      (before?.cut && !cut) || (before?.extra_ms && ms === 0) || (before?.loss && percent === 0)
        ? [{ mend: link }]
        : [];
    const again = mends.length > 0;
    void send(dialog, present, [
      ...mends,
      ...(cut && (again || !before?.cut) ? [{ cut: link }] : []),
      ...(ms !== 0 && (again || ms !== before?.extra_ms) ? [{ slow: link, ms }] : []),
      ...(percent !== 0 && (again || percent !== (before?.loss ?? 0) * 100) ? [{ lose: link, percent }] : []),
    ]);
  });
  return (a, b) => {
    const names = ["host", ...Object.keys(store.view.nodes).sort(inNaturalOrder)];
    for (const select of ends) select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    const other = b ?? names.find((name) => name !== a && name !== "host") ?? "host";
    for (const [index, name] of [a, other].entries()) /** @type {HTMLSelectElement} */ (ends[index]).value = name;
    fill();
    dialog.showModal();
  };
}

/**
 * @param {Store} store
 * @param {Present} present
 * @returns {(image: string) => void} opens the form of an image
 */
export function imageDialog(store, present) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#image-form"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  let image = "";
  /** @type {{ unhealthy: boolean, crash: boolean, seconds: number }} */
  let before = { unhealthy: false, crash: false, seconds: 0 };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [unhealthy, crash, seconds] = [
      input(form, "unhealthy").checked,
      input(form, "crash").checked,
      Number(input(form, "seconds").value),
    ];
    const mends = (before.unhealthy && !unhealthy) || (before.crash && !crash) || (before.seconds && seconds === 0);
    const start = mends ? { unhealthy: false, crash: false, seconds: 0 } : before;
    void send(dialog, present, [
      ...(mends ? [{ mend_image: image }] : []),
      ...(unhealthy && !start.unhealthy ? [{ unhealthy: image }] : []),
      ...(crash && !start.crash ? [{ crash: image }] : []),
      ...(seconds !== 0 && seconds !== start.seconds ? [{ slow_start: image, seconds }] : []),
    ]);
  });
  return (wanted) => {
    image = wanted.replace(/@sha256:.*/, "");
    const name = image.replace(/:latest$/, "");
    const has = (/** @type {string} */ kind) => `${kind}:${name}` in store.view.faults;
    const slow = /([\d.]+) s/.exec(store.view.faults[`slow_start:${name}`]?.text ?? "");
    before = { unhealthy: has("unhealthy"), crash: has("crash"), seconds: slow ? Number(slow[1]) : 0 };
    write(find(".image-name", dialog), image);
    input(form, "unhealthy").checked = before.unhealthy;
    input(form, "crash").checked = before.crash;
    input(form, "seconds").value = String(before.seconds);
    write(find(".told", dialog), "");
    dialog.showModal();
  };
}
