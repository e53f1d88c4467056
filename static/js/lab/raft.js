/** Raft itself: its members with their votes and logs, and the log of one of them entry by entry. */

/** @import { RaftEntry, RaftPage } from "../types" */
/** @import { LabApi } from "../api.js" */
/** @import { ShownStore } from "../time/shown.js" */
/** @import { Member } from "./facts.js" */

import { find, h, keyed, set, write } from "../dom.js";
import { heard, t, tn } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { pageAt } from "../time/raft_past.js";
import { clockTime, quorumWords } from "../words.js";
import { raftMembers } from "./facts.js";
import { complain } from "./notice.js";
import { SidePanel } from "./side_panel.js";
import { changeItems } from "./way.js";

const REDRAWN_EVERY_MS = 250;
const ASKED_EVERY_MS = 600;
const SAID = 5;
/** Entries that one answer holds at most. */
const PAGE = 50;

/**
 * @param {HTMLElement} panel
 * @param {ShownStore} store
 * @param {LabApi} api
 * @param {() => void} onOpen
 * @returns {{ open: (node?: string) => void, close: () => void }}
 */
export function raftPanel(panel, store, api, onOpen) {
  const side = new SidePanel(panel, { onOpen });
  const members = find(".members", panel);
  const choice = find(".log-choice", panel);
  const entries = find(".log-entries", panel);
  const said = find(".log-said", panel);
  const older = /** @type {HTMLButtonElement} */ (find("[data-older]", panel));
  const state = find(".log-state", panel);
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();
  /** @type {Map<string, HTMLElement>} */
  const choices = new Map();
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  /** Entries by index, of the node that is chosen. @type {Map<number, RaftEntry>} */
  let known = new Map();
  let chosen = "";
  let asked = "";
  /** @type {RaftPage | null} */
  let page = null;
  /** Whether what is known is of the past. */
  let ofPast = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let asking;

  const draw = () => {
    timer = undefined;
    if (!side.isOpen) return;
    const { view } = store;
    const { raft: noLog, messages: noMessages } = view.unseen;
    const about = [quorumWords(view.quorum).sentence, heard(noLog ?? ""), heard(noMessages ?? "")];
    write(find(".about", panel), about.join(" ").trim());
    drawMembers(members, cards, raftMembers(view));
    const names = Object.keys(view.raft).sort(inNaturalOrder);
    if (!view.raft[chosen]) choose(view.quorum?.leader || names[0] || "");
    keyed(choice, choices, names, (name) =>
      h("button", { type: "button", class: "small", click: () => choose(name) }, name),
    );
    for (const [name, button] of choices) set(button, { "aria-pressed": String(name === chosen) });
    find(".log-part", panel).hidden = names.length === 0;
    // Ask only when the log is another one than that which is shown.
    const raft = view.raft[chosen];
    const wanted = raft ? `${store.past} ${chosen} ${raft.last} ${raft.commit} ${raft.term} ${raft.role}` : "";
    find(".log-part", panel).toggleAttribute("data-past", store.past);
    if (wanted && wanted !== asked && asking === undefined) {
      asked = wanted;
      asking = setTimeout(() => (asking = undefined), ASKED_EVERY_MS);
      void ask();
    } else if (wanted !== asked && timer === undefined) timer = setTimeout(draw, ASKED_EVERY_MS);
  };
  const ask = async (/** @type {number | undefined} */ from = undefined) => {
    const of = chosen;
    try {
      const then = store.past ? store.view.raft[of] : undefined;
      const first = from ?? (then ? Math.max(1, then.commit - PAGE + 1) : undefined);
      const answer = await api.get(`/raft/${of}${first === undefined ? "" : `?from=${first}`}`);
      if (of !== chosen || !side.isOpen || then !== (store.past ? store.view.raft[of] : undefined)) return;
      take(then ? pageAt(answer, then) : answer, from === undefined);
    } catch (error) {
      complain(error);
    }
  };
  const take = (/** @type {RaftPage} */ answer, /** @type {boolean} */ newest) => {
    if (newest) {
      // Another moment: what is known of it may not be what was known of the one before.
      if (store.past || ofPast) known.clear();
      ofPast = store.past;
      page = answer;
    }
    for (const entry of answer.entries) known.set(entry.index, entry);
    // A log can lose its end, and its beginning to a snapshot.
    for (const index of known.keys()) if (index > answer.last || index < answer.first) known.delete(index);
    for (const entry of known.values()) {
      entry.committed ||= entry.index <= answer.commit;
      if (entry.committed) entry.elsewhere = "same";
      entry.applied ||= entry.index <= answer.applied;
    }
    drawLog();
  };
  const drawLog = () => {
    if (!page) return;
    const shown = [...known.values()].sort((a, b) => b.index - a.index);
    write(state, store.past ? thenWords(page) : stateWords(page));
    keyed(
      entries,
      rows,
      shown.map((entry) => `${entry.index} ${entry.term}`),
      () =>
        h(
          "li",
          {},
          h(
            "details",
            {},
            h(
              "summary",
              {},
              h("span", { class: "log-index" }, h("b", { class: "mono" }), h("span")),
              h("span", { class: "log-what" }),
              h("span", { class: "log-by" }),
            ),
            h("ul", { class: "way-changes", role: "list" }),
          ),
        ),
    );
    for (const entry of shown) tell(entry);
    const lowest = shown.at(-1)?.index ?? page.first;
    older.hidden = lowest <= page.first;
    const before = find(".log-before", panel);
    before.hidden = !older.hidden || page.first <= 1;
    write(before, t("Entries up to {index} are in the snapshot only.", { index: page.first - 1 }));
    said.replaceChildren(
      ...page.under_way
        .slice(-SAID)
        .reverse()
        .map((message) =>
          h(
            "li",
            {},
            h("span", { class: "mono" }, clockTime(message.at)),
            " ",
            message.sent
              ? t("to {peer}: {word}", { peer: message.peer, word: heard(message.word) })
              : t("from {peer}: {word}", { peer: message.peer, word: heard(message.word) }),
          ),
        ),
    );
    find(".log-talk", panel).hidden = page.under_way.length === 0;
  };
  const tell = (/** @type {RaftEntry} */ entry) => {
    const row = /** @type {HTMLElement} */ (rows.get(`${entry.index} ${entry.term}`));
    const form = entry.committed ? "agreed" : entry.elsewhere === "other" ? "doomed" : "open";
    set(row, { "data-form": form });
    write(find(".log-index b", row), String(entry.index));
    write(find(".log-index span", row), t("term {term}", { term: entry.term }));
    write(find(".log-what", row), heard(entry.text));
    const note = {
      agreed: entry.by,
      open: t("{by}, not agreed yet", { by: entry.by }),
      doomed: t("{by}, another entry is agreed here: this one goes", { by: entry.by }),
    }[form];
    write(find(".log-by", row), note);
    const list = find("ul", row);
    if (list.childElementCount === 0) list.replaceChildren(...changeItems(entry.changes));
  };
  const choose = (/** @type {string} */ name) => {
    if (name === chosen) return;
    chosen = name;
    known = new Map();
    rows.clear();
    entries.replaceChildren();
    asked = "";
    page = null;
    if (timer === undefined) timer = setTimeout(draw, 0);
  };
  const open = (/** @type {string | undefined} */ node) => {
    asked = "";
    if (node) choose(node);
    side.open(draw);
  };
  older.addEventListener("click", () => {
    const lowest = Math.min(...known.keys());
    void ask(Math.max(page?.first ?? 1, lowest - PAGE));
  });
  store.onChange(() => {
    if (side.isOpen && timer === undefined) timer = setTimeout(draw, REDRAWN_EVERY_MS);
  });
  return { open, close: () => side.close() };
}

