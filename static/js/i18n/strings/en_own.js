// The page’s words in English: what is one’s own, and who may get at it.

export default {
  "down.refused": "Not connected to the server",
  "recover.done": "Your account has been asked back.", "recover.go": "Take it back",
  "recover.open": "Use the recovery kit …", "recover.title": "Take the account back",
  "recover.what": "The server lets another copy of this account in by now. You can take it back here: it gets a new safety number, and everybody sees that it was done so.",
  "restored.go": "I have read it",
  "restored.text": "Noticed {time}. What came and went since the copy was made isn’t here. You have a new safety number, so no other copy of this account gets in any more; whoever you write with sees that.",
  "restored.title": "This is an older copy of your account",
};
