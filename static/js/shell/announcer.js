// Says once, to whoever listens instead of looking, what has come: the words in the talk that is open, elsewhere that there
// is something. The messages themselves are no live region, as they are drawn and dropped while one scrolls.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { plain, t } from "../i18n/i18n.js";
import { glance } from "../lib/glance.js";
import { asksSaid, freshAsks } from "../state/asks.js";
import { called, titleOf } from "../state/names.js";
import { isTold } from "../state/quiet.js";
import { cut } from "../lib/graphemes.js";

const longest = 300; // characters that are read aloud by themselves

export function Announcer(/** @type {Omit<Page.Props, "open"> & {open: string}} */ { conversations, people, open }) {
  const before = useRef(conversations);
  const [words, say] = useState("");
  useEffect(() => {
    const was = before.current;
    before.current = conversations;
    const last = conversations[open]?.last;
    const isNew = last && !last.mine && last.text && last.position > (was[open]?.last?.position ?? 0);
    const there = Object.values(conversations).find(
      (one) => one.chat !== open && one.unread > (was[one.chat]?.unread ?? 0)
        && isTold(one, one.mentions > (was[one.chat]?.mentions ?? 0), Date.now()),
    );
    const asked = Object.values(conversations).find((one) => freshAsks(was[one.chat], one).length > 0 && isTold(one, true, Date.now()));
    if (isNew && conversations !== was) {
      const name = people[last.from] ? called(people[last.from]) : conversations[open].name;
      say(`${t("list.says", { name })} ${cut(plain(glance(last.text)), longest)}`);
    } else if (there) say(t("list.came", { name: titleOf(people, there), n: there.unread }));
    else if (asked) say(`${t("list.says", { name: asked.name })} ${asksSaid(people, freshAsks(was[asked.chat], asked))}`);
  }, [conversations]);
  return html`<p class="sr" role="status" data-announcer>${words}</p>`;
}
