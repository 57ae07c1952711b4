// What the page says about messages and what one does with them, in Persian.

export default {
  "link.go": "باز کن", "link.leads": "می‌رود به",
  "link.text": "این نشانی با حرف‌هایی نوشته شده که آسان با حرف‌های دیگر اشتباه می‌شوند. فقط اگر نام زیر را می‌شناسید بازش کنید.",
  "link.title": "این پیوند به کجا می‌رود؟", "link.written": "آن‌طور که نوشته شده",
};
