/** The connection to the lab: views and deltas go to the store, output to the terminals. */

/** @import { Delta, View } from "./types" */
/** @import { Store } from "./store.js" */

import { io } from "socket.io-client";
import { heard, t } from "./language.js";

/**
 * @typedef {object} Output
 * @property {string} terminal
 * @property {string} data
 * @property {number} position
 * @property {boolean} [reset]
 */

/** A join that was not answered for so long is asked for again, as long as the connection stands. */
const JOIN_LIMIT_MS = 15_000;

/** Tells with events: "state" (detail: "connected" | "lost"), "refused" (detail: error and status), "ended" (detail: a sentence), "output", "typed". */
export class LabSocket extends EventTarget {
  #socket;
  /** Terminals that were opened, and are opened again after a reconnect. @type {Map<string, { columns: number, rows: number }>} */
  #terminals = new Map();
  #joined = false;
  /** @type {{ terminal: string, data: string }[]} */
  #typed = [];

  /** @param {{ lab: string, token: string, store: Store }} options */
  constructor({ lab, token, store }) {
    super();
    this.lab = lab;
    this.token = token;
    this.store = store;
    this.#socket = io("/lab", { transports: ["websocket", "polling"], reconnectionDelayMax: 4000, autoConnect: false });
    this.#socket.on("connect", () => this.#join());
    this.#socket.on("disconnect", () => {
      this.#joined = false;
      this.#tell("state", "lost");
    });
    this.#socket.on("connect_error", () => this.#tell("state", "lost"));
    this.#socket.on("view", (/** @type {View} */ view) => store.replace(view));
    this.#socket.on("delta", (/** @type {Delta} */ delta) => {
      if (!store.apply(delta)) this.#join();
    });
    this.#socket.on("output", (/** @type {Output} */ output) => this.#tell("output", output));
    this.#socket.on("rebuilding", (/** @type {{ share: number }} */ { share }) => this.#tell("rebuilding", share));
    this.#socket.on("ended", (/** @type {{ reason: string }} */ { reason }) => {
      this.#tell("ended", reason);
      this.#socket.disconnect();
    });
  }

  connect() {
    this.#socket.connect();
  }

  #join() {
    const n = this.store.view.n >= 0 ? this.store.view.n : null;
    this.#socket
      .timeout(JOIN_LIMIT_MS)
      .emit(
        "join",
        { lab: this.lab, token: this.token, n },
        (
          /** @type {Error | null} */ late,
          /** @type {{ ok?: boolean, error?: string, status?: number } | undefined} */ answer,
        ) => {
          if (late) {
            if (this.#socket.connected) this.#join();
            return;
          }
          if (answer?.error) {
            this.#tell("refused", answer);
            this.#socket.disconnect();
            return;
          }
          const again = !this.#joined;
          this.#joined = true;
          this.#tell("state", "connected");
          if (again) for (const [terminal, size] of this.#terminals) this.#open(terminal, size);
          for (const typed of this.#typed.splice(0)) this.#socket.emit("input", typed);
        },
      );
  }

  /** @param {string} terminal @param {{ columns: number, rows: number }} size */
  openTerminal(terminal, size) {
    this.#terminals.set(terminal, size);
    if (this.#joined) this.#open(terminal, size);
  }

  /** A recording has ended: it opened terminals when they were opened then; from now on they are the page's own. */
  openAgain() {
    if (this.#joined) for (const [terminal, size] of this.#terminals) this.#open(terminal, size);
  }

  /** @param {string} terminal @param {{ columns: number, rows: number }} size */
  #open(terminal, size) {
    this.#socket.emit("terminal_open", { terminal, ...size }, (/** @type {{ error?: string }} */ answer) => {
      if (answer?.error)
        this.#tell("output", { terminal, data: `\x1b[31m${heard(answer.error)}\x1b[0m\r\n`, position: 0 });
    });
  }

  /** The lab as it was at a moment, in microseconds. @param {number} at @returns {Promise<View>} */
  look(at) {
    return new Promise((resolve, reject) => {
      this.#socket.emit("look", { at: at / 1_000_000 }, (/** @type {{ view?: View, error?: string }} */ answer) => {
        if (answer?.view) resolve(answer.view);
        else reject(new Error(answer?.error ?? t("The past cannot be looked at now. Try again in a moment.")));
      });
    });
  }

  /** What is typed while there is no lab to hear it is kept, and sent after the join. @param {string} terminal @param {string} data */
  input(terminal, data) {
    if (this.#joined) this.#socket.emit("input", { terminal, data });
    else this.#typed.push({ terminal, data });
    this.#tell("typed", data);
  }

  /** @param {string} terminal @param {{ columns: number, rows: number }} size */
  resize(terminal, size) {
    this.#terminals.set(terminal, size);
    if (this.#joined) this.#socket.emit("resize", { terminal, ...size });
  }

  /** @param {string} terminal @param {number} position up to which the screen shows it */
  ack(terminal, position) {
    if (this.#joined) this.#socket.emit("ack", { terminal, position });
  }

  /** @param {string} type @param {(detail: any) => void} listener */
  on(type, listener) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {string} type @param {unknown} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
