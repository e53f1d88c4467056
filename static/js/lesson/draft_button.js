/** In a lab without a lesson: what was done becomes the draft of one, as files to keep. */

/** @import { LabApi } from "../api.js" */

import { h } from "../dom.js";
import { complain } from "../lab/notice.js";
import { t } from "../language.js";

/** @param {HTMLElement} place @param {LabApi} api */
export function draftButton(place, api) {
  const title = h("input", { name: "title", maxlength: 100, autocomplete: "off", placeholder: t("Title") });
  const button = h("button", { class: "small" }, t("Save the draft"));
  const form = h(
    "form",
    { class: "draft-form" },
    h("label", {}, h("span", { class: "unseen" }, t("The lesson's title")), title),
    button,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const { name, data } = await api.draft(title.value);
      const address = URL.createObjectURL(data);
      h("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    } catch (error) {
      complain(error);
    } finally {
      button.disabled = false;
    }
  });
  place.append(
    h(
      "details",
      { class: "draft" },
      h("summary", {}, t("Make a lesson of this")),
      h("p", {}, t("What you do here becomes the draft of a lesson: each change of the cluster ends a step.")),
      form,
    ),
  );
}
