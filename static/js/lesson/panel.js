/** The lesson's pane: one step at a time, its checks as the cluster meets them, hints, and the way on. */

/** @import { Check, Lesson, StepProgress } from "../types" */
/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */
/** @import { Intents } from "./blocks.js" */

import { listLessons } from "../api.js";
import { find, h, keyed, set, write } from "../dom.js";
import { complain } from "../lab/notice.js";
import { heard, t } from "../language.js";
import { againMenu } from "./again.js";
import { commandsIn, enliven } from "./blocks.js";
import { draftButton } from "./draft_button.js";
import { askAtTheEnd, ending } from "./ending.js";
import { enterLesson } from "./enter.js";
import { lessonKeys } from "./keys.js";
import { Patience } from "./offers.js";
import { renew } from "./renew.js";
import { showSituation } from "./situation.js";
import { keepVisit, visits } from "./visits.js";

const PLAYING = t("The solution is being played. Watch the terminals and the cluster.");

export class LessonPanel {
  /** @type {Lesson | null} */
  #lesson = null;
  #shown = -1;
  #hints = 0;
  /** @type {Map<string, HTMLElement>} */
  #checks = new Map();
  onStep = (/** @type {{ terminal: string, command: string }[]} */ _commands) => {};
  onTitle = (/** @type {string} */ _title) => {};
  onTerminal = (/** @type {string} */ _name) => {};
  /** The step whose solution is being played. */
  #playing = "";
  /** @type {number | undefined} */
  #facts;
  #noticeShown = "";
  #patience = new Patience();
  /** The lesson after this one; empty after the last. */
  #nextLesson = "";

