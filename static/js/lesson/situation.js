/** A lab of the sandbox has no lesson; in its place stand what there is to see and a question to try. */

/** @import { LabAnswer, SituationWords } from "../types" */
/** @import { LessonPanel } from "./panel.js" */

import { find, set, write } from "../dom.js";
import { t } from "../language.js";
import { sizeWords } from "../words.js";
import { commandsIn, enliven } from "./blocks.js";
import { renew } from "./renew.js";

/** @param {LessonPanel} panel of a lab without a lesson */
export async function showSituation(panel) {
  /** @type {LabAnswer} */
  const lab = await panel.api.get("");
  if (!lab.situation) return;
  /** @type {SituationWords} */
  const words = await panel.api.get("/situation");
  const crumb = find("#crumb");
  set(crumb, { href: "/sandbox" });
  write(crumb, t("Sandbox"));
  write(panel.count, t("Sandbox, {machines}", { machines: sizeWords(words) }));
  write(panel.title, words.title);
  panel.prose.replaceChildren();
  // The html is the situation's own, from our server.
  renew(panel.prose, words.html, (part) => enliven(part, panel.intents));
  panel.onTitle(words.title);
  panel.onTerminal("manager1");
  panel.onStep(commandsIn(panel.prose));
}
