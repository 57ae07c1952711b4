// What the browser keeps for this page. Where it keeps nothing (cookies are blocked, the disk is full), that lasts as long as the page:
// it says so by throwing, already when it is asked for the place.

/** @param {"localStorage" | "sessionStorage"} name */
function keeper(name) {
  /** @type {Map<string, string | null>} */
  const here = new Map(); // what it didn't take

  /** @template T @param {(place: Storage) => T} ask */
  function asked(ask) {
    try {
      return ask(globalThis[name]);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return undefined;
    }
  }
  return {
    /** @param {string} key @returns {string | null} */
    get: (key) => (here.has(key) ? here.get(key) : asked((place) => place.getItem(key))) ?? null,
    /** null: nothing any more. @param {string} key @param {string | null} value */
    set(key, value) {
      here.set(key, value);
      asked((place) => {
        if (value === null) place.removeItem(key);
        else place.setItem(key, value);
        here.delete(key);
      });
    },
  };
}

/** For all pages of this address, for good. */
export const lasting = keeper("localStorage");
/** For this page, until its tab is closed. */
export const passing = keeper("sessionStorage");
