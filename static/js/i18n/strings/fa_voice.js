// The words about what people speak, look at and have shared, in Persian.

export default {
  "album.at": "تصویر {at} از {all}",
  "file.smaller": "کوچک‌تر (سریع‌تر)", "file.smaller.hint": "هر ضلع تصویر دست بالا ۲۰۴۸ پیکسل می‌شود.",
  "gallery.asking": "در حال یافتن", "gallery.files": "فایل", "gallery.links": "پیوند", "gallery.media": "عکس و فیلم", "gallery.more": "قدیمی‌ترها",
  "gallery.none": "هنوز چیزی این‌جا نیست.", "gallery.sound": "صدا", "gallery.title": "عکس، فایل و پیوند",
  "keys.pictures": "تصویر بعدی", "keys.zoom": "تصویر بزرگ‌تر، کوچک‌تر",
  "picture.after": "تصویر بعدی", "picture.before": "تصویر قبلی", "picture.from": "{name}، {time}",
  "voice.busy": "برنامهٔ دیگری میکروفون را گرفته است. آن را ببندید و دوباره امتحان کنید.",
  "voice.failed": "میکروفون کار نمی‌کند. تنظیمات صدای رایانه را ببینید.",
  "voice.insecure": "مرورگر به این صفحه میکروفون نمی‌دهد. همراز را با نشانی خودش روی همین رایانه باز کنید.",
  "voice.is_done": "ضبط شد. گوش کنید، بفرستید یا دور بریزید.", "voice.is_on": "در حال ضبط. با Escape دور ریخته می‌شود.",
  "voice.listen": "شنیدن پیش از فرستادن", "voice.listened": "شنیده شد", "voice.unheard": "هنوز شنیده نشده", "voice.none": "میکروفونی پیدا نشد. وصل کنید و دوباره امتحان کنید.",
  "voice.pause": "مکث", "voice.place": "جای پخش پیام صوتی", "voice.play": "پخش پیام صوتی {name}", "voice.play_own": "پخش پیام صوتی شما",
  "voice.record": "ضبط پیام صوتی: نگه دارید یا یک بار بزنید", "voice.refused": "مرورگر اجازهٔ میکروفون ندارد. کنار نشانی صفحه اجازه دهید و دوباره امتحان کنید.",
  "voice.send": "فرستادن پیام صوتی", "voice.short": "خیلی کوتاه بود. هنگام حرف زدن میکروفون را نگه دارید یا یک بار بزنید.",
  "voice.slide": "برای لغو به کنار بکشید، برای ادامهٔ ضبط به بالا", "voice.stop": "پایان ضبط", "voice.throw": "دور ریختن صدای ضبط‌شده",
  "voice.title": "پیام صوتی",
};
