// The page's beginning: settings, the line to the agent, the first drawing, and the page's boundary (the one place that
// catches what nothing else did). Hooks for browser tests; look for these and not for accessible names, which hold
// invisible isolates (U+2068, U+2069) around people's words:
//   html[data-screen]   loading | join | sign_up | log_in | list | chat | group | people | trust | settings
//   html[data-pane]     list | chat | page: what fills a narrow window; besides html[lang], [data-theme], [data-size]
//   [data-chat=CHAT]    a row of the list (.row, with [data-name], [data-unread]) and the open pane (section.pane)
//   [data-message=ID]   a message, with [data-kind], [data-from=UID], [data-order] and, of one's own, [data-state]
//   [data-person=UID]   a row of People ([data-role]), of Trust's list, or a member of a group ([data-state]);
//                       each with [data-name]
//   [data-tool=KEY] in the toolbar of a message that one points at; [data-over=menu|quick|react|emoji|proof] what lies
//                       over the page; [data-emoji=SIGN], [data-more], [data-reaction=SIGN], [data-quote=ORDER],
//                       [data-bar=reply|edit] over the field, #write-size[data-over=BYTES] under it,
//                       [data-why=CAUSE] of one that can't be opened, [data-verified] in a proof
//   [data-error=CODE]   an error's line;  [data-toast=ok|stop] a toast;  [data-why=CODE] why something can't be done
//   [data-link=up|down|agent] on the frame;  [data-alarm]  [data-banner=authority|agent]  [data-dialog=KIND]
//   [data-section=NAME] in the rail;  [data-item=KEY] in a menu;  [data-found=ID] an authority on the network;  [data-invitation=GID]  [data-key-change]
//   [data-safety=UID], [data-verified=true|false], [data-entry=N] in Trust;  [data-details] opens the details
//   [data-details-pane], [data-reload], [data-acked=N][data-all=N] in them;  [data-newest]  [data-divider]
//   [data-file=STATE]   in a message that has a file, with [data-done]; [data-file-act=KEY] what a press does,
//                       [data-file-stop]; [data-picture] opens it; canvas[data-drawn=WxH]; [data-chosen=NAME] before sending
//   [data-hit=ORDER] a message that was found, with [data-in=CHAT];  [data-message][data-target] the one that was jumped to
//   [data-search] opens [data-search-pane];  [data-more=CHAT] a row's menu;  [data-day=MS] a day's line, [data-date=MS] a
//   day of the calendar;  [data-queue] opens the queue, [data-waiting=ORDER] in it;  [data-announcer] what is read aloud
//   ids: attach attach-files caption join-link email username password password-confirm search write start-name new new-name search-within chat-more group-name
//        group-who reason people-search
import { html, render, useErrorBoundary } from "../vendor/preact.js";
import { launch, learn, end } from "./actions/account.js";
import { keepDrafts } from "./actions/chats.js";
import { attempt, tell } from "./actions/notice.js";
import { askAgain, askIfOpen, openChat } from "./actions/reading.js";
import { takeWriting } from "./actions/typing.js";
import { showUnread } from "./core/badge.js";
import { connect, token } from "./core/connection.js";
import { keepFocus, watchFocus } from "./core/focus.js";
import { t } from "./i18n/i18n.js";
import { takeKeys } from "./shell/keyboard.js";
import { takeBack, tellOf } from "./core/notifications.js";
import { paneOf, screenOf, unreadOf } from "./state/screen.js";
import { applySettings, loadSettings } from "./i18n/settings.js";
import { dispatch, getState, watch } from "./core/store.js";
import { guardDrops } from "./chat/attach.js";
import { App } from "./shell/app.js";

const root = document.documentElement;

// A launch token is good once: it is taken and leaves the address before anything else happens.
function launchTicket() {
  const found = /^#launch=(.+)$/.exec(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return found && decodeURIComponent(found[1]);
}

function Boundary({ state }) {
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
  takeBack(state);
  render(html`<${Boundary} state=${state} />`, document.getElementById("page"));
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
  return attempt(learn());
}

const noticed = 5000; // ms; a shorter absence was hardly seen

function heard(name, value) {
  const { people, me, link } = getState();
  const role = people[me]?.role;
  dispatch({ type: "pushed", name, value, now: Date.now() });
  // what one may do to everybody and in every group changes with one's own role, and none of these is pushed
  if (name === "me" && role && value.role !== role) attempt(learn());
  if (name === "reread" && getState().open === value.chat) askAgain(value.chat);
  if (name === "message") {
    askIfOpen(value.chat);
    tellOf(value, openChat);
  }
  if (link.down !== null && getState().link.down === null && Date.now() - link.down > noticed) tell("down.back");
  if (name === "stage" && value.stage !== "ready" && token()) end();
}

const settings = loadSettings();
applySettings(settings);
dispatch({ type: "settings", settings });
dispatch({ type: "clock", now: Date.now() });
if (token()) dispatch({ type: "session", on: true });
watch(soon);
draw();
takeKeys();
watchFocus();
keepDrafts();
takeWriting();
guardDrops();
setInterval(() => dispatch({ type: "clock", now: Date.now() }), 30_000); // "today" and "away for" stay true
connect({
  up,
  heard,
  down: () => dispatch({ type: "connected", up: false }),
  refused: () => dispatch({ type: "refused" }),
});
