// What every form of the front door and of the dialogs does: one submission at a time, all of its errors at once, each
// beside its field; and, once a field has been left, while one types.

import { useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { Refusal, refusalOf } from "../core/connection.js";

const pause = 250; // ms without a key before what is typed is judged

/** @typedef {Record<string, Refusal>} Errors by field; what belongs to none stands under "" */

/** What is typed into a form. @param {HTMLFormElement} form @returns {Record<string, string>} */
const valuesOf = (form) => Object.fromEntries(/** @type {Iterable<[string, string]>} */ (new FormData(form)));

// submit(values) may throw a Refusal; fields are the names of the form's inputs; judge(values) says, if there is one,
// what is wrong with those that are filled in, and how good a password is, before anything is submitted.
// `may` are those of them that may be left empty.
/** @param {string[]} fields @param {(values: Record<string, string>) => unknown} submit @param {Page.Judge} [judge] @param {string[]} [may] @returns {Page.Form} */
export function useForm(fields, submit, judge, may = []) {
  const [errors, setErrors] = useState(/** @type {Errors} */ ({}));
  const [failed, setFailed] = useState(/** @type {{field: string} | null} */ (null)); // where focus goes
  const [busy, setBusy] = useState(false);
  const [strength, setStrength] = useState(/** @type {number | null} */ (null));
  const form = /** @type {{current: HTMLFormElement & {elements: any}}} */ (useRef(null));
  const it = useRef({ alive: true, left: new Set(), tried: false, shown: /** @type {Errors} */ ({}), refused: /** @type {Errors} */ ({}), turn: 0, timer: 0, look: async () => {} }).current;

  function show(/** @type {Errors} */ found) {
    it.shown = found;
    setErrors(found);
  }

  /** All that can be said of these values here. @param {Record<string, string>} values @returns {Promise<Errors>} */
  async function faultsOf(values) {
    /** @type {Errors} */
    const found = {};
    const { errors: judged, strength: good } = judge ? await judge(values).catch(() => ({ errors: [], strength: null })) : { errors: [], strength: null };
    for (const field of fields) {
      const error = values[field] === "" && !may.includes(field) ? { code: "empty", field } : judged.find((one) => one.field === field);
      if (error) found[field] = new Refusal(error);
    }
    if (it.alive) setStrength(good);
    return found;
  }

  /** Shows what is wrong with the fields that have been left; what was refused stands until its field changes. */
  async function look() {
    if (!form.current) return; // a field that goes from the page with its form is left as well
    it.turn += 1;
    const { turn } = it;
    const found = await faultsOf(valuesOf(form.current));
    if (!it.alive || turn !== it.turn) return;
    // What is said now would push the button from under the finger, and the press would come to nothing: it says all itself.
    if (form.current.querySelector("[type=submit]:active")) return;
    const shown = Object.entries(found).filter(([field, { code }]) => it.tried || (code !== "empty" && it.left.has(field)));
    show({ ...Object.fromEntries(shown), ...it.refused });
  }

  it.look = look; // with what this drawing was given
  // focus is there with what is drawn: who types on while one form takes another's place loses no letter
  useLayoutEffect(() => {
    const inputs = [...form.current.elements].filter((/** @type {HTMLInputElement} */ { name }) => fields.includes(name));
    if (!form.current.closest(".empty-state, details")) (inputs.find(({ value }) => !value) ?? inputs[0])?.focus();
    const onInput = (/** @type {Event} */ { target }) => {
      const { name } = /** @type {HTMLInputElement} */ (target);
      const others = (/** @type {Errors} */ found) =>
        Object.fromEntries(Object.entries(found).filter(([field]) => field !== name && field && form.current.elements[field]));
      it.refused = others(it.refused);
      clearTimeout(it.timer);
      it.turn += 1;
      show(others(it.shown));
      it.timer = window.setTimeout(() => it.look(), pause);
    };
    const onFocusOut = (/** @type {FocusEvent} */ { target }) => {
      const { name, value } = /** @type {HTMLInputElement} */ (target);
      if (!fields.includes(name) || !value || it.left.has(name)) return;
      it.left.add(name);
      it.look();
    };
    form.current.addEventListener("input", onInput);
    form.current.addEventListener("focusout", onFocusOut);
    return () => {
      it.alive = false;
      clearTimeout(it.timer);
    };
  }, []);
  useLayoutEffect(() => {
    if (failed) form.current?.elements[failed.field]?.focus();
  }, [failed]);

  /** @param {Errors} found */
  function refuse(found) {
    show(found);
    const field = fields.find((one) => one in found);
    setFailed(field ? { field } : null);
  }

  async function onSubmit(/** @type {Page.Press} */ event) {
    event.preventDefault();
    if (busy) return;
    const values = valuesOf(form.current);
    it.tried = true;
    it.refused = {};
    it.turn += 1;
    clearTimeout(it.timer);
    show({});
    setBusy(true);
    try {
      const found = await faultsOf(values);
      if (Object.keys(found).length) {
        if (it.alive) refuse(found);
        return;
      }
      await submit(values);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      it.refused = { [fields.includes(refusal.field ?? "") ? String(refusal.field) : ""]: refusal };
      if (it.alive) refuse(it.refused);
    } finally {
      if (it.alive) setBusy(false);
    }
  }

  const clear = () => {
    it.refused = {};
    show({});
  };
  return { form, busy, strength, at: (field) => errors[field] ?? null, rest: errors[""] ?? null, onSubmit, clear };
}
