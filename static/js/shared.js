/** What a link to a lab leads to: a lab of one's own is made from it, and entered. */

import { enterLab, openShare } from "./api.js";
import { find, write } from "./dom.js";
import { themeButton } from "./theme.js";

themeButton();
try {
  enterLab(await openShare(find("#shared").dataset.share ?? ""), true);
} catch (error) {
  write(find("#doing"), "");
  write(find("#trouble"), error instanceof Error ? error.message : String(error));
}
