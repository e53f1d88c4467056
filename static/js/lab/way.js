/** The way of a command: its steps one by one, with what each is about pointed out in the diagram. */

/** @import { Way, WayChange, WayCommand, WayStep } from "../types" */
/** @import { LabApi } from "../api.js" */
/** @import { Diagram } from "../diagram/diagram.js" */

import { withCode } from "../code.js";
import { Spotlight } from "../diagram/spotlight.js";
import { find, h, keyed, set, write } from "../dom.js";
import { heard, t, tn } from "../language.js";
import { complain } from "./notice.js";
import { SidePanel } from "./side_panel.js";

const PLAYED_MS = 2600;
const ASKED_AGAIN_MS = 1500;
const CHANGES_SHOWN = 6;
/** So long after the last step there may be another. */
const LINGERS_US = 10_000_000;

const STAGES = () => ({
  command: t("Command"),
  request: t("Request"),
  agreement: t("Agreement"),
  planning: t("Planning"),
  placement: t("Placement"),
  work: t("Work"),
  report: t("Report"),
  answer: t("Answer"),
});

/**
 * @param {HTMLElement} panel
 * @param {LabApi} api
 * @param {Diagram} diagram
 * @param {() => void} onOpen
 * @returns {{ open: (command?: number) => void, close: () => void }}
 */
