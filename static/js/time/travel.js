/** What can be done with time besides looking: undo, redo, one step, go on from a moment of the past, play a recording. */

/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */
/** @import { LabSocket } from "../socket.js" */
/** @import { Past } from "./past.js" */

import { enterLab } from "../api.js";
import { find, set, write } from "../dom.js";
import { complain, notice } from "../lab/notice.js";
import { heard, t } from "../language.js";
import { clockTime } from "../words.js";
import { nothingComes, nothingToRedo, nothingToUndo } from "./nothing.js";

const SLOW_MS = 400;

/**
 * @param {Store} live
 * @param {LabApi} api
 * @param {LabSocket} socket
 * @param {Past} past
 */
export function timeTravel(live, api, socket, past) {
  const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (find(id));
  const [undo, redo, step] = [button("#undo"), button("#redo"), button("#step")];
  const bar = find("#past");
  const words = find(".past-words", bar);
  const here = button("#go-on-here");
  const back = button("#back-to-now");
  const over = button("#take-over");
  const toEnd = button("#to-the-end");
  const working = find("#working");
  let busy = false;

  /** One thing at a time; what takes long says how far it is. @param {() => Promise<void>} work */
  const alone = async (work) => {
    if (busy) return;
    busy = true;
    show();
    const slow = setTimeout(() => {
      working.hidden = false;
    }, SLOW_MS);
    try {
      await work();
    } catch (error) {
      complain(error);
    } finally {
      clearTimeout(slow);
      working.hidden = true;
      write(find("span", working), "");
      busy = false;
      show();
    }
  };
  socket.on("rebuilding", (share) =>
    write(
      find("span", working),
      t("{percent} % of the lab's past is played again.", { percent: Math.round(share * 100) }),
    ),
  );

  const show = () => {
    const { clock } = live.view;
    const playing = typeof clock.plays_until === "number";
    undo.disabled = busy || playing || !clock.undo;
    redo.disabled = busy || !clock.redo;
    set(undo, { title: clock.undo && !playing ? t("Undo the last command (Alt+Z)") : nothingToUndo(clock) });
    set(redo, { title: clock.redo ? t("Do it again: {what}", { what: heard(clock.redo) }) : nothingToRedo() });
    step.disabled = here.disabled = over.disabled = toEnd.disabled = busy;
    const at = past.at;
    document.body.toggleAttribute("data-past", at !== null);
    document.body.toggleAttribute("data-recording", playing);
    bar.hidden = at === null && !playing;
    here.hidden = back.hidden = at === null;
    over.hidden = toEnd.hidden = at !== null || !playing;
    for (const id of ["#cut", "#choose-sides", "#heal"]) find(id).toggleAttribute("data-later", at !== null);
    if (at !== null) write(words, t("As it was at {time}. The terminals are live.", { time: clockTime(at) }));
    else if (playing) {
      const time = clockTime(clock.plays_until ?? 0);
      const stands = t("A recording goes until {time}; the clock is paused.", { time });
      write(words, clock.paused ? stands : t("A recording plays, until {time}.", { time }));
    }
  };

  undo.addEventListener("click", () =>
    alone(async () => {
      past.back();
      const { undone, now } = await api.post("/undo", {});
      notice(
        t("Undone: {what}. The lab is back at {time}.", { what: heard(undone), time: clockTime(now * 1_000_000) }),
      );
    }),
  );
  redo.addEventListener("click", () =>
    alone(async () => {
      past.back();
      const { redone } = await api.post("/redo", {});
      notice(t("Done again: {what}.", { what: heard(redone) }));
    }),
  );
  step.addEventListener("click", () =>
    alone(async () => {
      past.back();
      const { event, now, looked } = await api.post("/clock", { step: true });
      if (!event) notice(nothingComes(looked, now));
    }),
  );
  here.addEventListener("click", () =>
    alone(async () => {
      const at = past.at;
      if (at !== null) enterLab(await api.post("/branch", { at: at / 1_000_000 }));
    }),
  );
  back.addEventListener("click", () => past.back());
  over.addEventListener("click", () => alone(() => api.post("/clock", { take_over: true })));
  toEnd.addEventListener("click", () =>
    alone(async () => {
      const { now, clock } = live.view;
      let seconds = Math.ceil(((clock.plays_until ?? now) - now) / 1_000_000) + 1;
      // Much of it at once comes in several answers.
      while (seconds > 0) seconds = (await api.post("/clock", { advance: Math.min(86_400, seconds) })).left;
    }),
  );
  past.addEventListener("change", show);
  past.addEventListener("trouble", (event) => complain(/** @type {CustomEvent} */ (event).detail));
  let played = false;
  live.onChange((change) => {
    if (!change.whole && !change.fields.has("clock")) return;
    show();
    const plays = typeof live.view.clock.plays_until === "number";
    if (played && !plays) socket.openAgain();
    played = plays;
  });
  document.addEventListener("keydown", (event) => {
    const at = event.target instanceof Element ? event.target : null;
    if (!event.altKey || event.ctrlKey || event.metaKey || at?.closest("input")) return;
    if (event.code === "KeyZ") {
      const { clock } = live.view;
      if (event.shiftKey && !clock.redo) notice(nothingToRedo());
      else if (!event.shiftKey && undo.disabled && !busy) notice(nothingToUndo(clock));
      else (event.shiftKey ? redo : undo).click();
    } else if (event.code === "KeyN") step.click();
    // In a terminal Alt+B is the shell's: a word back.
    else if (event.code === "KeyB" && !at?.closest(".screens")) find("#timeline .track").focus();
    else return;
    event.preventDefault();
  });
  show();
}
