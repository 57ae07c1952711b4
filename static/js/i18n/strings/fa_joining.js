// The page’s words in Persian: joining a group by a link.

export default {
  "asks.bar": "{n} نفر می‌خواهند بپیوندند", "asks.bar.one": "{name} می‌خواهد بپیوندد", "asks.decline": "رد کن",
  "asks.decline.of": "درخواست {name} را رد کن", "asks.let_in": "راه بده", "asks.let_in.of": "{name} را راه بده", "asks.title": "می‌خواهند بپیوندند",
  "error.bad_group_link": "این پیوندِ گروه نیست. همهٔ آن را کپی کنید، از ⁦web+hamraz:⁩ به بعد.",
  "error.group_link_elsewhere": "این پیوند از سرور دیگری است، یا سازنده‌اش دیگر این‌جا نیست.",
  "error.group_link_first": "این پیوند به یک گروه می‌رسد. اول به سرور آن بپیوندید: پیوند عضویت را که با ⁦hamraz://⁩ آغاز می‌شود از فرستنده‌اش بخواهید. حساب که ساختید، این یکی را دوباره باز کنید.",
  "joinlink.admits": "هر که با آن بیاید",
  "joinlink.anew": "ساختن پیوند دیگر", "joinlink.anew.hint": "پیوند به دست کسان دیگری افتاده؟", "joinlink.ask": "درخواست پیوستن",
  "joinlink.ask.note": "همین که اجازه بدهند، خودبه‌خود وارد می‌شوید. اگر خبری نشد، شاید پیوند قدیمی باشد؛ پیوند تازه بخواهید.", "joinlink.ask.text": "از {name} پرسیده می‌شود و نام شما را می‌بیند.",
  "joinlink.ask.text.unknown": "از سازندهٔ پیوند پرسیده می‌شود و نام شما را می‌بیند.",
  "joinlink.ask.title": "پیوستن به گروه", "joinlink.asked": "درخواست پیوستن به {group} فرستاده شد.", "joinlink.asked_first": "اول از من بپرسد",
  "joinlink.at_once": "بی‌درنگ وارد شود", "joinlink.by": "پیوندی از {name}", "joinlink.by_unknown": "پیوندی از کسی که هنوز نمی‌شناسید",
  "joinlink.dialog": "پیوند {group}", "joinlink.hint": "هر که آن را داشته باشد می‌تواند از شما بخواهد که راهش بدهید.",
  "joinlink.off": "این پیوند خاموش است.", "joinlink.paste": "پیوند گروه",
  "joinlink.paste.go": "ادامه", "joinlink.paste.hint": "کسی از گروه آن را دارد: در جزئیات گروه.", "joinlink.paste.title": "پیوستن با پیوند",
  "joinlink.qr": "پیوند به شکل کد QR", "joinlink.show": "نمایش پیوند", "joinlink.title": "پیوند پیوستن", "joinlink.to": "گروه {group}: باز کردن یا درخواست پیوستن",
  "joinlink.who.all": "هر که این پیوند را در همراز باز کند و بخواهد، تا وقتی رایانهٔ شما روشن است بی‌درنگ وارد می‌شود. کسی که پیش‌تر این‌جا بوده از شما می‌پرسد.",
  "joinlink.who.asked": "هر که این پیوند را در همراز باز کند از شما اجازهٔ ورود می‌خواهد.",
};
