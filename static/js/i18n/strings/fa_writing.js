// What the page says where several messages are ticked or passed on, in Persian.

export default {
  "forward.done": "به {n} گفت‌وگو بازفرستاده شد.",
  "forward.from": "بازفرستاده از {name}", "forward.from.hint": "این را فرستنده می‌گوید؛ چیزی آن را تأیید نمی‌کند.",
  "forward.full": "هر بار حداکثر {n} گفت‌وگو.", "forward.go": "بازفرستادن", "forward.item": "بازفرستادن",
  "forward.left": "{n} تا از این‌ها بازفرستاده نمی‌شود: پرونده را باید اول دریافت کنید، و آنچه پاک شده دیگر نیست.",
  "forward.left.one": "یکی از این‌ها بازفرستاده نمی‌شود: پرونده را باید اول دریافت کنید، و آنچه پاک شده دیگر نیست.",
  "forward.named": "نام نویسنده گفته شود", "forward.named.hint": "بدون آن، انگار خودتان نوشته‌اید.",
  "forward.none": "گفت‌وگو یا کسی با این نام نیست.", "forward.search": "جست‌وجوی گفت‌وگو یا افراد",
  "forward.title": "بازفرستادن {n} پیام", "forward.title.one": "بازفرستادن پیام", "forward.to": "به {names}",
  "select.bar": "با آنچه انتخاب شده", "select.count": "{n} پیام انتخاب شد", "select.clear.title": "پاک کردن {n} پیام برای خودتان",
  "select.clear.title.one": "پاک کردن پیام برای خودتان",
  "select.clear.text": "فقط روی این رایانه پاک می‌شوند. دیگران آن‌ها را دارند.",
  "select.delete.all": "پاک کردن {n} پیام برای همه", "select.delete.all.one": "پاک کردن پیام برای همه",
  "select.delete.both": "پاک کردن {n} پیام برای هر دو", "select.delete.both.one": "پاک کردن پیام برای هر دو",
  "select.delete.text": "متن آن‌ها برای همهٔ کسانی که دارند پاک می‌شود و «پیام پاک شد» می‌ماند.",
  "select.item": "انتخاب", "select.over": "پایان انتخاب",
};