export function wayPanel(panel, api, diagram, onOpen) {
  const side = new SidePanel(panel, {
    onOpen,
    onClose: () => {
      pause();
      clearTimeout(asking);
      spotlight.show(null);
    },
  });
  const choice = /** @type {HTMLSelectElement} */ (find(".way-choice select", panel));
  const stages = find(".way-stages", panel);
  const card = find(".way-step", panel);
  const none = find(".way-none", panel);
  const foot = find(".way-foot", panel);
  const back = /** @type {HTMLButtonElement} */ (find("[data-back]", panel));
  const on = /** @type {HTMLButtonElement} */ (find("[data-on]", panel));
  const play = find("[data-play]", panel);
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();
  const spotlight = new Spotlight(diagram);
  /** @type {Way | null} */
  let way = null;
  let at = 0;
  /** The newest command in the list. */
  let listed = -1;
  /** Whose changes are shown. */
  let told = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let playing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let asking;

  const fetchWay = async (/** @type {number | undefined} */ command) => {
    clearTimeout(asking);
    /** @type {{ commands: WayCommand[], way: Way | null }} */
    let answer;
    try {
      answer = await api.get(`/way${command === undefined ? "" : `?command=${command}`}`);
    } catch (error) {
      return complain(error);
    }
    if (!side.isOpen) return;
    if (answer.way?.n !== way?.n) at = 0;
    way = answer.way;
    const newest = answer.commands.at(-1)?.n ?? 0;
    if (newest !== listed) {
      listed = newest;
      choice.replaceChildren(
        ...[...answer.commands].reverse().map((each) => {
          const said = t("{line} on {machine}", { line: each.line.slice(0, 70), machine: each.machine });
          return h("option", { value: each.n }, said);
        }),
      );
    }
    choice.value = String(way?.n ?? "");
    draw();
    const { now, clock } = diagram.store.view;
    const last = way?.steps.at(-1)?.at ?? 0;
    if (way && !clock.paused && (way.under_way || now - last < LINGERS_US))
      asking = setTimeout(() => void fetchWay(way?.n), ASKED_AGAIN_MS);
  };
  const draw = () => {
    const steps = way?.steps ?? [];
    none.hidden = steps.length > 0;
    card.hidden = foot.hidden = steps.length === 0;
    find(".way-choice", panel).hidden = steps.length === 0;
    at = Math.max(0, Math.min(at, steps.length - 1));
    const step = steps[at];
    drawStages(steps);
    if (!way || !step) return spotlight.show(null);
    const after = (step.at - way.at) / 1000;
    write(find(".way-at", panel), t("after {time} ms", { time: after < 1000 ? after.toFixed(1) : after.toFixed(0) }));
    write(find(".way-title", panel), heard(step.title));
    const text = heard(step.text);
    const place = find(".way-text", panel);
    if (place.textContent !== text.replaceAll("`", "")) place.replaceChildren(...withCode(text));
    set(card, { "data-stops": step.stops, "data-stage": step.stage });
    const shown = `${way.n} ${at} ${step.changes.length}`;
    if (shown !== told) find(".way-changes", panel).replaceChildren(...changeItems(step.changes));
    told = shown;
    const more = way.more && at === steps.length - 1 ? ` ${t("There is more than is told.")}` : "";
    write(find(".way-count", panel), t("{step} of {steps}", { step: at + 1, steps: steps.length }) + more);
    back.disabled = at === 0;
    on.disabled = at === steps.length - 1;
    spotlight.show({ nodes: step.nodes, links: step.links, tasks: step.tasks, lost: step.stops });
  };
  const drawStages = (/** @type {WayStep[]} */ steps) => {
    const names = STAGES();
    const order = /** @type {(keyof typeof names)[]} */ (Object.keys(names));
    // Kept from step to step, so that the focus stays on the one that was chosen.
    keyed(
      stages,
      items,
      order.filter((stage) => steps.some((step) => step.stage === stage)),
      (stage) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              class: "small",
              click: () => {
                pause();
                go(way?.steps.findIndex((step) => step.stage === stage) ?? 0);
              },
            },
            names[/** @type {keyof typeof names} */ (stage)],
            h("span", { class: "way-many" }),
          ),
        ),
    );
    for (const [stage, item] of items) {
      const own = steps.filter((step) => step.stage === stage);
      const button = find("button", item);
      set(button, {
        "aria-current": steps[at]?.stage === stage ? "step" : null,
        "data-stops": own.some((step) => step.stops),
      });
      write(find(".way-many", button), String(own.length));
    }
  };
  const go = (/** @type {number} */ to) => {
    at = to;
    draw();
    if (way && at >= way.steps.length - 1) pause();
  };
  const pause = () => {
    clearInterval(playing);
    playing = undefined;
    set(play, { "aria-pressed": "false" });
  };
  const open = (/** @type {number | undefined} */ command) => {
    way = null;
    at = 0;
    side.open(draw);
    void fetchWay(command);
  };
  back.addEventListener("click", () => {
    pause();
    go(at - 1);
  });
  on.addEventListener("click", () => {
    pause();
    go(at + 1);
  });
  play.addEventListener("click", () => {
    if (playing !== undefined) return pause();
    if (way && at >= way.steps.length - 1) at = -1;
    set(play, { "aria-pressed": "true" });
    playing = setInterval(() => go(at + 1), PLAYED_MS);
    go(at + 1);
  });
  choice.addEventListener("change", () => void fetchWay(Number(choice.value)));
  panel.addEventListener("keydown", (event) => {
    if (event.target === choice || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = (way?.steps.length ?? 1) - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || to < 0 || to > last) return;
    event.preventDefault();
    pause();
    go(to);
  });
  return { open, close: () => side.close() };
}

/** @param {WayChange[]} changes @returns {HTMLElement[]} each object with what it was and what it is */
export function changeItems(changes) {
  const items = changes.slice(0, CHANGES_SHOWN).map(({ object, text, before, after }) => {
    const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
    const rows = keys.filter((key) => before?.[key] !== after?.[key]);
    return h(
      "li",
      {},
      h("b", {}, heard(object)),
      rows.length === 0
        ? h("span", {}, heard(text))
        : h(
            "dl",
            {},
            ...rows.map((key) =>
              h(
                "div",
                {},
                h("dt", {}, heard(key)),
                h(
                  "dd",
                  {},
                  ...(before ? [h("span", { class: "was" }, before[key] ?? t("nothing")), " → "] : []),
                  h("span", { class: "now" }, after?.[key] ?? t("gone")),
                ),
              ),
            ),
          ),
    );
  });
  const rest = changes.length - CHANGES_SHOWN;
  if (rest > 0) items.push(h("li", {}, tn("and {count} more", "and {count} more", rest)));
  return items;
}
