/** The authors' page: shows what is to be mended, and looks again by itself where lessons are watched. */

import { find } from "./dom.js";
import { languageChoice } from "./language_choice.js";
import { themeButton } from "./theme.js";

const EVERY_MS = 1500;

themeButton();
languageChoice();
const main = find("#authors");

async function lookAgain() {
  const answer = await fetch(location.href, { headers: { "Accept-Language": document.documentElement.lang } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#authors");
  if (fresh && fresh.innerHTML !== main.innerHTML) main.replaceChildren(...fresh.childNodes);
}

if (main.dataset.watching) {
  setInterval(() => {
    if (!document.hidden) lookAgain().catch(() => {});
  }, EVERY_MS);
}
