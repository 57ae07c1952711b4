// The messages of one conversation. Keeps the place where one reads while older ones come in above or a picture grows,
// stays at the end while one is there, asks for more before either end is seen, and tells what has been read. rows.js
// knows what is in it, visible.js which rows are in the page.

import { Component, html } from "../../vendor/preact.js";
import { askNewer, askNewest, askOlder, markRead, openAt } from "../actions/reading.js";
import { isLookedAt } from "../core/looking.js";
import { languageTurn, number, t } from "../i18n/i18n.js";
import { rowsOf } from "../state/rows.js";
import { albumHeight } from "../message/album.js";
import { fileHeight } from "../message/file.js";
import { Hello } from "./hello.js";
import { Guard } from "../kit/guard.js";
import { Line } from "../message/line.js";
import { dots, icon } from "../kit/icons.js";
import { Visible } from "../kit/visible.js";
import { copyWords } from "./copying.js";
import { turn } from "./turning.js";

/** Where the key changed, in ms; an agent that knows only the log's entry has it told last. @param {Api.Person | null} person */
const keyTime = (person) => person?.new_key && Infinity; // after everything: it asks for something now

const near = 80; // px from the end that still count as being there
const ahead = 3; // windows' heights before an end where the next page is asked for

/** What a row is likely to measure before anybody has seen it, in px. @param {Page.Row} row */
function estimate(row) {
  if (row.kind !== "message") return row.kind === "key" ? 260 : 60;
  const { message, album, joined } = row;
  const lines = message.text.split("\n", 40).reduce((sum, line) => sum + Math.ceil((line.length + 12) / 64), 0);
  return (joined ? 3 : 14) + 16 + 24 * Math.min(40, lines) + (album ? albumHeight(album.length) : message.file ? fileHeight(message.file) : 0);
}

const sameList = (/** @type {unknown[]} */ a, /** @type {unknown[]} */ b) => a.length === b.length && a.every((one, at) => one === b[at]);
const same = (/** @type {any} */ a, /** @type {any} */ b) => Object.keys(b).every((name) => a[name] === b[name]);

/** @extends {Component<Page.Props, {away?: boolean}>} */
export class Log extends Component {
  /** @type {Visible<Page.Row>} */
  visible = new Visible(estimate, ({ kind }) => kind === "message"); // a day's line goes when older messages come in
  follow = true; // stays at the end
  height = 0; // of all rows, when it was looked at last: px
  goal = /** @type {{key: string, share: number, focus?: boolean} | null} */ (null); // a row to be brought into view
  placed = false;
  log = document.body; // both are given with the first drawing
  list = document.body;
  anchor = /** @type {Page.Anchor | null} */ (null);
  laid = /** @type {{talk: Page.Talk, key: number | null | undefined, turn: number, rows: Page.Row[]} | null} */ (null);
  /** @type {Map<string, Page.Row>} */
  known = new Map();
  watcher = new ResizeObserver(() => this.resized());
  look = () => this.tellRead();
  // Drawn before the browser goes on: all that is here is printed, and not what is seen of it.
  print = (/** @type {Event} */ { type }) => {
    this.visible.isWhole = type === "beforeprint";
    this.visible.look();
    this.forceUpdate();
  };
  turn = (/** @type {Event} */ event) => turn(/** @type {Page.Press} */ (event), this.log, () => this.newest());
  pane = /** @type {HTMLElement | null} */ (null);
  found = /** @type {string | null} */ (null); // the key of the message that was jumped to
  // Kept after the end: a scroll or a measure that was under way may come then.
  setLog = (/** @type {HTMLElement} */ log) => Object.assign(this, log && { log });
  setList = (/** @type {HTMLElement} */ list) => Object.assign(this, list && { list });

  componentDidMount() {
    this.visible.attach(this.log, this.list);
    this.watcher.observe(this.log);
    this.watcher.observe(this.list);
    this.pane = this.log.closest(".pane");
    this.pane?.addEventListener("keydown", this.turn);
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("focus", this.look);
    for (const moment of ["beforeprint", "afterprint"]) window.addEventListener(moment, this.print);
    this.componentDidUpdate({ talk: null }, null, null);
  }

  componentWillUnmount() {
    this.placed = false;
    this.watcher.disconnect();
    this.pane?.removeEventListener("keydown", this.turn);
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("focus", this.look);
    for (const moment of ["beforeprint", "afterprint"]) window.removeEventListener(moment, this.print);
  }

