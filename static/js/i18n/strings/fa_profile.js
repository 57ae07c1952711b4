// The page’s words in Persian: what people show of themselves, and what one calls them.

export default {
  "card.alike": "نامی که {name} برای خود گذاشته به نام کس دیگری در این‌جا می‌ماند. برای این‌که کسی با دیگری اشتباه نشود، نام کاربری را می‌بینید.",
  "card.common": "گروه‌های مشترک", "card.common.more": "نشان دادن هر {n} گروه",
  "card.edit": "ویرایش نمایه", "card.item": "نمایه",
  "card.own_name": "نام نمایشی خودش", "card.title": "نمایه",
  "nickname.go": "ذخیره", "nickname.hint": "فقط خودتان آن را به‌جای نامش می‌بینید. اگر نمی‌خواهید، خالی بگذارید.",
  "nickname.item": "نام مستعار…", "nickname.label": "نام مستعار", "nickname.title": "نام مستعار برای {name}",
  "profile.offer": "دیگران شما را با نام {name} می‌بینند. نام و عکس خودتان را هم می‌گذارید؟", "profile.later": "فعلاً نه", "profile.add": "بله، می‌گذارم",
  "profile.alike": "کس دیگری در این‌جا نامی مانند نام شما دارد. ممکن است دیگران به‌جای آن نام کاربری‌تان را ببینند.",
  "profile.another": "انتخاب عکسی دیگر", "profile.choose": "انتخاب عکس", "profile.drop": "برداشتن عکس",
  "profile.done": "ذخیره شد. دیگران آن را با پیام بعدی شما می‌بینند.",
  "profile.go": "ذخیره",
  "profile.line": "جمله‌ای دربارهٔ خودتان", "profile.line.hint": "برای نمونه: کتابخانه، اتاق ۱۲. حداکثر ۱۴۰ حرف.",
  "profile.move": "عکس را بکشید یا با پیکان‌ها جابه‌جا کنید",
  "profile.name": "نام نمایشی", "profile.name.hint": "به‌جای نام کاربری شما، {name}، دیده می‌شود؛ نام کاربری در نمایه‌تان می‌ماند. حداکثر ۴۸ حرف.",
  "profile.no_picture": "این را نمی‌شود به شکل عکس نشان داد. یک JPEG، PNG، WebP یا GIF انتخاب کنید.",
  "profile.picture": "عکس", "profile.title": "نمایهٔ شما",
  "profile.who": "کسانی که به آن‌ها پیام می‌دهید، چه خصوصی و چه در گروه، این‌ها را می‌بینند. سرور نمی‌تواند ببیند.",
  "profile.zoom": "بزرگ‌نمایی",
};
