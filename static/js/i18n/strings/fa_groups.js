// The page’s words in Persian: choosing people for a group, and how it looks.

export default {
  "error.not_ticked": "کسی را که می‌خواهید در فهرست تیک بزنید، یا جست‌وجو را پاک کنید.",
  "group.edit": "ویرایش گروه", "group.edit.go": "ذخیره", "group.edit.note": "همهٔ اعضا آنچه عوض می‌شود را می‌بینند، و این‌که شما عوض کرده‌اید.",
  "group.line": "گروه برای چیست", "group.line.hint": "حداکثر ۱۴۰ نویسه؛ اعضای تازه هم می‌بینند.",
  "member.waiting": "پیش‌تر دعوت شده",
  "remove.reason.seen": "اعضا و {name} آن را می‌بینند. می‌توانید خالی بگذارید.",
  "ticks.all": "همه ({n} نفر)", "ticks.all_in": "همه در این گروه هستند.",
  "ticks.chosen": "{n} نفر انتخاب شده", "ticks.found": "همهٔ یافته‌ها ({n} نفر)", "ticks.search": "یافتن افراد با نام",
  "ticks.these": "همهٔ انتخاب‌شده‌ها ({n} نفر)",
  "why.removed.by": "{name}، {when}، شما را از این گروه حذف کرد.", "why.removed.by.why": "{name}، {when}، شما را از این گروه حذف کرد: «{why}»",
  "write.all": "همهٔ اعضا", "write.all.choice": "همهٔ اعضا می‌نویسند", "write.all.hint": "گفت‌وگوی همه با هم.",
  "write.only_ranked": "فقط کاربران پیشرفته و مدیران می‌نویسند", "write.only_ranked.hint": "برای اعلان‌ها؛ دیگران می‌خوانند.",
  "write.ranked": "فقط کاربران پیشرفته و مدیران", "write.title": "چه کسی این‌جا می‌نویسد",
};
