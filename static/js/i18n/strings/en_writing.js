// What the page says where several messages are ticked or passed on, in English.

export default {
  "forward.done": "Forwarded to {n} chats.",
  "forward.from": "Forwarded from {name}", "forward.from.hint": "So says whoever forwarded it; nothing confirms it.",
  "forward.full": "At most {n} at once.", "forward.go": "Forward", "forward.item": "Forward",
  "forward.left": "{n} of them can’t be forwarded: a file has to be downloaded first, and what is gone can’t be.",
  "forward.left.one": "1 of them can’t be forwarded: a file has to be downloaded first, and what is gone can’t be.",
  "forward.named": "Say who wrote it", "forward.named.hint": "Without this, it looks as if you had written it.",
  "forward.none": "No chat and nobody here has this name.", "forward.search": "Find a chat or a person",
  "forward.title": "Forward {n} messages", "forward.title.one": "Forward the message", "forward.to": "To {names}",
  "select.bar": "With what is selected", "select.count": "{n} selected", "select.clear.title": "Delete {n} messages for you",
  "select.clear.title.one": "Delete the message for you",
  "select.clear.text": "They are deleted on this computer only. The others keep them.",
  "select.delete.all": "Delete {n} messages for everybody", "select.delete.all.one": "Delete the message for everybody",
  "select.delete.both": "Delete {n} messages for both", "select.delete.both.one": "Delete the message for both",
  "select.delete.text": "Their text is deleted for all who have them. “Message deleted” stays in their place.",
  "select.item": "Select", "select.over": "Stop selecting",
};
