// What the agent says of a form's fields before anything is submitted: it judges, the page has no rules of its own.

import { call } from "../core/connection.js";

/** Of a new account. @type {Page.Judge} */
export const judgeAccount = ({ email, username, password, password_confirm }) =>
  call("judge_account", { email, username, password, password_confirm });

/** Of a new password, by the names of its fields: whose it is stands in the form. @type {Page.Judge} */
export async function judgeNewPassword({ username, new_password, new_password_confirm }) {
  const { errors, strength } = await judgeAccount({ username, password: new_password, password_confirm: new_password_confirm });
  return { errors: errors.map((error) => ({ ...error, field: `new_${error.field}` })), strength };
}
