// The page’s words in English: taking what was said out into a file.

export default {
  "cause.not_receipted": "Nobody had signed that this came when it was exported: it is shown, and not proven.",
  "export.go": "Save the file", "export.item": "Export …",
  "export.open": "Anybody who gets the file can read it: it has no password. Keep it where only you look.",
  "export.set": "Export everything", "export.set.hint": "What was said in all conversations, to read and to show",
  "export.shows": "Who checks it also sees the list of all accounts of this server, and of a group who was in it when. It opens nothing else; files aren’t in it.",
  "export.title": "Export “{name}”?", "export.title.all": "Export all conversations?",
  "export.what": "You get a zip: a page to read in any browser, and what a stranger needs to check who wrote what, without Hamraz.",
  "import.proven": "Taken in from an export", "import.unproven": "Taken in from an export; not proven, as nobody had signed that it came",
};
