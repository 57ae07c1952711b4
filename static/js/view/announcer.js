// Says once, to whoever listens instead of looking, what has come: the words in the talk that is open, elsewhere that there
// is something. The messages themselves are no live region, as they are drawn and dropped while one scrolls.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { plain, t } from "../i18n.js";

const longest = 300; // characters that are read aloud by themselves

export function Announcer({ conversations, people, open }) {
  const before = useRef(conversations);
  const [words, say] = useState("");
  useEffect(() => {
    const was = before.current;
    before.current = conversations;
    const isNew = ({ chat, last }) =>
      last && !last.mine && last.order > (was[chat]?.last?.order ?? 0) && last.kind !== "system";
    const fresh = Object.values(conversations).filter((one) => one !== was[one.chat] && was[one.chat] && isNew(one));
    const here = fresh.find(({ chat }) => chat === open);
    const there = fresh.find(({ muted }) => !muted);
    if (here?.last.text) {
      const name = people[here.last.from]?.name ?? here.name;
      say(`${t("list.says", { name })} ${plain(here.last.text).slice(0, longest)}`);
    } else if (there) say(t("list.came", { name: there.name, n: there.unread }));
  }, [conversations]);
  return html`<p class="sr" role="status" data-announcer>${words}</p>`;
}
