/** One terminal: xterm.js on one side, the lab's socket on the other. */

/** @import { LabSocket, Output } from "../socket.js" */

import "./adopted_style.js";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { h } from "../dom.js";
import { t } from "../language.js";
import { WITH_ALT } from "../lesson/keys.js";
import { Progress } from "./flow.js";

const THEME = {
  background: "#10151d",
  foreground: "#d7deea",
  cursor: "#9cc2ff",
  cursorAccent: "#10151d",
  selectionBackground: "#31517f",
  black: "#1b2330",
  red: "#ff9d92",
  green: "#6fd6a4",
  yellow: "#f2c26b",
  blue: "#7fb0ff",
  magenta: "#d9a5ec",
  cyan: "#6fd0dd",
  white: "#d7deea",
  brightBlack: "#8b98ab",
  brightRed: "#ffb3aa",
  brightGreen: "#8fe6bb",
  brightYellow: "#ffd58a",
  brightBlue: "#a3c7ff",
  brightMagenta: "#e7bff5",
  brightCyan: "#94e2ec",
  brightWhite: "#ffffff",
};

export class LabTerminal {
  element = h("div", { class: "screen" });
  #term;
  #fit = new FitAddon();
  #progress;
  #opened = false;
  #openedAt = Number.POSITIVE_INFINITY;
  /** What is typed before the terminal is there. */
  #early = "";
  /** Ctrl of the key row, for the next key. */
  control = false;
  onControlUsed = () => {};

  /** @param {string} name @param {LabSocket} socket @param {{ screenReader: boolean, small: boolean }} options */
  constructor(name, socket, { screenReader, small }) {
    this.name = name;
    this.socket = socket;
    this.#progress = new Progress((position) => socket.ack(name, position));
    this.#term = new Terminal({
      fontFamily: '"JetBrains Mono", ui-monospace, Menlo, Consolas, monospace',
      fontSize: small ? 12 : 13,
      lineHeight: 1.25,
      theme: THEME,
      cursorBlink: false,
      scrollback: 5000,
      screenReaderMode: screenReader,
      minimumContrastRatio: 4.5,
    });
    this.#term.loadAddon(this.#fit);
    this.#term.onData((data) => this.send(data));
    this.#term.onResize(({ cols, rows }) => this.#opened && socket.resize(name, { columns: cols, rows }));
    this.#term.onSelectionChange(() => this.#copySelection());
    this.#term.attachCustomKeyEventHandler((event) => this.#ownKey(event));
  }

  /** Show it in its place; the first time it is opened on the server too. */
  attach() {
    if (!this.#term.element) this.#term.open(this.element);
    if (this.#term.textarea)
      this.#term.textarea.setAttribute("aria-label", t("Terminal of {name}. F6 leaves it.", { name: this.name }));
    this.fit();
    if (this.#opened) return;
    this.#opened = true;
    this.#openedAt = performance.now();
    this.socket.openTerminal(this.name, { columns: this.#term.cols, rows: this.#term.rows });
    if (this.#early) this.socket.input(this.name, this.#early);
    this.#early = "";
  }

  /** Whether its first prompt is past, so that what comes now is news. */
  get settled() {
    return performance.now() - this.#openedAt > 2000;
  }

  fit() {
    if (this.element.clientWidth > 40 && this.element.clientHeight > 20) this.#fit.fit();
  }

  focus() {
    this.#term.focus();
  }

  /** @param {string} data as typed */
  send(data) {
    let typed = data;
    if (this.control && data.length === 1) {
      typed = String.fromCharCode(data.toUpperCase().charCodeAt(0) & 31);
      this.control = false;
      this.onControlUsed();
    }
    if (this.#opened) this.socket.input(this.name, typed);
    else this.#early += typed;
  }

  /** Type a command as a paste (bracketed where the shell asked for that) and press Enter. @param {string} command */
  run(command) {
    this.#term.scrollToBottom();
    this.#term.paste(command);
    this.send("\r");
  }

  /** @param {string} text */
  paste(text) {
    this.#term.paste(text);
  }

  /** @param {Output} output */
  write({ data, position, reset }) {
    if (reset) {
      this.#term.reset();
      this.#progress.reset();
    }
    this.#term.write(data, () => this.#progress.shown(position));
  }

  /** All that it still shows, as text: lines that were folded are whole, empty ones at the end are left out. */
  get transcript() {
    const buffer = this.#term.buffer.active;
    /** @type {string[]} */
    const lines = [];
    for (let row = 0; row < buffer.length; row += 1) {
      const line = buffer.getLine(row);
      if (!line) continue;
      const next = buffer.getLine(row + 1);
      const text = line.translateToString(!next?.isWrapped);
      if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    return `${lines.join("\n").trimEnd()}\n`;
  }

  /** @param {boolean} on */
  setScreenReader(on) {
    this.#term.options.screenReaderMode = on;
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether xterm shall treat it */
  #ownKey(event) {
    if (event.key === "F6" || (event.altKey && WITH_ALT.includes(event.code))) return false;
    const withControl = event.ctrlKey || event.metaKey;
    if (!withControl || event.altKey) return true;
    const key = event.key.toLowerCase();
    if (key === "c" && event.shiftKey) {
      event.preventDefault();
      if (event.type === "keydown") this.#copySelection();
      return false;
    }
    // Left to the browser, which then pastes into the terminal.
    if (key === "v") return false;
    return true;
  }

  #copySelection() {
    const text = this.#term.getSelection();
    if (text.trim()) navigator.clipboard?.writeText(text).catch(() => {});
  }
}
