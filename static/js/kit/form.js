// What every form of the front door and of the dialogs does: one submission at a time, its error beside the field at
// fault.

import { useEffect, useRef, useState } from "../../vendor/preact.js";
import { Refusal, refusalOf } from "../core/connection.js";

// submit(values) may throw a Refusal; fields are the names of the form's inputs.
/** @param {string[]} fields @param {(values: Record<string, string>) => unknown} submit @returns {Page.Form} */
export function useForm(fields, submit) {
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const form = /** @type {{current: HTMLFormElement & {elements: any}}} */ (useRef(null));
  const alive = useRef(true);
  useEffect(() => {
    const inputs = [...form.current.elements].filter((/** @type {HTMLInputElement} */ { name }) => fields.includes(name));
    if (!form.current.closest(".empty-state, details")) (inputs.find(({ value }) => !value) ?? inputs[0])?.focus();
    return () => {
      alive.current = false;
    };
  }, []);
  useEffect(() => {
    if (error && fields.includes(error.field)) form.current?.elements[error.field]?.focus();
  }, [error]);

  async function onSubmit(/** @type {Page.Press} */ event) {
    event.preventDefault();
    if (busy) return;
    const values = Object.fromEntries(/** @type {Iterable<[string, string]>} */ (new FormData(form.current)));
    setError(null);
    const empty = fields.find((name) => name in values && !values[name]);
    if (empty) return setError(new Refusal({ code: "empty", field: empty }));
    setBusy(true);
    try {
      await submit(values);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (alive.current) setError(refusal);
    } finally {
      if (alive.current) setBusy(false);
    }
  }

  const at = (/** @type {string} */ field) => (error?.field === field ? error : null);
  const rest = error && !fields.includes(error.field) ? error : null;
  return { form, busy, at, rest, onSubmit, clear: () => setError(null) };
}
