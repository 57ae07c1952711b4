// A view that is drawn again only when something it was given, or the language, has changed.

import { Component, h } from "../../vendor/preact.js";
import { languageTurn } from "../i18n/i18n.js";

/** @param {Page.View<Page.Props>} View @returns {any} */
export function memo(View) {
  return class Memo extends Component {
    shouldComponentUpdate(/** @type {any} */ next) {
      if (this.turn !== languageTurn()) return true;
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => next[name] !== this.props[name]);
    }

    render(/** @type {any} */ props) {
      this.turn = languageTurn();
      return h(View, props);
    }
  };
}
