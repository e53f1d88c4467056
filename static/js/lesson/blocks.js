/** What in a lesson's prose can be used: commands to run, cuts to make, questions to answer. */

import { whole } from "../code.js";
import { h, set, write } from "../dom.js";
import { heard, t } from "../language.js";

/**
 * @typedef {object} Intents
 * @property {(terminal: string, command: string) => string} run answers with why it cannot, or with nothing
 * @property {(fault: Record<string, unknown>) => Promise<unknown>} fault
 * @property {(change: Record<string, unknown>) => Promise<unknown>} [clock]
 * @property {(step: string, choice: number) => Promise<{ right: boolean, html: string }>} answer
 * @property {(number: number, choice: number) => Promise<{ right: boolean, html: string }>} [quiz]
 */

/** @param {HTMLElement} root @param {Intents} intents */
export function enliven(root, intents) {
  for (const block of root.querySelectorAll("div.run")) if (block instanceof HTMLElement) runnable(block, intents);
  for (const block of root.querySelectorAll("div.act")) if (block instanceof HTMLElement) faultButton(block, intents);
  for (const form of root.querySelectorAll("form.ask")) if (form instanceof HTMLFormElement) question(form, intents);
  for (const link of root.querySelectorAll('a[href^="http"], a[href^="/"]'))
    set(link, { target: "_blank", rel: "noopener noreferrer" });
  for (const code of root.querySelectorAll("code")) whole(code);
}

/** @param {HTMLElement} root @returns {{ terminal: string, command: string }[]} */
export function commandsIn(root) {
  return [...root.querySelectorAll("div.run")].map((block) => ({
    terminal: /** @type {HTMLElement} */ (block).dataset.terminal ?? "host",
    command: commandOf(block),
  }));
}

/** @param {Element} block */
function commandOf(block) {
  return (block.querySelector("code")?.textContent ?? "").replace(/\n+$/, "");
}

/** @param {HTMLElement} block @param {Intents} intents */
function runnable(block, { run }) {
  const terminal = block.dataset.terminal ?? "host";
  const command = commandOf(block);
  const copy = h(
    "button",
    { type: "button", class: "small", "aria-label": t("Copy: {command}", { command }) },
    t("Copy"),
  );
  copy.addEventListener("click", async () => {
    const copied = await copyText(command);
    write(copy, copied ? t("Copied") : t("Select it"));
    setTimeout(() => write(copy, t("Copy")), 1600);
  });
  const start = h(
    "button",
    { type: "button", class: "small primary", "aria-label": t("Run on {terminal}: {command}", { terminal, command }) },
    t("Run"),
  );
  const told = h("p", { class: "run-told", role: "status" });
  start.addEventListener("click", () => {
    const hindrance = run(terminal, command);
    write(told, hindrance);
    if (!hindrance) block.dataset.ran = "";
  });
  block.prepend(
    h(
      "div",
      { class: "run-head" },
      h("span", { class: "where" }, terminal),
      h("span", { class: "run-buttons" }, copy, start),
    ),
  );
  block.append(told);
  // It may be wider than the pane: reachable by keyboard, so that it can be scrolled.
  block.querySelector("pre")?.setAttribute("tabindex", "0");
}

/** @param {string} text @returns {Promise<boolean>} */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {HTMLElement} block @param {Intents} intents */
function faultButton(block, { fault, clock }) {
  const label = block.textContent?.trim() || t("Do it");
  const told = h("span", { class: "told", role: "status" });
  const button = h("button", { type: "button" }, label);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (block.dataset.clock) {
        await clock?.(JSON.parse(block.dataset.clock));
        write(told, t("Done. Watch the clock."));
      } else {
        await fault(JSON.parse(block.dataset.fault ?? "{}"));
        write(told, t("Done. Watch the cluster."));
      }
      block.dataset.ran = "";
    } catch (error) {
      write(told, heard(error instanceof Error ? error.message : String(error)));
    } finally {
      button.disabled = false;
    }
  });
  block.replaceChildren(button, told);
}

/** @param {HTMLFormElement} form @param {Intents} intents */
function question(form, { answer, quiz }) {
  const verdict = h("div", { class: "verdict", role: "status" });
  const button = h("button", { type: "submit", class: "small" }, t("Check my answer"));
  form.append(h("div", { class: "ask-foot" }, button), verdict);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const choice = new FormData(form).get("choice");
    if (choice === null) {
      write(verdict, t("Choose one first."));
      return;
    }
    try {
      const asked = form.dataset.quiz;
      const { right, html } =
        asked !== undefined && quiz
          ? await quiz(Number(asked), Number(choice))
          : await answer(form.dataset.step ?? "", Number(choice));
      form.dataset.verdict = right ? "right" : "wrong";
      // The html is the lesson's own, from our server.
      verdict.innerHTML = html;
      verdict.prepend(h("b", {}, right ? `✓ ${t("That is it.")} ` : `✗ ${t("Not quite.")} `));
    } catch (error) {
      write(verdict, heard(error instanceof Error ? error.message : String(error)));
    }
  });
}
