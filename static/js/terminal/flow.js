/** How far a terminal's screen has come with what was sent: told to the server now and then, so that it does not run ahead. */

const EVERY_MS = 40;
const AT_LEAST_EVERY = 16_384;

export class Progress {
  #shown = 0;
  #told = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(position: number) => void} tell */
  constructor(tell) {
    this.tell = tell;
  }

  /** The screen begins again. */
  reset() {
    this.#shown = this.#told = 0;
  }

  /** @param {number} position that is on the screen now */
  shown(position) {
    this.#shown = Math.max(this.#shown, position);
    if (this.#shown - this.#told >= AT_LEAST_EVERY) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), EVERY_MS);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#shown <= this.#told) return;
    this.#told = this.#shown;
    this.tell(this.#told);
  }
}
