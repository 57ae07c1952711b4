// The page’s words in Persian: what stands where something that somebody sent can’t be shown as it is.

export default {
  "bounds.comma": "، ", "bounds.no_name": "(بی‌نام)", "bounds.no_time": "زمان نامعلوم", "bounds.unseen": "(چیزی برای دیدن ندارد)",
  "bounds.part": "این بخش صفحه را نمی‌شود نشان داد. چیزی از دست نرفته و بقیهٔ کارها ادامه دارد.",
  "bounds.row": "این یکی را نمی‌شود نشان داد. چیزی از دست نرفته و بقیه سر جای خود است.",
};