/** @param {RaftPage} page of a moment of the past */
function thenWords({ commit, last }) {
  const words = t("As it was then: agreed up to {commit}.", { commit });
  if (last === commit) return words;
  return `${words} ${tn("{count} entry after it was not agreed yet; what it said is not kept.", "{count} entries after it were not agreed yet; what they said is not kept.", last - commit)}`;
}

/** @param {RaftPage} page */
function stateWords({ commit, last, applied }) {
  if (last > commit)
    return tn(
      "Agreed up to {commit}; {count} entry after it waits for a majority.",
      "Agreed up to {commit}; {count} entries after it wait for a majority.",
      last - commit,
      { commit },
    );
  if (applied < commit) return t("Agreed up to {commit}, applied up to {applied}.", { commit, applied });
  return t("All {last} entries are agreed and applied.", { last });
}

/** @param {HTMLElement} list @param {Map<string, HTMLElement>} cards @param {Member[]} members */
function drawMembers(list, cards, members) {
  keyed(
    list,
    cards,
    members.map((member) => member.name),
    (name) =>
      h(
        "li",
        { class: "member" },
        h("h3", {}, name, h("span", { class: "member-role" })),
        h("p", { class: "ballots" }, h("span", { class: "ballot-row", "aria-hidden": "true" }), h("span")),
        h("div", { class: "log", "aria-hidden": "true" }, h("i", { class: "written" }), h("i", { class: "agreed" })),
        h("p", { class: "log-words" }),
      ),
  );
  for (const member of members) {
    const card = /** @type {HTMLElement} */ (cards.get(member.name));
    write(find(".member-role", card), member.role);
    const row = find(".ballot-row", card);
    write(row, member.votes.map(({ name, given }) => `${given ? "●" : "○"}\u00a0${name}`).join("  "));
    write(/** @type {Element} */ (row.nextElementSibling), member.votesWords);
    find(".written", card).style.width = `${(100 * member.last) / member.most}%`;
    find(".agreed", card).style.width = `${(100 * member.commit) / member.most}%`;
    write(find(".log-words", card), member.log);
  }
}
