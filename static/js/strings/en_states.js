// The page’s words in English: conditions that stand until what ends them is proved, and parts of the agent that fail.

export default {
  "named.inside": "Part of your agent doesn’t work now",
  "named.log_behind": "The authority has signed more than it shows",
  "named.log_behind.text": "It has signed a log of {signed} entries and shows you {shown}: it holds some back, or has lost them. Conversations with people you know go on; new people, groups and roles wait until the rest is here. If that lasts, save the evidence and show it to the others in person.",
  "named.change_withheld": "The server holds back a change of members of {name}",
  "named.change_withheld.text": "Its own log says that somebody was added or removed, and it doesn’t show who. Nothing you write goes out there until it does. Save the evidence, and ask the other members.",
  "named.not_let_in": "The server doesn’t let you into {name}",
  "named.not_let_in.text": "It says that you are no member, and shows no change that has removed you. It is tried again by itself; ask the other members.",
  "named.more": "{n} more like this",
  "named.other": "Your agent says something that this page doesn’t know. Load it again.",
  "named.save": "Save the evidence",
  "inside.server": "The line to the authority fails; it is tried again by itself.",
  "inside.messages": "Sending or taking private messages fails; it is tried again by itself.",
  "inside.groups": "A group fails; it is tried again by itself.",
  "inside.files": "Moving files fails; it is tried again by itself.",
  "inside.search": "New messages can’t be found by searching yet; it is tried again by itself.",
  "inside.page": "Something can’t be shown here as it is. Load the page again.",
  "inside.network": "A connection fails; it is made again by itself.",
  "inside.disk": "Looking after the disk fails; it is tried again by itself.",
  "inside.other": "A part of it fails; it is tried again by itself.",
};
