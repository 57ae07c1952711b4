// Changing roles.

import { call } from "../core/connection.js";
import { dispatch } from "../core/store.js";
import { attempt } from "./notice.js";

export const readJoinCode = () =>
  attempt(call("qr", { what: "join" }).then(({ rows }) => dispatch({ type: "join_code", rows })));

export const giveRole = (person, role) =>
  attempt(
    call("add_permissions", { username: person.name, role_value: role }).then(({ person: fresh }) =>
      dispatch({ type: "pushed", name: "person", value: fresh, now: Date.now() }),
    ),
  );
