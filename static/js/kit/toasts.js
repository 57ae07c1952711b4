// Short words at the top, read aloud by screen readers; each can be put away.

import { html } from "../../vendor/preact.js";
import { dismiss } from "../actions/notice.js";
import { t, errorText } from "../i18n/i18n.js";
import { icon } from "./icons.js";

export const Toasts = (/** @type {Page.Props} */ { toasts }) => html`
  <div class="toasts" role="status" aria-live="polite">
    ${toasts.map((toast) => html`
      <p key=${toast.id} class=${`toast is-${toast.kind}`} data-toast=${toast.kind} data-error=${toast.error?.code}>
        ${icon(toast.kind === "stop" ? "warn" : "check")}
        <span class="grow">${toast.error ? errorText(toast.error) : t(toast.key ?? "", toast.values)}</span>
        <button type="button" class="ghost small" aria-label=${t("action.close")} onClick=${() => dismiss(toast.id)}>
          ${icon("close")}</button>
      </p>`)}
  </div>`;
