// The boundary of one row, or of one part of the page: whatever goes wrong in drawing it costs this and nothing beside it.
// It is tried again as soon as there is something else to draw.

import { Component, html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { icon } from "./icons.js";

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isThing = (value) => typeof value === "object" && value !== null;

const same = (/** @type {unknown} */ a, /** @type {unknown} */ b) =>
  a === b || (isThing(a) && isThing(b) && Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]));

/** The element in which a component stands; Preact has it, and its types don't say so. @param {Component} component */
const standsAt = (component) => /** @type {any} */ (component).base;

// of: what is drawn; as: the element that stands there instead (li, tr, div); part: it is a part of the page, not a row;
// onBroken: what is done instead of saying so.
export class Guard extends Component {
  state = { broken: false, of: undefined };
  stale = /** @type {Element | null} */ (null); // what stood there when it broke

  static getDerivedStateFromProps(/** @type {Page.Props} */ { of }, /** @type {{of: unknown}} */ state) {
    return same(of, state.of) ? null : { broken: false, of };
  }

  componentDidCatch(/** @type {Api.Failure | null | undefined} */ error) {
    console.error(error);
    this.stale = standsAt(this); // Preact forgets what stood there before, and would leave it
    this.setState({ broken: true });
    this.props.onBroken?.();
  }

  componentDidUpdate() {
    if (this.stale && this.stale !== standsAt(this)) this.stale.remove();
    this.stale = null;
  }

  render(/** @type {any} */ { as = "div", part = false, onBroken, children }, /** @type {{broken: boolean}} */ { broken }) {
    if (!broken) return children;
    if (onBroken) return null;
    const says = html`<p class="not-shown" data-not-shown role=${part ? "alert" : undefined}>${icon("warn")}<span>
      ${t(part ? "bounds.part" : "bounds.row")}</span></p>`;
    return as === "tr" ? html`<tr><td colspan="9">${says}</td></tr>` : html`<${as}>${says}<//>`;
  }
}

/** A row's view within its boundary. @param {Page.View<Page.Props>} View */
export const guarded = (View, as = "li") => {
  const Guarded = (/** @type {Page.Props} */ props) => html`<${Guard} as=${as} of=${props}><${View} ...${props} /><//>`;
  return Guarded;
};
