/** The certificate: which lessons were finished in this browser, with a name, to be printed. */

import { listLessons } from "./api.js";
import { find, h, write } from "./dom.js";
import { heard, t, tn } from "./language.js";
import { languageChoice } from "./language_choice.js";
import { visits } from "./lesson/visits.js";
import { themeButton } from "./theme.js";

themeButton();
languageChoice();

const input = /** @type {HTMLInputElement} */ (find("#certificate-form input"));
const print = /** @type {HTMLButtonElement} */ (find("#print"));
const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });

const showName = () => write(find("#who"), input.value.trim() || "…");
input.value = localStorage.getItem("learner's name") ?? "";
input.addEventListener("input", () => {
  localStorage.setItem("learner's name", input.value);
  showName();
});
find("#certificate-form").addEventListener("submit", (event) => event.preventDefault());
print.addEventListener("click", () => window.print());

try {
  const known = visits();
  const finished = (await listLessons()).filter((lesson) => known[lesson.slug]?.finished);
  find("#none").hidden = finished.length > 0;
  find("#certificate").hidden = find("#certificate-form").hidden = finished.length === 0;
  print.disabled = finished.length === 0;
  let steps = 0;
  let unaided = 0;
  let last = 0;
  for (const lesson of finished) {
    const visit = known[lesson.slug];
    if (!visit) continue;
    const own = Math.min(visit.steps, visit.unaided ?? 0);
    steps += visit.steps;
    unaided += own;
    last = Math.max(last, visit.finished ?? 0);
    find("#finished").append(
      h(
        "li",
        {},
        h("span", {}, lesson.title),
        h("span", { class: "steps" }, t("{own} of {steps} steps", { own, steps: visit.steps })),
        h("time", { datetime: new Date(visit.finished ?? 0).toISOString().slice(0, 10) }, day.format(visit.finished)),
      ),
    );
  }
  const played = steps - unaided;
  const own = tn("{count} step was done by hand", "{count} steps were done by hand", unaided);
  const rest =
    played > 0 ? tn("for {count} the solution was played", "for {count} the solutions were played", played) : "";
  write(find("#sum"), `${rest ? `${own}; ${rest}` : own}.`);
  const time = find("#day");
  time.setAttribute("datetime", new Date(last).toISOString().slice(0, 10));
  write(time, day.format(last));
  showName();
} catch (error) {
  find("#none").hidden = false;
  write(find("#none .lead"), heard(error instanceof Error ? error.message : String(error)));
}
