/** What the lab's machines are made of, and in place of what such machines cannot show, why. */

/** @import { Store } from "../store.js" */

import { find, set, write } from "../dom.js";
import { heard, t } from "../language.js";

/** @param {Store} store */
export function backendNotes(store) {
  const pill = find("#backend");
  const clock = find("#clock");
  const real = find("#real-time");
  const emulated = pill.textContent ?? "";
  store.onChange((change) => {
    if (!change.whole && !change.fields.has("backend") && !change.fields.has("unseen")) return;
    const { backend, unseen } = store.view;
    write(pill, backend === "emulated" ? emulated : t("real engines · {backend}", { backend }));
    const why = heard(unseen.time ?? "");
    pill.toggleAttribute("data-real", backend !== "emulated");
    set(pill, { title: why || null });
    clock.hidden = why !== "";
    for (const button of ["#undo", "#redo", "#step"]) find(button).hidden = why !== "";
    real.hidden = why === "";
    set(real, { title: why });
    write(find(".unseen", real), why);
  });
}