  getSnapshotBeforeUpdate() {
    return this.visible.anchor();
  }

  componentDidUpdate(/** @type {{talk: Page.Talk | null}} */ before, /** @type {unknown} */ _, /** @type {Page.Anchor | null} */ anchor) {
    const { talk, open } = this.props;
    const last = talk.messages.at(-1);
    // one of one's own that moves behind others' is no news
    const isNew = last && this.placed && !before.talk?.messages.some(({ id }) => id === last.id);
    const isSent = isNew && last.mine && last.order === null;
    this.visible.afterDrawing(!talk.older && !talk.newer);
    if (!this.placed) {
      if (talk.loaded || !this.props.exists) this.begin();
    } else if (talk.target && talk.target !== this.reached) this.reach();
    else if (this.goal) this.arrive();
    else if (this.follow || isSent || this.jump) {
      if (talk.newer && isSent) askNewest(open.chat);
      this.jump = talk.asking === "newest";
      this.follow = true;
      this.toEnd();
      if (isNew) this.visible.element(last.id)?.setAttribute("data-fresh", "");
    } else this.visible.hold(anchor);
    if (this.found) this.visible.element(this.found)?.setAttribute("data-target", "");
    this.onScroll();
  }

  // Where reading begins: at what was sought, at what is new, or at the end.
  begin() {
    const { talk } = this.props;
    this.placed = true;
    if (talk.target) this.reach();
    else if (talk.divider) this.go({ key: "new", share: 0.25 });
    else this.toEnd();
  }

  // To the message that the talk names, which is shown for a while.
  reach() {
    const { target } = this.props.talk;
    if (!target) return;
    this.reached = target;
    this.list.querySelector("[data-target]")?.removeAttribute("data-target");
    const key = this.keyOf(target.id);
    this.found = target.mark ? key : null;
    this.go({ key, share: target.mark ? 0.35 : 0.15, focus: target.mark });
  }

  // A picture may lie in a row that begins with another one.
  keyOf(/** @type {string} */ id) {
    return this.rows().find((row) => row.kind === "message" && row.album?.some((one) => one.id === id))?.key ?? id;
  }

  go(/** @type {{key: string, share: number, focus?: boolean}} */ goal) {
    this.goal = goal;
    this.follow = false;
    this.forceUpdate();
  }

  arrive() {
    const { goal, log } = this;
    const row = goal && this.visible.element(goal.key);
    this.goal = null;
    if (!row) return;
    const room = Math.max(0, log.clientHeight - row.offsetHeight);
    log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - room * goal.share;
    this.follow = this.isAtEnd() && !goal.focus;
    if (!goal.focus) return;
    if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }

  goToEnd() {
    this.follow = true;
    this.forceUpdate();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < near;
  }

  // Where the window of messages has left the end, the end is asked for.
  newest() {
    this.jump = this.props.talk.newer;
    if (this.jump) askNewest(this.props.open.chat);
    this.goToEnd();
  }

  // Pressed on what goes away then: who reads goes on where they read.
  pressNewest() {
    this.newest();
    this.log.focus({ preventScroll: true });
  }

  onKeyDown(/** @type {Page.Press} */ event) {
    if (event.target !== this.log || event.key !== "End" || event.altKey || event.shiftKey) return;
    this.newest();
    event.preventDefault();
  }

  // A picture has come, a text was unfolded, the window is another: who reads keeps the place.
  resized() {
    if (!this.placed) return;
    if (this.visible.resized()) requestAnimationFrame(() => this.forceUpdate());
    this.visible.afterDrawing(!this.props.talk.older && !this.props.talk.newer);
    if (this.follow) this.toEnd();
    else this.visible.hold(this.anchor);
    this.height = this.log.scrollHeight;
  }

  onScroll() {
    const { open, talk } = this.props;
    const { visible } = this;
    if (!this.placed || !talk.loaded || this.goal || visible.isWhole) return;
    const isMissing = visible.look();
    // where the end has moved away from who was there, nobody has scrolled: `resized` follows it
    const isMoved = this.height !== this.log.scrollHeight;
    this.height = this.log.scrollHeight;
    this.follow = (this.isAtEnd() || (this.follow && isMoved)) && !talk.newer;
    this.anchor = visible.anchor();
    if (Boolean(this.state.away) === this.follow) this.setState({ away: !this.follow });
    else if (isMissing) this.setState({});
    if (visible.above < ahead * visible.height) askOlder(open.chat);
    if (visible.below < ahead * visible.height) askNewer(open.chat);
    this.tellRead();
  }

