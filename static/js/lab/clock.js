/** Pause and speed of the lab's clock. */

/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */

import { find, set, write } from "../dom.js";
import { t } from "../language.js";
import { clockTime } from "../words.js";
import { complain } from "./notice.js";

/** The server tells the time at least once a second. */
const AHEAD_MS = 1500;
const SHOWN_EVERY_MS = 200;

/** @param {Store} store @param {LabApi} api */
export function clockControls(store, api) {
  const group = find("#clock");
  const pause = find("[data-pause]", group);
  const speeds = [...group.querySelectorAll("[data-speed]")].filter((element) => element instanceof HTMLElement);
  const time = find("#time");
  const ask = (/** @type {Record<string, unknown>} */ body) => api.post("/clock", body).catch(complain);
  pause.addEventListener("click", () => ask({ paused: !store.view.clock.paused }));
  for (const button of speeds)
    button.addEventListener("click", () => ask({ speed: Number(button.dataset.speed), paused: false }));
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyP") return;
    if (event.target instanceof Element && event.target.closest("input")) return;
    pause.click();
    event.preventDefault();
  });
  /** When `view.now` was heard, in the browser's milliseconds. */
  let heard = performance.now();
  let told = 0;
  const show = () => {
    const { now, clock } = store.view;
    // Between two deltas the time goes on as the lab's clock does; it waits rather than run far ahead.
    const since = clock.paused ? 0 : Math.min(AHEAD_MS, performance.now() - heard) * clock.speed * 1000;
    const guess = now + since;
    // A guess that was a little too far is not taken back.
    told = told > guess && told - guess < 1_000_000 * clock.speed ? told : guess;
    write(time, clockTime(told));
  };
  setInterval(show, SHOWN_EVERY_MS);
  store.onChange((change) => {
    heard = performance.now();
    show();
    if (!change.whole && !change.fields.has("clock")) return;
    const { paused, speed } = store.view.clock;
    set(pause, { "aria-pressed": String(paused), "aria-label": paused ? t("Go on") : t("Pause") });
    for (const button of speeds)
      button.setAttribute("aria-pressed", String(!paused && Number(button.dataset.speed) === speed));
    document.body.toggleAttribute("data-paused", paused);
  });
}
