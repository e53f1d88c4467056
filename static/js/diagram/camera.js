/** Which part of the diagram is seen: fit, zoom and pan, by pointer, wheel and keys. */

/** @import { Point } from "../types" */

import { clamp } from "./geometry.js";

const MOST = 4;

export class Camera {
  /** All there is to see. */
  world = { width: 100, height: 100 };
  /** The centre and how much larger than fit; zoom 1 is fit. */
  #view = { x: 50, y: 50, zoom: 1 };

  /** @param {SVGSVGElement} svg @param {...SVGSVGElement} others that show the same part */
  constructor(svg, ...others) {
    this.svg = svg;
    this.others = others;
  }

  get fitted() {
    return this.#view.zoom === 1;
  }

  /** @param {{ width: number, height: number }} world */
  resize(world) {
    this.world = world;
    if (this.fitted) this.fit();
    else this.#show();
  }

  fit() {
    this.#view = { x: this.world.width / 2, y: this.world.height / 2, zoom: 1 };
    this.#show();
  }

  /** @param {number} factor @param {Point} [about] in world units; the centre otherwise */
  zoom(factor, about = this.#view) {
    const zoom = clamp(this.#view.zoom * factor, 1, MOST);
    const ratio = this.#view.zoom / zoom;
    if (zoom === 1) return this.fit();
    this.#view = { x: about.x + (this.#view.x - about.x) * ratio, y: about.y + (this.#view.y - about.y) * ratio, zoom };
    this.#show();
  }

  /** @param {number} dx @param {number} dy in world units */
  pan(dx, dy) {
    if (this.fitted) return;
    this.#view = { ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy };
    this.#show();
  }

  /** @param {{ clientX: number, clientY: number }} event @returns {Point} in world units */
  pointAt(event) {
    const matrix = this.svg.getScreenCTM()?.inverse();
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return { x: point.x, y: point.y };
  }

  /**
   * The wheel and two fingers zoom, dragging the ground pans, a double click fits. Where the diagram is scrolled (a tall
   * one, many machines, or a low screen) the wheel zooms with Ctrl only.
   * @param {AbortSignal} [signal]
   */
  listen(signal) {
    this.svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false, signal });
    this.#pinch(signal);
    this.svg.addEventListener("dblclick", () => this.fit(), { signal });
    this.svg.addEventListener(
      "pointerdown",
      (event) => {
        if (this.fitted || event.button !== 0 || this.svg.dataset.mode === "cut") return;
        if (event.target instanceof Element && event.target.closest("[data-node]")) return;
        let last = this.pointAt(event);
        this.svg.setPointerCapture(event.pointerId);
        const move = (/** @type {PointerEvent} */ moved) => {
          const point = this.pointAt(moved);
          this.pan(last.x - point.x, last.y - point.y);
          last = this.pointAt(moved);
        };
        this.svg.addEventListener("pointermove", move);
        this.svg.addEventListener("lostpointercapture", () => this.svg.removeEventListener("pointermove", move), {
          once: true,
        });
      },
      { signal },
    );
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const pinched = event.ctrlKey || event.metaKey;
    if (!pinched && this.#scrolls()) return;
    // Two fingers on a touch pad send small steps, in both directions: they move what is larger than the stage.
    const smooth = event.deltaMode === 0 && (event.deltaX !== 0 || Math.abs(event.deltaY) < 40);
    if (!pinched && smooth) {
      if (this.fitted) return;
      const scale = this.#scale();
      this.pan(event.deltaX * scale, event.deltaY * scale);
    } else {
      this.zoom(Math.exp(-event.deltaY / (pinched && smooth ? 120 : 400)), this.pointAt(event));
    }
    event.preventDefault();
  }

  /** @returns {boolean} the stage is larger than what is seen of it, so the wheel belongs to it */
  #scrolls() {
    const scene = this.svg.closest(".scene");
    if (this.svg.hasAttribute("data-scrolled") || !scene) return this.svg.hasAttribute("data-scrolled");
    return scene.scrollHeight > scene.clientHeight + 1 && getComputedStyle(scene).overflowY === "auto";
  }

  /** @returns {number} world units in a pixel */
  #scale() {
    return 1 / (this.svg.getScreenCTM()?.a || 1);
  }

  /** @param {AbortSignal} [signal] */
  #pinch(signal) {
    let apart = 0;
    const middle = (/** @type {TouchList} */ touches) => {
      const [a, b] = [touches[0], touches[1]];
      if (!a || !b) return null;
      return {
        clientX: (a.clientX + b.clientX) / 2,
        clientY: (a.clientY + b.clientY) / 2,
        apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
      };
    };
    const begin = (/** @type {TouchEvent} */ event) => {
      apart = middle(event.touches)?.apart ?? 0;
    };
    const move = (/** @type {TouchEvent} */ event) => {
      const now = middle(event.touches);
      if (!now || apart === 0) return;
      event.preventDefault();
      this.zoom(now.apart / apart, this.pointAt(now));
      apart = now.apart;
    };
    this.svg.addEventListener("touchstart", begin, { passive: true, signal });
    this.svg.addEventListener("touchmove", move, { passive: false, signal });
    this.svg.addEventListener("touchend", begin, { passive: true, signal });
  }

  #show() {
    const { width, height } = this.world;
    const zoom = this.#view.zoom;
    const [w, h] = [width / zoom, height / zoom];
    this.#view.x = clamp(this.#view.x, w / 2, width - w / 2);
    this.#view.y = clamp(this.#view.y, h / 2, height - h / 2);
    const box = [this.#view.x - w / 2, this.#view.y - h / 2, w, h].map((value) => value.toFixed(1));
    for (const svg of [this.svg, ...this.others]) svg.setAttribute("viewBox", box.join(" "));
    // One finger scrolls what fits, and moves what is larger.
    this.svg.toggleAttribute("data-zoomed", !this.fitted);
  }
}
