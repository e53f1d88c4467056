/** The sentence about the quorum, with its dots. */

/** @import { Store } from "../store.js" */

import { find, h, write } from "../dom.js";
import { quorumWords } from "../words.js";

/** @param {HTMLElement} element @param {Store} store */
export function quorumLine(element, store) {
  const dots = find(".dots", element);
  const sentence = find(".sentence", element);
  store.onChange((change) => {
    if (!change.whole && !change.fields.has("quorum")) return;
    const { full, empty, tone, sentence: words } = quorumWords(store.view.quorum);
    element.dataset.tone = tone;
    write(sentence, words);
    dots.replaceChildren(...Array.from({ length: full + empty }, (_, index) => h("i", { "data-full": index < full })));
  });
}
