/** Light, dark, or as the system says. */

import { find, write } from "./dom.js";
import { t } from "./language.js";

const THEMES = ["auto", "light", "dark"];

/** @param {string} [selector] of the button that goes round the three */
export function themeButton(selector = "#theme") {
  const button = find(selector);
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? "auto";
    button.dataset.theme = theme;
    write(find("span", button), { auto: t("Auto"), light: t("Light"), dark: t("Dark") }[theme] ?? theme);
    button.setAttribute(
      "aria-label",
      t("Theme: {theme}. Change", { theme: find("span", button).textContent ?? theme }),
    );
  };
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? "auto";
    const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? "auto";
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
    show();
  });
  show();
}
