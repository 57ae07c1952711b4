// A button that opens a menu. Takes focus, gives it back, closes by Escape, by Tab and by a press elsewhere.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { icon } from "./icons.js";
import { rovingFocus } from "./rovingfocus.js";

// An item: {key, label, sub, icon, checked, off, onPick}; off is true where it can't be chosen, and the note says why.
function Item(/** @type {Page.Props} */ { item, noteId, close }) {
  const isChoice = item.checked !== undefined;
  return html`
    <button type="button" role=${isChoice ? "menuitemradio" : "menuitem"}
      aria-checked=${isChoice ? String(item.checked) : undefined} tabindex="-1"
      class=${`menu-item ${item.off ? "is-off" : ""} ${item.stop ? "is-stop" : ""}`}
        aria-disabled=${item.off ? "true" : undefined}
      aria-describedby=${item.off ? noteId : undefined} data-item=${item.key}
        onClick=${() => {
          if (!item.off) {
            close();
            item.onPick();
          }
        }}>
      ${isChoice ? html`<span class="tick">${item.checked && icon("check")}</span>` : icon(item.icon)}
      <span class="grow"><span class="strong">${item.label}</span>
        ${item.sub && html`<span class="quiet">${item.sub}</span>`}</span>
      ${item.off && icon("lock")}
    </button>`;
}

export function Menu(/** @type {Page.Props} */ { id, label, items, note, face, look = "ghost", wide = "", button = {} }) {
  const [open, setOpen] = useState(false);
  const [up, setUp] = useState(false);
  const anchor = useRef(null);
  const opener = useRef(null);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };

  useEffect(() => {
    if (!open) return undefined;
    const outside = (/** @type {Event} */ { target }) => {
      if (!anchor.current.contains(/** @type {Node} */ (target))) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  useLayoutEffect(() => {
    if (!open) {
      setUp(false);
      return;
    }
    const menu = /** @type {HTMLElement} */ (anchor.current.querySelector(".menu"));
    const frame = anchor.current.closest(".page-scroll, .details-body, .rows-scroll, .log")?.getBoundingClientRect() ?? {
      top: 0,
      bottom: innerHeight,
    };
    const below = menu.getBoundingClientRect().bottom > frame.bottom - 8;
    if (below && anchor.current.getBoundingClientRect().top - frame.top > menu.offsetHeight + 8) setUp(true);
    else if (below) menu.scrollIntoView({ block: "nearest" });
    const first = menu.querySelector("[aria-checked=true]") ?? menu.querySelector(".menu-item");
    /** @type {HTMLElement | null} */ (first)?.focus();
  }, [open]);

  function onKeyDown(/** @type {Page.Press} */ event) {
    if (!open) return;
    if (event.key === "Escape") {
      close();
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Tab") {
      setOpen(false);
      return;
    }
    rovingFocus(event, ".menu-item");
  }

  /** One tab stop: where focus is. @param {Page.Press} event */
  function onFocusIn({ target, currentTarget }) {
    currentTarget.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    target.tabIndex = 0;
  }

  const noteId = `${id}-why`;
  return html`
    <div class="anchor" ref=${anchor} onKeyDown=${onKeyDown}>
      <button type="button" ref=${opener} id=${id} class=${`${look} ${open ? "is-on" : ""}`} aria-haspopup="menu"
        aria-expanded=${String(open)}
        onClick=${() => setOpen(!open)} ...${button}>${face}</button>
      ${open && html`
        <div class=${`menu ${wide} ${up ? "is-up" : ""}`}>
          <div role="menu" aria-label=${label} onFocusIn=${onFocusIn}>
            ${items.map((/** @type {{key: string}} */ item) => html`<${Item} key=${item.key} item=${item}
              noteId=${noteId} close=${close} />`)}</div>
          ${note && html`<p class="menu-note" id=${noteId}>${note}</p>`}
        </div>`}
    </div>`;
}
