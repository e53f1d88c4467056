/** The sandbox page: choose machines and a situation, and go there. */

/** @import { Opening } from "./types" */

import { enterNewLab } from "./api.js";
import { find, set, write } from "./dom.js";
import { engineChoice, mostRealNodes } from "./engine_choice.js";
import { heard, t, tn } from "./language.js";
import { languageChoice } from "./language_choice.js";
import { themeButton } from "./theme.js";
import { capital, inWords, sizeWords } from "./words.js";

languageChoice();
themeButton();
engineChoice(() => show());
const form = /** @type {HTMLFormElement} */ (find("#sandbox"));
const button = /** @type {HTMLButtonElement} */ (find("#open"));
const trouble = find("#trouble");

/** @param {string} name @returns {HTMLInputElement[]} */
function inputs(name) {
  return [...form.querySelectorAll("input")].filter((input) => input.name === name);
}

/** @param {string} name @returns {HTMLInputElement | undefined} */
function chosen(name) {
  return inputs(name).find((input) => input.checked);
}

/** @param {HTMLInputElement} input @param {string} name */
function numberOf(input, name) {
  return Number(input.dataset[name] ?? 0);
}

/** @returns {{ managers: number, workers: number, zones: number }} */
function size() {
  const topology = chosen("topology");
  if (topology && topology.value !== "own") {
    const [managers, workers, zones] = ["managers", "workers", "zones"].map((name) => numberOf(topology, name));
    return { managers: managers ?? 1, workers: workers ?? 0, zones: zones ?? 1 };
  }
  const [managers, workers, zones] = ["managers", "workers", "zones"].map((name) => {
    const input = /** @type {HTMLInputElement} */ (inputs(name)[0]);
    const value = Math.round(Number(input.value));
    return Math.min(Number(input.max), Math.max(Number(input.min), Number.isFinite(value) ? value : 0));
  });
  return { managers: managers ?? 1, workers: workers ?? 0, zones: zones ?? 1 };
}

/** @param {number} managers @returns {string} what a number of managers means */
function quorumOf(managers) {
  const needed = Math.floor(managers / 2) + 1;
  const values = {
    managers: inWords(managers),
    needed: capital(inWords(needed)),
    spare: inWords(managers - needed),
    fewer: inWords(managers - 1),
  };
  if (managers === 1) return t("The one manager decides alone, and may not fail.");
  if (managers % 2 === 1) return t("{needed} of {managers} managers must agree, so {spare} may fail.", values);
  return t(
    "{needed} of {managers} managers must agree, so {spare} may fail. That is no more than with {fewer}.",
    values,
  );
}

function show() {
  const { managers, workers, zones } = size();
  let fits = true;
  for (const input of inputs("situation")) {
    const possible = managers >= numberOf(input, "managers") && workers >= numberOf(input, "workers");
    input.disabled = !possible;
    input.closest("label")?.toggleAttribute("data-unfit", !possible);
    if (input.checked && !possible) fits = false;
  }
  if (!fits) {
    for (const input of inputs("situation")) input.checked = input.value === "swarm";
  }
  for (const input of [...inputs("topology"), ...inputs("situation")]) {
    set(input.closest(".choice") ?? input, { "data-chosen": input.checked });
  }
  const most = mostRealNodes();
  for (const topology of inputs("topology")) {
    const wanted = numberOf(topology, "managers") + numberOf(topology, "workers");
    const unfit = most > 0 && topology.value !== "own" && wanted > most;
    topology.closest("label")?.toggleAttribute("data-unfit", unfit);
    topology.disabled = unfit;
  }
  const tooMany = most > 0 && managers + workers > most;
  const limit =
    most > 0
      ? tn(
          "On real engines a lab here has one machine at most.",
          "On real engines a lab here has {count} machines at most.",
          most,
        )
      : "";
  button.disabled = tooMany;
  const machines = sizeWords({ managers, workers, zones });
  write(find("#size"), [`${machines}.`, quorumOf(managers), limit].join(" ").trim());
  set(find("#size"), { "data-unfit": tooMany });
  const title = find(".choice-title", chosen("situation")?.closest("label") ?? form).textContent ?? "";
  write(find("#chosen"), t("{situation}, {machines}", { situation: title, machines }));
}

/** What the address asks for: `/sandbox?topology=5+3&situation=split-brain`. */
function preselect() {
  // In a query a plus means a space.
  const asked = new URLSearchParams(location.search.replaceAll("+", "%2B"));
  for (const name of ["topology", "situation"]) {
    const input = inputs(name).find((each) => each.value === asked.get(name));
    if (input) input.checked = true;
  }
}

/** @returns {Opening} */
function wanted() {
  const topology = chosen("topology")?.value ?? "3+2";
  return { topology: topology === "own" ? size() : topology, situation: chosen("situation")?.value ?? "swarm" };
}

for (const name of ["managers", "workers", "zones"]) {
  const input = /** @type {HTMLInputElement} */ (inputs(name)[0]);
  const own = /** @type {HTMLInputElement} */ (inputs("topology").find((each) => each.value === "own"));
  input.addEventListener("input", () => {
    own.checked = true;
    show();
  });
  input.addEventListener("change", () => {
    input.value = String(size()[/** @type {"managers"} */ (name)]);
  });
}
form.addEventListener("change", show);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  write(trouble, "");
  button.disabled = true;
  write(button, t("Making it…"));
  try {
    await enterNewLab({ sandbox: wanted() });
  } catch (error) {
    write(trouble, heard(error instanceof Error ? error.message : String(error)));
    write(button, t("Open the lab"));
    button.disabled = false;
  }
});
// Back from a lab by the browser's button, the page may be as it was left.
addEventListener("pageshow", () => {
  write(button, t("Open the lab"));
  button.disabled = false;
});
preselect();
show();
