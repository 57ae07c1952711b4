// Changing roles.

import { call } from "../core/connection.js";
import { dispatch } from "../core/store.js";
import { attempt } from "./notice.js";

export const readJoinCode = () =>
  attempt(call("qr", { what: "join" }).then(({ rows }) => dispatch({ type: "join_code", rows })));

export const giveRole = (/** @type {Api.Person} */ { name }, /** @type {Api.Role} */ role) =>
  attempt(call("add_permissions", { username: name, role_value: role }));
