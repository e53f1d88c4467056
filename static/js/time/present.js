/** What acts on the lab as it is waits while its past is looked at: what one sees then is not what one would act on. */

/** @import { LabApi } from "../api.js" */
/** @import { Past } from "./past.js" */

import { set } from "../dom.js";
import { notice } from "../lab/notice.js";
import { t } from "../language.js";

/** Marks what acts on the present: it says so to who looks, and to a screen reader. */
const ACTS = "[data-acts]";

/** The sentence that stands for every deed that waits. */
function waitsSentence() {
  return t("This is the past. Go back to now, or continue from here.");
}

export class Present {
  /** @param {Pick<LabApi, "fault">} api @param {Pick<Past, "at" | "addEventListener">} past */
  constructor(api, past) {
    this.api = api;
    this.past = past;
    past.addEventListener("change", () => {
      for (const element of document.querySelectorAll(ACTS)) this.#mark(element);
    });
  }

  /** Whether the past is looked at. */
  get waits() {
    return this.past.at !== null;
  }

  /**
   * Break or mend something, or be refused with the sentence.
   * @param {Record<string, unknown>} fault
   * @returns {Promise<unknown>}
   */
  async fault(fault) {
    if (this.waits) throw new Error(waitsSentence());
    return this.api.fault(fault);
  }

  /**
   * Several at one instant, as one act that is undone as one.
   * @param {Record<string, unknown>[]} faults
   * @returns {Promise<void>}
   */
  async faults(faults) {
    const [only] = faults;
    if (only) await this.fault(faults.length === 1 ? only : { all: faults });
  }

  /**
   * What to do only now; in the past it says the sentence instead.
   * @template {unknown[]} A
   * @param {(...given: A) => void} act
   * @returns {(...given: A) => void}
   */
  only(act) {
    return (...given) => {
      if (this.waits) notice(waitsSentence());
      else act(...given);
    };
  }

  /** A button that acts on the present. @template {Element} E @param {E} button @returns {E} */
  acts(button) {
    button.toggleAttribute("data-acts", true);
    this.#mark(button);
    return button;
  }

  /** It stays within reach, so that it can say why it waits. @param {Element} element */
  #mark(element) {
    set(element, { "aria-disabled": this.waits ? "true" : null, title: this.waits ? waitsSentence() : null });
  }
}
