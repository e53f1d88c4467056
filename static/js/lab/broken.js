/** What is broken now: a button that counts, and a list in which each fault can be undone. */

/** @import { FaultEntity } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */

import { find, h, keyed, write } from "../dom.js";
import { heard, t, tn } from "../language.js";
import { duration } from "../words.js";
import { complain } from "./notice.js";

/** @param {Store} store @param {Present} present */
export function brokenList(store, present) {
  const button = /** @type {HTMLButtonElement} */ (find("#broken-open"));
  const panel = find("#broken");
  const list = find("ul", panel);
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();

  const undo = (/** @type {string} */ id) => void present.fault({ undo: id }).catch(complain);
  const make = (/** @type {string} */ id) =>
    h(
      "li",
      {},
      h("p", {}, h("span", { class: "fault-text" }), " ", h("span", { class: "fault-since mono" })),
      present.acts(h("button", { type: "button", class: "small", click: () => undo(id) }, t("Undo"))),
    );
  present.acts(find("[data-all]", panel));
  const draw = () => {
    write(find("h2", panel), present.waits ? t("What was broken then") : t("What is broken now"));
    const faults = Object.values(store.view.faults).sort((a, b) => a.since - b.since);
    // Without faults there is nothing to open, and the button is not there. It stands where it shifts no neighbour.
    button.disabled = faults.length === 0;
    write(button, tn("{count} fault", "{count} faults", faults.length));
    if (faults.length === 0 && !panel.hidden) show(false);
    if (panel.hidden) return;
    const focused = [...items].find(([, item]) => item.contains(document.activeElement))?.[0];
    const ids = faults.map((fault) => fault.id);
    keyed(list, items, ids, make);
    for (const fault of faults) tell(fault);
    // The button that had the focus is gone with its fault: the next one takes it.
    if (focused !== undefined && !ids.includes(focused)) find("button", list.firstElementChild ?? panel).focus();
  };
  const tell = (/** @type {FaultEntity} */ fault) => {
    const item = /** @type {HTMLElement} */ (items.get(fault.id));
    const text = heard(fault.text);
    write(find(".fault-text", item), text);
    write(find(".fault-since", item), t("for {duration}", { duration: duration(store.view.now - fault.since) }));
    find("button", item).setAttribute("aria-label", t("Undo: {fault}", { fault: text }));
  };
  const show = (/** @type {boolean} */ shown) => {
    const inside = panel.contains(document.activeElement);
    panel.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
    if (shown) {
      draw();
      find("h2", panel).focus({ preventScroll: true });
    } else if (inside) {
      if (button.disabled) find("#cluster").focus();
      else button.focus();
    }
  };
  button.addEventListener("click", () => show(panel.hidden === true));
  find("[data-close]", panel).addEventListener("click", () => show(false));
  find("[data-all]", panel).addEventListener("click", () => undo("all"));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && event.target instanceof Element && !event.target.closest("#broken, #broken-open")) show(false);
  });
  let second = -1;
  store.onChange((change) => {
    const now = Math.floor(store.view.now / 1_000_000);
    if (!change.whole && change.parts.faults.size === 0 && (panel.hidden || now === second)) return;
    second = now;
    draw();
  });
}
