/** What can be done with a node: the same in its menu and in its inspector. */

/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */

import { t } from "../language.js";
import { complain } from "./notice.js";

/** @typedef {{ label: string, detail: string, acts: boolean, act: () => void }} NodeDeed acts: on the lab as it is now */

/**
 * @param {Store} store
 * @param {Present} present
 * @param {(name: string) => void} openTerminal
 * @param {(name: string) => void} links cuts, slows or thins a link of it
 * @returns {(name: string) => NodeDeed[]} what is so now
 */
export function nodeDeeds(store, present, openTerminal, links) {
  return (name) => {
    const fault = (/** @type {string} */ kind, /** @type {string} */ label, /** @type {string} */ detail) => ({
      label,
      detail,
      acts: true,
      act: () => void present.fault({ [kind]: name }).catch(complain),
    });
    const terminal = { label: t("Open its terminal"), detail: "", acts: false, act: () => openTerminal(name) };
    if (store.view.nodes[name]?.power !== "on") return [terminal, fault("start", t("Start"), "")];
    return [
      terminal,
      { label: t("Its links…"), detail: t("slow, lossy or cut"), acts: false, act: () => links(name) },
      fault("restart", t("Restart"), t("in order")),
      fault("stop", t("Stop"), t("in order: it says goodbye")),
      fault("kill", t("Kill"), t("pull the plug: it says nothing")),
      ...(store.view.backend === "emulated" ? [] : [fault("pause", t("Freeze"), t("everything on it stands still"))]),
    ];
  };
}
