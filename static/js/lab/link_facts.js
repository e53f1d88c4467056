/** What the inspector says of a link: what it carries, who stands at its ends, what was done to it. Pure. */

/** @import { TimelineEntry, View } from "../types" */
/** @import { Facts } from "./facts.js" */

import { endsOf, isCut, linkKey, linkOf, nodeFigure } from "../diagram/figures.js";
import { linkWords } from "../diagram/link_words.js";
import { t } from "../language.js";
import { duration } from "../words.js";

const HISTORY = 12;
const SPLIT = "Cut: ";
const HEALED = "The network is whole again";

/** @typedef {{ cut: boolean, extra_ms: number, percent: number }} LinkState */

/** @param {Pick<View, "links">} view @param {string} a @param {string} b @returns {LinkState} */
export function linkState(view, a, b) {
  const { cut = false, extra_ms = 0, loss = 0 } = linkOf(view, a, b) ?? {};
  return { cut, extra_ms, percent: Math.round(loss * 1000) / 10 };
}

/**
 * @param {View} view
 * @param {string} key
 * @param {string} manager that can answer for the swarm
 * @returns {Facts | null}
 */
export function linkFacts(view, key, manager) {
  const ends = endsOf(key);
  const machines = ends.flatMap((name) => view.nodes[name] ?? []);
  const far = machines.at(-1);
  if (!far || machines.length < ends.filter((name) => name !== "host").length) return null;
  const [a, b] = ends;
  const { extra_ms, percent } = linkState(view, a, b);
  const cut = isCut(view, a, b);
  const since = linkOf(view, a, b)?.since ?? (cut ? view.partition?.since : undefined);
  return {
    title: `${a} – ${b}`,
    sentence: linkWords(view, a, b),
    rows: [
      { label: t("Carries"), wanted: t("everything"), is: cut ? t("nothing") : t("everything"), differs: cut },
      { label: t("Slower by"), wanted: "0 ms", is: `${extra_ms} ms`, differs: extra_ms > 0 },
      { label: t("Loses"), wanted: "0 %", is: `${percent} %`, differs: percent > 0 },
      ...(since === undefined ? [] : [{ label: t("For"), wanted: "", is: duration(view.now - since) }]),
    ],
    parts: machines.map(({ name }) => ({
      subject: { kind: "node", key: name },
      text: `${name}: ${nodeFigure(view, name, []).status}`,
    })),
    history: historyOf(view.timeline, a, b).slice(-HISTORY).reverse(),
    commands: [
      { terminal: far.name === b ? a : b, command: `ping -c 3 ${far.ip}` },
      ...(machines.some(({ role }) => role) ? [{ terminal: manager, command: "docker node ls" }] : []),
    ],
  };
}

/** @param {TimelineEntry[]} timeline @param {string} a @param {string} b @returns {TimelineEntry[]} what was done to the link, and to the machines at its ends */
function historyOf(timeline, a, b) {
  /** @type {TimelineEntry[]} */
  const found = [];
  for (const entry of timeline) {
    if (entry.kind !== "fault") continue;
    // What mends the whole network is of a link that was not whole.
    if (entry.text === HEALED ? found.length > 0 : concerns(entry, a, b)) found.push(entry);
  }
  return found;
}

/** @param {TimelineEntry} entry @param {string} a @param {string} b */
function concerns({ node, text }, a, b) {
  if (node) return node === a || node === b;
  if (text.startsWith(SPLIT)) {
    const sides = text
      .slice(SPLIT.length)
      .split(" | ")
      .map((side) => side.split(", "));
    const [of_a, of_b] = [a, b].map((name) => sides.findIndex((side) => side.includes(name)));
    return of_a !== of_b && of_a !== -1 && of_b !== -1;
  }
  const named = /^Link (\S+) to (\S+) /.exec(text);
  return named !== null && linkKey(named[1] ?? "", named[2] ?? "") === linkKey(a, b);
}
