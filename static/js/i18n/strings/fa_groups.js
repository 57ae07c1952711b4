// The page’s words in Persian: choosing people for a group, and how it looks.

export default {
  "error.not_ticked": "کسی را که می‌خواهید در فهرست تیک بزنید، یا جست‌وجو را پاک کنید.",
  "member.waiting": "پیش‌تر دعوت شده",
  "ticks.all": "همه ({n} نفر)", "ticks.all_in": "همه در این گروه هستند.",
  "ticks.chosen": "{n} نفر انتخاب شده", "ticks.found": "همهٔ یافته‌ها ({n} نفر)", "ticks.search": "یافتن افراد با نام",
  "ticks.these": "همهٔ انتخاب‌شده‌ها ({n} نفر)",
};
