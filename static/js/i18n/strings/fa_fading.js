// The page’s words in Persian: messages that go away.

export default {
  "fade.after": "پس از {time}",
  "fade.many.day": "{n} روز", "fade.many.day.one": "یک روز",
  "fade.many.hour": "{n} ساعت", "fade.many.hour.one": "یک ساعت",
  "fade.item": "پاک شدن خودکار پیام‌ها…",
  "fade.left": "{time} دیگر پاک می‌شود",
  "fade.many.minute": "{n} دقیقه", "fade.many.minute.one": "یک دقیقه",
  "fade.never": "هیچ‌وقت",
  "fade.on": "پیام‌ها پس از {time} پاک می‌شوند.",
  "fade.short.day": "{n} روز", "fade.short.hour": "{n} ساعت", "fade.short.minute": "{n} دقیقه",
  "fade.stay": "پیام‌ها می‌مانند تا کسی پاکشان کند.",
  "fade.text": "برای آنچه از این پس این‌جا نوشته شود، هر که بنویسد. نوشته‌های خودتان این مدت پس از نوشتن پاک می‌شود و نوشته‌های دیگران این مدت پس از آن‌که خواندید. هیچ پیامی نخوانده پاک نمی‌شود، و ستاره و سنجاق هم آن را نگه نمی‌دارد.",
  "fade.text.limits": "هر کس پیامی را خوانده باشد شاید از آن رونوشتی برداشته باشد، و همراز قدیمی‌تر آن را نگه می‌دارد.",
  "fade.title": "پیام‌ها کی پاک شوند؟",
  "fade.week": "یک هفته",
  "fade.whole": "پس از {time} پاک می‌شود",
  "system.lifetime": "{by} تنظیم کرد که پیام‌ها پس از {why} پاک شوند.",
  "system.lifetime.off": "{by} تنظیم کرد که پیام‌ها بمانند تا کسی پاکشان کند.",
};
