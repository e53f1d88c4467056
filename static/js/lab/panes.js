/** The three panes: their sizes, which of them fills the screen, and on a narrow screen which is seen. */

import { clamp } from "../diagram/geometry.js";
import { find, set } from "../dom.js";

const PANES = ["lesson", "cluster", "terminals"];
const STEP = 24;
/** The terminals leave the cluster so many pixels: less, and its words cannot be read. */
const LEAST_CLUSTER = 420;

/** @typedef {{ property: string, of: string, axis: "width" | "height", least: number, most: () => number }} Split */

export class Panes {
  #seen = "lesson";

  constructor() {
    this.root = find(".panes");
    this.bottom = find(".pane-tabs");
    /** @type {Split} */
    const lesson = {
      property: "--lesson-width",
      of: "#lesson",
      axis: "width",
      least: 260,
      most: () => innerWidth * 0.6,
    };
    /** @type {Split} */
    const terminals = {
      property: "--terminals-height",
      of: "#terminals",
      axis: "height",
      least: 96,
      most: () => Math.max(96, innerHeight - LEAST_CLUSTER),
    };
    this.#splitter(find("#split-lesson"), lesson, (event) => event.clientX, 1);
    this.#splitter(find("#split-terminals"), terminals, (event) => -event.clientY, -1);
    for (const button of document.querySelectorAll("[data-fill]")) {
      button.addEventListener("click", () => this.fill(/** @type {HTMLElement} */ (button).dataset.fill ?? ""));
    }
    for (const tab of this.bottom.querySelectorAll("[data-pane]")) {
      tab.addEventListener("click", () => this.show(/** @type {HTMLElement} */ (tab).dataset.pane ?? "lesson"));
    }
    document.addEventListener("keydown", (event) => this.#key(event));
    this.show("lesson");
  }

  /** On a narrow screen: the one pane that is seen. @param {string} pane */
  show(pane) {
    this.#seen = pane;
    this.root.dataset.seen = pane;
    for (const tab of this.bottom.querySelectorAll("[data-pane]")) {
      const own = /** @type {HTMLElement} */ (tab).dataset.pane === pane;
      set(tab, { "aria-pressed": String(own), ...(own ? { "data-news": null } : {}) });
    }
  }

  /** Something happened in a pane: a dot on its tab, if it is not seen. @param {string} pane */
  news(pane) {
    if (pane !== this.#seen) this.bottom.querySelector(`[data-pane=${pane}]`)?.setAttribute("data-news", "");
  }

  /** Let a pane fill the screen, or give it back. @param {string} pane */
  fill(pane) {
    const filled = this.root.dataset.fill === pane ? "" : pane;
    if (filled) this.root.dataset.fill = filled;
    else delete this.root.dataset.fill;
    for (const button of document.querySelectorAll("[data-fill]")) {
      if (button !== this.root)
        button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.fill === filled));
    }
  }

  /** @param {string} pane */
  focus(pane) {
    this.show(pane);
    const filled = this.root.dataset.fill;
    if (filled && filled !== pane) this.fill(pane);
    const element = find(`#${pane}`);
    const inside =
      pane === "terminals"
        ? element.querySelector("[data-current] textarea, textarea")
        : pane === "cluster"
          ? element.querySelector('[data-node][tabindex="0"]')
          : null;
    if (inside instanceof HTMLElement || inside instanceof SVGElement) inside.focus();
    else element.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const inside = PANES.find((pane) => document.activeElement?.closest(`#${pane}`));
    if (event.key === "F6") {
      event.preventDefault();
      const at = inside ? PANES.indexOf(inside) : -1;
      const step = event.shiftKey ? -1 : 1;
      this.focus(PANES[(at + step + PANES.length) % PANES.length] ?? "lesson");
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const chosen = { Digit1: "lesson", Digit2: "cluster", Digit3: "terminals" }[event.code];
    if (chosen) this.focus(chosen);
    else if (event.code === "KeyM") this.fill(inside ?? this.root.dataset.fill ?? "cluster");
    else return;
    event.preventDefault();
  }

  /**
   * @param {HTMLElement} bar
   * @param {Split} split
   * @param {(event: PointerEvent) => number} along where the pointer is, growing with the pane
   * @param {1 | -1} sign of the arrow key that makes the pane larger
   */
  #splitter(bar, split, along, sign) {
    const now = () => find(split.of).getBoundingClientRect()[split.axis];
    const tell = (/** @type {number} */ value) =>
      set(bar, {
        "aria-valuenow": Math.round(value),
        "aria-valuemin": split.least,
        "aria-valuemax": Math.round(split.most()),
      });
    const resize = (/** @type {number} */ size) => {
      const value = Math.round(clamp(size, split.least, split.most()));
      this.root.style.setProperty(split.property, `${value}px`);
      localStorage.setItem(split.property, String(value));
      tell(value);
    };
    const kept = Number(localStorage.getItem(split.property));
    if (kept > 0) resize(kept);
    else tell(now());
    bar.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      bar.setPointerCapture(event.pointerId);
      const [size, start] = [now(), along(event)];
      const move = (/** @type {PointerEvent} */ moved) => resize(size + along(moved) - start);
      bar.addEventListener("pointermove", move);
      bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", move), { once: true });
    });
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) resize(now() + step * sign * STEP);
      else if (event.key === "Home") resize(split.least);
      else if (event.key === "End") resize(split.most());
      else return;
      event.preventDefault();
    });
  }
}
