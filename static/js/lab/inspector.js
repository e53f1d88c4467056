/** A panel that says all about one thing of the cluster, and stays true while it is open. */

/** @import { Intents } from "../lesson/blocks.js" */
/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */
/** @import { Facts, Subject } from "./facts.js" */

import { breakable, whole } from "../code.js";
import { find, h, keyed, set, write } from "../dom.js";
import { heard, t } from "../language.js";
import { enliven } from "../lesson/blocks.js";
import { clockTime } from "../words.js";
import { factsOf } from "./facts.js";
import { SidePanel } from "./side_panel.js";

const REDRAWN_EVERY_MS = 250;

/**
 * @param {HTMLElement} panel
 * @param {Store} store
 * @param {Present} present
 * @param {object} tell
 * @param {Intents["run"]} tell.run
 * @param {() => void} tell.onOpen
 * @param {(subject: Subject | null) => void} tell.onSubject another thing is inspected, or nothing any more
 * @param {(subject: Subject) => { label: string, acts?: boolean, act: () => void }[]} tell.deeds what can be done to it
 *   now; unless they say otherwise they act on the lab as it is
 * @returns {{ open: (subject: Subject) => void, turn: (subject: Subject) => void, close: () => void }}
 *   turn: another thing is looked at, and the focus stays where it is
 */
export function inspector(panel, store, present, { run, onOpen, onSubject, deeds }) {
  const side = new SidePanel(panel, {
    onOpen,
    onClose: () => {
      subject = null;
      onSubject(null);
    },
  });
  const sentence = find(".about", panel);
  const table = find("tbody", panel);
  const actions = find(".actions", panel);
  const parts = find(".parts", panel);
  const partsTitle = find(".parts-title", panel);
  const events = find(".events", panel);
  const place = find(".shown-by", panel);
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  /** @type {Map<string, HTMLElement>} */
  const links = new Map();
  /** @type {Map<string, HTMLElement>} */
  const offered = new Map();
  /** What a button does now, by its label. @type {Map<string, { act: () => void }>} */
  let doing = new Map();
  /** @type {Subject | null} */
  let subject = null;
  let commands = "";
  let told = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const draw = () => {
    timer = undefined;
    if (!subject) return;
    const facts = factsOf(store.view, subject);
    if (!facts) {
      write(sentence, t("It is not there any more. What happened to it stands in the timeline."));
      for (const button of offered.values()) button.remove();
      offered.clear();
      return;
    }
    write(side.title, facts.title);
    write(sentence, facts.sentence);
    drawRows(table, rows, facts);
    drawDeeds(subject);
    drawParts(facts);
    drawHistory(facts);
    const shown = facts.commands.map(({ terminal, command }) => `${terminal} ${command}`).join("\n");
    if (shown === commands) return;
    commands = shown;
    place.replaceChildren(
      ...facts.commands.map(({ terminal, command }) =>
        h("div", { class: "run", "data-terminal": terminal }, h("pre", {}, h("code", {}, command))),
      ),
    );
    enliven(place, { run, fault: async () => {}, answer: async () => ({ right: false, html: "" }) });
  };
  /** @type {Map<string, Subject>} */
  const subjects = new Map();
  const follow = (/** @type {string} */ key) => open(subjects.get(key) ?? { kind: "task", key }, side.opener);
  const drawParts = (/** @type {Facts} */ facts) => {
    const byKey = new Map(facts.parts.map((part) => [part.subject.key, part]));
    partsTitle.hidden = byKey.size === 0;
    subjects.clear();
    for (const part of facts.parts) subjects.set(part.subject.key, part.subject);
    write(partsTitle, titleOfParts(subject?.kind));
    keyed(parts, links, byKey.keys(), (key) =>
      h("li", {}, h("button", { type: "button", class: "link", click: () => follow(key) })),
    );
    for (const [key, { text }] of byKey) write(find("button", /** @type {HTMLElement} */ (links.get(key))), text);
  };
  const drawHistory = (/** @type {Facts} */ facts) => {
    const words = facts.history.map((entry) => `${entry.at} ${entry.text}`).join("\n");
    if (words === told && events.childElementCount > 0) return;
    told = words;
    const items = facts.history.map((entry) =>
      h(
        "li",
        { "data-kind": entry.kind },
        h("span", { class: "mono" }, clockTime(entry.at)),
        entry.kind === "command" ? whole(h("span", {}, entry.text)) : h("span", {}, heard(entry.text)),
      ),
    );
    events.replaceChildren(...(items.length > 0 ? items : [h("li", {}, t("Nothing yet."))]));
  };
  /** @param {Subject} of */
  const drawDeeds = (of) => {
    const now = new Map(deeds(of).map((deed) => [deed.label, deed]));
    keyed(actions, offered, now.keys(), (label) => {
      const button = h("button", { type: "button", class: "small", click: () => doing.get(label)?.act() }, label);
      return now.get(label)?.acts === false ? button : present.acts(button);
    });
    doing = now;
  };
  const turn = (/** @type {Subject} */ wanted) => {
    subject = wanted;
    commands = told = "";
    events.replaceChildren();
    onSubject(wanted);
    draw();
  };
  const open = (/** @type {Subject} */ wanted, /** @type {Element | null} */ from = document.activeElement) =>
    side.open(() => turn(wanted), from);
  store.onChange(() => {
    if (subject && timer === undefined) timer = setTimeout(draw, REDRAWN_EVERY_MS);
  });
  return { open: (wanted) => open(wanted), turn, close: () => side.close() };
}

/** @param {HTMLElement} table @param {Map<string, HTMLElement>} rows @param {Facts} facts */
function drawRows(table, rows, facts) {
  find("table", /** @type {HTMLElement} */ (table.closest(".panel"))).hidden = facts.rows.length === 0;
  keyed(
    table,
    rows,
    facts.rows.map((row) => row.label),
    (label) => h("tr", {}, h("th", { scope: "row" }, label), h("td"), h("td")),
  );
  for (const row of facts.rows) {
    const line = /** @type {HTMLElement} */ (rows.get(row.label));
    set(line, { "data-differs": row.differs });
    for (const [column, text] of [row.wanted, row.is].entries()) {
      const cell = /** @type {Element} */ (line.children[column + 1]);
      if (cell.textContent !== text) cell.replaceChildren(...breakable(text));
    }
  }
}

/** @param {Subject["kind"] | undefined} kind */
function titleOfParts(kind) {
  if (kind === "task") return t("Its slot");
  if (kind === "link") return t("Its ends");
  return kind === "network" ? t("Services") : t("Tasks");
}
