/** The lab page: puts its parts together. Data flows one way, from the socket through the store to what is seen. */

import { claimToken, LabApi } from "./api.js";
import { Diagram } from "./diagram/diagram.js";
import { endsOf } from "./diagram/figures.js";
import { inspectedMark } from "./diagram/inspected.js";
import { ZOOMED } from "./diagram/pointing.js";
import { find, set, write } from "./dom.js";
import { tellFrame } from "./frame.js";
import { Announcer } from "./lab/announcer.js";
import { backendNotes } from "./lab/backend.js";
import { brokenList } from "./lab/broken.js";
import { clockControls } from "./lab/clock.js";
import { endedLab, notYours, refusedLab } from "./lab/closed.js";
import { faultTools } from "./lab/faults.js";
import { imageDialog } from "./lab/image_dialog.js";
import { inspector } from "./lab/inspector.js";
import { firstLinkOf, linkForm } from "./lab/link_form.js";
import { nodeDeeds } from "./lab/node_deeds.js";
import { nodeMenu } from "./lab/node_menu.js";
import { complain, dismissable, notice } from "./lab/notice.js";
import { outlinePanel } from "./lab/outline.js";
import { Panes } from "./lab/panes.js";
import { portBrowser } from "./lab/port_browser.js";
import { quorumLine } from "./lab/quorum.js";
import { raftPanel } from "./lab/raft.js";
import { serviceShelf } from "./lab/services.js";
import { sharing } from "./lab/sharing.js";
import { timelineStrip } from "./lab/timeline.js";
import { wayPanel } from "./lab/way.js";
import { heard, t } from "./language.js";
import { languageChoice } from "./language_choice.js";
import { LessonPanel } from "./lesson/panel.js";
import { LabSocket } from "./socket.js";
import { Store } from "./store.js";
import { keyRow, showChips } from "./terminal/key_row.js";
import { Terminals } from "./terminal/terminals.js";
import { themeButton } from "./theme.js";
import { atOnce } from "./time/at_once.js";
import { keepMoment } from "./time/kept_moment.js";
import { Past } from "./time/past.js";
import { Present } from "./time/present.js";
import { ShownStore } from "./time/shown.js";
import { tellStanding } from "./time/standing.js";
import { timeTravel } from "./time/travel.js";

const lab = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
const token = claimToken(lab);
/** The lab as it is; what is drawn is `store`, which may be its past. */
const live = new Store();
const store = new ShownStore(live);
const api = new LabApi(lab, token);
const socket = new LabSocket({ lab, token, store: live });
atOnce(store);
const past = new Past(live, store, socket);
keepMoment(lab, live, past);
const present = new Present(api, past);
const announcer = new Announcer(find("#announcements"));
const panes = new Panes();

themeButton();
languageChoice();
dismissable();
// Esc and the buttons of a dialog close it; a button with data-close does so without sending its form.
for (const button of document.querySelectorAll("dialog [data-close]"))
  button.addEventListener("click", () => button.closest("dialog")?.close());
find("#keys-open").addEventListener("click", () => /** @type {HTMLDialogElement} */ (find("#keys")).showModal());

const caption = find("#caption");
let asked = "";
const explain = (/** @type {string} */ sentence) => {
  write(caption, asked || sentence);
  set(caption, { "data-asked": asked !== "" });
};
const ask = (/** @type {string} */ sentence) => {
  asked = sentence;
  explain(sentence);
  announcer.say(sentence);
};
const diagram = new Diagram(find("#diagram"), store, {
  onNode: (name) => openNode(name),
  onTask: (id) => {
    find("#node-menu").hidden = true;
    inspect.open({ kind: "task", key: id });
  },
  onNetwork: (key) => inspect.open({ kind: "network", key }),
  onPort: (port) => openPort(port),
  onLink: (key) => inspect.open({ kind: "link", key }),
  onExplain: explain,
});
const breakImage = present.only(imageDialog(store, present));
const markInspected = inspectedMark(diagram);
const misbehave = (/** @type {string} */ image) => {
  if (store.view.unseen.images) notice(heard(store.view.unseen.images));
  else breakImage(image);
};
const terminals = new Terminals(find("#terminals"), live, socket);
const openTerminal = (/** @type {string} */ name) => {
  panes.show("terminals");
  terminals.show(name, true);
};
const runIn = (/** @type {string} */ terminal, /** @type {string} */ command) => {
  const hindrance = terminals.hindrance(terminal);
  if (hindrance) return hindrance;
  panes.show("terminals");
  terminals.run(terminal, command);
  return "";
};
// They stand in the same place: one of them is open.
const alone = (/** @type {{ close: () => void }} */ panel) => {
  for (const each of [inspect, outline, way, raft]) if (each !== panel) each.close();
};
const inspect = inspector(find("#inspector"), store, present, {
  run: runIn,
  onOpen: () => alone(inspect),
  onSubject: (subject) => {
    markInspected(subject);
    if (subject?.kind === "link") linkFields.show(subject.key);
    else linkFields.hide();
  },
  deeds: ({ kind, key }) => {
    if (kind === "task")
      return [{ label: t("Kill its program"), act: () => void present.fault({ kill_task: key }).catch(complain) }];
    if (kind === "service")
      return [{ label: t("Make its image misbehave…"), act: () => misbehave(store.view.services[key]?.image ?? "") }];
    return kind === "node" ? deedsOf(key) : [];
  },
});
const linkFields = linkForm(/** @type {HTMLFormElement} */ (find("#link-form")), store, present, (key) =>
  inspect.turn({ kind: "link", key }),
);
const inspectLinks = (/** @type {string} */ name) =>
  inspect.open({ kind: "link", key: firstLinkOf(name, Object.keys(store.view.nodes)) });
