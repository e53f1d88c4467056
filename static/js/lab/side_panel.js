/** A panel beside the diagram: it takes the focus when it opens, gives it back, and closes by its button or by Esc. */

import { find } from "../dom.js";

export class SidePanel {
  /** What the focus goes back to. @type {Element | null} */
  opener = null;

  /**
   * @param {HTMLElement} element
   * @param {{ onOpen: () => void, onClose?: () => void }} heard before it is seen, and when it is gone
   */
  constructor(element, { onOpen, onClose = () => {} }) {
    this.element = element;
    this.onOpen = onOpen;
    this.onClose = onClose;
    this.title = find("h2", element);
    find("[data-close]", element).addEventListener("click", () => this.close());
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** @param {() => void} draw fills it @param {Element | null} [from] what opened it */
  open(draw, from = document.activeElement) {
    this.onOpen();
    this.opener = from;
    this.element.hidden = false;
    this.element.scrollTop = 0;
    draw();
    this.title.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    const inside = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.onClose();
    if (inside && (this.opener instanceof HTMLElement || this.opener instanceof SVGElement)) this.opener.focus();
  }
}
