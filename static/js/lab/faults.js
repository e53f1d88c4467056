/** Cut and heal: by a line drawn with the pointer, or by choosing sides in a small dialog. */

/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */
/** @import { Diagram } from "../diagram/diagram.js" */

import { startCutting } from "../diagram/cut_mode.js";
import { find, h, set, write } from "../dom.js";
import { t } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { listed } from "../words.js";
import { complain } from "./notice.js";

/**
 * @param {Store} store
 * @param {Present} present
 * @param {Diagram} diagram
 * @param {(sentence: string) => void} say what the mode asks for
 */
export function faultTools(store, present, diagram, say) {
  const cut = /** @type {HTMLButtonElement} */ (find("#cut"));
  const sides = /** @type {HTMLButtonElement} */ (find("#choose-sides"));
  const heal = /** @type {HTMLButtonElement} */ (find("#heal"));
  /** @type {(() => void) | null} */
  let end = null;

  const partition = (/** @type {string[][]} */ groups) => present.fault({ partition: groups }).catch(complain);
  const stop = () => end?.();
  cut.addEventListener("click", (event) => {
    if (end) return stop();
    // A click that came from the keyboard cannot draw: it chooses the sides instead.
    if (event.detail === 0) return openSides();
    say(t("Draw a line between the machines that shall not hear each other. Esc ends it."));
    set(cut, { "aria-pressed": "true" });
    end = startCutting(diagram, {
      onCut: partition,
      onSay: say,
      onEnd: () => {
        end = null;
        say("");
        set(cut, { "aria-pressed": "false" });
      },
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
  });
  present.past.addEventListener("change", stop);
  heal.addEventListener("click", () => present.fault({ heal: true }).catch(complain));
  store.onChange((change) => {
    if (
      !change.whole &&
      !change.fields.has("partition") &&
      change.parts.links.size === 0 &&
      change.parts.nodes.size === 0
    )
      return;
    const hurt =
      store.view.partition !== null ||
      Object.values(store.view.links).some((link) => link.cut || link.extra_ms > 0 || link.loss > 0);
    heal.disabled = !hurt;
    cut.disabled = sides.disabled = Object.keys(store.view.nodes).length < 2;
  });

  const dialog = /** @type {HTMLDialogElement} */ (find("#sides"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  const rows = find(".side-rows", dialog);
  const told = find(".told", dialog);
  const chosen = () => {
    const data = new FormData(form);
    const names = Object.keys(store.view.nodes).sort(inNaturalOrder);
    return ["a", "b"].map((side) => names.filter((name) => data.get(`side ${name}`) === side));
  };
  const openSides = () => {
    stop();
    const names = Object.keys(store.view.nodes).sort(inNaturalOrder);
    const before = store.view.partition?.groups[0] ?? names.slice(0, 1);
    rows.replaceChildren(
      ...names.map((name) =>
        h(
          "fieldset",
          { class: "side-row" },
          h("legend", {}, name),
          ...["a", "b"].map((side) =>
            h(
              "label",
              {},
              h("input", {
                type: "radio",
                name: `side ${name}`,
                value: side,
                checked: before.includes(name) === (side === "a"),
              }),
              side === "a" ? t("One side") : t("Other side"),
            ),
          ),
        ),
      ),
    );
    write(told, "");
    dialog.showModal();
  };
  sides.addEventListener("click", openSides);
  form.addEventListener("submit", (event) => {
    const [a = [], b = []] = chosen();
    if (a.length > 0 && b.length > 0) return void partition([a, b]);
    event.preventDefault();
    write(
      told,
      t("A cut needs machines on both sides. Now all are on one: {names}.", { names: listed(a.length > 0 ? a : b) }),
    );
  });
}
