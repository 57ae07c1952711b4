// The words about files, in English.

export default {
  "error.chunk_order": "A part of a file came out of its turn. It goes on by itself.",
  "error.file_broken": "What came is not the file that was sent. Nothing of it was kept; fetch it again.",
  "error.file_changed": "This is not the file that was begun with. Send it anew.",
  "error.file_gone": "This file is no longer there. Ask its sender to send it again.",
  "error.file_not_yet": "This file is still on its way. It comes by itself.",
  "error.file_too_big": "A file has at most {limit} MB. Send it in parts, or by another way.",
  "error.quota_full": "There is no room for this file at the authority. It goes out while both of you are here.",
};
