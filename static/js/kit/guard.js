// The boundary of one row, or of one part of the page: whatever goes wrong in drawing it costs this and nothing beside it.
// It is tried again as soon as there is something else to draw.

import { Component, html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { icon } from "./icons.js";

const isThing = (value) => typeof value === "object" && value !== null;

const same = (a, b) =>
  a === b || (isThing(a) && isThing(b) && Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]));

// The element in which a component stands; Preact has it, and its types don't say so.
const standsAt = (component) => /** @type {any} */ (component).base;

// of: what is drawn; as: the element that stands there instead (li, tr, div); part: it is a part of the page, not a row;
// onBroken: what is done instead of saying so.
export class Guard extends Component {
  state = { broken: false, of: undefined };
  stale = null; // the element that stood there when it broke

  static getDerivedStateFromProps({ of }, state) {
    return same(of, state.of) ? null : { broken: false, of };
  }

  componentDidCatch(error) {
    console.error(error);
    this.stale = standsAt(this); // Preact forgets what stood there before, and would leave it
    this.setState({ broken: true });
    this.props.onBroken?.();
  }

  componentDidUpdate() {
    if (this.stale && this.stale !== standsAt(this)) this.stale.remove();
    this.stale = null;
  }

  render({ as = "div", part = false, onBroken, children }, { broken }) {
    if (!broken) return children;
    if (onBroken) return null;
    const says = html`<p class="not-shown" data-not-shown role=${part ? "alert" : undefined}>${icon("warn")}<span>
      ${t(part ? "bounds.part" : "bounds.row")}</span></p>`;
    return as === "tr" ? html`<tr><td colspan="9">${says}</td></tr>` : html`<${as}>${says}<//>`;
  }
}

// A row's view within its boundary.
export const guarded = (View, as = "li") => {
  const Guarded = (props) => html`<${Guard} as=${as} of=${props}><${View} ...${props} /><//>`;
  return Guarded;
};
