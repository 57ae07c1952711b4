import { linkedMessage, messagePlace, placeOf, readPlace } from "../../../static/js/state/place.js";
import { equal } from "../equal.js";

const gid = "g:0123456789abcdef0123456789abcdef";
const id = "00112233445566778899aabbccddeeff";
const state = /** @type {any} */ ({ people: {}, conversations: { [gid]: {} }, section: "chats", open: gid, details: false, safety: { uid: null } });

export const cases = {
  "the address of a message leads to it, on any computer"() {
    const place = messagePlace({ chat: gid, id });
    for (const origin of ["http://localhost:5001", "http://127.0.0.1:50123", "http://[::1]:5001", "http://localhost"])
      equal(linkedMessage(origin + place), { chat: gid, id });
    equal(readPlace(state, place.slice(2)), { section: "chats", chat: gid, details: false, uid: null, message: id });
  },
  "what isn't one leads where it says"() {
    const place = messagePlace({ chat: gid, id });
    const others = [`https://localhost:5001${place}`, `http://example.org${place}`, `http://localhost.example.org${place}`, `http://localhost:5001/x${place}`,
      `http://localhost:5001${place}0`, `http://localhost:5001${place.slice(0, -1)}`, `http://localhost:5001${place}/about`, "http://localhost:5001/", `http://a@localhost${place}`];
    for (const href of others) equal([href, linkedMessage(href)], [href, null]);
  },
  "of a chat that isn't known, or of what is no id, there is no message"() {
    equal(readPlace(state, `/${gid}x/message/${id}`).chat, null);
    for (const wrong of ["", "12", `${id}0`, id.toUpperCase()]) equal(readPlace(state, `/${gid}/message/${wrong}`).message, null);
    equal(placeOf(state), `/${gid}`);
  },
};
