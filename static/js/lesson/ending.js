/**
 * What stands under the last step of a lesson that is finished: that it is, and its questions for whoever wants to look back.
 * The lesson is finished without them: nothing waits for an answer, and nobody is told of one.
 */

import { h, write } from "../dom.js";
import { t, tn } from "../language.js";
import { enliven } from "./blocks.js";

/** @import { Intents } from "./blocks.js" */

/**
 * @param {HTMLElement} before it stands behind this
 * @param {() => void} look to the questions
 * @returns {{ show: (questions: number | null) => void }} gets how many questions there are; null while there is no end to be told of
 */
export function ending(before, look) {
  const word = h("span", {});
  const questions = h("button", { type: "button", id: "questions", class: "small", click: look });
  questions.title = t("Questions at the end (Alt+Q)");
  // A status is heard when its text changes: the place is there from the beginning.
  const place = h("div", { class: "ending", role: "status" });
  before.after(place);
  return {
    show(count) {
      write(word, t("The lesson is finished."));
      write(questions, tn("Look back: {count} question", "Look back: {count} questions", count ?? 0));
      questions.hidden = !count;
      if (count === null) place.replaceChildren();
      else if (place.children.length === 0) {
        place.append(word, questions);
        place.scrollIntoView({ block: "nearest" });
      }
    },
  };
}

/**
 * @param {HTMLElement} prose
 * @param {string[]} quiz the lesson's own HTML, from our server
 * @param {Intents} intents
 */
export function askAtTheEnd(prose, quiz, intents) {
  const forms = h("div", { class: "quiz" });
  forms.innerHTML = quiz.join("");
  enliven(forms, intents);
  prose.replaceChildren(h("p", {}, t("Answer from memory first. Nothing is kept of it.")), forms);
}
