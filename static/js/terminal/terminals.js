/** The terminals' pane: a tab for each machine, two screens side by side where there is room. */

/** @import { LabSocket } from "../socket.js" */
/** @import { Store } from "../store.js" */

import { find, h, keyed, set, write } from "../dom.js";
import { heard, t } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { LabTerminal } from "./terminal.js";

/** Two screens can stand side by side from this width, ... */
const TWO_FROM_WIDTH = 860;
/** ... and do so by themselves from this one: eighty columns each. Narrower ones fold docker's tables. */
const TWO_AT_FIRST_FROM_WIDTH = 1300;
const HOST = "host";

export class Terminals {
  /** @type {Map<string, LabTerminal>} */
  #terminals = new Map();
  /** @type {Map<string, HTMLButtonElement>} */
  #tabs = new Map();
  /** Shown, the longest unused first. @type {string[]} */
  #recent = [];
  /** What stands in each slot, from left to right. @type {string[]} */
  #slots = [];
  #screenReader = localStorage.getItem("screen reader") === "on";
  /** What was chosen, if anything was. */
  #sideBySide = localStorage.getItem("terminals side by side");
  #restored = false;
  /** Of what the tabs were made. */
  #tabsShown = "";
  #frame = 0;

  /** @param {HTMLElement} pane @param {Store} store @param {LabSocket} socket */
  constructor(pane, store, socket) {
    this.pane = pane;
    this.store = store;
    this.socket = socket;
    this.list = find(".tabs", pane);
    this.screens = find(".screens", pane);
    socket.on("output", (output) => {
      const terminal = this.#terminals.get(output.terminal);
      terminal?.write(output);
      if (terminal?.settled && !this.#slots.includes(output.terminal) && !output.reset)
        this.#tabs.get(output.terminal)?.setAttribute("data-news", "");
      if (!output.reset) pane.dispatchEvent(new CustomEvent("news", { bubbles: true }));
    });
    store.onChange((change) => {
      if (change.whole || change.parts.nodes.size > 0 || change.fields.has("quorum")) this.#showTabs();
    });
    new ResizeObserver(() => this.#resized()).observe(this.screens);
    this.list.addEventListener("keydown", (event) => this.#arrow(event));
    this.#screenReaderSwitch();
    this.side = find("#side-by-side");
    this.side.addEventListener("click", (event) => {
      this.#switchSides();
      if (event.detail > 0) this.current?.focus();
    });
    document.fonts?.load('13px "JetBrains Mono"').then(
      () => this.#fitAll(),
      () => {},
    );
  }

  get names() {
    return [HOST, ...Object.keys(this.store.view.nodes).sort(inNaturalOrder)];
  }

  get #room() {
    const width = this.screens.clientWidth;
    if (this.#sideBySide) return this.#sideBySide === "on" && width >= TWO_FROM_WIDTH ? 2 : 1;
    return width >= TWO_AT_FIRST_FROM_WIDTH ? 2 : 1;
  }

  /** The terminal that was used last. @returns {LabTerminal | undefined} */
  get current() {
    return this.#terminals.get(this.#recent.at(-1) ?? "");
  }

  /**
   * Bring a terminal to the front: in the slot that was used least recently, if it is not shown yet.
   * @param {string} name
   * @param {boolean} [focus]
   * @returns {LabTerminal}
   */
  show(name, focus = false) {
    const terminal = this.#terminal(name);
    this.#recent = [...this.#recent.filter((other) => other !== name), name];
    if (!this.#slots.includes(name)) {
      const room = this.#room;
      if (this.#slots.length < room) this.#slots.push(name);
      else {
        const oldest = this.#recent.find((other) => this.#slots.includes(other)) ?? this.#slots[0];
        this.#slots = this.#slots.map((other) => (other === oldest ? name : other)).slice(-room);
        if (!this.#slots.includes(name)) this.#slots = [name];
      }
    }
    this.#arrange();
    if (focus) terminal.focus();
    return terminal;
  }

  /** Show a terminal, unless this tab of the browser had others open before it was loaded anew. @param {string} name */
  suggest(name) {
    if (this.#restored || this.hindrance(name)) return;
    this.show(name);
    for (const tab of this.#tabs.values()) tab.removeAttribute("data-news");
  }

  /** @param {string} name of a machine @returns {string} why nothing can be typed there, and what to do; empty when it can */
  hindrance(name) {
    if (name === HOST) return "";
    const node = this.store.view.nodes[name];
    if (!node)
      return t("There is no {name} yet. Make it on the host first: multipass launch docker --name {name}.", { name });
    if (node.power === "off")
      return (
        heard(node.error) ||
        t("{name} is stopped. Start it from its menu, or on the host: multipass start {name}.", { name })
      );
    return "";
  }

  /** @param {string} name of a machine without a hindrance @param {string} command */
  run(name, command) {
    this.show(name, true).run(command);
  }

  /** @param {string} name */
  #terminal(name) {
    let terminal = this.#terminals.get(name);
    if (!terminal) {
      terminal = new LabTerminal(name, this.socket, { screenReader: this.#screenReader, small: innerWidth < 800 });
      terminal.element.addEventListener("focusin", () => {
        this.#recent = [...this.#recent.filter((other) => other !== name), name];
        this.#mark();
      });
      this.#terminals.set(name, terminal);
    }
    return terminal;
  }

  #showTabs() {
    const { view } = this.store;
    const names = this.names;
    const shown = `${names} ${view.quorum?.has && view.quorum.leader}`;
    if (shown === this.#tabsShown) return;
    this.#tabsShown = shown;
    this.#slots = this.#slots.filter((name) => names.includes(name));
    this.#recent = this.#recent.filter((name) => names.includes(name));
    for (const name of [...this.#terminals.keys()]) if (!names.includes(name)) this.#terminals.delete(name);
    keyed(this.list, this.#tabs, names, (name) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          "data-terminal": name,
          id: `tab-${name}`,
          click: () => this.show(name, true),
        },
        h("span"),
      ),
    );
    for (const [name, tab] of this.#tabs) {
      const leads = view.quorum?.leader === name && view.quorum.has;
      set(tab, { "data-leader": leads, "aria-label": leads ? t("{name}, leader", { name }) : name });
      write(find("span", tab), name);
    }
    if (this.#slots.length === 0) this.#restore(names);
    if (this.#slots.length === 0) {
      const first = names.length > 1 ? names.slice(1, 3) : [HOST];
      for (const name of this.#room === 2 && first.length === 1 && first[0] !== HOST
        ? [HOST, ...first]
        : first.slice(0, this.#room).reverse())
        this.show(name);
      if (this.#room === 2 && first.length === 2) this.#slots.reverse();
    }
    // A machine that comes gets a tab and no screen: it takes neither the place nor half the width of what is in use.
    this.#arrange();
  }

  /** What this tab of the browser had open in this lab. @param {string[]} names */
  #restore(names) {
    const kept = sessionStorage.getItem(`terminals ${this.socket.lab}`);
    const recent = (kept?.split(" ") ?? []).filter((name) => names.includes(name));
    for (const name of recent.slice(-this.#room)) this.show(name);
    this.#restored = recent.length > 0;
  }

  #switchSides() {
    this.#sideBySide = this.#room === 2 ? "off" : "on";
    localStorage.setItem("terminals side by side", this.#sideBySide);
    this.#resized();
  }

  #arrange() {
    const elements = this.#slots.map((name) => {
      const { element } = this.#terminal(name);
      set(element, { role: "tabpanel", id: `screen-${name}`, "aria-labelledby": `tab-${name}` });
      return element;
    });
    const left = this.screens.contains(document.activeElement);
    const before = new Set([...this.screens.children].map((child) => child.id.replace("screen-", "")));
    for (const child of [...this.screens.children]) if (!elements.some((element) => element === child)) child.remove();
    // The one in use is not moved, because that would take the focus from it; the others are set around it.
    const kept = elements.find((element) => element.contains(document.activeElement)) ?? elements[0];
    if (kept && kept.parentNode !== this.screens) this.screens.append(kept);
    let left_of_it = true;
    for (const element of elements) {
      if (element === kept) left_of_it = false;
      else if (left_of_it) this.screens.insertBefore(element, kept ?? null);
      else this.screens.append(element);
    }
    this.screens.dataset.count = String(elements.length);
    for (const name of this.#slots) {
      // Measured when it comes, and by the observer when the room changes: measuring forces a layout.
      if (!before.has(name) || before.size !== this.#slots.length) this.#terminal(name).attach();
      this.#tabs.get(name)?.removeAttribute("data-news");
    }
    this.#mark();
    // The terminal in use went, with its machine or for another: what is in use now takes over.
    if (left && !this.screens.contains(document.activeElement)) this.current?.focus();
  }

  #mark() {
    const current = this.#recent.at(-1);
    // Only what is seen is worth coming back to.
    const kept = this.#recent.filter((name) => this.#slots.includes(name));
    sessionStorage.setItem(`terminals ${this.socket.lab}`, kept.join(" "));
    for (const [name, tab] of this.#tabs) {
      set(tab, {
        "aria-selected": String(this.#slots.includes(name)),
        "aria-controls": this.#slots.includes(name) ? `screen-${name}` : null,
        "data-current": name === current && this.#slots.length > 1,
        tabindex: name === (current ?? HOST) ? 0 : -1,
      });
    }
    for (const name of this.#slots) set(this.#terminal(name).element, { "data-current": name === current });
  }

  #resized() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (this.screens.clientWidth === 0) return;
      this.side.hidden = this.screens.clientWidth < TWO_FROM_WIDTH;
      this.side.setAttribute("aria-pressed", String(this.#room === 2));
      if (this.#slots.length > this.#room) {
        const current = this.#recent.at(-1) ?? HOST;
        this.#slots = [current];
        this.#arrange();
      } else this.#fillRoom();
      this.#fitAll();
    });
  }

  /** Where there is room for two, two are shown; what is in use stays in use. */
  #fillRoom() {
    if (this.#slots.length === 0 || this.#slots.length >= this.#room) return;
    const hidden = (/** @type {string} */ name) => !this.#slots.includes(name);
    const other = [...this.#recent].reverse().find(hidden) ?? this.names.find(hidden);
    const current = this.#recent.at(-1);
    if (other) this.show(other);
    const { names } = this;
    this.#slots.sort((a, b) => names.indexOf(a) - names.indexOf(b));
    this.#arrange();
    if (current) this.#recent = [...this.#recent.filter((name) => name !== current), current];
    this.#mark();
  }

  #fitAll() {
    for (const name of this.#slots) this.#terminals.get(name)?.fit();
  }

  /** @param {KeyboardEvent} event */
  #arrow(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !(event.target instanceof HTMLElement)) return;
    event.preventDefault();
    const names = [...this.#tabs.keys()];
    const at = names.indexOf(event.target.dataset.terminal ?? "");
    this.#tabs.get(names[(at + step + names.length) % names.length] ?? "")?.focus();
  }

  #screenReaderSwitch() {
    const button = find("#screen-reader");
    const show = () => button.setAttribute("aria-pressed", String(this.#screenReader));
    button.addEventListener("click", () => {
      this.#screenReader = !this.#screenReader;
      localStorage.setItem("screen reader", this.#screenReader ? "on" : "off");
      for (const terminal of this.#terminals.values()) terminal.setScreenReader(this.#screenReader);
      show();
    });
    show();
  }
}
