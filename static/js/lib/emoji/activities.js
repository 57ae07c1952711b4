// Activities: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
🎃 jack-o-lantern, celebration, halloween | فانوس کدو تنبل، جشن، هالووین
🎄 Christmas tree, celebration | درخت کریسمس، جشن
🎆 fireworks, celebration | آتش‌بازی، بزرگداشت، جشن، عید
🎇 sparkler, celebration, fireworks | فشفشه، آتش‌بازی، بزرگداشت، جشن، عید
🧨 firecracker, dynamite, explosive, fireworks | ترقه، آتش‌بازی، دینامیت، مواد منفجره
✨ sparkles, *, star | درخشش، جرقه، ستاره
🎈 balloon, celebration | بادکنک، بزرگداشت، جشن، عید
🎉 party popper, celebration, tada | بمب کاغذ رنگی، بزرگداشت، جشن، عید، مهمانی
🎊 confetti ball, celebration | توپ پولکی، جشن
🎋 tanabata tree, banner, celebration, Japanese | درخت تاناباتا، بنر، جشن، جشنواره، ژاپنی
🎍 pine decoration, bamboo, celebration, Japanese | تزئین کاج، بامبو، جشن، جشنواره، ژاپنی
🎎 Japanese dolls, celebration, festival | عروسک‌های ژاپنی، جشن، جشنواره، فستیوال
🎏 carp streamer, celebration | پرچم‌های ماهی در باد، بادنمای ماهی‌شکل، جشن
🎐 wind chime, bell, celebration | باد سِنج، بادزنگ، توپ، جشن، جشنواره
🎑 moon viewing ceremony, celebration | آئین مشاهدهٔ ماه کامل، جشن، مراسم، مراسم رؤیت ماه
🧧 red envelope, gift, good luck, hóngbāo, lai see | پاکت سرخ، پول، لای‌سی، هدیه، هونگ بائو
🎀 ribbon, celebration | روبان، بزرگداشت، جشن، عید
🎁 wrapped gift, box, celebration, present | هدیهٔ کادوشده، جشن، جعبه
🎗️ reminder ribbon, celebration | روبان یادآوری، جشن
🎟️ admission tickets | بلیت ورود، بلیط، ورودی، ورودیه
🎫 ticket, admission | بلیت، جواز، حواله، رسید
🎖️ military medal, celebration | مدال ارتشی، جشن، نظامی
🏆 trophy, prize | جام ورزشی، جایزه، جایزه ورزشی
🏅 sports medal | مدال ورزشی
🥇 1st place medal, first, gold | مدال طلا، اول، جایگاه اول، سکوی اول، نخست
🥈 2nd place medal, second, silver | مدال نقره، جایگاه دوم، نفر دوم
🥉 3rd place medal, bronze, third | مدال برنز، جایگاه سوم، سکوی سوم، نفر سوم
⚽ soccer ball, football | توپ فوتبال
⚾ baseball | بیسبال، توپ
🥎 softball, glove, underarm | سافت‌بال، توپ، دستکش، ضربه پایین‌دست
🏀 basketball, hoop | بسکتبال، توپ
🏐 volleyball, game | والیبال، بازی، توپ
🏈 american football | فوتبال امریکایی، توپ
🏉 rugby football | راگبی، توپ، فوتبال
🎾 tennis, ball, racquet | تنیس، توپ، راکت
🥏 flying disc, ultimate | فریزبی، بازی با فریزبی، بازی بشقاب‌پرنده، دیسک
🎳 bowling, ball, game | بولینگ، بازی، توپ
🏏 cricket game, ball, bat | کریکت، بازی، توپ، چوگان، دسته
🏑 field hockey, ball, game, stick | هاکی روی چمن، بازی، توپ، دسته
🏒 ice hockey, game, puck, stick | هاکی روی یخ، بازی، دسته
🥍 lacrosse, ball, goal, stick | لاکراس، توپ، چوب بلند، دروازه، گل
🏓 ping pong, ball, bat, game, paddle | پینگ‌پونگ، تنیس، توپ، دسته، راکت
🏸 badminton, birdie, game, racquet, shuttlecock | بدمینتون، بازی، پرتاب عالی، راکت، گوی پردار
🥊 boxing glove | دست‌کش بوکس، دستکش
🥋 martial arts uniform, judo, karate, taekwondo | لباس هنرهای رزمی، تکواندو، جودو، کاراته، یونیفورم
🥅 goal net | دروازه، گل
⛳ flag in hole, golf | پرچم در سوراخ، گلف
⛸️ ice skate | اسکی روی یخ
🎣 fishing pole | چوب ماهیگیری
🤿 diving mask, scuba, snorkeling | ماسک غواصی، غواصی اسکوبا، غواصی سطحی
🎽 running shirt, athletics, sash | لباس دو، تی‌شرت، دویدن، ورزشی
🎿 skis, snow | چوب اسکی، برف
🛷 sled, sledge, sleigh | سورتمه، سورتمه اسبی، سورتمه بزرگ
🥌 curling stone, game, rock | سنگ کرلینگ، بازی، سنگ خارا، شطرنج یخی
🎯 bullseye, dart, direct hit, game, target | پیکان در قلب هدف، بازی، برخورد، دارت، ضربه مستقیم
🪀 yo-yo, fluctuate, toy | یویو، اسباب‌بازی، نوسان
🪁 kite, fly, soar | بادبادک، اوج گرفتن
🔫 water pistol, gun, handgun, revolver, tool | تفنگ آب‌پاش، ابزار، اسلحه، رولور
🎱 pool 8 ball, billiard, eight, game | بیلیارد، ۸، ۸ توپ، بازی، بال
🔮 crystal ball, fairy tale, fantasy, fortune, tool | گوی، ابزار، بخت و اقبال، تخیلی، جن و پری
🪄 magic wand, witch, wizard | عصای سحرآمیز، جادو، جادوگر
🎮 video game, controller | بازی ویدیویی، دسته، کنترل‌کننده
🕹️ joystick, game, video game | دسته بازی، بازی ویدیویی
🎰 slot machine, game | ماشین پولی، اسلات، بازی، قمار، کازینو
🎲 game die, dice | تاس بازی
🧩 puzzle piece, clue, interlocking, jigsaw | قطعه پازل، جورچین، چسب، چفت کردن
🧸 teddy bear, plaything, plush, stuffed, toy | تدی خرسه، اسباب‌بازی، بازیچه، مخملی، نرم
🪅 piñata, celebration, party | پینیاتا، جشن، مهمانی
🪩 mirror ball, dance, disco, glitter, party | توپ آینه‌ای، درخشش، دیسکو، رقص، مهمانی
🪆 nesting dolls, russia | عروسک تودرتو، روسیه
♠️ spade suit, card, game | خال پیک، بازی، کارت
♥️ heart suit, card, game | خال دل، بازی، کارت
♦️ diamond suit, card, game | خال خشت، بازی، کارت
♣️ club suit, card, game | خال گشنیز، بازی، کارت
♟️ chess pawn, dupe, expendable | پیاده شطرنج، فداکردنی، فریب‌خورده
🃏 joker, card, game, wildcard | جوکر، بازی، شیطان، کارت
🀄 mahjong red dragon, game | ماژونگ اژدهای قرمز، بازی
🎴 flower playing cards, game, Japanese | کارت بازی گل‌دار، بازی کردن، ژاپنی
🎭 performing arts, mask, theater, theatre | هنرهای نمایشی، تئاتر، سالن تئاتر، ماسک نقاب
🖼️ framed picture, art, museum, painting | عکس در قاب، تصویر، قاب عکس، موزه، نقاشی
🎨 artist palette, museum, painting | پالت نقاشی، شستی نقاشی، موزه، هنر
🧵 thread, needle, sewing, spool, string | نخ، خیاطی، سوزن، قرقره، ماسوره
🪡 sewing needle, embroidery, stitches, sutures, tailoring | سوزن خیاطی، بخیه، دوختن، کوک، گل‌دوزی
🧶 yarn, ball, crochet, knit | نخ بافندگی، بافتنی، توپ، ریسمان، قلاب‌بافی
🪢 knot, rope, tangled, tie, twine | گره، پیچاندن، دوقلو، طناب
`;
