// The page’s words in English: choosing people for a group, and how it looks.

export default {
  "error.not_ticked": "Tick whom you mean in the list, or clear the search.",
  "group.edit": "Edit the group", "group.edit.go": "Save", "group.edit.note": "Every member sees what changes, and that it was you.",
  "group.line": "What it is for", "group.line.hint": "At most 140 characters; new members see it too.",
  "member.waiting": "Invited already",
  "remove.reason.seen": "The members and {name} see it. You may leave it empty.",
  "ticks.all": "Everybody ({n})", "ticks.all_in": "Everybody is in this group already.",
  "ticks.chosen": "{n} chosen", "ticks.found": "Everybody found ({n})", "ticks.search": "Find people by name",
  "ticks.these": "All chosen ({n})",
  "why.removed.by": "{name} removed you from this group, {when}.", "why.removed.by.why": "{name} removed you from this group, {when}: “{why}”",
  "write.all": "every member", "write.all.choice": "Every member writes", "write.all.hint": "A conversation of all of them.",
  "write.only_ranked": "Only advanced users and admins write", "write.only_ranked.hint": "For announcements: everybody else reads.",
  "write.ranked": "only advanced users and admins", "write.title": "Who writes here",
};
