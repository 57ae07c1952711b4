// The page’s words in English: joining a group by a link.

export default {
  "asks.bar": "{n} people want to join", "asks.bar.one": "{name} wants to join", "asks.decline": "Decline", "asks.decline.of": "Decline {name}",
  "asks.let_in": "Let in", "asks.let_in.of": "Let {name} in", "asks.title": "Want to join",
  "error.bad_group_link": "This is no link to a group. Copy all of it, from web+hamraz: on.",
  "error.group_link_elsewhere": "This link is of another server, or whoever has made it isn’t here any more.",
  "error.group_link_first": "This link leads into a group. First join its server: ask whoever sent it for the join link, which begins with hamraz://. Once you have an account, open this one again.",
  "joinlink.admits": "Who asks by it",
  "joinlink.anew": "Make another link", "joinlink.anew.hint": "The link has gone to the wrong people?", "joinlink.ask": "Ask to join",
  "joinlink.ask.note": "You come in by yourself once you are let in. If nothing comes, the link may be an old one: ask for a new one.", "joinlink.ask.text": "{name} is asked, and then sees your name.",
  "joinlink.ask.text.unknown": "Whoever has made the link is asked, and then sees your name.",
  "joinlink.ask.title": "Join a group", "joinlink.asked": "Asked to be let into {group}.", "joinlink.asked_first": "asks me first",
  "joinlink.at_once": "is let in at once", "joinlink.by": "A link of {name}", "joinlink.by_unknown": "A link of somebody whom you don’t know yet",
  "joinlink.dialog": "Link to {group}", "joinlink.hint": "Whoever has it can ask you to be let in.", "joinlink.off": "This link is off.",
  "joinlink.paste": "Link to a group", "joinlink.paste.go": "Go on",
  "joinlink.paste.hint": "Somebody in the group has it: under its details.", "joinlink.paste.title": "Join by a link",
  "joinlink.qr": "The link as a QR code", "joinlink.show": "Show the link", "joinlink.title": "Link to join", "joinlink.to": "The group {group}: open it, or ask to join",
  "joinlink.who.all": "Whoever opens this link in Hamraz and asks is let in at once, while your computer is on. Who was here before asks you.",
  "joinlink.who.asked": "Whoever opens this link in Hamraz asks you to be let in.",
};
