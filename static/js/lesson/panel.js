/** The lesson's pane: one step at a time, its checks as the cluster meets them, hints, and the way on. */

/** @import { Check, Lesson, LessonSummary, StepProgress } from "../types" */
/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */
/** @import { Intents } from "./blocks.js" */

import { enterNewLab, listLessons } from "../api.js";
import { find, h, keyed, set, write } from "../dom.js";
import { complain } from "../lab/notice.js";
import { heard, t } from "../language.js";
import { commandsIn, enliven } from "./blocks.js";
import { renew } from "./renew.js";
import { showSituation } from "./situation.js";

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

  /** @param {HTMLElement} pane @param {Store} store @param {LabApi} api @param {Omit<Intents, "answer">} intents */
  constructor(pane, store, api, intents) {
    this.pane = pane;
    this.store = store;
    this.api = api;
    /** @type {Intents} */
    this.intents = { ...intents, answer: (step, choice) => api.post("/lesson", { answer: { step, choice } }) };
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
    store.onChange((change) => {
      if (change.whole || change.fields.has("lesson")) this.#progress();
    });
  }

  async load() {
    // Only the view tells whether there is a lesson to ask for.
    if (this.store.view.n < 0) await new Promise((came) => this.store.addEventListener("change", came, { once: true }));
    if (!this.store.view.lesson) return this.#freePlay();
    this.#lesson = await this.api.lesson();
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
    if (this.#shown < 0) this.#show(Math.min(lesson.step, this.#lesson.steps.length - 1), false);
    if (before !== undefined && before !== lesson.facts) this.#renew();
    if (lesson.steps.find((step) => step.id === this.#playing)?.done) this.#playing = "";
    this.#drawSteps();
    this.#drawChecks();
    this.#drawNotice();
  }

  /** What is to be said about the mistake just made, or that the solution is being played. */
  #drawNotice() {
    const lesson = this.store.view.lesson;
    const underWay = lesson?.step === this.#shown;
    const html = this.#playing ? PLAYING : underWay ? (lesson?.notice ?? "") : "";
    if (html === this.#noticeShown) return;
    this.#noticeShown = html;
    // The html is the lesson's own, from our server.
    this.notice.innerHTML = html;
  }

  /** @param {number} index @param {boolean} focus */
  #show(index, focus) {
    const step = this.#lesson?.steps[index];
    if (!step || !this.#lesson) return;
    this.#shown = index;
    this.#hints = 0;
    write(this.count, t("Step {step} of {all}", { step: index + 1, all: this.#lesson.steps.length }));
    write(this.title, step.title);
    this.prose.replaceChildren();
    renew(this.prose, step.html, (part) => enliven(part, this.intents));
    this.hints.replaceChildren();
    this.checks.replaceChildren();
    this.#checks.clear();
    this.#drawSteps();
    this.#drawChecks();
    this.#drawNotice();
    this.body.scrollTop = 0;
    this.onStep(commandsIn(this.prose));
    if (focus) this.title.focus();
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
        "aria-label": t("Step {step}, {title}: {state}", { step: index + 1, title: step.title, state }),
        "aria-current": index === this.#shown ? "step" : null,
        title: step.title,
      });
    });
  }

  #drawChecks() {
    const step = this.#lesson?.steps[this.#shown];
    const state = this.#state;
    if (!step || !this.#lesson) return;
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
    write(this.next, finished ? t("Next lesson") : last ? t("Finish") : t("Next"));
    this.next.classList.toggle("primary", done);
    this.next.disabled = !done;
    const chosen = document.activeElement;
    this.skip.hidden = done;
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
    // The html is the lesson's own, from our server.
    if (text.dataset.html !== check.text) text.innerHTML = text.dataset.html = check.text;
    item.setAttribute("aria-label", `${check.met ? t("Met") : t("Not yet")}: ${text.textContent}. ${heard(check.saw)}`);
    write(find(".saw", item), heard(check.saw));
  }

  async #onward() {
    const steps = this.#lesson?.steps.length ?? 0;
    const step = this.#lesson?.steps[this.#shown];
    // A step without checks is done when the reader says so.
    if (step && this.#state?.checks.length === 0 && !this.#state.done)
      await this.api.post("/lesson", { next: step.id }).catch(complain);
    if (this.#shown < steps - 1) return this.#show(this.#shown + 1, true);
    await this.#toNextLesson();
  }

  async #toNextLesson() {
    /** @type {LessonSummary[]} */
    const lessons = await listLessons();
    const at = lessons.findIndex((lesson) => lesson.slug === this.#lesson?.slug);
    const next = lessons[at + 1];
    if (next) await enterNewLab({ lesson: next.slug });
    else location.href = "/lessons";
  }

  async #skip() {
    const step = this.#lesson?.steps[this.#shown];
    if (!step || this.#playing === step.id) return;
    this.#playing = step.id;
    this.#drawChecks();
    this.#drawNotice();
    try {
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
    const item = h("div", { class: "hint" }, h("b", {}, t("Hint {number}", { number })));
    // The html is the lesson's own, from our server.
    const text = h("div");
    text.innerHTML = answer.html;
    item.append(text);
    enliven(item, this.intents);
    this.hints.append(item);
    this.#drawChecks();
    item.scrollIntoView({ block: "nearest" });
  }
}
