/** Plays a recorded lab into a store: the same views and deltas that a lab sends. */

/** @import { Delta, View } from "./types" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {object} Recording
 * @property {number} still_ms a moment that is worth a picture
 * @property {View} view the first
 * @property {{ at_ms: number, delta: Delta }[]} deltas since the beginning
 */

const PAUSE_AT_END_MS = 5000;

export class Player {
  #at = 0;
  #next = 0;
  #last = 0;
  #frame = 0;

  /** @param {Recording} recording @param {Store} store */
  constructor(recording, store) {
    this.recording = recording;
    this.store = store;
    this.#rewind();
  }

  get playing() {
    return this.#frame !== 0;
  }

  /** @param {number} ms go there at once */
  seek(ms) {
    if (ms < this.#at) this.#rewind();
    this.#at = ms;
    this.#catchUp();
  }

  play() {
    if (this.playing) return;
    this.#last = performance.now();
    const step = (/** @type {number} */ time) => {
      this.#frame = requestAnimationFrame(step);
      this.#at += Math.min(100, Math.max(0, time - this.#last));
      this.#last = time;
      this.#catchUp();
      const end = this.recording.deltas.at(-1)?.at_ms ?? 0;
      if (this.#at > end + PAUSE_AT_END_MS) this.#rewind();
    };
    this.#frame = requestAnimationFrame(step);
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #rewind() {
    this.#at = 0;
    this.#next = 0;
    this.store.replace(structuredClone(this.recording.view));
  }

  #catchUp() {
    for (
      let entry = this.recording.deltas[this.#next];
      entry && entry.at_ms <= this.#at;
      entry = this.recording.deltas[this.#next]
    ) {
      this.#next += 1;
      this.store.apply(structuredClone(entry.delta));
    }
  }
}
