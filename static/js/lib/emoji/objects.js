// Objects: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
👓 glasses, clothing, eye, eyeglasses, eyewear | عینک طبی، پوشاک، چشم
🕶️ sunglasses, dark, eye, eyewear | عینک آفتابی، تیره، چشم
🥽 goggles, eye protection, swimming, welding | عینک ایمنی، جوشکاری، شنا، محافظ چشم
🥼 lab coat, doctor, experiment, scientist | روپوش آزمایشگاه، دانشمند، دکتر
🦺 safety vest, emergency | جلیقه ایمنی، اورژانس
👔 necktie, clothing | کراوات، پوشاک
👕 t-shirt, clothing, tshirt | تی‌شرت، بلوز، پوشاک
👖 jeans, clothing, pants, trousers | شلوار جین، پوشاک
🧣 scarf, neck | روسری، گردن
🧤 gloves, hand | دستکش
🧥 coat, jacket | پالتو، کت
🧦 socks, stocking | جوراب، جوراب ساق بلند
👗 dress, clothing | پیراهن زنانه، پوشاک، مجلسی
👘 kimono, clothing | کیمونو، پوشاک، ژاپنی
🥻 sari, clothing, dress | ساری، پیراهن زنانه، لباس
🩱 one-piece swimsuit, bathing suit | مایو یک‌تکه
🩲 briefs, bathing suit, one-piece, swimsuit, underwear | شورت اسلیپ، لباس زیر، مایو، یک‌تکه
🩳 shorts, bathing suit, pants, underwear | شلوارک، لباس زیر، مایو
👙 bikini, clothing, swim | بیکینی، پوشاک، شنا، مایو
👚 woman’s clothes, clothing | لباس زنانه، پوشاک
🪭 folding hand fan, cooling, dance, flutter, hot | بادبزن، خجالتی، خنک کردن، رقص، گرم
👛 purse, clothing, coin | کیف دستی، پوشاک، سکه
👜 handbag, clothing, purse | کیف دوشی، پوشاک
👝 clutch bag, clothing, pouch | کیف بدون تسمه زنانه، پوشاک، کیسه کوچک، کیف پول
🛍️ shopping bags, hotel | کیف خرید، هتل
🎒 backpack, bag, rucksack, satchel, school | کوله‌پشتی، کولی، کیف، مدرسه
🩴 thong sandal, beach sandals, thong sandals, thongs, zōri | دمپایی لاانگشتی، دمپایی چوبی لاانگشتی، دمپایی ساحلی، صندل
👞 man’s shoe, clothing | کفش مردانه، پوشاک
👟 running shoe, athletic, clothing, sneaker | کفش دویدن، اسنیکر، پوشاک، ورزشی
🥾 hiking boot, backpacking, camping | چکمه راه‌پیمایی، اردو زدن، کمپ، کوله‌گردی
🥿 flat shoe, ballet flat, slip-on, slipper | کفش بی‌پاشنه، دمپایی، کفش باله‌مانند، کفش خانه، کفش راحتی
👠 high-heeled shoe, clothing, woman | کفش پاشنه بلند، پوشاک، زن
👡 woman’s sandal, clothing, shoe | صندل زنانه، پوشاک، کفش
🩰 ballet shoes, dance | کفش باله، رقص
👢 woman’s boot, clothing, shoe | پوتین زنانه، بوت، پوشاک، چکمه، کفش
🪮 hair pick, Afro, comb | شانه جداکننده، آفریقایی، جداکردن، مو
👑 crown, clothing, king, queen | تاج، پوشاک، شاه، ملکه
👒 woman’s hat, clothing | کلاه زنانه، پوشاک
🎩 top hat, clothing, tophat | کلاه مردانه استوانه‌ای، بالا، پوشاک، تاپ‌هت
🎓 graduation cap, celebration, clothing, hat | کلاه فارغ‌التحصیلی، پوشاک، جشن
🧢 billed cap, baseball cap | کلاه لبه‌دار، کلاه بیسبال، نقاب
🪖 military helmet, army, soldier, warrior | کلاه‌خود، ارتش، جنگجو، سرباز، نظامی
⛑️ rescue worker’s helmet, aid, cross, face, hat | کلاه صلیب سرخ، ایمنی، صورت
📿 prayer beads, clothing, necklace, religion | تسبیح، پوشاک، دعا، گردن‌بند، مذهب
💄 lipstick, cosmetics, makeup | رژلب، آرایش، لوازم آرایش
💍 ring, diamond | حلقه، الماس، عاشقانه
💎 gem stone, diamond, jewel | جواهر، الماس، جواهرآلات، عاشقانه
🔇 muted speaker, quiet, silent | بلندگوی خاموش، آرام، بی‌صدا، ساکت، میزان صدا
🔈 speaker low volume, soft | بلندگو با صدای کم
🔉 speaker medium volume | بلندگو با صدای متعادل، موج، میانه، نه کم نه زیاد
🔊 speaker high volume, loud | بلندگو با صدای بلند، بالا، زیاد، موج
📢 loudspeaker, public address | بلندگو، خطابه عمومی، سخنرانی
📣 megaphone, cheering | بلندگوی دستی، تشویق، هلهله
📯 postal horn | شیپور پست، پستی
🔔 bell | زنگ، زنگوله، ناقوس
🔕 bell with slash, forbidden, mute, quiet, silent | خط قرمز روی زنگوله، آرام، بی‌صدا، ساکت، ممنوع
🎼 musical score | پارتیتور، خط حامل، کلید سل، موسیقی، نت
🎵 musical note | نت موسیقی، چنگ
🎶 musical notes | نت‌های موسیقی، چنگ
🎙️ studio microphone, music | میکروفون استودیویی، موسیقی
🎚️ level slider, music | درجهٔ تنظیم‌کننده، لغزنده، موسیقی، میزان
🎛️ control knobs, music | دسته‌های کنترل، موسیقی
🎤 microphone, karaoke | میکروفون، کارائوکه
🎧 headphone, earbud | هدفون، دوگوشی
📻 radio, video | رادیو، رادیویی، ویدئو، ویدیو
🎷 saxophone, instrument, music | ساکسیفون، بادی برنجی، ساز، موسیقی
🎺 trumpet, instrument, music | ترومپت، بادی برنجی، ساز، ساکسیفون، موسیقی
🪗 accordion, concertina, squeeze box | آکوردئون، آکاردئون، ارغنون
🎸 guitar, instrument, music | گیتار، الکتریک، راک، ساز، موسیقی
🎹 musical keyboard, instrument, piano | کیبورد موسیقی، پیانو، ساز
🎻 violin, instrument, music | ویولن، ساز، موسیقی
🪕 banjo, music, stringed | بانجو، ساز زهی، موسیقی
🥁 drum, drumsticks, music | طبل، درام، ساز، کوبه‌ای، موسیقی
🪘 long drum, beat, conga, rhythm | طبل بلند، ریتم، ضرب، کانگا
🪇 maracas, instrument, music, percussion, rattle | ساز جغجغه‌ای، پرکاشن، تکان دادن، جعجغه، موسیقی
🪈 flute, fife, music, pipe, recorder | فلوت، بادی چوبی، ضبط‌صوت، موسیقی، نی
📱 mobile phone, cell, telephone | تلفن همراه، گوشی، موبایل
📲 mobile phone with arrow, cell, receive | تلفن همراه با پیکان، دریافت، گوشی
☎️ telephone | تلفن، تلفن زدن، تلفن کردن، دورگو، گوشی
📞 telephone receiver | گوشی تلفن، گیرنده
📟 pager | پیجر، پیج کردن، پی‌جو
📠 fax machine | دستگاه نمابر، دستگاه فاکس، دورنگار
🔋 battery | باتری، باطری، شارژ، شارژ کردن
🪫 low battery, electronic, low energy | باتری ضعیف، الکترونیکی، انرژی ضعیف
🔌 electric plug, electricity | دوشاخه، الکتریسیته، الکتریکی، برق
💻 laptop, computer, pc, personal | رایانهٔ کیفی، پی‌سی، شخصی
🖥️ desktop computer | رایانهٔ میزی، رومیزی
🖨️ printer, computer | چاپگر، رایانه
⌨️ keyboard, computer | صفحه‌کلید، رایانه
🖱️ computer mouse | موشواره، ۳، دکمه، رایانه، سه
🖲️ trackball, computer | توپک، رایانه
💽 computer disk, minidisk, optical | مینی دیسک، رایانه، نوری
💾 floppy disk, computer | فلاپی دیسک، رایانه
💿 optical disk, CD, computer | سی‌دی، بلوری، دیسک، دی‌وی‌دی، رایانه
📀 dvd, Blu-ray, computer, disk, optical | دی‌وی‌دی، بلوری، دیسک، رایانه، سی‌دی
🧮 abacus, calculation | چرتکه، برآورد، محاسبات، محاسبه
🎥 movie camera, cinema | دوربین سینمایی، فیلم
🎞️ film frames, cinema, movie | حلقهٔ فیلم، سینما، فریم
📽️ film projector, cinema, movie, video | پروژکتور، سینما، فیلم، ویدیو
🎬 clapper board, movie | کلاکت، تخته‌نشان، فیلم
📺 television, tv, video | تلویزیون، ویدیو
📷 camera, video | دوربین، ویدیو
📸 camera with flash, video | دوربین با فلاش، ویدیو
📹 video camera | دوربین فیلم‌برداری، ویدیو
📼 videocassette, tape, vhs | کاست ویدیویی، نوار، وی‌اچ‌اس
🔍 magnifying glass tilted left, search, tool | ذره‌بین روبه‌چپ، ابزار، جستجو، شیشه
🔎 magnifying glass tilted right, search, tool | ذره‌بین روبه‌راست، ابزار، جستجو، شیشه
🕯️ candle, light | شمع، رمانتیک، شعله، نور
💡 light bulb, comic, electric, idea | لامپ، الکتریسیته، ایده، برق، حباب
🔦 flashlight, electric, tool, torch | چراغ‌قوه، ابزار، الکتریسیته، نور
🏮 red paper lantern, bar, light | فانوس کاغذی قرمز، میخانه، می‌فروشی
🪔 diya lamp, oil | چراغ دایا، روغن
📔 notebook with decorative cover, decorated | دفتر با جلد سخت، دفتر با جلد تزئینی، صحافی، کتاب، کتاب صحافی‌شده
📕 closed book | کتاب بسته
📖 open book | کتاب باز
📗 green book | کتاب سبز
📘 blue book | کتاب آبی
📙 orange book | کتاب نارنجی
📚 books | چند کتاب
📓 notebook | دفتر یادداشت، دفترچه، کتابچه
📒 ledger, notebook | دفتر سیمی
📃 page with curl, document | صفحهٔ تاشده، جمع‌شده، سند
📜 scroll, paper | طومار، کاغذ، ورق
📄 page facing up, document | صفحهٔ روبه‌بالا، سند
📰 newspaper | روزنامه، اخبار، صفحه
🗞️ rolled-up newspaper | رول روزنامه، اخبار، رل، روزنامهٔ لوله‌شده
📑 bookmark tabs, marker | برچسب‌های نشانه‌گذاری، زبانه، علامت، علامت‌گذار
🔖 bookmark | نشان‌گذار کتاب، چوب‌الف، چوق‌الف
🏷️ label | برچسب، اتیکت، اتیکت زدن، برچسب زدن، علامت
🪙 coin, gold, metal, money, silver | سکه، پول، طلا، فلز، گنجینه
💰 money bag, dollar, moneybag | کیسهٔ پول، دلار، کیف
💴 yen banknote, bill, currency, money | اسکناس ین، ارز، بانک، پول
💵 dollar banknote, bill, currency, money | اسکناس دلار، ارز، بانک، پول
💶 euro banknote, bill, currency, money | اسکناس یورو، ارز، بانک، پول
💷 pound banknote, bill, currency, money | اسکناس پوند، ارز، بانک، پول
💸 money with wings, banknote, bill, fly | اسکناس بال‌دار، ارز، بانک، پول
💳 credit card, money | کارت اعتباری، بانک، پول
🧾 receipt, accounting, bookkeeping, evidence, proof | رسید، حسابداری، دفترداری، گواه، مدرک
💹 chart increasing with yen, graph, growth, money | نمودار صعودی با ین، ارز، پول، رشد، منحنی
✉️ envelope, email, letter | پاکت نامه، ایمیل
📧 e-mail, email, letter | ایمیل، نامه
📨 incoming envelope, e-mail, email, letter, receive | پاکت نامهٔ ورودی، ایمیل، پست، دریافت
📩 envelope with arrow, e-mail, email, outgoing | پاکت نامه با پیکان، ارسال، ایمیل، خروجی
📤 outbox tray, letter, mail, sent | صندوق خروجی، ارسال، ایمیل، پست، سینی
📥 inbox tray, letter, mail, receive | صندوق ورودی، پست، دریافت، سینی، نامه
📦 package, box, parcel | بسته، بستهٔ پستی، صندوق
📫 closed mailbox with raised flag, postbox | صندوق پستی بسته با پرچم بالا
📪 closed mailbox with lowered flag, postbox | صندوق پستی بسته با پرچم پایین، پایین آمده
📬 open mailbox with raised flag, postbox | صندوق پستی باز با پرچم بالا
📭 open mailbox with lowered flag, postbox | صندوق پستی باز با پرچم پایین، پایین آمده
📮 postbox, mail, mailbox | صندوق پست، صندوق پستی
🗳️ ballot box with ballot | صندوق رأی، انتخابات، رأی‌گیری
✏️ pencil | مداد، با مداد نوشتن، مداد رنگی
✒️ black nib, pen | قلم مشکی، نوک
🖋️ fountain pen | خودنویس، با خودنویس نوشتن، قلم
🖊️ pen, ballpoint | خودکار، با خودکار نوشتن، قلم خودکار
🖌️ paintbrush, painting | قلم‌مو، با قلم‌مو کشیدن، قلم مو، قلم موی نقاشی
🖍️ crayon | مدادشمعی، با مدادشمعی کشیدن، مداد رنگی مومی، مداد شمعی
📝 memo, pencil | یادداشت، مداد
💼 briefcase | کیف اسناد، سامسونت
📁 file folder | پوشه، پرونده، فایل
📂 open file folder | پوشهٔ باز، فایل
🗂️ card index dividers | جداکننده، راهنما، کارت
📅 calendar, date | تقویم، تاریخ
📆 tear-off calendar | تقویم رومیزی
🗒️ spiral notepad | دفترچهٔ یادداشت سیمی، صفحه
🗓️ spiral calendar, pad | تقویم سیمی، صفحه
📇 card index, rolodex | کارت‌های راهنما، رولودکس
📈 chart increasing, graph, growth, trend, upward | نمودار صعودی، رشد، گراف، گرایش
📉 chart decreasing, down, graph, trend | نمودار نزولی، پایین، گراف، گرایش
📊 bar chart, graph | نمودار ستونی، گراف
📋 clipboard | تختهٔ گیره‌دار، تخته رسم، تخته رسم گیره‌دار، تخته زیردستی
📌 pushpin | سنجاق، پونز، پین
📍 round pushpin | سنجاق ته‌گرد، پین
📎 paperclip | گیرهٔ کاغذ، کلیپ، گیره کاغذ
🖇️ linked paperclips | زنجیرهٔ گیره، اتصال، حلقه، گیرهٔ کاغذ
📏 straight ruler, straight edge | خط‌کش، صاف
📐 triangular ruler, set, triangle | گونیا، خط‌کش
✂️ scissors, cutting, tool | قیچی، ابزار، ابزار بریدن
🗃️ card file box | جعبه نگه‌داری کارت، پرونده، فایل
🗄️ file cabinet, filing | کشوی پرونده، فایل، کابینت
🗑️ wastebasket | سطل کاغذ باطله، سطل زباله
🔒 locked, closed | قفل، بسته
🔓 unlocked, open | قفل باز
🔏 locked with pen, ink, nib, privacy | قفل با قلم، جوهر، حریم خصوصی
🔐 locked with key, closed, secure | قفل و کلید، امن، بسته
🔑 key, lock, password | کلید، قفل، گذرواژه
🗝️ old key, clue, lock | کلید قدیمی، سرنخ، قفل
🔨 hammer, tool | چکش، ابزار، پتک
🪓 axe, chop, hatchet, split, wood | تبر، تیشه، جدا کردن، چوب، قطع کردن
⛏️ pick, mining, tool | کلنگ، ابزار
⚒️ hammer and pick, tool | چکش و کلنگ، ابزار
🛠️ hammer and wrench, spanner, tool | چکش و آچار، ابزار
🗡️ dagger, knife, weapon | خنجر، اسلحه، چاقو
⚔️ crossed swords, weapon | شمشیرهای ضرب‌دری، اسلحه، صلیب، متقاطع
💣 bomb, comic | بمب، کمیک، مصور
🪃 boomerang, rebound, repercussion | بومرنگ، استرالیا، کمانه، واجهش
🏹 bow and arrow, archer, Sagittarius, zodiac | تیر و کمان، اسلحه، برج فلکی، پیکان، زودیاک
🛡️ shield, weapon | سپر، اسلحه
🪚 carpentry saw, carpenter, lumber, tool | اره نجاری، ابزار، چوب‌بُر
🔧 wrench, spanner, tool | آچار، ابزار
🪛 screwdriver, tool | پیچ‌گوشتی، ابزار
🔩 nut and bolt, tool | پیچ و مهره، ابزار، پیچ‌مهره
⚙️ gear, cog, cogwheel, tool | چرخ‌دنده، ابزار
🗜️ clamp, compress, tool, vice | پرس، ابزار، صحافی
⚖️ balance scale, justice, Libra, zodiac | ترازو، برج میزان، زودیاک، عدالت، معیار
🦯 white cane, accessibility, blind | عصای سفید، دسترس‌پذیری، نابینا
🔗 link | حلقهٔ زنجیر، اتصال، پیوند، دانه زنجیر، دانهٔ زنجیر
⛓️ chains | غل و زنجیر، زنجیرها، قیدوبند
🪝 hook, catch, crook, curve, ensnare | قلاب، انحنا، به‌دام انداختن، خمیدگی، گرفتن
🧰 toolbox, chest, mechanic | جعبه‌ابزار، تعمیرکار، جعبه‌آچار، صندوق
🧲 magnet, attraction, horseshoe, magnetic | آهن‌ربا، جاذبه، مغناطیسی، نعل اسب
🪜 ladder, climb, rung, step | نردبان، بالا رفتن، پله، پلهٔ نردبان
⚗️ alembic, chemistry, tool | انبیق، ابزار، بالن، پاکشگر، شیمی
🧪 test tube, chemist, chemistry, experiment, lab | لولهٔ آزمایشگاه، دانش، شمیدان، شیمی، لابراتوار
🧫 petri dish, bacteria, biologist, biology, culture | ظرف کشت، آزمایشگاه، باکتری، زیست‌شناس، زیست‌شناسی
🧬 dna, biologist, evolution, gene, genetics | دی‌ان‌ای، تکامل، زندگی، زیست‌شناس، ژن
🔬 microscope, science, tool | میکروسکوپ، آزمایشگاه، ابزار، علم
🔭 telescope, science, tool | تلسکوپ، ابزار، اخترشناسی، علم، نجوم
📡 satellite antenna, dish | آنتن ماهواره، بشقاب، دیش
💉 syringe, medicine, needle, shot, sick | سرنگ، آمپول، پزشک، دارو، سوزن
🩸 drop of blood, bleed, blood donation, injury, medicine | قطره خون، اهدای خون، دارو، قاعدگی
💊 pill, doctor, medicine, sick | قرص، بیمار، پزشک، دارو
🩹 adhesive bandage | چسب زخم
🩼 crutch, cane, disability, hurt, mobility aid | عصای زیر بغل، چوب، صدمه، کمک حرکت، ناتوانی
🩺 stethoscope, doctor, heart, medicine | گوشی پزشکی، دارو، دکتر، قلب
🩻 x-ray, bones, doctor, medical, skeleton | اشعه ایکس، استخوان، اسکلت، پزشکی، دکتر
🚪 door | در، درب، راهرو
🛗 elevator, accessibility, hoist, lift | بالابر، آسانسور، جرثقیل، دسترس‌پذیری
🪞 mirror, reflection, reflector, speculum | آینه، آینه طبی، انعکاس، منعکس‌کننده
🪟 window, frame, fresh air, opening, transparent | پنجره، چشم‌انداز، دریچه، شفاف، قاب
🛏️ bed, hotel, sleep | تختخواب، خوابیدن، هتل
🛋️ couch and lamp, hotel | مبل راحتی و چراغ، کاناپه، لامپ، هتل
🪑 chair, seat, sit | صندلی، نشستن، نیمکت
🚽 toilet | توالت، دستشویی، مستراح
🪠 plunger, force cup, plumber, suction, toilet | لوله‌بازکن، توالت، لوله‌کش، مکش، مکینه
🚿 shower, water | دوش، آب، حمام
🛁 bathtub | وان حمام
🪤 mouse trap, bait, mousetrap, snare | تله موش، دام، طعمه
🪒 razor, sharp, shave | ریش‌تراش، تراشیدن، تیز
🧴 lotion bottle, moisturizer, shampoo, sunscreen | بطری لوسیون، شامپو، کرم ضدآفتاب، مرطوب‌کننده
🧷 safety pin, diaper, punk rock | سنجاق قفلی، پانک‌راک، پوشک، سوزن
🧹 broom, cleaning, sweeping, witch | جارو، تمیز کردن، جادوگر، جارو زدن، ساحره
🧺 basket, farming, laundry, picnic | سبد، پیک‌نیک، کشاورزی، لباسشویی
🧻 roll of paper, paper towels, toilet paper | رول کاغذ، حولهٔ کاغذی، دستمال توالت، کاغذ توالت
🪣 bucket, cask, pail, vat | سطل، بشکه، خمره، دلو
🧼 soap, bar, bathing, cleaning, lather | صابون، تمیز کردن، حمام کردن، ظرف صابون، کف
🫧 bubbles, burp, clean, soap, underwater | حباب، آروغ، تمیزی، زیر آب، صابون
🪥 toothbrush, bathroom, clean, dental, hygiene | مسواک، بهداشت، تمیز کردن، حمام، دندان
🧽 sponge, absorbing, cleaning, porous | لیف حمام، اسفنج، پرمنفذ، تمیز کردن، جاذب
🧯 fire extinguisher, quench | کپسول آتش‌نشانی، آتش خاموش‌کن، اطفای حریق، خاموش کردن
🛒 shopping cart, trolley | گاری خرید، چرخ دستی، سبد
🚬 cigarette, smoking | سیگار، سیگار کشیدن
⚰️ coffin, death | تابوت، مرگ
🪦 headstone, cemetery, grave, graveyard, tombstone | سنگ قبر، سنگ قبر عمودی، گورستان، مقبره
⚱️ funeral urn, ashes, death | خاکستردان، سوزاندن، مرگ
🧿 nazar amulet, bead, charm, evil-eye, talisman | نظرقربانی، جادو، چشم‌زخم، سحر، طلسم
🪬 hamsa, amulet, Fatima, hand, Mary | خمسه، دست، طلسم، فاطمه، محافظت
🗿 moai, face, moyai, statue | سردیس موآی، پیکره، پیکرهٔ موآی، تندیس، صورت
🪧 placard, demonstration, picket, protest, sign | پلاکارد، اعتراض، اعتصاب، تظاهرات
🪪 identification card, credentials, license, security | کارت شناسایی، امنیت، شناسه، گواهینامه، مدرک شناسایی
`;
