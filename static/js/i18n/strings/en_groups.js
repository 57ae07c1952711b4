// The page’s words in English: choosing people for a group, and how it looks.

export default {
  "error.not_ticked": "Tick whom you mean in the list, or clear the search.",
  "member.waiting": "Invited already",
  "ticks.all": "Everybody ({n})", "ticks.all_in": "Everybody is in this group already.",
  "ticks.chosen": "{n} chosen", "ticks.found": "Everybody found ({n})", "ticks.search": "Find people by name",
  "ticks.these": "All chosen ({n})",
};
