/** Above a phone's keyboard: the keys that it lacks, and the commands of the lesson's step. */

/** @import { Terminals } from "./terminals.js" */

import { find, h, set } from "../dom.js";
import { notice } from "../lab/notice.js";
import { t } from "../language.js";

/** @returns {[string, string, string][]} what stands on it, its name, what it sends */
const KEYS = () => [
  ["Tab", "Tab", "\t"],
  ["Ctrl", t("Ctrl, for the next key"), ""],
  ["↑", t("Up"), "\x1b[A"],
  ["↓", t("Down"), "\x1b[B"],
  ["←", t("Left"), "\x1b[D"],
  ["→", t("Right"), "\x1b[C"],
  ["|", t("Pipe"), "|"],
  ["-", t("Dash"), "-"],
  ["/", t("Slash"), "/"],
];

/** @param {HTMLElement} row @param {Terminals} terminals */
export function keyRow(row, terminals) {
  const keys = find(".keys", row);
  for (const [face, name, sent] of KEYS()) {
    const key = h(
      "button",
      { type: "button", "aria-label": name, "aria-pressed": face === "Ctrl" ? "false" : null },
      face,
    );
    // The terminal keeps the focus, and with it the phone its keyboard.
    key.addEventListener("pointerdown", (event) => event.preventDefault());
    key.addEventListener("click", () => {
      const terminal = terminals.current;
      if (!terminal) return;
      if (sent) terminal.send(sent);
      else {
        terminal.control = !terminal.control;
        set(key, { "aria-pressed": String(terminal.control) });
        terminal.onControlUsed = () => set(key, { "aria-pressed": "false" });
      }
      terminal.focus();
    });
    keys.append(key);
  }
}

/** @param {HTMLElement} row @param {{ terminal: string, command: string }[]} commands @param {Terminals} terminals */
export function showChips(row, commands, terminals) {
  find(".chips", row).replaceChildren(
    ...commands.map(({ terminal, command }) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          title: t("Types it into {terminal}", { terminal }),
          click: () => {
            const hindrance = terminals.hindrance(terminal);
            if (hindrance) notice(hindrance);
            else terminals.show(terminal, true).paste(command);
          },
        },
        command,
      ),
    ),
  );
}
