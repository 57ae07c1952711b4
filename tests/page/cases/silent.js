import { silenced, silentOf } from "../../../static/js/lib/silent.js";
import { equal } from "../equal.js";

export const cases = {
  "what begins with the sign disturbs nobody"() {
    equal(silenced("hello"), "🔕 hello");
    equal(silenced("🔕 hello"), "🔕 hello");
    equal(silentOf("🔕 hello\nyou"), "hello\nyou");
    equal(["hello", "🔕", "🔕 ", "🔕hello", " 🔕 hello", ""].map(silentOf), [null, null, null, null, null, null]);
  },
};
