/** What can be done with a node: a menu beside its card. */

/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */
/** @import { Diagram } from "../diagram/diagram.js" */
/** @import { NodeDeed } from "./node_deeds.js" */

import { find, h, write } from "../dom.js";
import { t } from "../language.js";

/**
 * @param {Store} store
 * @param {Present} present
 * @param {Diagram} diagram
 * @param {(name: string) => NodeDeed[]} deeds
 * @param {(name: string) => void} inspect
 * @returns {(name: string) => void} shows the menu of a node
 */
export function nodeMenu(store, present, diagram, deeds, inspect) {
  const menu = find("#node-menu");
  const title = find(".menu-title", menu);
  const sentence = find(".menu-sentence", menu);
  const items = find("[role=menu]", menu);
  let of = "";
  let offered = true;

  const close = (/** @type {boolean} */ back) => {
    if (menu.hidden) return;
    menu.hidden = true;
    if (back) diagram.elementOf(of)?.focus();
  };
  const item = (/** @type {string} */ label, /** @type {string} */ detail, /** @type {() => void} */ action) => {
    const button = h(
      "button",
      { type: "button", role: "menuitem", tabindex: -1 },
      h("b", {}, label),
      h("span", {}, detail),
    );
    button.addEventListener("click", () => {
      close(true);
      action();
    });
    return button;
  };

  items.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...items.children].filter((element) => element instanceof HTMLElement);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "Escape" || event.key === "Tab") close(true);
    else if (step) all[(at + step + all.length) % all.length]?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Element && !event.target.closest("#node-menu, [data-node]")) close(false);
  });

  /** What it offers, by whether the machine is on. @param {string} name @param {boolean} on */
  const fill = (name, on) => {
    offered = on;
    const [first, ...rest] = deeds(name).map(({ label, detail, act }) => item(label, detail, act));
    items.replaceChildren(
      ...(first ? [first] : []),
      item(t("Inspect"), t("all about it"), () => inspect(name)),
      ...rest,
    );
  };
  /** It says and offers what is so now, for as long as it is open. */
  const renew = () => {
    const node = store.view.nodes[of];
    if (menu.hidden || !node) return close(true);
    write(title, `${of} · ${node.ip}`);
    write(sentence, diagram.explain(of));
    const on = node.power === "on";
    if (on === offered) return;
    const at = [...items.children].indexOf(/** @type {Element} */ (document.activeElement));
    fill(of, on);
    const next = items.children[Math.min(at, items.childElementCount - 1)];
    if (at >= 0) /** @type {HTMLElement} */ (next).focus();
  };
  store.onChange(({ whole, parts }) => {
    // In the frame after the diagram's: it says the sentence.
    if (!menu.hidden && (whole || parts.nodes.has(of) || parts.raft.has(of)))
      requestAnimationFrame(() => requestAnimationFrame(renew));
  });
  present.past.addEventListener("change", () => close(true));

  return (name) => {
    const node = store.view.nodes[name];
    const card = diagram.elementOf(name)?.getBoundingClientRect();
    if (!node || !card) return;
    of = name;
    write(title, `${name} · ${node.ip}`);
    write(sentence, diagram.explain(name));
    items.setAttribute("aria-label", name);
    fill(name, node.power === "on");
    menu.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = menu;
    const left = Math.max(8, Math.min(card.left + 12, innerWidth - width - 8));
    const below = card.bottom + 6 + height < innerHeight;
    menu.style.left = `${left}px`;
    menu.style.top = `${below ? card.bottom + 6 : Math.max(8, card.top - height - 6)}px`;
    /** @type {HTMLElement | null} */ (items.firstElementChild)?.focus();
  };
}
