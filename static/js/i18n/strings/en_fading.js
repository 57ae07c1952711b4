// The page’s words in English: messages that go away.

export default {
  "fade.after": "After {time}",
  "fade.many.day": "{n} days", "fade.many.day.one": "a day",
  "fade.many.hour": "{n} hours", "fade.many.hour.one": "an hour",
  "fade.item": "Messages go away …",
  "fade.left": "Goes away in {time}",
  "fade.many.minute": "{n} minutes", "fade.many.minute.one": "a minute",
  "fade.never": "Never",
  "fade.on": "Messages go away after {time}.",
  "fade.short.day": "{n}d", "fade.short.hour": "{n}h", "fade.short.minute": "{n}m",
  "fade.stay": "Messages stay until somebody deletes them.",
  "fade.text": "For what is written here from now on, by whoever writes it. Your own messages go away so long after you write them, others’ so long after you read them. Nothing goes away unread, and neither a star nor a pin keeps it.",
  "fade.text.limits": "Who has read something can still have copied it, and who has an older Hamraz keeps it.",
  "fade.title": "When do messages go away?",
  "fade.week": "a week",
  "fade.whole": "Goes away after {time}",
  "system.lifetime": "{by} set messages to go away after {why}.",
  "system.lifetime.off": "{by} set messages to stay until somebody deletes them.",
};
