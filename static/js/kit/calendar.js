// A small calendar: choosing the day to which the talk is turned back.

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { openDay } from "../actions/reading.js";
import { narrowSearch } from "../actions/search.js";
import { daysLater, midnight, monthOf, monthsLater, noon, partsOf } from "../lib/calendar.js";
import { calendarName, digits, fullDay, monthTitle, t, weekdayLetter, weekdayName } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "./dialog.js";
import { iconButton } from "./icons.js";

/** The weeks of a month, each of seven days; null where a day is another month's. @param {{days: number[], blanks: number}} month */
function weeksOf({ days, blanks }) {
  const all = [...Array(blanks).fill(null), ...days];
  while (all.length % 7) all.push(null);
  return Array.from({ length: all.length / 7 }, (_, week) => all.slice(7 * week, 7 * week + 7));
}

function Day(/** @type {Page.Props} */ { time, chosen, now, go }) {
  if (time === null) return html`<td></td>`;
  const isLater = time > noon(now);
  return html`
    <td><button type="button" class=${`date ${time === noon(now) ? "is-today" : ""}`} data-date=${time}
      data-first=${time === chosen ? "" : undefined} tabindex=${time === chosen ? "0" : "-1"} aria-label=${fullDay(time)} disabled=${isLater}
      aria-current=${time === noon(now) ? "date" : undefined} onClick=${() => go(time)}>
      ${digits(partsOf(time, calendarName()).day)}</button></td>`;
}

export function Calendar(/** @type {Page.Props} */ { state, dialog }) {
  const name = calendarName();
  const [chosen, choose] = useState(() => Math.min(noon(dialog.time), noon(state.now)));
  const grid = useRef(null);
  const moved = useRef(false);
  const month = monthOf(chosen, name);
  const weeks = weeksOf(month);
  const move = (/** @type {number} */ time) => {
    moved.current = true;
    choose(Math.min(time, noon(state.now)));
  };

  useLayoutEffect(() => {
    if (moved.current) /** @type {HTMLElement | null} */ (grid.current.querySelector(`[data-date="${chosen}"]`))?.focus();
    moved.current = false;
  }, [chosen]);

  function go(/** @type {number} */ time) {
    closeDialog();
    if (dialog.slot) {
      const slot = /** @type {Page.Slot} */ (dialog.slot);
      narrowSearch(slot, dialog.chat || null, { when: midnight(time) }, state[slot].text);
      return;
    }
    openDay(dialog.chat, midnight(time));
    /** @type {HTMLElement | null} */ (document.querySelector(".log"))?.focus({ preventScroll: true });
  }

  function onKeyDown(/** @type {Page.Press} */ event) {
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    const inWeek = weeks.find((week) => week.includes(chosen))?.filter((time) => time !== null) ?? [];
    const to = {
      ArrowRight: () => daysLater(chosen, ahead),
      ArrowLeft: () => daysLater(chosen, -ahead),
      ArrowDown: () => daysLater(chosen, 7),
      ArrowUp: () => daysLater(chosen, -7),
      PageDown: () => monthsLater(chosen, 1, name),
      PageUp: () => monthsLater(chosen, -1, name),
      Home: () => inWeek[0],
      End: () => inWeek.at(-1),
    }[event.key];
    if (!to) return;
    move(to());
    event.preventDefault();
    event.stopPropagation();
  }

  const isThisMonth = month.days.includes(noon(state.now));
  return html`
    <${Dialog} kind="date" title=${t(dialog.slot ? "search.when.day" : "keys.date")} look="small">
      <div class="dialog-body calendar">
        <div class="calendar-head">${iconButton("back", t("date.before"), () => choose(monthsLater(chosen, -1, name)), { look: "flip" })}
          <h3 id="month" aria-live="polite">${monthTitle(month.first)}</h3>
          ${iconButton("forward", t("date.after"), () => choose(Math.min(monthsLater(chosen, 1, name), noon(state.now))),
            { look: "flip", disabled: isThisMonth })}</div>
        <table ref=${grid} aria-labelledby="month" onKeyDown=${onKeyDown}>
          <thead><tr>${Array.from({ length: 7 }, (_, at) => {
            const time = daysLater(month.first, at - month.blanks);
            return html`<th scope="col" abbr=${weekdayName(time)}><span aria-hidden="true">
              ${weekdayLetter(time)}</span><span class="sr">${weekdayName(time)}</span></th>`;
          })}</tr></thead>
          <tbody>${weeks.map((week) => html`<tr>${week.map(
              (time) => html`<${Day} time=${time} chosen=${chosen} now=${state.now} go=${go} />`,
            )}</tr>`)}</tbody></table>
        <p class="quiet center">${t(dialog.slot ? "search.when.hint" : "date.hint")}</p></div><//>`;
}
