// A new poll: the question, and up to ten answers.

import { html, useState } from "../../vendor/preact.js";
import { ask } from "../actions/polls.js";
import { isSeen, number, t } from "../i18n/i18n.js";
import { Choice } from "../kit/choice.js";
import { FormDialog } from "../kit/dialog.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";
import { fewest, longest, most } from "../lib/poll.js";

/** What is filled in and can't be seen. @type {Page.Judge} */
const blanks = async (values) => ({
  errors: Object.entries(values).flatMap(([field, text]) => (text && !isSeen(text) ? [{ code: "empty", field }] : [])),
  strength: null,
});

export function NewPoll(/** @type {Page.Props} */ { dialog: { chat } }) {
  const [count, more] = useState(3);
  const names = Array.from({ length: count }, (_, at) => `answer${at + 1}`);
  const it = useForm(["question", ...names], (values) => ask(chat, values.question, names.map((name) => values[name]).filter(isSeen), "several" in values),
    blanks, names.slice(fewest));
  return html`
    <${FormDialog} kind="poll" title=${t("poll.title")} it=${it} go=${t("poll.go")} note=${t("poll.note")}>
      <${Field} id="poll-question" name="question" dir="auto" autocomplete="off" maxlength=${longest.question} label=${t("poll.question")} error=${it.at("question")} />
      ${names.map((name, at) => html`<${Field} key=${name} id=${`poll-${name}`} name=${name} dir="auto" autocomplete="off" maxlength=${longest.answer}
        label=${t("poll.answer", { n: { ready: number(at + 1) } })} error=${it.at(name)} />`)}
      ${count < most && html`<button type="button" class="button" data-more-answers onClick=${() => more(count + 1)}>${icon("add")}<span>${t("poll.more")}</span></button>`}
      <${Choice} type="checkbox" name="several" value="yes" words=${t("poll.several.choice")} hint=${t("poll.several.hint")} /><//>`;
}
