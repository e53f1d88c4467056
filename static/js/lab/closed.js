/** The page of a lab that cannot be used: it is not there, is somebody else's, or has ended. */

import { find, h } from "../dom.js";
import { heard, t } from "../language.js";

const USELESS = ["#cluster", "#terminals", "#clock", "#share-open", "#keys-open", "#lesson .lesson-foot"];

/** Say why in the lesson's place, lead away from here, and let nothing else be pressed. @param {string} title @param {string} text */
function closeLab(title, text) {
  for (const each of USELESS) find(each).inert = true;
  document.body.dataset.closed = "";
  const heading = find("#lesson h1");
  heading.textContent = title;
  find("#lesson .prose").replaceChildren(
    h("p", {}, text),
    h("p", {}, h("a", { href: "/" }, t("To the start page")), " · ", h("a", { href: "/lessons" }, t("Chapter map"))),
  );
  heading.focus();
}

/** A sentence of the server as one that stands by itself. @param {string} said */
function whole(said) {
  const sentence = heard(said);
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.!?]$/.test(sentence) ? "" : "."}`;
}

/** The server does not let this page in. @param {{ error: string, status?: number }} refusal */
export function refusedLab({ error, status }) {
  if (status === 404)
    closeLab(t("There is no such lab"), t("It may have been deleted, or the address was mistyped. Start a new one."));
  else if (status === 401 || status === 403) notYours();
  else closeLab(t("This lab does not open"), whole(error));
}

/** The address has no token, or a wrong one. */
export function notYours() {
  const text = t(
    "Its address ends with a token, which is missing here or is another one. Open the lab from the page that made it.",
  );
  closeLab(t("This lab is not open to you"), text);
}

/** It was there, and is no more. @param {string} reason */
export function endedLab(reason) {
  closeLab(t("This lab has ended"), whole(reason));
}
