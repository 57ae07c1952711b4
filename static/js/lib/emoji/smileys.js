// Smileys & Emotion: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
😀 grinning face | خنده، صورت با لبخند، نیش باز
😃 grinning face with big eyes, mouth, open, smile | صورت خندان، باز، خنده، دهان، لبخند
😄 grinning face with smiling eyes, mouth, open, smile | خندان، باز، چشم، خنده، دهان
😁 beaming face with smiling eyes, grin, smile | خندهٔ دندانی، تبسم، چشم، صورت، صورت شاد با چشمان خندان
😆 grinning squinting face, laugh, mouth, satisfied, smile | قاه‌قاه، خوشحالی، دهان، صورت، لبخند
😅 grinning face with sweat, cold, open, smile | صورت خندان و عرق‌کرده، باز، خنده و عرق خوشحالی، لبخند
🤣 rolling on the floor laughing, face, rofl, rotfl | از خنده غش کردن، صورت، قهقهه، مردم
😂 face with tears of joy, laugh | روده‌بر، اشک، خنده بلند، خوشحالی، صورت
🙂 slightly smiling face, smile | لبخند ملایم، صورت
🙃 upside-down face | صورت وارونه، لبخند، معکوس
🫠 melting face, disappear, dissolve, liquid | چهره درحال ذوب شدن، حل شدن، مایع، ناپدید شدن
😉 winking face | چشمک، صورت
😊 smiling face with smiling eyes, blush, smile | لبخند خجالتی، چشم، سرخ شدن، صورت
😇 smiling face with halo, angel, fantasy, innocent | هاله‌دار، صورت، فانتزی، فرشته، لبخند
🥰 smiling face with hearts, adore, crush, in love | صورت خندان و عاشق، خاطرخواه، شیفته، صورت خندان با قلب
😍 smiling face with heart-eyes, love, smile | چشم‌های عاشق، صورت، عشق، قلب، لبخند
🤩 star-struck, eyes, face, grinning | فوق‌العاده، جذاب، چشمان، خندان، ستاره
😘 face blowing a kiss | بوسه فرستادن، بوسیدن، صورت، قلب
😗 kissing face | بوسیدن، بوسه، صورت
☺️ smiling face, outlined, relaxed, smile | لبخند، آرام، بسته، چشم، صورت
😚 kissing face with closed eyes | بوسهٔ خجالتی، بسته، بوسیدن، چشم، صورت
😙 kissing face with smiling eyes, smile | بوسیدن با چشمان خندان، بوسه، صورت، لبخند
🥲 smiling face with tear, grateful, proud, relieved, touched | چهرهٔ خندان با اشک، آسوده‌خاطر، خرسند، سربلند، مسرور
😋 face savoring food, delicious, savouring, smile, yum | صورت درحال لیسیدن لب، به‌به، خوشمزه، لبخند، لذیذ
😛 face with tongue | صورت با زبان بیرون‌آمده، زبان بیرون آمده، زبانک
😜 winking face with tongue, eye, joke | صورت با چشمک و زبان بیرون آمده، چشمک زدن، زبانک انداختن و چشمک زدن، شوخی، صورتک
🤪 zany face, eye, goofy, large, small | صورتک لوده، احمق، بزرگ، بی‌عقل، چشم
😝 squinting face with tongue, eye, horrible, taste | زبونک با چشم بسته، زبان، صورت، فجیع
🤑 money-mouth face | صورت پول‌دوست، دهان
🤗 smiling face with open hands, hug, hugging | بغل کردن، آغوش، در آغوش گرفتن، صورت، لبخند
🤭 face with hand over mouth, whoops | صورتک با دست روی دهان، آخ، اوه، ای وای
🫢 face with open eyes and hand over mouth, amazement, awe, disbelief, embarrass | چهره با چشمان باز و دست روی دهان، ترس، حیرت، خجالت، شگفتی
🫣 face with peeking eye, captivated, peep, stare | چهره با نگاه دزدکی، خیره شدن، شیفته
🤫 shushing face, quiet | هیس، بی‌صدا، ساکت
🤔 thinking face | درحال تفکر، صورت، فکر کردن، متفکر
🫡 saluting face, OK, salute, sunny, troops | چهره سلام‌کنان، آفتابی، افراد، اوکی، بله
🤐 zipper-mouth face | دهان چفت، زیپ، صورت، قابل اعتماد، قفل
🤨 face with raised eyebrow, distrust, skeptic | صورت با ابروی بالاداده، سوءظن، شک، شکاک
😐 neutral face, deadpan, meh | خنثی، بی‌روح، بی‌طرف، صورت
😑 expressionless face, inexpressive, meh, unexpressive | صورت بی‌حالت، بدون احساس، بدون حالت، بی‌بیان، گنگ
😶 face without mouth, quiet, silent | صورت بدون لب، آرام، بی‌صدا، دهان، ساکت
🫥 dotted line face, depressed, disappear, hide, introvert | چهره با خط‌چین، افسرده، برون‌گرا، پنهان، ناپدید
😶‍🌫️ face in clouds, absentminded, face in the fog, head in clouds | صورتک میان ابر، حواس‌پرت، سر در میان ابرها، صورتک در مه، صورتک میان ابرها
😏 smirking face | پوزخند، تمسخر، صورت
😒 unamused face, unhappy | کسل، بی‌حوصله، صورت، کسل‌کننده
🙄 face with rolling eyes, eyeroll | نگاه کلافه، چشم، صورت، نگاه عاقل اندر سفیه
😬 grimacing face, grimace | دهن‌کجی، ادا و اصول، شکلک، صورت، منزجر
😮‍💨 face exhaling, exhale, gasp, groan, relief | صورتک در حال بازدم، سوت زدن، فوت کردن، نالیدن، نجوا کردن
🤥 lying face, lie, pinocchio | صورت دروغگو، پینوکیو، دماغ دراز، دماغ‌دراز
🫨 shaking face, earthquake, shock, vibrate | چهره لرزان، زلزله، شوک، صورت، مرتعش
😌 relieved face | آسوده‌خاطر، خیال راحت، صورت
😔 pensive face, dejected | چهره غمگین، افسرده، اندیشناک، محزون، ناامید
😪 sleepy face, good night | خواب‌آلود، صورت
🤤 drooling face | آب افتادن دهان، دهن
😴 sleeping face, good night, ZZZ | خوابیده، خروپف، خوابیدن، صورت
😷 face with medical mask, cold, doctor, sick | صورت با ماسک پزشکی، بیمار، دکتر، سرد، سرماخورده
🤒 face with thermometer, ill, sick | تب‌دار، بیمار، دماسنج، صورت، مریض
🤕 face with head-bandage, hurt, injury | سر باندپیچی‌شده، آسیب، حادثه، صدمه، صورت
🤢 nauseated face, vomit | حالت تهوع، استفراغ، بالا آوردن، حال بد، حال به‌هم خوردن
🤮 face vomiting, puke, sick | درحال استفراغ، بالا آوردن، دچار تهوع، مریض، ناخوش
🤧 sneezing face, gesundheit, sneeze | عطسه، خیر باشد، درحال عطسه، صورت، عافیت باشد
🥵 hot face, feverish, heat stroke, red-faced, sweating | خیلی گرم، برافروخته، تب‌دار، داغ، عرق‌کرده
🥶 cold face, blue-faced, freezing, frostbite, icicles | خیلی سرد، سرمازده، قندیل یخ، کبودشده، یخ‌زده
🥴 woozy face, dizzy, intoxicated, tipsy, uneven eyes | نشئه، چشمان بالا و پایین، دهان لرزان، شنگول، مست
😵 face with crossed-out eyes, dead, knocked out | گیج، صورت
😵‍💫 face with spiral eyes, dizzy, hypnotized, trouble, whoa | صورتک با چشمان چرخشی، سرگیجه، مارپیچ، مشکل، هیپنوتیزم
🤯 exploding head, mind blown, shocked | سر منفجرشده، شوکه، شوکه‌شده، متعجب
🤠 cowboy hat face, cowgirl | کلاه کابوی، صورت، صورت کلاه‌به‌سر، گاوچران
🥳 partying face, celebration, hat, horn | جشن و سور، بوغ، کلاه، مهمانی
🥸 disguised face, glasses, incognito, nose | تغییرقیافه داده، بینی، چهره، عینک، ناشناس
😎 smiling face with sunglasses, bright, cool | باحال، خورشید، روشن، صورت، صورت خندان با عینک آفتابی
🤓 nerd face, geek | خوره، حرفه‌ای، صورت، عجیب و غریب، متفاوت
🧐 face with monocle, stuffy | صورت با عینک یک‌چشمی، بدگمانی، تخیلی، سوءظن
😕 confused face, meh | گیج‌شده، صورت، مغشوش
🫤 face with diagonal mouth, disappointed, meh, skeptical, unsure | صورت با دهان کج، بی‌تفاوت، مشکوک، ناامید، نامطمئن
😟 worried face | چهره نگران، آشوب، صورت
🙁 slightly frowning face | دلخور، اخم، صورت
☹️ frowning face | اخمو، صورت
😮 face with open mouth, sympathy | دهان باز از تعجب، صورت، غافلگیری، همدردی
😯 hushed face, stunned, surprised | مات و مبهوت، حیرت‌زده، صورت، غافلگیر، متعجب
😲 astonished face, shocked, totally | بهت‌زده، شوکه‌شده، صورت، کاملاً، مبهوت
😳 flushed face, dazed | سرخ‌شده، بهت، حیرت، خجالت
🥺 pleading face, begging, mercy, puppy eyes | التماس‌کنان، بخشش، خواهش، دلسوزی
🥹 face holding back tears, angry, cry, proud, resist | چهره با چشمان پراشک، عصبانی، غمگین، گریان، مغرور
😦 frowning face with open mouth | چهره درهم‌کشیده با دهان باز، اخم، باورنکردنی، چهره درهم کشیده با دهان باز
😧 anguished face | دردمند، صورت، مضطرب، نگران
😨 fearful face, scared | ترسیده، ترسناک، صورت
😰 anxious face with sweat, blue, cold, rushed | عرق ترس، آبی، باز، دهان، سرد
😥 sad but relieved face, disappointed, whew | ناامید اما تسکین‌یافته، آخیش، صورت، غمگین
😢 crying face, sad, tear | گریان، اشک، صورت، گریه، گریه کردن
😭 loudly crying face, sad, sob, tear | هق‌هق گریه، اشک، صورت، گریه کردن، ناراحت
😱 face screaming in fear, munch, scared | جیغ ترس، ترسناک، ترسیده، جویدن ناخن از ترس، صورت
😖 confounded face | سردرگم، به‌هم‌ریخته، صورت، گیج
😣 persevering face, persevere | پافشاری، اصرار، سماجت، صورت
😞 disappointed face | ناامید، صورت، غمگین، ناراحت
😓 downcast face with sweat, cold | عرق سرد، سرما، صورت
😩 weary face, tired | ازپاافتاده، بی‌حوصله، خسته، صورت، کسل‌کننده
😫 tired face | صورت خسته، خستگی
🥱 yawning face, bored, tired | صورت خمیازه‌کش، خسته، کسل
😤 face with steam from nose, triumph, won | ژست برندگی با دلخوری، برنده، پیروزی، صورت، غرور
😡 enraged face, angry, mad, pouting, red | خشمگین، سرخ، صورت، عصبانی، قرمز
😠 angry face, anger, mad | عصبانی، دیوانه، صورت
🤬 face with symbols on mouth, swearing | صورت با نمادهایی روی دهان، ناسزاگویان
😈 smiling face with horns, fairy tale, fantasy, smile | صورت لبخندزنان با دوشاخ، افسانه، تخیلی، خنده شیطانی، صورت خندان با دوشاخ
👿 angry face with horns, demon, devil, fantasy, imp | چهره عصبانی با دو شاخ، دیو، شرور، شیطان، صورت
💀 skull, death, face, fairy tale, monster | جمجمه، اسکلت، بدن، جن و پری، صورت
☠️ skull and crossbones, death, face, monster | جمجمه و استخوان صلیبی، خطر مرگ، صورت، هیولا
💩 pile of poo, dung, face, monster, poop | یه تپهٔ گه، پی‌پی، صورت، طنز، مدفوع
🤡 clown face | دلقک، بی‌عرضه، تلخک، صورت، لوده
👹 ogre, creature, face, fairy tale, fantasy | دیو، جانور، جن و پری، صورت، فانتزی
👺 goblin, creature, face, fairy tale, fantasy | جن کوتوله، جانور، جن و پری، صورت، فانتزی
👻 ghost, creature, face, fairy tale, fantasy | روح، جانور، جن و پری، صورت، فانتزی
👽 alien, creature, extraterrestrial, face, fantasy | موجود فضایی، آدم فضایی، تخیلی، جانور، صورت
👾 alien monster, creature, extraterrestrial, face, ufo | هیولای فضایی، آدم فضایی، بیگانه، جانور، صورت
🤖 robot, face, monster | روبات، ربات، صورت، هیولا
😺 grinning cat, face, mouth, open, smile | گربهٔ خندان، باز، خنده، دهان، صورت
😸 grinning cat with smiling eyes, face, smile | گربه با چشم‌های خندان، خنده، صورت، گربهٔ خندان، لبخند
😹 cat with tears of joy, face | گربهٔ خندان با اشک شوق، شادی، صورت
😻 smiling cat with heart-eyes, face, love, smile | گربهٔ خندان عاشق، چشم، صورت، عشق، قلب
😼 cat with wry smile, face, ironic | گربه با پوزخند، صورت، طعنه، لبخند
😽 kissing cat, eye, face | گربه و بوسهٔ خجالتی، چشم، صورت
🙀 weary cat, face, oh, surprised | گربهٔ بهت‌زده، صورت، غافلگیر، متعجب، وای
😿 crying cat, face, sad, tear | گربهٔ گریان، اشک، صورت، گریه، ناراحت
😾 pouting cat, face | گربهٔ اخمو، صورت
🙈 see-no-evil monkey, face, forbidden | میمون شرنبین، دیدن، صورت، ممنوع، میمون خوش‌بین
🙉 hear-no-evil monkey, face, forbidden | میمون شرنشنو، شنیدن، صورت، ممنوع، میمون خوش‌باور
🙊 speak-no-evil monkey, face, forbidden | میمون شرنگو، صورت، ممنوع، میمون خردمند، میمون خوش‌زبان
💌 love letter, heart, mail | نامهٔ عاشقانه، ایمیل، عشق، قلب
💘 heart with arrow, cupid | قلب تیرخورده، الههٔ عشق، عاشقانه، کوپید
💝 heart with ribbon, valentine | قلب با روبان، ولنتاین
💖 sparkling heart, excited, sparkle | قلب درخشان، درخشش، هیجان‌زده
💗 growing heart, excited, nervous, pulse | قلب هیجان‌زده، تپش، عصبی
💓 beating heart, heartbeat, pulsating | قلب تپنده، تپش، تپیدن
💞 revolving hearts | قلب چرخان
💕 two hearts, love | دو قلب، عشق
💟 heart decoration | قلب تزئینی، قلب تپنده، قلب درخشان
❣️ heart exclamation, mark, punctuation | علامت تعجب قلبی، سجاوندی، نشانه‌گذاری
💔 broken heart, break | قلب شکسته، شکستن
❤️‍🔥 heart on fire, burn, love, lust, sacred heart | قلب در آتش، سوزاندن، شهوت، عشق، قلب مقدس
❤️‍🩹 mending heart, healthier, improving, recovering, recuperating | قلب التیام‌یافته، تندرست، خوب شدن، در حال بازیابی، در حال بهبود
❤️ red heart | قلب قرمز
🩷 pink heart, cute, like, love | قلب صورتی، بامزه، دوست داشتن، عشق
🧡 orange heart | قلب نارنجی
💛 yellow heart | قلب زرد
💚 green heart | قلب سبز
💙 blue heart | قلب آبی
🩵 light blue heart, cyan, teal | قلب آبی کم‌رنگ، آبی روشن، سبزآبی
💜 purple heart | قلب بنفش
🤎 brown heart | قلب قهوه‌ای
🖤 black heart, evil, wicked | قلب سیاه، سنگ‌دل، سیاه‌دل، شرور، شیطانی
🩶 grey heart, gray, silver, slate | قلب خاکستری، رنگ خاکستری لوح، نقره‌ای
🤍 white heart | قلب سفید
💋 kiss mark, lips | بوسه ماتیکی، بوسهٔ ماتیکی، عاشقانه، علامت، قلب
💯 hundred points, 100, full, score | ۱۰۰ امتیاز، تمام، صد، کامل، نمره
💢 anger symbol, angry, comic, mad | نماد عصبانیت، دیوانه، کمیک، مصور
💥 collision, boom, comic | برخورد، بوم، صدای انفجار، کمیک، مصور
💫 dizzy, comic, star | سرگیجه، ستاره، کمیک، مصور
💦 sweat droplets, comic, splashing | قطره‌های عرق، تراوش، کمیک، مصور
💨 dashing away, comic, running | به سرعت باد، دوان، سریع، کمیک، گرد پا
🕳️ hole | چاله، سوراخ
💬 speech balloon, bubble, comic, dialog | بالن گفتار، حباب، دیالوگ، کمیک، گفتگو
👁️‍🗨️ eye in speech bubble, balloon, witness | چشم در حباب گفتار، کمپین منع قلدری، گفتگو، من شاهدم
🗨️ left speech bubble, balloon, dialog | حباب گفتار چپ، دیالوگ، گفتگو
🗯️ right anger bubble, angry, balloon, mad | حباب خشم راست، بالن، جنون، دیوانه، عصبانی
💭 thought balloon, bubble, comic | بالن افکار، حباب، فکر، کمیک، مصور
💤 ZZZ, comic, good night, sleep | خروپف، خواب، کمیک، مصور
`;
