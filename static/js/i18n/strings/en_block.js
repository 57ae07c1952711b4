// The page’s words in English: blocking people.

export default {
  "block.after": "You can unblock {name} at any time. What they have written in groups is shown again then; private messages that came meanwhile don’t come back.",
  "block.done": "{name} is blocked.", "block.go": "Block", "block.item": "Block …",
  "block.means": "Meanwhile you can’t write to {name}. Others in your groups still see what {name} writes, and you still see who comes, goes or is added.",
  "block.title": "Block {name}?",
  "block.what": "Nothing that {name} sends is shown to you any more, privately or in groups, and what they had written in groups is hidden. {name} isn’t told: to them, messages arrive as always.",
  "blocked.bar": "You blocked {name}.", "blocked.chip": "Blocked",
  "blocked.hint": "Nothing they send is shown to you, and they aren’t told. You block somebody in the menu of their chat, or under People.",
  "blocked.more": "Show all {n}", "blocked.none": "You have blocked nobody.", "blocked.title": "Blocked people",
  "quote.blocked": "A message of somebody you blocked",
  "person.menu": "What to do with {name}",
  "unblock.done": "{name} is no longer blocked.", "unblock.go": "Unblock", "unblock.of": "Unblock {name}",
};
