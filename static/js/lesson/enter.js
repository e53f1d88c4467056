/** The way into a lesson: to the lab that was left, cluster and all, or to a new one. */

import { endLab, enterLab, enterNewLab, labIsThere } from "../api.js";
import { keepVisit, visits } from "./visits.js";

/**
 * Go where the lesson was left; begin it where there is nothing to go back to.
 * @param {string} slug
 * @param {boolean} [anew] begin from the first step in any case
 * @param {string} [learner] what a site that embeds the lesson calls the learner
 * @param {boolean} [finished] go back to a lesson that is finished, too
 */
export async function enterLesson(slug, anew = false, learner = "", finished = false) {
  const visit = visits()[slug];
  if (visit?.lab && (finished || !visit.done) && !anew && (await labIsThere(visit.lab, visit.token))) {
    enterLab({ id: visit.lab, token: visit.token });
    return;
  }
  await enterNewLab({ lesson: slug, ...(learner ? { learner } : {}) });
  if (visit?.lab) {
    keepVisit(slug, { lab: "", token: "" });
    // It would only take room; that it is gone already is no matter.
    await endLab(visit.lab, visit.token).catch(() => {});
  }
}
