// The page’s words in English: what stands where something that somebody sent can’t be shown as it is.

export default {
  "bounds.comma": ", ", "bounds.no_name": "(no name)", "bounds.no_time": "no time", "bounds.unseen": "(nothing that can be seen)",
  "bounds.part": "This part of the page can’t be shown. Nothing is lost; everything else goes on.",
  "bounds.row": "This one can’t be shown. Nothing is lost; everything else goes on.",
};
