/** To begin a step or the lesson again: asked for in a menu, and once more before anything is given up. */

/** @import { LabApi } from "../api.js" */

import { find, h, write } from "../dom.js";
import { complain } from "../lab/notice.js";
import { t } from "../language.js";
import { enterLesson } from "./enter.js";

/**
 * @param {HTMLElement} place
 * @param {LabApi} api
 * @param {() => { slug: string, step: string, title: string, reached: boolean } | null} where
 * @param {(step: string) => void} begun
 * @returns {{ show: () => void }}
 */
export function againMenu(place, api, where, begun) {
  const step = h("button", { type: "button" }, t("Begin this step again"));
  const lesson = h("button", { type: "button" }, t("Begin the lesson again"));
  const menu = h(
    "details",
    { class: "again" },
    h("summary", { "aria-label": t("Begin again"), title: t("Begin again") }, "↺"),
    h("div", { class: "again-list" }, step, lesson),
  );
  menu.hidden = true;
  place.append(menu);
  const close = () => {
    menu.open = false;
  };
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    find("summary", menu).focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) close();
  });

  const title = h("h2", { id: "again-heading" });
  const sentence = h("p", {});
  const go = h("button", { class: "primary", value: "go" });
  const dialog = h(
    "dialog",
    { "aria-labelledby": "again-heading" },
    h(
      "form",
      { method: "dialog" },
      title,
      sentence,
      h("div", { class: "dialog-foot" }, h("button", { value: "" }, t("Leave it as it is")), go),
    ),
  );
  document.body.append(dialog);
  /** @type {() => Promise<void>} */
  let then = async () => {};
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "go") then().catch(complain);
  });
  const ask = (/** @type {string} */ what, /** @type {string} */ why, /** @type {() => Promise<void>} */ act) => {
    close();
    write(title, what);
    write(sentence, why);
    write(go, what);
    then = act;
    dialog.returnValue = "";
    dialog.showModal();
  };

  step.addEventListener("click", () => {
    const at = where();
    if (!at) return;
    const why = t("The cluster goes back to what it was when “{step}” began. What was done since is gone.", {
      step: at.title,
    });
    ask(t("Begin this step again"), why, async () => {
      await api.post("/lesson/restart", { step: at.step });
      begun(at.step);
    });
  });
  lesson.addEventListener("click", () => {
    const at = where();
    if (!at) return;
    const why = t("You get a new cluster and the first step. That this lesson was finished before stays known.");
    ask(t("Begin the lesson again"), why, () => enterLesson(at.slug, true));
  });
  return {
    show: () => {
      menu.hidden = false;
      const at = where();
      step.disabled = !at?.reached;
    },
  };
}