  // Read is what stands above the lower edge of a page that somebody looks at.
  tellRead() {
    if (!this.placed || !this.props.unread || !isLookedAt(this.props.open.chat)) return;
    const end = this.log.getBoundingClientRect().bottom + 4;
    const lines = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[data-position]")]);
    const seen =
      lines.findLast((line) => line.getBoundingClientRect().bottom <= end) ??
      lines.find((line) => line.getBoundingClientRect().top < end);
    if (seen) markRead(this.props.open.chat, Number(seen.dataset.position));
  }

  // A row that says what it said before is the same object, so that it isn't drawn again.
  rows() {
    const { talk, open } = this.props;
    const key = keyTime(open.person);
    const zone = languageTurn(); // in another zone a message may be of another day
    if (this.laid?.talk === talk && this.laid.key === key && this.laid.turn === zone) return this.laid.rows;
    const rows = rowsOf(talk, key).map((row) => {
      const old = this.known.get(row.key);
      if (row.kind === "message" && old?.kind === "message" && row.album && old.album && sameList(row.album, old.album)) row.album = old.album;
      return old && same(old, row) ? old : row;
    });
    this.known = new Map(rows.map((row) => [row.key, row]));
    this.laid = { talk, key, turn: zone, rows };
    return rows;
  }

  /** The rows that are in the page, as elements. @param {any[]} rows */
  lines(rows) {
    const { visible } = this;
    const isOther = rows !== visible.column.rows;
    if (isOther) visible.column.setRows(rows);
    const goal = this.goal ? visible.column.find(this.goal.key) : -1;
    if (goal >= 0) visible.aim(goal, this.goal?.share ?? 0);
    else if (this.follow) visible.aimAtEnd();
    else if (isOther) visible.aimAtAnchor(this.anchor);
    const { open, talk, people, now, me, selecting } = this.props;
    const lastWaiting = talk.messages.findLast((message) => message.mine && message.state === "waiting")?.id;
    return visible.pick().map((at) => {
      const row = rows[at];
      return html`<${Guard} key=${row.key} as="li" of=${row}><${Line} row=${row} people=${people} now=${now} person=${open.person} me=${me}
        isGroup=${open.group !== null} asked=${open.person ?? people[open.group?.creator ?? ""]}
        chat=${open.chat} selected=${selecting && row.message ? (row.album ?? [row.message]).every((/** @type {Page.Message} */ { id }) => selecting.ids.includes(id)) : null}
        picked=${row.album && selecting ? selecting.ids : null} unfolded=${visible.isWhole}
        isLastWaiting=${(row.album?.at(-1) ?? row.message)?.id === lastWaiting} /><//>`;
    });
  }

  render(/** @type {Page.Props} */ { talk, label, unread, open }, /** @type {{away?: boolean}} */ { away = false }) {
    const lines = this.lines(this.rows());
    const [above, below] = this.visible.padding;
    const named = open.conversation?.first_mention ?? null;
    return html`
      <div class="log-frame">
        <div class="log" role="log" aria-live="off" tabindex="0" aria-label=${label}
          aria-busy=${String(talk.asking !== null)}
          ref=${this.setLog}
          onCopy=${copyWords} onScroll=${() => this.onScroll()} onKeyDown=${(event) => this.onKeyDown(event)}>
          <ol class="messages" style=${{
            paddingBlockStart: `calc(var(--space-4) + ${above}px)`,
            paddingBlockEnd: `calc(var(--space-3) + ${below}px)`,
          }}
            ref=${this.setList}>${lines}</ol>
          ${(talk.loaded || !open.conversation) && !lines.length && open.person && html`<${Hello} person=${open.person} />`}</div>
        ${talk.asking === "older" && html`<p class="more">${dots()}<span class="sr">${t("chat.loading")}</span></p>`}
        ${away && named !== null && html`<button type="button" class="newest to-mention" aria-label=${t("mention.jump")} title=${t("mention.jump")}
          data-to-mention onClick=${() => openAt(open.chat, named)}><span aria-hidden="true">@</span></button>`}
        ${away && html`<button type="button" class="newest" aria-label=${t("chat.newest")} title=${t("chat.newest")}
          data-newest onClick=${() => this.pressNewest()}>
          ${icon("down")}${unread > 0 && html`<span class="badge">${number(unread)}</span>`}</button>`}
      </div>`;
  }
}