const deedsOf = nodeDeeds(store, present, openTerminal, inspectLinks);
const showMenu = nodeMenu(store, present, diagram, deedsOf, (name) => inspect.open({ kind: "node", key: name }));
// A menu is for what can be done, and in the past nothing can.
const openNode = (/** @type {string} */ name) =>
  present.waits ? inspect.open({ kind: "node", key: name }) : showMenu(name);
const outline = outlinePanel(
  find("#outline"),
  store,
  ({ kind, key }) => {
    if (kind === "node") openNode(key);
    else if (kind === "port") openPort(Number(key));
    else if (kind === "heal") present.fault({ heal: true }).catch(complain);
    else if (kind === "mend") present.fault({ mend: endsOf(key) }).catch(complain);
    else if (kind === "undo") present.fault({ undo: key }).catch(complain);
    else inspect.open({ kind, key });
  },
  () => alone(outline),
);
const way = wayPanel(find("#way"), api, diagram, () => alone(way));
find("#way-open").addEventListener("click", () => {
  if (store.view.unseen.flow) notice(heard(store.view.unseen.flow));
  else way.open();
});
const raft = raftPanel(find("#raft"), store, api, () => alone(raft));
find("#raft-open").addEventListener("click", () => raft.open());
brokenList(store, present);
quorumLine(find("#quorum"), store);
clockControls(live, api);
backendNotes(live);
timelineStrip(find("#timeline"), live, api, past, announcer, (command) => {
  panes.show("cluster");
  way.open(command);
});
timeTravel(live, api, socket, past);
tellStanding(live, socket);
sharing(api, store, diagram, terminals);
const openPort = present.only(portBrowser(live, api, diagram));
serviceShelf(find("#services"), store, diagram, openPort, (id) => inspect.open({ kind: "service", key: id }));
faultTools(store, present, diagram, ask);

find("#fit").addEventListener("click", () => diagram.camera.fit());
find("#zoom-in").addEventListener("click", () => diagram.camera.zoom(ZOOMED));
find("#zoom-out").addEventListener("click", () => diagram.camera.zoom(1 / ZOOMED));

const row = find("#key-row");
keyRow(row, terminals);
const panel = new LessonPanel(find("#lesson"), live, api, {
  run: runIn,
  fault: async (fault) => {
    await present.fault(fault);
    panes.show("cluster");
  },
});
panel.onStep = (commands) => showChips(row, commands, terminals);
panel.onTerminal = (name) => terminals.suggest(name);
panel.onTitle = (title) => {
  write(find("#lesson-title"), title);
  document.title = `${title} · Swarm Playground`;
};

/** What of the lesson is worth a dot on its tab: ticks and what is said, not each new thing that a check saw. */
const reached = () => {
  const { lesson } = live.view;
  return lesson ? `${lesson.notice}|${lesson.steps.flatMap((step) => step.checks.map((check) => check.met))}` : "";
};
let seen = "";
live.onChange((change) => {
  if (change.entries.length > 0) panes.news("cluster");
  if (change.fields.has("lesson") && reached() !== seen) panes.news("lesson");
  seen = reached();
});
document.addEventListener("news", () => panes.news("terminals"));
socket.on("state", (state) => {
  document.body.dataset.connection = state;
  if (document.body.dataset.closed === undefined)
    notice(state === "lost" ? t("The connection is gone. Trying again; what you typed is kept by the lab.") : "", 0);
});
socket.on("refused", refusedLab);
socket.on("ended", endedLab);

tellFrame(store, () => panel.titles);
if (token) {
  socket.connect();
  // Where the lab does not let the page in, the socket hears so as well, and that is said once.
  panel.load().catch((error) => [401, 403, 404].includes(error.status) || complain(error));
} else notYours();
