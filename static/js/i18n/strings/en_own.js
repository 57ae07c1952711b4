// The page’s words in English: what is one’s own, and who may get at it.

export default {
  "down.refused": "Not connected to the authority",
  "recover.done": "Your new key has been asked for.", "recover.go": "Make the new key",
  "recover.open": "Use the recovery key …", "recover.title": "A new key by the recovery key",
  "recover.what": "The authority lets another key of this account in by now. The recovery key in this vault can vouch for a new one, which then takes that one’s place; everybody sees that it was done so.",
  "restored.go": "I have read it",
  "restored.text": "Noticed {time}. What came and went since the copy was made isn’t here. Your agent has made a new key, so no other copy of this vault gets in any more; whoever you write with sees that.",
  "restored.title": "This vault is an older copy of itself",
};
