/** The moment that is looked at: now, or one of the past. Views of the past come from the lab, one request at a time. */

/** @import { Store } from "../store.js" */
/** @import { LabSocket } from "../socket.js" */
/** @import { ShownStore } from "./shown.js" */

/** Tells with "change" that another moment is looked at, and with "trouble" (detail: an error) that it cannot be. */
export class Past extends EventTarget {
  /** Microseconds, or null for now. @type {number | null} */
  at = null;
  /** The first moment that can be looked at. */
  start = 0;
  #asking = false;

  /** @param {Store} live @param {ShownStore} shown @param {LabSocket} socket */
  constructor(live, shown, socket) {
    super();
    this.live = live;
    this.shown = shown;
    this.socket = socket;
    live.onChange((change) => {
      // Another lab in this one's place (after an undo): its past is another, too.
      if (change.whole && this.at !== null) this.back();
    });
  }

  /** @param {number} at a moment that has not been yet is now */
  look(at) {
    if (at >= this.live.view.now) return this.back();
    this.at = Math.round(Math.max(this.start, at));
    this.#tell();
    if (!this.#asking) void this.#ask();
  }

  back() {
    if (this.at === null) return;
    this.at = null;
    this.shown.back();
    this.#tell();
  }

  async #ask() {
    this.#asking = true;
    try {
      // While an answer was on its way, another moment may have been chosen: only the newest counts.
      for (let asked = this.at; asked !== null; ) {
        const view = await this.socket.look(asked);
        if (this.at === null) break;
        this.shown.look(view);
        if (this.at === asked) break;
        asked = this.at;
      }
    } catch (error) {
      this.back();
      this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
    } finally {
      this.#asking = false;
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
