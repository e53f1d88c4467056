/** Give the lab away: links, files, pictures, what a terminal shows. */

/** @import { LabApi } from "../api.js" */
/** @import { ShownStore } from "../time/shown.js" */
/** @import { Diagram } from "../diagram/diagram.js" */
/** @import { Terminals } from "../terminal/terminals.js" */

import { find, set, write } from "../dom.js";
import { heard, t } from "../language.js";
import { clockTime, quorumWords } from "../words.js";
import { pixels, save, standalone } from "./picture.js";

/**
 * @param {LabApi} api
 * @param {ShownStore} shown
 * @param {Diagram} diagram
 * @param {Terminals} terminals
 */
export function sharing(api, shown, diagram, terminals) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#share"));
  const told = find(".share-told", dialog);
  const place = find(".share-link", dialog);
  const link = /** @type {HTMLInputElement} */ (find("input", place));
  /** What a file is called: by the moment that is in it, which for a picture may be one of the past. */
  const stamp = (now = shown.live.view.now) => `${api.id}-${clockTime(now).replaceAll(":", "-")}`;

  find("#share-open").addEventListener("click", () => {
    place.hidden = true;
    const alone = heard(shown.live.view.unseen.copies ?? "");
    for (const kind of ["#link-copy", "#link-replay"]) set(find(kind, dialog), { disabled: alone !== "" });
    write(told, alone);
    dialog.showModal();
  });
  /** @param {string} selector @param {() => Promise<string>} work returns what to say of it */
  const does = (selector, work) => {
    const button = /** @type {HTMLButtonElement} */ (find(selector, dialog));
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        write(told, await work());
      } catch (error) {
        write(told, error instanceof Error ? error.message : String(error));
      }
      button.disabled = false;
    });
  };
  const give = async (/** @type {string} */ kind) => {
    const { url } = await api.post("/share", { kind });
    link.value = new URL(url, location.href).href;
    place.hidden = false;
    link.select();
  };
  does("#link-copy", async () => {
    await give("copy");
    return t("Whoever opens this link gets a lab of their own that stands where this one stands now.");
  });
  does("#link-replay", async () => {
    await give("replay");
    return t(
      "Whoever opens this link sees all that was done here again, from the start, and can take over at any moment.",
    );
  });
  does("#copy-link", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      return t("The link is in the clipboard.");
    } catch {
      link.select();
      return t("Copy it with Ctrl+C: the browser does not let the page do it.");
    }
  });
  does("#save-journal", async () => {
    save(new Blob([await api.journal()], { type: "application/json" }), `swarm-lab-${stamp()}.json`);
    return t("The journal holds every key that was pressed. The start page opens it again as a lab.");
  });
  const picture = () => {
    const { view } = shown;
    const page = getComputedStyle(document.body);
    // A colour is asked of an element that has it: in the style sheet it is one of two, for light and dark.
    const colourOf = (/** @type {string} */ id) =>
      getComputedStyle(find(`#services [data-hue="${diagram.hueOf(id)}"] .swatch`)).backgroundColor;
    return standalone(diagram.svg, diagram.camera.world, {
      title: t("The cluster at {time}", { time: clockTime(view.now) }),
      sentence: quorumWords(view.quorum).sentence,
      services: Object.values(view.services).map(({ id, name }) => ({ name, colour: colourOf(id) })),
      paper: page.backgroundColor,
      ink: page.color,
      font: page.fontFamily.replaceAll('"', "'"),
    });
  };
  does("#save-svg", async () => {
    save(new Blob([picture()], { type: "image/svg+xml" }), `swarm-${stamp(shown.view.now)}.svg`);
    return t("The picture is saved, in the colours that you see.");
  });
  does("#save-png", async () => {
    save(await pixels(picture()), `swarm-${stamp(shown.view.now)}.png`);
    return t("The picture is saved, in the colours that you see.");
  });
  does("#save-transcript", async () => {
    const terminal = terminals.current;
    if (!terminal) return t("Open a terminal first: what it shows is saved.");
    save(new Blob([terminal.transcript], { type: "text/plain" }), `${terminal.name}-${stamp()}.txt`);
    return t("What {terminal} has shown is saved as text.", { terminal: terminal.name });
  });
}
