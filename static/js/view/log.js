// The messages of one conversation. Keeps the place where one reads while older ones come in above, stays at the end
// while one is there, asks for more near either end, and tells what has been read. Knows how the sheet scrolls; rows.js
// knows what is in it.

import { Component, html } from "../../vendor/preact.js";
import { askNewer, askNewest, askOlder, markRead } from "../actions/talk.js";
import { dayLine, number, t } from "../i18n.js";
import { pure } from "../pure.js";
import { rowsOf } from "../rows.js";
import { Invitation } from "./invitation.js";
import { KeyChange } from "./keychange.js";
import { icon } from "./marks.js";
import { Message } from "./message.js";
import { systemIcon, systemText } from "./system.js";

// Where the key changed, in ms; an agent that knows only the log's entry has it told last.
const keyTime = (person) => person?.new_key && Infinity; // after everything: it asks for something now

const near = 80; // px from the end that still count as being there
const ahead = 900; // px before an end where the next page is asked for

const Line = pure(({ row, people, now, person, isGroup, asked, conversation, isLastWaiting }) => {
  const { kind, message } = row;
  if (kind === "day") return html`<li class="day"><span>${dayLine(row.time, now * 6e4)}</span></li>`;
  if (kind === "new") return html`<li class="new-line" data-divider><span>${t("chat.new", { n: row.n })}</span></li>`;
  if (kind === "key") return html`<${KeyChange} person=${person} people=${people} />`;
  if (kind === "gap") return html`<li class="system boxed"><p>${icon("clock")}<span>${t("gap.text")}</span></p></li>`;
  const hooks = {
    "data-message": message.id,
    "data-kind": message.kind,
    "data-from": message.from,
    "data-order": message.order,
  };
  if (message.kind === "system") {
    return html`<li class="system" ...${hooks}><p>${icon(systemIcon[message.system.what])}<span>
      ${systemText(message.system, people)}</span></p></li>`;
  }
  if (message.kind === "invitation") {
    return html`<${Invitation} hooks=${hooks} message=${message} people=${people}
      conversation=${conversation} />`;
  }
  return html`<${Message} message=${message} joined=${row.joined} followed=${row.followed}
    person=${people[message.from]} isGroup=${isGroup}
    isLastWaiting=${isLastWaiting} asked=${asked} />`;
});

const same = (a, b) => Object.keys(b).every((name) => a[name] === b[name]);

export class Log extends Component {
  componentDidMount() {
    this.follow = true;
    this.placed = false;
    this.watcher = new ResizeObserver(() => {
      if (this.follow && this.placed) this.toEnd();
    });
    this.watcher.observe(this.log);
    this.watcher.observe(this.log.firstElementChild);
    this.look = () => this.tellRead();
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("focus", this.look);
    this.componentDidUpdate({ talk: {} }, null, null);
  }

  componentWillUnmount() {
    this.watcher.disconnect();
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("focus", this.look);
  }

  getSnapshotBeforeUpdate() {
    const top = this.log.getBoundingClientRect().top;
    const line = [...this.log.firstElementChild.children].find(
      (one) => one.dataset.message && one.getBoundingClientRect().bottom > top,
    );
    return line ? { line, offset: line.getBoundingClientRect().top } : null;
  }

  componentDidUpdate(before, _, anchor) {
    const { talk } = this.props;
    const last = talk.messages.at(-1);
    const isSent = last && last.mine && last.order === null && last.id !== before.talk.messages?.at(-1)?.id;
    if (!this.placed) {
      if (talk.loaded || !this.props.exists) this.begin();
    } else if (this.follow || isSent || this.jump) {
      if (talk.newer && isSent) askNewest(this.props.open.chat);
      this.jump = talk.asking === "newest";
      this.follow = true;
      this.toEnd();
    } else if (anchor?.line.isConnected) {
      this.log.scrollTop += anchor.line.getBoundingClientRect().top - anchor.offset;
    }
    this.onScroll();
  }

  // Where reading begins: at what is new, or at the end.
  begin() {
    this.placed = true;
    const divider = this.log.querySelector("[data-divider]");
    if (divider)
      this.log.scrollTop +=
        divider.getBoundingClientRect().top - this.log.getBoundingClientRect().top - this.log.clientHeight / 4;
    else this.toEnd();
    this.follow = this.isAtEnd();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < near;
  }

  // Pressing "newest": where the window of messages has left the end, the end is asked for.
  goToEnd() {
    this.follow = true;
    this.jump = this.props.talk.newer;
    if (this.jump) askNewest(this.props.open.chat);
    this.toEnd();
    this.log.focus({ preventScroll: true });
  }

  onScroll() {
    const { open, talk } = this.props;
    const { log } = this;
    if (!this.placed || !talk.loaded) return;
    this.follow = this.isAtEnd() && !talk.newer;
    if (Boolean(this.state.away) === this.follow) this.setState({ away: !this.follow });
    if (log.scrollTop < ahead) askOlder(open.chat);
    if (log.scrollHeight - log.scrollTop - log.clientHeight < ahead) askNewer(open.chat);
    this.tellRead();
  }

  // Read is what stands above the lower edge of a page that somebody looks at.
  tellRead() {
    if (!this.placed || !this.props.unread || document.visibilityState !== "visible" || !document.hasFocus()) return;
    const end = this.log.getBoundingClientRect().bottom + 4;
    const lines = [...this.log.querySelectorAll("[data-order]")];
    const seen =
      lines.findLast((line) => line.getBoundingClientRect().bottom <= end) ??
      lines.find((line) => line.getBoundingClientRect().top < end);
    if (seen) markRead(this.props.open.chat, Number(seen.dataset.order));
  }

  // A row that says what it said before is the same object, so that it isn't drawn again.
  rows() {
    const { talk, open } = this.props;
    const rows = rowsOf(talk, keyTime(open.person)).map((row) => {
      const old = this.drawn?.get(row.key);
      return old && same(old, row) ? old : row;
    });
    this.drawn = new Map(rows.map((row) => [row.key, row]));
    return rows;
  }

  render({ open, talk, people, conversations, now, label, unread }, { away = false }) {
    const { person, group } = open;
    const lastWaiting = talk.messages.findLast((message) => message.mine && message.state === "waiting")?.id;
    return html`
      <div class="log-frame">
        <div class="log" role="log" tabindex="0" aria-label=${label} aria-busy=${String(talk.asking !== null)}
          ref=${(log) => {
            this.log = log;
          }}
          onScroll=${() => this.onScroll()}>
          <ol class="messages">
            ${
              talk.asking === "older" &&
              html`<li class="more" key="more"><span class="dots" aria-hidden="true"><i></i>
              <i></i><i></i></span><span class="sr">${t("chat.loading")}</span></li>`
            }
            ${this.rows().map((row) => {
              const invited = row.message?.kind === "invitation" && row.message.invitation.gid;
              return html`<${Line} key=${row.key} row=${row} people=${people} now=${now} person=${person}
                isGroup=${group !== null} asked=${person ?? people[group?.creator]}
                conversation=${invited ? conversations[`g:${invited}`] : null}
                isLastWaiting=${row.message?.id === lastWaiting} />`;
            })}
          </ol></div>
        ${
          away &&
          html`<button type="button" class="newest" aria-label=${t("chat.newest")} title=${t("chat.newest")}
          data-newest onClick=${() => this.goToEnd()}>
          ${icon("down")}${unread > 0 && html`<span class="badge">${number(unread)}</span>`}</button>`
        }
      </div>`;
  }
}
