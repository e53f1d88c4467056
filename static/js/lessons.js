/** The chapter map: its lessons in order, how far one is in each, and the way in. */

/** @import { LessonSummary } from "./types" */
/** @import { Visit } from "./lesson/visits.js" */

import { listLessons } from "./api.js";
import { find, h, write } from "./dom.js";
import { engineChoice, realChosen } from "./engine_choice.js";
import { heard, t, tn } from "./language.js";
import { languageChoice } from "./language_choice.js";
import { enterLesson } from "./lesson/enter.js";
import { visits } from "./lesson/visits.js";
import { themeButton } from "./theme.js";

themeButton();
engineChoice(() => show());
languageChoice();
/** @type {LessonSummary[]} */
let lessons = [];
const list = find("#lessons");
const trouble = find("#trouble");

/** @param {unknown} error */
function complain(error) {
  write(trouble, heard(error instanceof Error ? error.message : String(error)));
}

/**
 * @param {string} label
 * @param {string} describedBy
 * @param {boolean} primary
 * @param {() => Promise<void>} go
 * @param {boolean} [refused] the server makes no lab for it
 */
function way(label, describedBy, primary, go, refused = false) {
  const button = h(
    "button",
    { type: "button", class: primary ? "primary" : null, "aria-describedby": describedBy, disabled: refused },
    label,
  );
  button.addEventListener("click", async () => {
    button.disabled = true;
    write(trouble, "");
    try {
      await go();
    } catch (error) {
      complain(error);
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

/** @param {Visit | undefined} visit @returns {"new" | "under way" | "finished"} */
function stateOf(visit) {
  if (visit?.lab && !visit.done && visit.step >= 0) return "under way";
  return visit?.finished ? "finished" : "new";
}

/**
 * @param {LessonSummary} lesson
 * @param {number} index
 * @param {Visit | undefined} visit
 * @param {boolean} next the one to take now
 */
function card(lesson, index, visit, next) {
  const state = stateOf(visit);
  const title = h(list.dataset.only ? "h2" : "h3", { id: `lesson-${index}` }, lesson.title);
  const facts = [
    t("{minutes} min", { minutes: lesson.minutes }),
    tn("{count} step", "{count} steps", lesson.steps),
    ...(lesson.language === document.documentElement.lang ? [] : [t("in English")]),
  ];
  const progress = h("p", { class: "facts" }, facts.join(", "));
  const { slug } = lesson;
  const real = realChosen() ? lesson.real : null;
  const refused = real?.refused ?? false;
  const note = h("p", { class: "real-note", id: `real-${index}` }, real ? realWords(real) : "");
  const about = real ? `${title.id} ${note.id}` : title.id;
  const ways = [];
  if (state === "under way" && visit) {
    const done = t("{step} of {steps} steps done", { step: visit.step, steps: visit.steps });
    progress.append(` · ${done}`);
    ways.push(way(t("Go on"), title.id, next, () => enterLesson(slug)));
    ways.push(way(t("Begin again"), about, false, () => enterLesson(slug, true), refused));
  } else if (state === "finished") {
    progress.append(` · ${t("finished")}`);
    ways.push(way(t("Once more"), about, false, () => enterLesson(slug, true), refused));
  } else {
    ways.push(way(t("Begin"), about, next, () => enterLesson(slug), refused));
  }
  const bar = h("progress", { max: lesson.steps, value: visit?.step ?? 0, "aria-label": lesson.title });
  return h(
    "li",
    { "data-state": state === "under way" ? "now" : visit?.finished ? "done" : null },
    h("span", { class: "number", "aria-hidden": "true" }, visit?.finished ? "✓" : String(index + 1)),
    h(
      "div",
      {},
      title,
      h("p", {}, lesson.summary),
      progress,
      ...(state === "under way" ? [bar] : []),
      ...(real ? [note] : []),
    ),
    h("div", { class: "ways-in" }, ...ways),
  );
}

/** @param {{ refused: boolean, because: string[] }} real @returns {string} what does not work on real engines */
function realWords({ refused, because }) {
  const reasons = because.map((reason) => heard(reason)).join("; ");
  return refused
    ? t("Not on real engines: {reasons}", { reasons })
    : t("On real engines not all of it: {reasons}", { reasons });
}

/**
 * Neighbours of one chapter under its name.
 * @param {LessonSummary[]} lessons
 * @param {HTMLElement[]} cards one for each lesson
 */
function chapters(lessons, cards) {
  /** @type {HTMLElement[]} */
  const found = [];
  lessons.forEach(({ chapter }, index) => {
    if (index === 0 || chapter !== lessons[index - 1]?.chapter) {
      const inside = h("ol", { class: "lesson-list", role: "list" });
      found.push(h("li", {}, ...(chapter && !list.dataset.only ? [h("h2", {}, chapter)] : []), inside));
    }
    found.at(-1)?.lastElementChild?.append(/** @type {HTMLElement} */ (cards[index]));
  });
  return found;
}

function show() {
  const known = visits();
  const finished = lessons.filter((lesson) => known[lesson.slug]?.finished).length;
  const next =
    lessons.find((lesson) => stateOf(known[lesson.slug]) === "under way") ??
    lessons.find(
      (lesson) => stateOf(known[lesson.slug]) === "new" && !(realChosen() && (lesson.real?.refused ?? false)),
    );
  const cards = lessons.map((lesson, index) => card(lesson, index, known[lesson.slug], lesson === next));
  list.replaceChildren(...chapters(lessons, cards));
  const summary = find("#progress");
  summary.hidden = finished === 0 || Boolean(list.dataset.only);
  write(
    find("span", summary),
    t("{finished} of {all} lessons finished in this browser.", { finished, all: lessons.length }),
  );
}

try {
  const { only } = list.dataset;
  lessons = (await listLessons()).filter((lesson) => !only || lesson.slug === only);
  show();
  // Back from a lab by the browser's button the page may be as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) show();
  });
  if (lessons.length === 0)
    write(trouble, t("There are no lessons here. Free play, on the start page, works without them."));
} catch (error) {
  complain(error);
}
