/** What is entered while the clock stands waits for it: said once, to who may wonder. */

/** @import { LabSocket } from "../socket.js" */
/** @import { Store } from "../store.js" */

import { notice } from "../lab/notice.js";
import { t } from "../language.js";

/** @param {Store} live @param {LabSocket} socket */
export function tellStanding(live, socket) {
  let told = false;
  live.onChange(() => {
    if (!live.view.clock.paused) told = false;
  });
  socket.on("typed", (data) => {
    if (told || !live.view.clock.paused || !data.includes("\r")) return;
    told = true;
    notice(
      t("The clock is paused, so nothing runs. Alt+P lets time pass again; Alt+N lets it pass to the next event."),
    );
  });
}
