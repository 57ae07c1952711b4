// The page’s words in Persian: what is one’s own, and who may get at it.

export default {
  "down.refused": "به مرجع وصل نیستید",
  "recover.done": "کلید تازه‌تان درخواست شد.", "recover.go": "ساختن کلید تازه",
  "recover.open": "به‌کاربردن کلید بازیابی…", "recover.title": "کلید تازه با کلید بازیابی",
  "recover.what": "مرجع اکنون کلید دیگری از این حساب را راه می‌دهد. کلید بازیابیِ این گاوصندوق می‌تواند کلید تازه‌ای را گواهی کند که جای آن را می‌گیرد؛ همه می‌بینند که چنین شده است.",
};
