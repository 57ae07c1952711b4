// Finding people, and changing roles.

import { call } from "../core/connection.js";
import { dispatch } from "../core/store.js";
import { attempt } from "./notice.js";

export const readJoinCode = () =>
  attempt(call("qr", { what: "join" }).then(({ rows }) => dispatch({ type: "join_code", rows })));

export const giveRole = (/** @type {Api.Person} */ { name }, /** @type {Api.Role} */ role) =>
  attempt(call("add_permissions", { username: name, role_value: role }));

const atOnce = 50;
const longest = 64; // letters that the agent takes

/** Those of everybody who are called so, and whom the page may not know yet; who was the last, and whether there are more.
 * @param {string} query @param {string | null} [after] the last one that is known of them */
export async function findPeople(query, after = null) {
  const { people, more } = await call("people", { query: [...query].slice(0, longest).join(""), after, limit: atOnce });
  dispatch({ type: "people_found", people });
  return { last: people.at(-1)?.uid ?? after, more };
}
