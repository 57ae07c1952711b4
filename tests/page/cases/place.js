import { groupLinkIn, joinLinkGiven, launchIn, linkedGroup, linkedMessage, messagePlace, placeOf, readPlace } from "../../../static/js/state/place.js";
import { equal } from "../equal.js";

const gid = "g:0123456789abcdef0123456789abcdef";
const id = "00112233445566778899aabbccddeeff";
const state = /** @type {any} */ ({ people: {}, conversations: { [gid]: {} }, section: "chats", open: gid, details: false, safety: { uid: null } });

const link = { gid: gid.slice(2), uid: "0f".repeat(32), secret: id, name: "کلاس ۷" };
const joining = `/join/${link.gid}/${link.uid}/${link.secret}/${encodeURIComponent(link.name)}`;

export const cases = {
  "a group's join link says which group, whose and how it is called, however it is given"() {
    for (const start of ["web+hamraz:", "http://localhost:5001/#", "http://127.0.0.1/#"]) equal(linkedGroup(start + joining), link);
    equal(readPlace(state, joining), { section: "chats", chat: null, details: false, uid: null, message: null, join: link });
    equal(groupLinkIn(`Come in:\n> web+hamraz:${joining.slice(0, 60)}\n${joining.slice(60)}\nsee you`)?.secret, id);
    equal(groupLinkIn(`Come in: web+hamraz:${joining} and bring tea`), link); // its name ends where it does
    equal(linkedMessage(`web+hamraz:/${gid}/message/${id}`), { chat: gid, id });
  },
  "a link that was pressed in another program leads where it leads here, and no further"() {
    const open = (href) => `/open/${encodeURIComponent(href)}`;
    equal(readPlace(state, open(`web+hamraz:${joining}`)).join, link);
    equal(readPlace(state, open(`web+hamraz:/${gid}/message/${id}`)).message, id);
    equal(joinLinkGiven(open("web+hamraz://192.168.1.20:5050/abc#0f")), "hamraz://192.168.1.20:5050/abc#0f");
    const list = readPlace(state, "");
    for (const hostile of [open(`web+hamraz:${open(`web+hamraz:${joining}`)}`), open(`http://localhost:5001/#${joining}`), open(joining), open("javascript:alert(1)"), "/open/%ff", "/open/", open(`web+hamraz:/${"x".repeat(5000)}`), open("web+hamraz://a b"),
      open("web+hamraz:/settings"), open(`web+hamraz:/${gid}`), open(`web+hamraz:/${gid}/about`), open(`web+hamraz:/${gid}/message/${id}0`), open(`web+hamraz:${joining}/x`)])
      equal([hostile, readPlace(state, hostile), joinLinkGiven(hostile)], [hostile, list, ""]);
  },
  "what is almost one is none"() {
    const wrong = [joining.slice(0, -1), joining.replace("/join", "/joins"), joining.toUpperCase(), joining.replace(id, `${id}0`), `${joining}/x`, joining.replace(/[^/]*$/u, ""),
      joining.replace(/[^/]*$/u, "%20%20"), joining.replace(/[^/]*$/u, "%ff"), joining.replace(/[^/]*$/u, "a".repeat(801))];
    for (const place of wrong) equal([place, linkedGroup(`web+hamraz:${place}`), readPlace(state, place).join], [place, null, null]);
    for (const start of ["web+hamraz://", "https://localhost:5001/#", "http://example.org/#", "hamraz:"]) equal(linkedGroup(start + joining), null);
    equal(linkedGroup(`web+hamraz:${joining.replace(/[^/]*$/u, "a".repeat(99))}`)?.name.length, 64);
  },
  "the address of a message leads to it, on any computer"() {
    const place = messagePlace({ chat: gid, id });
    for (const origin of ["http://localhost:5001", "http://127.0.0.1:50123", "http://[::1]:5001", "http://localhost"])
      equal(linkedMessage(origin + place), { chat: gid, id });
    equal(readPlace(state, place.slice(2)), { section: "chats", chat: gid, details: false, uid: null, message: id, join: null });
  },
  "what isn't one leads where it says"() {
    const place = messagePlace({ chat: gid, id });
    const others = [`https://localhost:5001${place}`, `http://example.org${place}`, `http://localhost.example.org${place}`, `http://localhost:5001/x${place}`,
      `http://localhost:5001${place}0`, `http://localhost:5001${place.slice(0, -1)}`, `http://localhost:5001${place}/about`, "http://localhost:5001/", `http://a@localhost${place}`];
    for (const href of others) equal([href, linkedMessage(href)], [href, null]);
  },
  "the answers to a message have an address beside their chat"() {
    equal(readPlace(state, `/${gid}/t:12`).details, "t:12");
    equal(placeOf({ ...state, details: "t:12" }), `/${gid}/t:12`);
    for (const wrong of ["t:", "t:x", "t:-1", `t:${"1".repeat(16)}`]) equal(readPlace(state, `/${gid}/${wrong}`).details, false);
  },
  "what any page may have this one opened with leads to nobody, and breaks nothing"() {
    for (const name of ["__proto__", "constructor", "toString"])
      equal([readPlace(state, `/p:${name}`).chat, readPlace(state, `/trust/${name}`).uid, readPlace(state, `/${gid}/p:${name}`).details], [null, null, false]);
    for (const [hash, ticket] of [["#launch=a%2Fb", "a/b"], ["#launch=%", ""], ["#launch=", null], ["", null]]) equal([hash, launchIn(hash)], [hash, ticket]);
  },
  "of a chat that isn't known, or of what is no id, there is no message"() {
    equal(readPlace(state, `/${gid}x/message/${id}`).chat, null);
    for (const wrong of ["", "12", `${id}0`, id.toUpperCase()]) equal(readPlace(state, `/${gid}/message/${wrong}`).message, null);
    equal(placeOf(state), `/${gid}`);
  },
};
