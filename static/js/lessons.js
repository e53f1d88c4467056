/** The chapter map: its lessons in order, each a way into a lab. */

import { enterNewLab, listLessons } from "./api.js";
import { find, h, write } from "./dom.js";
import { heard, t, tn } from "./language.js";
import { languageChoice } from "./language_choice.js";
import { themeButton } from "./theme.js";

themeButton();
languageChoice();
const list = find("#lessons");
const trouble = find("#trouble");

/** @param {unknown} error */
function complain(error) {
  write(trouble, heard(error instanceof Error ? error.message : String(error)));
}

try {
  const lessons = await listLessons();
  list.replaceChildren(
    ...lessons.map((lesson, index) => {
      const title = h("h2", { id: `lesson-${index}` }, lesson.title);
      const enter = h(
        "button",
        { type: "button", class: index === 0 ? "primary" : null, "aria-describedby": title.id },
        t("Begin"),
      );
      enter.addEventListener("click", () => {
        enter.disabled = true;
        enterNewLab({ lesson: lesson.slug }).catch((error) => {
          enter.disabled = false;
          complain(error);
        });
      });
      const facts = h(
        "p",
        { class: "facts" },
        `${t("{minutes} min", { minutes: lesson.minutes })}, ${tn("{count} step", "{count} steps", lesson.steps)}`,
      );
      return h(
        "li",
        {},
        h("span", { class: "number", "aria-hidden": "true" }, String(index + 1)),
        h("div", {}, title, h("p", {}, lesson.summary), facts),
        enter,
      );
    }),
  );
  if (lessons.length === 0)
    write(trouble, t("There are no lessons here. Free play, on the start page, works without them."));
} catch (error) {
  complain(error);
}