  /** @param {HTMLElement} pane @param {Store} store @param {LabApi} api @param {Omit<Intents, "answer">} intents */
  constructor(pane, store, api, intents) {
    this.pane = pane;
    this.store = store;
    this.api = api;
    /** @type {Intents} */
    this.intents = {
      ...intents,
      clock: (change) => api.post("/clock", change),
      answer: (step, choice) => api.post("/lesson", { answer: { step, choice } }),
      quiz: (number, choice) => api.post("/lesson", { quiz: { number, choice } }),
    };
    this.body = find(".lesson-body", pane);
    this.steps = find(".steps", pane);
    this.title = find("h1", pane);
    this.count = find(".step-count", pane);
    this.prose = find(".prose", pane);
    this.checks = find(".checks", pane);
    this.notice = find(".lesson-notice", pane);
    this.hints = find(".hints", pane);
    this.next = /** @type {HTMLButtonElement} */ (find("#next", pane));
    this.back = /** @type {HTMLButtonElement} */ (find("#back", pane));
    this.skip = /** @type {HTMLButtonElement} */ (find("#skip", pane));
    this.hint = /** @type {HTMLButtonElement} */ (find("#hint", pane));
    this.next.addEventListener("click", () => this.#onward());
    this.back.addEventListener("click", () => this.#show(this.#shown - 1, true));
    this.skip.addEventListener("click", () => this.#skip());
    this.hint.addEventListener("click", () => this.#giveHint());
    this.offer = h("div", { class: "offer", role: "status" });
    this.hints.after(this.offer);
    this.ending = ending(this.offer, () => this.#showQuiz());
    this.again = againMenu(
      find(".lesson-top", pane),
      api,
      () => this.#where(),
      () => this.#show(this.#shown, true),
    );
    lessonKeys(pane);
    store.onChange((change) => {
      if (change.whole || change.fields.has("lesson")) this.#progress();
    });
  }

  async load() {
    // Only the view tells whether there is a lesson to ask for.
    if (this.store.view.n < 0) await new Promise((came) => this.store.addEventListener("change", came, { once: true }));
    if (!this.store.view.lesson) return this.#freePlay();
    this.#lesson = await this.api.lesson();
    const { slug } = this.#lesson;
    const lessons = await listLessons().catch(() => []);
    // What is not translated is said to be English, so that it is read aloud as such.
    const foreign = this.#lesson.language === document.documentElement.lang ? null : this.#lesson.language;
    for (const part of [this.title, this.prose, this.checks, this.hints]) set(part, { lang: foreign });
    this.#nextLesson = lessons[lessons.findIndex((lesson) => lesson.slug === slug) + 1]?.slug ?? "";
    setInterval(() => this.#drawOffer(), 5000);
    this.onTitle(this.#lesson.title);
    if (this.#lesson.terminal) this.onTerminal(this.#lesson.terminal);
    this.#progress();
  }

  /** Addresses, tokens or the unlock key are others now: the prose names them. */
  async #renew() {
    const lesson = await this.api.lesson().catch(() => null);
    if (!lesson) return;
    this.#lesson = lesson;
    const step = lesson.steps[this.#shown];
    if (!step) return;
    renew(this.prose, step.html, (part) => enliven(part, this.intents));
    this.onStep(commandsIn(this.prose));
  }

  #freePlay() {
    const template = find("#free-play");
    if (!(template instanceof HTMLTemplateElement)) return;
    this.pane.dataset.free = "";
    this.prose.replaceChildren(template.content.cloneNode(true));
    write(this.title, t("Free play"));
    write(this.count, t("No lesson"));
    enliven(this.prose, this.intents);
    this.onTitle(t("Free play"));
    this.onStep(commandsIn(this.prose));
    showSituation(this).catch(complain);
    draftButton(this.body, this.api);
  }

  /** The titles of the steps, in the lesson's language. */
  get titles() {
    return this.#lesson?.steps.map((step) => step.title) ?? [];
  }

  /** @returns {StepProgress | undefined} */
  get #state() {
    return this.store.view.lesson?.steps[this.#shown];
  }

  #progress() {
    const { lesson } = this.store.view;
    if (!this.#lesson || !lesson) return;
    const before = this.#facts;
    this.#facts = lesson.facts;
    if (this.#shown < 0) this.#showFirst();
    if (before !== undefined && before !== lesson.facts) this.#renew();
    if (this.#playing && !lesson.playing && lesson.steps.find((step) => step.id === this.#playing)?.done)
      this.#playing = "";
    if (lesson.notice && !lesson.playing) this.#playing = "";
    keepVisit(lesson.slug, {
      lab: this.api.id,
      token: this.api.token,
      step: lesson.steps.filter((step) => step.done).length,
      steps: lesson.steps.length,
      played: lesson.steps.filter((step) => step.played).length,
      done: lesson.done,
    });
    this.#drawSteps();
    this.#drawChecks();
    this.#drawOffer();
    this.#drawNotice();
  }

  /** What is shown first: what was looked at in this lab before, else the step under way. */
  #showFirst() {
    const { lesson } = this.store.view;
    const steps = this.#lesson?.steps.length ?? 1;
    const under_way = Math.min(lesson?.step ?? 0, steps - 1);
    const visit = visits()[lesson?.slug ?? ""];
    const left = visit?.lab === this.api.id ? visit.shown : undefined;
    if (lesson?.done && left === steps && this.#lesson?.quiz.length) return this.#showQuiz(false);
    this.#show(left !== undefined && left < under_way ? left : under_way, false);
  }

  /** What is to be said about the mistake just made, or that the solution is being played. */
  #drawNotice() {
    const lesson = this.store.view.lesson;
    const underWay = lesson?.step === this.#shown;
    const playing = this.#playing || lesson?.playing;
    const html = playing ? PLAYING : underWay ? this.#said() : "";
    if (html === this.#noticeShown) return;
    this.#noticeShown = html;
    // The html is the lesson's own, from our server.
    this.notice.innerHTML = html;
  }

  /** @returns {string} HTML about what just went wrong, in the lesson's language */
  #said() {
    const { lesson } = this.store.view;
    if (!lesson?.notice) return "";
    const slip = this.#lesson?.steps[lesson.step]?.slips[lesson.slip ?? -1];
    return slip ?? heard(lesson.notice);
  }

  /** @returns {{ slug: string, step: string, title: string, reached: boolean } | null} */
  #where() {
    const step = this.#lesson?.steps[this.#shown];
    const { lesson } = this.store.view;
    if (!step || !lesson || !this.#lesson) return null;
    return { slug: lesson.slug, step: step.id, title: step.title, reached: this.#shown <= lesson.step };
  }

  /** To one who is stuck a hint offers itself. */
  #drawOffer() {
    const { lesson } = this.store.view;
    const step = this.#lesson?.steps[this.#shown];
    if (!lesson || !step) return;
    const stuck = lesson.step === this.#shown && this.#hints < step.hints ? this.#patience.of(lesson) : "";
    if (stuck === (this.offer.dataset.stuck ?? "")) return;
    this.offer.dataset.stuck = stuck;
    const sentence = {
      "": "",
      failures: t("The same thing has gone wrong several times. A hint?"),
      minutes: t("This step takes a while. A hint?"),
    }[stuck];
    const take = h(
      "button",
      { type: "button", class: "small primary", click: () => this.#giveHint() },
      t("Show a hint"),
    );
    this.offer.replaceChildren(...(stuck ? [h("span", {}, sentence), take] : []));
  }

  /** The questions at the end: they look back, and the lesson does not wait for them. */
  #showQuiz(focus = true) {
    const lesson = this.#lesson;
    if (!lesson) return;
    this.#keepShown(lesson.steps.length);
    write(this.count, t("At the end"));
    write(this.title, t("What stays with you"));
    askAtTheEnd(this.prose, lesson.quiz, this.intents);
    this.#begin([]);
    if (focus) this.title.focus();
  }

  /** @param {number} index of a step, or behind the last for the questions at the end */
  #keepShown(index) {
    this.#shown = index;
    this.#hints = 0;
    if (this.store.view.lesson)
      keepVisit(this.store.view.lesson.slug, { lab: this.api.id, token: this.api.token, shown: index });
  }

  /** @param {number} index @param {boolean} focus */
  #show(index, focus) {
    const step = this.#lesson?.steps[index];
    if (!step || !this.#lesson) return;
    this.#keepShown(index);
    write(this.count, t("Step {step} of {all}", { step: index + 1, all: this.#lesson.steps.length }));
    write(this.title, step.title);
    this.prose.replaceChildren();
    renew(this.prose, step.html, (part) => enliven(part, this.intents));
    this.#begin(commandsIn(this.prose));
    if (focus) this.title.focus();
  }

  /**
   * What stands below the prose begins anew; the page hears which commands the prose has.
   * @param {{ terminal: string, command: string }[]} commands
   */
  #begin(commands) {
    this.hints.replaceChildren();
    this.checks.replaceChildren();
    this.#checks.clear();
    this.#drawSteps();
    this.#drawChecks();
    this.#drawOffer();
    this.#drawNotice();
    this.body.scrollTop = 0;
    this.onStep(commands);
  }

  #drawSteps() {
    const steps = this.store.view.lesson?.steps ?? [];
    while (this.steps.children.length > steps.length) this.steps.lastElementChild?.remove();
    steps.forEach((step, index) => {
      let item = this.steps.children[index];
      if (!item) {
        item = h("li", {}, h("button", { type: "button", click: () => this.#show(index, true) }));
        this.steps.append(item);
      }
      const now = index === this.store.view.lesson?.step;
      const state = step.done ? t("done") : now ? t("under way") : t("to come");
      set(/** @type {Element} */ (item.firstElementChild), {
        "data-state": step.done ? "done" : now ? "now" : "later",
        "aria-label": t("Step {step}, {title}: {state}", {
          step: index + 1,
          title: this.#lesson?.steps[index]?.title ?? step.title,
          state,
        }),
        "aria-current": index === this.#shown ? "step" : null,
        title: this.#lesson?.steps[index]?.title ?? step.title,
      });
    });
  }

  #drawChecks() {
    const step = this.#lesson?.steps[this.#shown];
    const state = this.#state;
    if (!this.#lesson) return;
    this.again.show();
    const after = this.#nextLesson ? t("Next lesson") : t("To the chapter map");
    if (!step) {
      this.pane.dataset.done = "true";
      this.skip.hidden = this.hint.hidden = true;
      this.back.disabled = this.next.disabled = false;
      this.next.classList.add("primary");
      write(this.next, after);
      this.ending.show(null);
      return;
    }
    const checks = state?.checks ?? [];
    keyed(
      this.checks,
      this.#checks,
      checks.map((_, index) => String(index)),
      () =>
        h(
          "li",
          { class: "check" },
          h("span", { class: "tick", "aria-hidden": "true" }),
          h("div", {}, h("span", { class: "check-text" }), h("span", { class: "saw" })),
        ),
    );
    checks.forEach((check, index) => {
      this.#drawCheck(check, String(index));
    });
    const done = Boolean(state?.done) || checks.length === 0;
    const last = this.#shown === this.#lesson.steps.length - 1;
    const finished = last && Boolean(this.store.view.lesson?.done);
    this.pane.dataset.done = String(done);
    write(this.next, finished ? after : last ? t("Finish") : t("Next"));
    this.ending.show(finished ? this.#lesson.quiz.length : null);
    this.next.classList.toggle("primary", done);
    this.next.disabled = !done;
    const chosen = document.activeElement;
    this.skip.hidden = done;
    const ahead = this.#shown > (this.store.view.lesson?.step ?? 0);
    write(this.skip, ahead ? t("Play up to here") : t("Skip"));
    this.skip.title = ahead ? t("Play the solutions of all steps up to this one") : t("Play the solution of this step");
    // Not disabled: that would lose the focus.
    set(this.skip, { "aria-disabled": this.#playing === step.id ? "true" : null });
    this.back.disabled = this.#shown === 0;
    const left = step.hints - this.#hints;
    this.hint.hidden = done || step.hints === 0;
    this.hint.disabled = left <= 0;
    write(
      this.hint,
      left > 0 ? t("Hint {hint} of {all}", { hint: this.#hints + 1, all: step.hints }) : t("No more hints"),
    );
    // A button that goes away hands the focus on.
    if (done && (chosen === this.skip || chosen === this.hint)) this.next.focus();
  }

  /** @param {Check} check @param {string} key */
  #drawCheck(check, key) {
    const item = this.#checks.get(key);
    if (!item) return;
    set(item, { "data-met": check.met });
    write(find(".tick", item), check.met ? "✓" : "○");
    const text = find(".check-text", item);
    // The html is the lesson's own, from our server. A sentence that the author left to the check is the server's.
    const html = heard(this.#lesson?.steps[this.#shown]?.checks[Number(key)] ?? check.text);
    if (text.dataset.html !== html) text.innerHTML = text.dataset.html = html;
    item.setAttribute("aria-label", `${check.met ? t("Met") : t("Not yet")}: ${text.textContent}. ${heard(check.saw)}`);
    write(find(".saw", item), heard(check.saw));
  }

  async #onward() {
    const steps = this.#lesson?.steps.length ?? 0;
    const step = this.#lesson?.steps[this.#shown];
    // A step without checks is done when the reader says so.
    if (step && this.#state?.checks.length === 0 && !this.#state.done) {
      await this.api.post("/lesson", { next: step.id }).catch(complain);
      if (this.#shown === steps - 1) return;
    }
    if (this.#shown < steps - 1) return this.#show(this.#shown + 1, true);
    if (this.#nextLesson) await enterLesson(this.#nextLesson).catch(complain);
    else location.href = "/lessons";
  }

  async #skip() {
    const step = this.#lesson?.steps[this.#shown];
    if (!step || this.#playing || this.store.view.lesson?.playing) return;
    this.#playing = step.id;
    this.#drawChecks();
    this.#drawNotice();
    try {
      // A clock that stands still would let nothing happen.
      if (this.store.view.clock.paused) await this.api.post("/clock", { paused: false });
      await this.api.post("/lesson", { skip: step.id });
    } catch (error) {
      this.#playing = "";
      this.#drawChecks();
      this.#drawNotice();
      complain(error);
    }
  }

  async #giveHint() {
    const step = this.#lesson?.steps[this.#shown];
    if (!step) return;
    const number = this.#hints + 1;
    const answer = await this.api.post("/lesson", { hint: { step: step.id, number } }).catch(complain);
    if (!answer) return;
    this.#hints = number;
    this.#patience.again(this.store.view.lesson);
    const item = h("div", { class: "hint" }, h("b", {}, t("Hint {number}", { number })));
    // The html is the lesson's own, from our server.
    const text = h("div");
    text.innerHTML = answer.html;
    item.append(text);
    enliven(item, this.intents);
    this.hints.append(item);
    this.#drawChecks();
    this.#drawOffer();
    item.scrollIntoView({ block: "nearest" });
  }
}
