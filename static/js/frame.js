/** In a frame of another site: tells that site what happens in the lesson, and nobody else (docs/embedding.md). */

/** @import { Store } from "./store.js" */

const KEY = "frame's origin";

/**
 * The origin of the page around this one, if it may be told anything: it must be one that the operator allows.
 * @param {string[]} allowed
 * @param {string | undefined} ancestor what the browser says
 * @param {string} referrer
 * @param {string | null} kept from the page that the frame began with
 * @returns {string[]} to whom messages are addressed; the browser delivers them to that origin only
 */
export function addressees(allowed, ancestor, referrer, kept) {
  const around = ancestor || (referrer && originOf(referrer)) || kept || "";
  if (ancestor) return allowed.includes(ancestor) ? [ancestor] : [];
  return allowed.includes(around) ? [around] : allowed;
}

/** @param {string} address */
function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return "";
  }
}

/** @returns {(message: Record<string, unknown>) => void} does nothing where there is no frame, or nobody who may hear */
export function frameVoice() {
  if (window.parent === window) return () => {};
  const allowed = [...(document.body.dataset.embedOrigins ?? "").split(" ").filter(Boolean), location.origin];
  const referrer = originOf(document.referrer) === location.origin ? "" : document.referrer;
  const to = addressees(allowed, location.ancestorOrigins?.[0], referrer, sessionStorage.getItem(KEY));
  if (to.length === 1 && to[0]) sessionStorage.setItem(KEY, to[0]);
  return (message) => {
    for (const origin of to) window.parent.postMessage({ source: "swarm-playground", version: 1, ...message }, origin);
  };
}

/** @param {Store} store @param {() => string[]} titles of the steps, in the learner's language */
export function tellFrame(store, titles) {
  if (window.parent === window) return;
  const say = frameVoice();
  /** What was told, or was so at the beginning: whether the solution of a step was played. @type {Map<string, boolean> | undefined} */
  let told;
  let finished = false;
  store.onChange((change) => {
    if (!change.whole && !change.fields.has("lesson")) return;
    const { lesson } = store.view;
    const first = told === undefined;
    const done = lesson?.steps.filter((step) => step.done) ?? [];
    const figures = { lesson: lesson?.slug ?? "", done: done.length, steps: lesson?.steps.length ?? 0 };
    if (first) say({ event: "ready", ...figures });
    told ??= new Map();
    for (const step of done) {
      const played = Boolean(step.played);
      // A step that is begun again is told again only if it is done by hand now, and was not before.
      if (told.has(step.id) && (played || !told.get(step.id))) continue;
      told.set(step.id, played);
      if (first) continue;
      const title = titles()[lesson?.steps.indexOf(step) ?? -1] ?? step.title;
      say({ event: "step", ...figures, step: step.id, title, played });
    }
    if (lesson?.done && !finished && !first) say({ event: "finished", ...figures });
    finished ||= Boolean(lesson?.done);
  });
}
