// Arrow keys among things of one kind that share one tab stop: rows, menu items, messages.

const steps = { ArrowDown: 1, ArrowUp: -1 };

// Moves focus within event.currentTarget; true when the key was one of these.
export function rove(event, selector) {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const { key } = event;
  if (!(key in steps) && key !== "Home" && key !== "End") return false;
  const all = [...event.currentTarget.querySelectorAll(selector)];
  if (!all.length) return false;
  const at = all.indexOf(document.activeElement.closest(selector));
  const to =
    key === "Home" ? 0 : key === "End" ? all.length - 1 : Math.min(all.length - 1, Math.max(0, at + steps[key]));
  all[to].focus();
  event.preventDefault();
  return true;
}
