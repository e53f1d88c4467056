/** What happened: marks on a track along which one can go back in time, and a list in words. */

/** @import { LabApi } from "../api.js" */
/** @import { TimelineEntry } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { Announcer } from "./announcer.js" */
/** @import { Past } from "../time/past.js" */

import { whole } from "../code.js";
import { find, h, set, write } from "../dom.js";
import { heard, t } from "../language.js";
import { marked, momentAt, neighbour, shareOf } from "../time/track.js";
import { clockTime } from "../words.js";

const KEPT = 4000;
/** So much of the track is one mark's. */
const PLACE_PX = 8;
const REDRAWN_EVERY_MS = 250;
/** How far the arrow keys go, in microseconds. */
const STEP = 1_000_000;
const LEAP = 10 * STEP;
/** A pointer so near to the end of the track means now, in pixels. */
const NEAR_NOW = 6;

/**
 * @param {HTMLElement} strip
 * @param {Store} live
 * @param {LabApi} api
 * @param {Past} past
 * @param {Announcer} announcer
 * @param {(command: number) => void} showWay
 */
export function timelineStrip(strip, live, api, past, announcer, showWay) {
  const track = find(".track", strip);
  const newest = find(".newest", strip);
  const dialog = /** @type {HTMLDialogElement} */ (find("#timeline-list"));
  const list = find("ol", dialog);
  /** @type {TimelineEntry[]} */
  let entries = [];
  /** @type {Map<TimelineEntry, HTMLElement>} */
  const marks = new Map();
  const done = h("i", { class: "done" });
  const torn = h("i", { class: "torn" });
  torn.hidden = true;
  const head = h("i", { class: "head" });
  const hand = h("i", { class: "hand" });
  track.append(done, torn, head, hand);
  let drawn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const span = () => {
    const { now, clock } = live.view;
    return { start: Math.min(past.start, now), end: Math.max(now, clock.plays_until ?? 0) };
  };
  const percent = (/** @type {number} */ at) => `${(shareOf(span(), at) * 100).toFixed(2)}%`;

  const place = () => {
    timer = undefined;
    drawn = performance.now();
    const { now, partition } = live.view;
    const shown = new Set(marked(entries, span(), Math.ceil(track.clientWidth / PLACE_PX)));
    for (const [entry, mark] of marks) {
      if (shown.has(entry)) continue;
      mark.remove();
      marks.delete(entry);
    }
    for (const entry of shown) {
      let mark = marks.get(entry);
      if (!mark) {
        mark = h("i", {
          class: "mark",
          "data-kind": entry.kind,
          title: `${clockTime(entry.at)}  ${heard(entry.text)}`,
        });
        marks.set(entry, mark);
        track.append(mark);
      }
      mark.style.left = percent(entry.at);
    }
    torn.hidden = !partition;
    if (partition) {
      torn.style.left = percent(partition.since);
      torn.style.width = `calc(${percent(now)} - ${percent(partition.since)})`;
    }
    done.style.width = percent(now);
    head.style.left = percent(now);
    showHand();
    if (dialog.open) fillList();
  };
  const showHand = () => {
    const at = past.at;
    hand.hidden = at === null;
    if (at !== null) hand.style.left = percent(at);
    const { start, end } = span();
    set(track, {
      "aria-valuemin": Math.round(start / STEP),
      "aria-valuemax": Math.round(end / STEP),
      "aria-valuenow": Math.round((at ?? live.view.now) / STEP),
      "aria-valuetext": at === null ? t("now") : t("as it was at {time}", { time: clockTime(at) }),
    });
    const last = at === null ? entries.at(-1) : entries.findLast((entry) => entry.at <= at);
    write(newest, last ? heard(last.text) : t("Nothing has happened yet."));
    set(newest, { "data-kind": last?.kind ?? null, title: last ? heard(last.text) : null });
  };
  const fillList = () => {
    list.replaceChildren(
      ...[...entries].reverse().map((entry) => {
        const when = h(
          "button",
          { type: "button", class: "when mono", title: t("Look at this moment") },
          clockTime(entry.at),
        );
        when.addEventListener("click", () => {
          dialog.close();
          past.look(entry.at);
        });
        const words = h("span", {}, heard(entry.text));
        if (entry.kind === "command") whole(words);
        return h("li", { "data-kind": entry.kind }, when, words, ...howButton(entry));
      }),
    );
  };
  const howButton = (/** @type {TimelineEntry} */ entry) => {
    const { command } = entry;
    if (command === undefined) return [];
    const show = () => {
      dialog.close();
      showWay(command);
    };
    const name = t("Show how {command} went", { command: entry.text });
    return [h("button", { type: "button", class: "small", "aria-label": name, click: show }, t("Show how"))];
  };
  const load = async () => {
    const known = await api.get("/timeline");
    past.start = known.start;
    entries = known.entries;
    place();
  };

  live.onChange((change) => {
    for (const entry of change.entries) announcer.say(heard(entry.text));
    entries.push(...change.entries);
    if (entries.length > KEPT) entries.splice(0, entries.length - KEPT);
    if (change.whole) {
      entries = [...live.view.timeline];
      load().catch(() => undefined);
    }
    const due = drawn + REDRAWN_EVERY_MS - performance.now();
    if (due <= 0) place();
    else if (timer === undefined) timer = setTimeout(place, due);
  });
  past.addEventListener("change", showHand);
  find("#timeline-open", strip).addEventListener("click", () => {
    fillList();
    dialog.showModal();
  });

  const follow = (/** @type {PointerEvent} */ event) => {
    const box = track.getBoundingClientRect();
    const at = momentAt(span(), (event.clientX - box.left) / box.width);
    if (event.clientX > box.left + shareOf(span(), live.view.now) * box.width - NEAR_NOW) past.back();
    else past.look(at);
  };
  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    track.focus();
    track.setPointerCapture(event.pointerId);
    follow(event);
    track.addEventListener("pointermove", follow);
    track.addEventListener("lostpointercapture", () => track.removeEventListener("pointermove", follow), {
      once: true,
    });
  });
  track.addEventListener("keydown", (event) => {
    const at = past.at ?? live.view.now;
    const by = event.shiftKey ? LEAP : STEP;
    if (event.key === "ArrowLeft" || event.key === "ArrowDown") past.look(at - by);
    else if (event.key === "ArrowRight" || event.key === "ArrowUp") past.look(at + by);
    else if (event.key === "PageUp") past.look(neighbour(entries, at, -1)?.at ?? past.start);
    else if (event.key === "PageDown") past.look(neighbour(entries, at, 1)?.at ?? Number.POSITIVE_INFINITY);
    else if (event.key === "Home") past.look(past.start);
    else if (event.key === "End" || event.key === "Escape") past.back();
    else return;
    event.preventDefault();
  });
}
