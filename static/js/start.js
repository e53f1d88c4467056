/** The start page: two ways in, and a recorded lab that plays. */

import { enterLab, enterNewLab, importJournal, listLessons } from "./api.js";
import { Diagram } from "./diagram/diagram.js";
import { find, lessMotion, write } from "./dom.js";
import { engineChoice } from "./engine_choice.js";
import { heard, t } from "./language.js";
import { languageChoice } from "./language_choice.js";
import { enterLesson } from "./lesson/enter.js";
import { leftLast } from "./lesson/visits.js";
import { Player } from "./player.js";
import { Store } from "./store.js";
import { themeButton } from "./theme.js";
import { clockTime, quorumWords } from "./words.js";

themeButton();
engineChoice();
languageChoice();

/** @param {string} selector @param {() => Promise<void>} enter */
function way(selector, enter) {
  const button = /** @type {HTMLButtonElement} */ (find(selector));
  button.addEventListener("click", async () => {
    button.disabled = true;
    write(find("#trouble"), "");
    try {
      await enter();
    } catch (error) {
      write(find("#trouble"), heard(error instanceof Error ? error.message : String(error)));
      button.disabled = false;
    }
  });
}

const left = leftLast();
if (left) write(find("#start"), t("Go on with the lesson"));
way("#start", async () => {
  const first = left?.[0] ?? (await listLessons())[0]?.slug;
  await (first ? enterLesson(first) : enterNewLab({}));
});
way("#free", () => enterNewLab({}));

const file = /** @type {HTMLInputElement} */ (find("#journal"));
file.addEventListener("change", async () => {
  const chosen = file.files?.[0];
  if (!chosen) return;
  file.disabled = true;
  write(find("#trouble"), t("Reading {name}, and doing again what was done…", { name: chosen.name }));
  try {
    enterLab(await importJournal(readable(await chosen.text())));
  } catch (error) {
    write(find("#trouble"), error instanceof Error ? error.message : String(error));
    file.disabled = false;
    file.value = "";
  }
});

/** The text itself, when it is JSON: the server reads it, with every digit. @param {string} text */
function readable(text) {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new Error(t("This file is not JSON, so it is no lab. Choose one that was saved from a lab's Share dialog."));
  }
}

const store = new Store();
const happening = find("#happening");
const sentence = find("#mini-quorum");
new Diagram(find("#diagram"), store, { still: true, pills: 3 });
store.onChange(() => {
  const last = store.view.timeline.at(-1);
  const words = quorumWords(store.view.quorum);
  sentence.dataset.tone = words.tone;
  write(sentence, words.sentence);
  write(happening, last ? `${clockTime(last.at)}  ${heard(last.text).replace(/(SWM\w+)-\S+/, "$1-…")}` : "");
});

const address = find("#demo").dataset.recording ?? "";
const recording = /** @type {import("./player.js").Recording} */ (await (await fetch(address)).json());
write(find("#source"), t("A recording of a real lab. Yours will be live."));
const player = new Player(recording, store);
const button = find("#play");
const show = () => write(button, player.playing ? t("Pause") : t("Play"));
button.addEventListener("click", () => {
  if (player.playing) player.pause();
  else player.play();
  show();
});
if (lessMotion()) player.seek(recording.still_ms);
else player.play();
button.hidden = false;
show();
