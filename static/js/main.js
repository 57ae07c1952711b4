// The page's beginning: settings, the line to the agent, the first drawing, and the page's boundary (the one place that
// catches what nothing else did).

import { html, render, useErrorBoundary } from "../vendor/preact.js";
import { launch, refresh, end } from "./actions/account.js";
import { keepDrafts, takeDraft } from "./actions/chats.js";
import { attempt, showToast } from "./actions/notice.js";
import { askAgain, askIfOpen, openChat } from "./actions/reading.js";
import { watchPlaying } from "./actions/playing.js";
import { watchRecording } from "./actions/recording.js";
import { listenToTyping } from "./actions/typing.js";
import { showUnread } from "./core/badge.js";
import { connect, token } from "./core/connection.js";
import { listenToInstalling } from "./core/install.js";
import { keepFocus, watchFocus } from "./core/focus.js";
import { watchForemost } from "./core/foremost.js";
import { lookAtZone, t } from "./i18n/i18n.js";
import { launchTicket, listenToAddress } from "./shell/address.js";
import { listenToKeys } from "./shell/keyboard.js";
import { listenToPeople } from "./core/presence.js";
import { closeNotifications, notifyOf, notifyOfAsks, notifyOfInvitation } from "./core/notifications.js";
import { paneOf, screenOf, unreadOf } from "./state/screen.js";
import { applySettings, loadSettings } from "./i18n/settings.js";
import { apply, dispatch, getState, watch } from "./core/store.js";
import { guardDrops } from "./kit/dropzone.js";
import { App } from "./shell/app.js";

const root = document.documentElement;

function Boundary(/** @type {Page.Props} */ { state }) {
  const [broken] = useErrorBoundary((error) => console.error(error));
  if (!broken) return html`<${App} state=${state} />`;
  return html`
    <main class="broken" role="alert"><h1>${t("broken.title")}</h1><p>${t("broken.text")}</p>
      <button type="button" class="button primary" onClick=${() => location.reload()}>
        ${t("broken.go")}</button></main>`;
}

let drawing = false;

function draw() {
  drawing = false;
  const state = getState();
  root.dataset.screen = screenOf(state);
  root.dataset.pane = paneOf(state);
  root.toggleAttribute("data-details", Boolean(state.details));
  const unread = state.session ? unreadOf(state) : 0;
  showUnread(unread);
  closeNotifications(state);
  render(html`<${Boundary} state=${state} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
  keepFocus();
}

// Many events of one turn are drawn once.
function soon() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(draw);
}

let ticket = launchTicket();

async function up() {
  dispatch({ type: "connected", up: true });
  if (ticket) {
    const once = ticket;
    ticket = null;
    if (!token()) return attempt(launch(once));
  }
  return attempt(refresh());
}

const noticed = 5000; // ms; a shorter absence was hardly seen

function onPush(/** @type {keyof Api.Pushes} */ name, /** @type {any} */ value) {
  const { people, me, link, move, conversations } = getState();
  const role = people[me ?? ""]?.role;
  apply(name, value);
  // what one may do to everybody and in every group changes with one's own role, and none of these is pushed
  if (name === "me" && role && value.role !== role) attempt(refresh());
  if (name === "reread" && getState().open === value.chat) askAgain(value.chat);
  if (name === "message") {
    askIfOpen(value.chat);
    notifyOf(value, openChat);
  }
  if (name === "conversation") {
    const before = conversations[value.chat];
    takeDraft(value, before);
    notifyOfAsks(before, value, openChat);
    if (value.group?.state === "invited") notifyOfInvitation(value, openChat);
    else askIfOpen(value.chat); // it may have been opened before the agent told of it
  }
  if (link.down !== null && getState().link.down === null && Date.now() - link.down > noticed) showToast("down.back");
  if (name === "move" && !token() && move?.state !== value?.state) attempt(refresh()); // its stage isn't pushed to the door
  if (name === "stage" && value.stage !== "ready" && token()) end();
}

/** "Today" and "away for" stay true. */
function tick() {
  lookAtZone();
  dispatch({ type: "clock", now: Date.now() });
}

const settings = loadSettings();
applySettings(settings);
dispatch({ type: "settings", settings });
dispatch({ type: "clock", now: Date.now() });
if (token()) dispatch({ type: "session", on: true });
watch(soon);
draw();
listenToAddress((once) => !token() && attempt(launch(once)));
listenToKeys();
watchFocus();
watchForemost();
keepDrafts();
listenToTyping();
watchPlaying();
watchRecording();
listenToPeople();
listenToInstalling();
guardDrops();
setInterval(tick, 30_000);
document.addEventListener("visibilitychange", tick); // a page that isn't seen, or sleeps, is late
connect({
  up,
  onPush,
  down: () => dispatch({ type: "connected", up: false }),
  refused: () => dispatch({ type: "refused" }),
});
