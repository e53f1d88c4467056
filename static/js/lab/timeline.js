/** What happened, as marks on a line and as a list in words. */

/** @import { TimelineEntry } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { Announcer } from "./announcer.js" */

import { find, h, set, write } from "../dom.js";
import { heard, t } from "../language.js";
import { clockTime } from "../words.js";

const MARKS = 120;
const REDRAWN_EVERY_MS = 250;

/** @param {HTMLElement} strip @param {Store} store @param {Announcer} announcer @param {(command: number) => void} showWay */
export function timelineStrip(strip, store, announcer, showWay) {
  const track = find(".track", strip);
  const newest = find(".newest", strip);
  const dialog = /** @type {HTMLDialogElement} */ (find("#timeline-list"));
  const list = find("ol", dialog);
  /** @type {Map<TimelineEntry, HTMLElement>} */
  const marks = new Map();
  const torn = h("i", { class: "torn" });
  torn.hidden = true;
  const head = h("i", { class: "head" });
  track.append(torn, head);
  let drawn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const place = () => {
    timer = undefined;
    drawn = performance.now();
    const { timeline, now, partition } = store.view;
    const shown = timeline.slice(-MARKS);
    const start = Math.min(shown[0]?.at ?? 0, now - 1);
    const share = (/** @type {number} */ at) => `${(Math.max(0, (at - start) / (now - start)) * 97).toFixed(2)}%`;
    const kept = new Set(shown);
    for (const [entry, mark] of marks) {
      if (kept.has(entry)) continue;
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
      mark.style.left = share(entry.at);
    }
    torn.hidden = !partition;
    if (partition) {
      torn.style.left = share(partition.since);
      torn.style.width = `calc(97% - ${share(partition.since)})`;
    }
    head.style.left = "97%";
    const last = timeline.at(-1);
    write(newest, last ? heard(last.text) : t("Nothing has happened yet."));
    if (last) set(newest, { "data-kind": last.kind, title: heard(last.text) });
    if (dialog.open) fillList();
  };
  const fillList = () => {
    const entries = [...store.view.timeline].reverse();
    list.replaceChildren(
      ...entries.map((entry) =>
        h(
          "li",
          { "data-kind": entry.kind },
          h("span", { class: "mono" }, clockTime(entry.at)),
          h("span", {}, heard(entry.text)),
          ...howButton(entry),
        ),
      ),
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
  store.onChange((change) => {
    for (const entry of change.entries) announcer.say(heard(entry.text));
    const due = drawn + REDRAWN_EVERY_MS - performance.now();
    if (due <= 0) place();
    else if (timer === undefined) timer = setTimeout(place, due);
  });
  find("#timeline-open", strip).addEventListener("click", () => {
    fillList();
    dialog.showModal();
  });
}
