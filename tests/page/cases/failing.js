// One case that holds and one that does not, so that the harness can be seen to tell them apart.

import { equal } from "../equal.js";

export const cases = {
  holds: () => equal([1], [1]),
  "does not": () => equal(1, 2),
};
