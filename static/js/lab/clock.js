/** Pause and speed of the lab's clock. */

/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */

import { find, set, write } from "../dom.js";
import { clockTime } from "../words.js";
import { complain } from "./notice.js";

/** @param {Store} store @param {LabApi} api */
export function clockControls(store, api) {
  const group = find("#clock");
  const pause = find("[data-pause]", group);
  const speeds = [...group.querySelectorAll("[data-speed]")].filter((element) => element instanceof HTMLElement);
  const time = find("#time");
  const ask = (/** @type {Record<string, unknown>} */ body) => api.post("/clock", body).catch(complain);
  pause.addEventListener("click", () => ask({ paused: !store.view.clock.paused }));
  for (const button of speeds) button.addEventListener("click", () => ask({ speed: Number(button.dataset.speed) }));
  store.onChange((change) => {
    write(time, clockTime(store.view.now));
    if (!change.whole && !change.fields.has("clock")) return;
    const { paused, speed } = store.view.clock;
    set(pause, { "aria-pressed": String(paused), "aria-label": paused ? "Go on" : "Pause" });
    for (const button of speeds)
      button.setAttribute("aria-pressed", String(!paused && Number(button.dataset.speed) === speed));
    document.body.toggleAttribute("data-paused", paused);
  });
}
