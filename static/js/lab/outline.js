/** The diagram in words: a live, nested list of nodes, tasks, services, networks and faults, with the same things to do. */

/** @import { Store } from "../store.js" */
/** @import { Deed } from "./outline_lines.js" */

import { find, h, keyed, write } from "../dom.js";
import { outlineOf } from "./outline_lines.js";

const REDRAWN_EVERY_MS = 400;

/**
 * @param {HTMLElement} panel
 * @param {Store} store
 * @param {(deed: Deed) => void} onDeed what was chosen
 * @param {() => void} onOpen
 * @returns {{ close: () => void }}
 */
export function outlinePanel(panel, store, onDeed, onOpen) {
  const list = find(".outline", panel);
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();
  /** @type {Map<string, Map<string, HTMLElement>>} */
  const nested = new Map();
  /** What a line's button does now. @type {Map<Element, Deed>} */
  const deeds = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {Element} parent @param {string} text @param {Deed} [deed] @param {string} [kind] class of the text */
  const say = (parent, text, deed, kind = "") => {
    let line = /** @type {HTMLElement | null} */ (parent.querySelector(":scope > .line"));
    if (!line || (line.localName === "button") !== Boolean(deed)) {
      const made = deed
        ? h("button", { type: "button", class: `link line ${kind}`.trim() })
        : h("span", { class: `line ${kind}`.trim() });
      if (deed?.kind === "node") made.setAttribute("aria-haspopup", "menu");
      if (deed)
        made.addEventListener("click", () => {
          const now = deeds.get(made);
          if (now) onDeed(now);
        });
      if (line) line.replaceWith(made);
      else parent.prepend(made);
      line = made;
    }
    if (deed) deeds.set(line, deed);
    write(line, text);
  };
  const draw = () => {
    timer = undefined;
    if (panel.hidden) return;
    deeds.clear();
    const sections = new Map(outlineOf(store.view).map((section) => [section.key, section]));
    keyed(list, items, sections.keys(), () => h("li", {}, h("ul")));
    for (const [key, { title, deed, lines }] of sections) {
      const item = /** @type {HTMLElement} */ (items.get(key));
      say(item, title, deed, "outline-text");
      const children = nested.get(key) ?? new Map();
      nested.set(key, children);
      const byKey = new Map(lines.map((line) => [line.key, line]));
      const under = find("ul", item);
      under.hidden = lines.length === 0;
      keyed(under, children, byKey.keys(), () => h("li"));
      for (const [child, line] of byKey) say(/** @type {HTMLElement} */ (children.get(child)), line.text, line.deed);
    }
  };
  store.onChange(() => {
    if (timer === undefined) timer = setTimeout(draw, REDRAWN_EVERY_MS);
  });
  const button = find("#outline-open");
  const show = (/** @type {boolean} */ shown) => {
    panel.hidden = !shown;
    button.setAttribute("aria-pressed", String(shown));
    draw();
  };
  button.addEventListener("click", () => {
    show(Boolean(panel.hidden));
    if (panel.hidden) return;
    onOpen();
    find("h2", panel).focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    show(false);
    button.focus();
  });
  return { close: () => show(false) };
}
