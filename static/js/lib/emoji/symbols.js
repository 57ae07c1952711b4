// Symbols: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
🏧 ATM sign, automated, bank, teller | نشان عابربانک، ای تی ام، خودپرداز، دستگاه، نشان خودپرداز
🚮 litter in bin sign, litter bin | علامت ریختن زباله در زباله‌دان، آشغال، سطل آشغال
🚰 potable water, drinking | آب آشامیدنی، آب شرب، قابل شرب، قابل نوشیدن
♿ wheelchair symbol, access | علامت صندلی چرخ‌دار، دسترسی، معلول
🚹 men’s room, bathroom, lavatory, man, restroom | توالت مردانه، سرویس بهداشتی
🚺 women’s room, bathroom, lavatory, restroom, toilet | توالت زنانه، سرویس بهداشتی
🚻 restroom, bathroom, lavatory, toilet, WC | توالت عمومی، سرویس بهداشتی
🚼 baby symbol, changing | نماد نوزاد، اتاق مادر و کودک، بچه، پوشک، تعویض
🚾 water closet, bathroom, lavatory, restroom, toilet | سرویس بهداشتی، توالت
🛂 passport control | کنترل گذرنامه
🛃 customs | گمرک، اداره گمرک، دفتر گمرک، گمرکات
🛄 baggage claim | دریافت بار
🛅 left luggage, baggage, locker | امانت بار، چمدان
⚠️ warning | هشدار، اخطار، اعلام خطر، اعلام خطر کردن، تذکر
🚸 children crossing, pedestrian, traffic | عبور کودکان، ترافیک، عابر پیاده
⛔ no entry, forbidden, not, prohibited, traffic | ورود ممنوع، ترافیک، خیر، نه
🚫 prohibited, entry, forbidden, no, not | ممنوع، نه، ورود
🚳 no bicycles, bike, forbidden, prohibited | دوچرخه ممنوع، نه، وسیله نقلیه
🚭 no smoking, forbidden, not, prohibited | سیگار کشیدن ممنوع، نه
🚯 no littering, forbidden, not, prohibited | ریختن زباله ممنوع، نه
🚱 non-potable water, non-drinking | آب غیرآشامیدنی، ممنوع، نه، نوشیدن
🚷 no pedestrians, forbidden, not, prohibited | عابر پیاده ممنوع، نه
📵 no mobile phones, cell, forbidden | تلفن همراه ممنوع، گوشی، موبایل، نه
🔞 no one under eighteen, 18, age restriction, prohibited, underage | زیر ۱۸ سال ممنوع، کمتر از سن قانونی، محدودیت سنی، هجده سال
☢️ radioactive, sign | رادیواکتیو، اشعه
☣️ biohazard, sign | خطر زیستی، نماد خطر، نماد خطر زیستی
⬆️ up arrow, cardinal, direction, north | پیکان بالا، جهت اصلی، شمال، مسیر
↗️ up-right arrow, direction, intercardinal, northeast | پیکان بالا راست، جهت فرعی، شمال شرقی، مسیر
➡️ right arrow, cardinal, direction, east | پیکان راست، جهت اصلی، شرق، مسیر
↘️ down-right arrow, direction, intercardinal, southeast | پیکان پایین راست، جنوب شرقی، جهت فرعی، مسیر
⬇️ down arrow, cardinal, direction, south | پیکان پایین، جنوب، جهت اصلی، مسیر
↙️ down-left arrow, direction, intercardinal, southwest | پیکان پایین چپ، جنوب غربی، جهت فرعی، مسیر
⬅️ left arrow, cardinal, direction, west | پیکان چپ، جهت اصلی، غرب، مسیر
↖️ up-left arrow, direction, intercardinal, northwest | پیکان بالا چپ، جهت فرعی، شمال غربی، مسیر
↕️ up-down arrow | پیکان بالا و پایین
↔️ left-right arrow | پیکان دوطرفه
↩️ right arrow curving left | پیکان خمیده راست
↪️ left arrow curving right | پیکان خمیده چپ
⤴️ right arrow curving up | پیکان خمیده بالا راست
⤵️ right arrow curving down | پیکان خمیده پایین راست
🔃 clockwise vertical arrows, reload | جهت عقربه‌های ساعت، پیکان، تازه‌سازی، جهت حرکت عقربه‌های ساعت
🔄 counterclockwise arrows button, anticlockwise, withershins | خلاف جهت عقربه‌های ساعت، پیکان، خلاف حرکت عقربه‌های ساعت
🔙 BACK arrow | پیکان عقب، برگشت
🔚 END arrow | پیکان پایان
🔛 ON! arrow, mark | پیکان روشن، علامت
🔜 SOON arrow | پیکان به‌زودی
🔝 TOP arrow, up | پیکان رو، بالا، برتر
🛐 place of worship, religion | محل عبادت، مذهب
⚛️ atom symbol, atheist | نماد اتم، بی‌دین
🕉️ om, Hindu, religion | اُم، مذهب، هندو
✡️ star of David, Jew, Jewish, religion | ستارهٔ داود، مذهب، یهود، یهودی
☸️ wheel of dharma, Buddhist, religion | چرخ دارما، بودائی، مذهب
☯️ yin yang, religion, tao, taoist | یین و ینگ، تائو، مذهب، یانگ
✝️ latin cross, Christian, religion | صلیب، مذهب، مسیحیت
☦️ orthodox cross, Christian, religion | صلیب ارتدوکسی، مذهب، مسیحیت
☪️ star and crescent, islam, Muslim, religion | هلال و ستاره، اسلام، مذهب، مسلمان
☮️ peace symbol | نماد صلح
🕎 menorah, candelabrum, candlestick, religion | منورا، جای شمع، مذهب
🔯 dotted six-pointed star, fortune | ستارهٔ شش‌پر، اقبال، بخت
🪯 khanda, religion, Sikh | خندا، سیک، مذهب
♈ Aries, ram, zodiac | برج حمل، فروردین
♉ Taurus, bull, ox, zodiac | برج ثور، اردیبهشت
♊ Gemini, twins, zodiac | برج جوزا، خرداد
♋ Cancer, crab, zodiac | برج سرطان، تیر
♌ Leo, lion, zodiac | برج اسد، مرداد
♍ Virgo, zodiac | برج سنبله، شهریور
♎ Libra, balance, justice, scales, zodiac | برج میزان، مهر
♏ Scorpio, scorpion, scorpius, zodiac | برج عقرب، آبان
♐ Sagittarius, archer, zodiac | برج قوس، آذر
♑ Capricorn, goat, zodiac | برج جدی
♒ Aquarius, bearer, water, zodiac | برج دلو، بهمن
♓ Pisces, fish, zodiac | برج حوت، اسفند
⛎ Ophiuchus, bearer, serpent, snake, zodiac | برج حوا، برج فلکی، حامل، زودیاک، مار
🔀 shuffle tracks button, arrow, crossed | دکمهٔ پخش تصادفی، پیکان، متقاطع
🔁 repeat button, arrow, clockwise | دکمهٔ تکرار، پیکان
🔂 repeat single button, arrow, clockwise, once | دکمهٔ یک‌بار تکرار، پیکان
▶️ play button, arrow, right, triangle | دکمهٔ پخش، پیکان، راست، مثلث
⏩ fast-forward button, arrow, double | دکمهٔ سریع به جلو، پیکان، دوگانه
⏭️ next track button, arrow, next scene, triangle | دکمهٔ آهنگ بعدی، پیکان، صحنه بعدی، مثلث
⏯️ play or pause button, arrow, right, triangle | دکمهٔ پخش یا مکث، پیکان، راست، مثلث
◀️ reverse button, arrow, left, triangle | دکمهٔ برگرداندن، پیکان، چپ، قبل، مثلث
⏪ fast reverse button, arrow, double, rewind | دکمهٔ سریع به عقب، پیکان، حرکت به عقب، دوتایی
⏮️ last track button, arrow, previous scene, previous track, triangle | دکمهٔ آهنگ قبلی، پیکان، صحنه قبلی، مثلث
🔼 upwards button, arrow | دکمهٔ بالا، پیکان، قرمز
⏫ fast up button, arrow, double | دکمهٔ سریع به بالا، پیکان، دوبل، دوتایی
🔽 downwards button, arrow | دکمهٔ پایین، پیکان، قرمز
⏬ fast down button, arrow, double | دکمهٔ سریع به پایین، پیکان، دوبل
⏸️ pause button, bar, double, vertical | دکمهٔ مکث، دوتایی، عمودی، نوار
⏹️ stop button, square | دکمهٔ توقف، مربع
⏺️ record button, circle | دکمهٔ ضبط، دایره
⏏️ eject button | دکمهٔ خروج
♀️ female sign, woman | نماد زن، مؤنث
♂️ male sign, man | نماد مرد، مذکر
#️⃣ keycap #, hash, pound, number sign | کلید #، نشان عدد
*️⃣ keycap *, asterisk, star | کلید *، ستاره
0️⃣ keycap 0, zero, number, digit | کلید ۰، صفر، عدد، رقم
1️⃣ keycap 1, one, number, digit | کلید ۱، یک، عدد، رقم
2️⃣ keycap 2, two, number, digit | کلید ۲، دو، عدد، رقم
3️⃣ keycap 3, three, number, digit | کلید ۳، سه، عدد، رقم
4️⃣ keycap 4, four, number, digit | کلید ۴، چهار، عدد، رقم
5️⃣ keycap 5, five, number, digit | کلید ۵، پنج، عدد، رقم
6️⃣ keycap 6, six, number, digit | کلید ۶، شش، عدد، رقم
7️⃣ keycap 7, seven, number, digit | کلید ۷، هفت، عدد، رقم
8️⃣ keycap 8, eight, number, digit | کلید ۸، هشت، عدد، رقم
9️⃣ keycap 9, nine, number, digit | کلید ۹، نه، عدد، رقم
🔟 keycap 10, ten, number | کلید ۱۰، ده، عدد
🎦 cinema, camera, film, movie | سینما، دوربین، فیلم
🔅 dim button, brightness, low | دکمهٔ تار کردن صفحه، پایین، روشنایی
🔆 bright button, brightness | دکمهٔ روشن کردن صفحه، روشنایی
📶 antenna bars, cell, mobile, phone | نوار سیگنال، آنتن، تلفن، تلفن همراه، گوشی
🛜 wireless, computer, internet, network, wi-fi | بی‌سیم، اینترنت، رایانه، شبکه
📳 vibration mode, cell, mobile, phone, telephone | حالت لرزش، تلفن همراه، گوشی، موبایل، ویبره
📴 mobile phone off, cell, telephone | تلفن همراه خاموش، گوشی، موبایل
⚧️ transgender symbol | علامت تراجنسیتی
✖️ multiply, ×, cancel, multiplication, sign | ضرب کردن، ×، x، علامت، علامت ضرب
➕ plus, +, math, sign | بعلاوه، +، ریاضی، علامت
➖ minus, -, −, math, sign | تفریق، -، −، ریاضی، علامت
➗ divide, ÷, division, math, sign | تقسیم کردن، ÷، ریاضی، علامت
🟰 heavy equals sign, equality, math | علامت تساوی پررنگ، برابری، ریاضی
♾️ infinity, forever, unbounded, universal | بی‌نهایت، برای همیشه، بی‌حدوحصر، کلی
‼️ double exclamation mark, !, !!, bangbang | علامت تعجب دوتایی، دو علامت تعجب، علامت‌گذاری
⁉️ exclamation question mark, !, !?, interrobang, punctuation | علامت تعجب و سؤال، !، ؟!، علامت سؤال، علامت‌گذاری
❓ red question mark, ?, punctuation | علامت سؤال قرمز، ؟، علامت‌گذاری
❔ white question mark, ?, outlined, punctuation | علامت سؤال سفید، ؟، علامت‌گذاری، نقطه‌گذاری
❕ white exclamation mark, !, outlined, punctuation | علامت تعجب سفید، !، علامت‌گذاری، نقطه‌گذاری
❗ red exclamation mark, !, punctuation | علامت تعجب قرمز، !، علامت‌گذاری، نقطه‌گذاری
〰️ wavy dash, punctuation | خط موج‌دار، علامت‌گذاری
💱 currency exchange, bank, money | تبدیل ارز، بانک، پول
💲 heavy dollar sign, currency, money | نماد دلار، ارز، پول
⚕️ medical symbol, aesculapius, medicine, staff | نماد پزشکی، چوبدست اسقلبیوس، عصای آسکِلِپیوس، مار و عصا، نماد مار و عصا
♻️ recycling symbol, recycle | نماد بازیافت
⚜️ fleur-de-lis | نماد گل زنبق، فلور دِ لی، فلور-د-لی
🔱 trident emblem, anchor, ship, tool | نیزهٔ سه‌شاخه، ابزار، کشتی، لنگر
📛 name badge | برچسب نام
🔰 Japanese symbol for beginner, chevron, leaf | نماد ژاپنی سطح مبتدی، برگ، درجه نظامی، زرد
⭕ hollow red circle, large | دایره قرمز توخالی، حلقه، صحیح
✅ check mark button, ✓ | علامت تأیید، ✓، دکمه، علامت تیک
☑️ check box with check, ✓ | مربع با علامت تیک، علامت تأیید، مربع انتخاب با تیک
✔️ check mark, ✓ | علامت تیک، علامت تأیید
❌ cross mark, ×, cancel, multiplication, multiply | ضربدر، علامت ضرب، لغو، نادرست
❎ cross mark button, ×, square, x | دکمه ایکس، دکمه بستن، علامت، مربع
➰ curly loop | حلقه مجعد
➿ double curly loop | حلقه مجعد دوتایی، دوبل، دوگانه
〽️ part alternation mark | علامت تناوب بخش
✳️ eight-spoked asterisk, * | ستاره هشت‌پره، ستاره هشت پر
✴️ eight-pointed star, * | ستاره هشت‌پر
❇️ sparkle, * | جرقه، برق، تلألو، جرقه زدن، درخشش
©️ copyright | حق نسخه‌برداری، حق تکثیر، حق چاپ، حق طبع و نشر، حق نشر
®️ registered | نشان تجاری ثبت‌شده، علامت تجاری ثبت‌شده
™️ trade mark, TM, trademark | نماد بازرگانی، TM، تی‌ام، علامت، علامت تجاری
🔠 input latin uppercase, ABCD, letters | ورودی حروف بزرگ، لاتین
🔡 input latin lowercase, abcd, letters | ورودی حروف کوچک، الفبا، لاتین
🔢 input numbers, 1234 | ورودی عددی، ۱۲۳۴، اعداد
🔣 input symbols, 〒♪&% | ورودی نماد
🔤 input latin letters, abc, alphabet | ورودی حروف لاتین، الفبا
🅰️ A button (blood type) | دکمه آ (گروه خونی)
🆎 AB button (blood type) | دکمه آ ب (گروه خونی)
🅱️ B button (blood type) | دکمه ب (گروه خونی)
🆑 CL button | دکمهٔ CL، پاک کردن
🆒 COOL button | دکمهٔ COOL، ای ول، باحال، سرد، کول
🆓 FREE button | دکمهٔ FREE، آزاد، رایگان
ℹ️ information | اطلاعات، i
🆔 ID button, identity | دکمهٔ شناسایی، دکمهٔ ID، شناسه، کارت شناسایی
Ⓜ️ circled M | حرف ام در دایره
🆕 NEW button | دکمهٔ NEW، جدید، نو
🆖 NG button | دکمهٔ NG، خوب نیست
🅾️ O button (blood type) | دکمه اُ (گروه خونی)
🆗 OK button | دکمهٔ OK، تأیید، دکمه اوکی، قبول
🅿️ P button, parking | دکمه پی، پارکینگ
🆘 SOS button, help | دکمه اس او اس، درخواست کمک
🆙 UP! button, mark | دکمهٔ !UP، بالا، علامت
🆚 VS button, versus | دکمهٔ VS، در برابر، در مقابل، دربرابر، درمقابل
🈁 Japanese here button, katakana, ココ | دکمهٔ «اینجا» به ژاپنی، اشاره
🈂️ Japanese service charge button, katakana, サ | دکمهٔ «هزینهٔ خدمات» به ژاپنی، رایگان
🈷️ Japanese monthly amount button, ideograph, 月 | دکمهٔ «مقدار ماهانه» به ژاپنی
🈶 Japanese not free of charge button, ideograph, 有 | دکمهٔ غیرمجانی به ژاپنی، موجود
🈯 Japanese reserved button, ideograph, 指 | دکمۀ «رزروشده» به ژاپنی، اندیشه‌نگاشت
🉐 Japanese bargain button, ideograph, 得 | دکمهٔ «قیمت مناسب» به ژاپنی، مقرون‌به‌صرفه
🈹 Japanese discount button, ideograph, 割 | دکمۀ «تخفیف» به ژاپنی، اندیشه‌نگاشت، حراج
🈚 Japanese free of charge button, ideograph, 無 | دکمۀ «رایگان» به ژاپنی، اندیشه‌نگاشت
🈲 Japanese prohibited button, ideograph, 禁 | دکمۀ «ممنوع» به ژاپنی، اندیشه‌نگاشت
🉑 Japanese acceptable button, ideograph, 可 | دکمۀ «قابل قبول» به ژاپنی، اندیشه‌نگاشت، پذیرش، پذیرفتن
🈸 Japanese application button, ideograph, 申 | دکمۀ «تقاضانامه» به ژاپنی، اندیشه‌نگاشت، دکمهٔ «تقاضانامه» به ژاپنی
🈴 Japanese passing grade button, ideograph, 合 | دکمۀ «نمرهٔ قبولی» به ژاپنی، اندیشه‌نگاشت
🈳 Japanese vacancy button, ideograph, 空 | دکمۀ «پست خالی» به ژاپنی، اندیشه‌نگاشت، دردسترس
㊗️ Japanese congratulations button, ideograph, 祝 | دکمهٔ «تبریک» به ژاپنی، شادباش
㊙️ Japanese secret button, ideograph, 秘 | دکمهٔ «راز» به ژاپنی
🈺 Japanese open for business button, ideograph, 営 | دکمۀ «آماده برای کسب‌وکار» به ژاپنی، «آماده برای کسب‌و‌کار»، اندیشه‌نگاشت
🈵 Japanese no vacancy button, ideograph, 満 | دکمهٔ «پُر» به ژاپنی، پر، غیرقابل دسترسی، ناموجود
🔴 red circle, geometric | دایره قرمز، شکل هندسی
🟠 orange circle | دایره نارنجی
🟡 yellow circle | دایره زرد
🟢 green circle | دایره سبز
🔵 blue circle, geometric | دایره آبی، شکل هندسی
🟣 purple circle | دایره بنفش
🟤 brown circle | دایره قهوه‌ای
⚫ black circle, geometric | دایره مشکی، شکل هندسی
⚪ white circle, geometric | دایره سفید، شکل هندسی
🟥 red square | مربع سرخ، قرمز
🟧 orange square | مربع نارنجی
🟨 yellow square | مربع زرد
🟩 green square | مربع سبز
🟦 blue square | مربع آبی
🟪 purple square | مربع بنفش
🟫 brown square | مربع قهوه‌ای
⬛ black large square, geometric | مربع مشکی بزرگ، شکل هندسی
⬜ white large square, geometric | مربع سفید بزرگ، شکل هندسی
◼️ black medium square, geometric | مربع مشکی متوسط، شکل هندسی
◻️ white medium square, geometric | مربع سفید متوسط، شکل هندسی
◾ black medium-small square, geometric | مربع مشکی نسبتاً کوچک، شکل هندسی
◽ white medium-small square, geometric | مربع سفید نسبتاً کوچک، شکل هندسی
▪️ black small square, geometric | مربع مشکی کوچک، شکل هندسی
▫️ white small square, geometric | مربع سفید کوچک، شکل هندسی
🔶 large orange diamond, geometric | لوزی نارنجی بزرگ، شکل هندسی
🔷 large blue diamond, geometric | لوزی آبی بزرگ، شکل هندسی
🔸 small orange diamond, geometric | لوزی نارنجی کوچک، شکل هندسی
🔹 small blue diamond, geometric | لوزی آبی کوچک، شکل هندسی
🔺 red triangle pointed up, geometric | مثلث با رأس بالا، شکل هندسی، قرمز
🔻 red triangle pointed down, geometric | مثلث با رأس پایین، شکل هندسی، قرمز
💠 diamond with a dot, comic, geometric, inside | لوزی نقطه‌دار، درون، شکل هندسی، کمیک، مصور
🔘 radio button, geometric | دکمهٔ رادیویی، شکل هندسی
🔳 white square button, geometric, outlined | دکمۀ مربع سفید، توپُر، دکمه، شکل هندسی
🔲 black square button, geometric | دکمۀ مربع مشکی، دکمه، شکل هندسی
`;
