// Animals & Nature: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
🐵 monkey face | صورت میمون
🐒 monkey | میمون
🦍 gorilla | گوریل، جانور، حیوان
🦧 orangutan, ape | اورانگوتان، کپی
🐶 dog face, pet | صورت سگ، حیوان خانگی
🐕 dog, pet | سگ، حیوان خانگی
🦮 guide dog, accessibility, blind | سگ راهنما، دسترس‌پذیری، نابینا
🐕‍🦺 service dog, accessibility, assistance | سگ کمکی، دسترس‌پذیری
🐩 poodle, dog | پودل، سگ
🐺 wolf, face | گرگ، صورت
🦊 fox, face | روباه، صورت
🦝 raccoon, curious, sly | راکون، باهوش، ماهر
🐱 cat face, pet | صورت گربه، حیوان خانگی
🐈 cat, pet | گربه، حیوان خانگی
🐈‍⬛ black cat, unlucky | گربه سیاه، بدشانس
🦁 lion, face, Leo, zodiac | شیر، برج فلکی، زودیاک، شیر جنگل، صورت
🐯 tiger face | صورت ببر
🐅 tiger | ببر
🐆 leopard | پلنگ
🐴 horse face | صورت اسب
🫎 moose, animal, antlers, elk, mammal | موس
🫏 donkey, animal, ass, burro, mammal | الاغ
🐎 horse, equestrian, racehorse, racing | اسب، اسب‌سواری، مسابقه
🦄 unicorn, face | تک‌شاخ، صورت
🦓 zebra, stripe | گورخر، حیوان راه‌راه
🦌 deer | گوزن، حیوان
🦬 bison, buffalo, herd, wisent | گاومیش، بایسون، بوفالو، گله، ویسنت
🐮 cow face | صورت گاو
🐂 ox, bull, Taurus, zodiac | گاو نر، برج ثور، برج فلکی، زودیاک
🐃 water buffalo | بوفالوی آبی
🐄 cow | گاو ماده
🐷 pig face | صورت خوک
🐖 pig, sow | خوک، ماده خوک
🐗 boar, pig | گراز نر، خوک نر
🐽 pig nose, face | دماغ خوک، صورت
🐏 ram, Aries, male, sheep, zodiac | قوچ، برج حمل، برج فلکی، زودیاک، گوسفند
🐑 ewe, female, sheep | میش، گوسفند
🐐 goat, Capricorn, zodiac | بز، برج جدی، برج فلکی، بزغاله، زودیاک
🐪 camel, dromedary, hump | شتر، قوز، کوهان
🐫 two-hump camel, bactrian | شتر دو کوهان، باختری
🦙 llama, alpaca, guanaco, vicuña, wool | لاما، آلپاکا، پشم، شتر لاما، گواناکو
🦒 giraffe, spots | زرافه، خال، خال‌خالی، لکه‌لکه، نقطه‌نقطه
🐘 elephant | فیل
🦣 mammoth, extinction, large, tusk, woolly | ماموت، انقراض، انهدام، بزرگ، پشمالو
🦏 rhinoceros | کرگدن، حیوان
🦛 hippopotamus | اسب آبی، اسب‌آبی
🐭 mouse face | صورت موش
🐁 mouse | موش
🐀 rat | موش صحرایی، خرموش
🐹 hamster, face, pet | همستر، حیوان خانگی، صورت
🐰 rabbit face, bunny, pet | صورت خرگوش، بانی، حیوان خانگی
🐇 rabbit, bunny, pet | خرگوش، بانی، حیوان خانگی
🐿️ chipmunk, squirrel | سنجاب راه‌راه، سنجاب بلوچی، سنجاب راه‌راه بلوچی
🦫 beaver, dam | بیدستر، سد
🦔 hedgehog, spiny | جوجه‌تیغی، پرخار، تیغ‌دار، خارپشت، خارخاری
🦇 bat, vampire | خفاش، حیوان، خون‌آشام، خوناشام
🐻 bear, face | خرس، صورت
🐻‍❄️ polar bear, arctic, white | خرس قطبی، سفید
🐨 koala, face, marsupial | کوآلا، کوالا
🐼 panda, face | پاندا، صورت
🦥 sloth, lazy, slow | تنبل، کند
🦦 otter, fishing, playful | سمور آبی، بازی‌گوش، ماهی‌گیری
🦨 skunk, stink | راسو، بوی گند
🦘 kangaroo, joey, jump, marsupial | کانگورو، استرالیا، بچه کانگورو، پرش، حیوان کیسه‌دار
🦡 badger, honey badger, pester | گورکن، رودک، گورکن عسل‌خوار
🐾 paw prints, feet | رد پنجه، اثر، پا
🦃 turkey, bird | بوقلمون، گوشت بوقلمون
🐔 chicken, bird | مرغ، جوجه
🐓 rooster, bird | خروس
🐣 hatching chick, baby, bird | جوجه ازتخم‌بیرون‌آمده، از تخم بیرون آمدن، تولد، نوزاد
🐤 baby chick, bird | جوجه، نوزاد
🐥 front-facing baby chick, bird | جوجه از روبرو، نوزاد
🐦 bird | پرنده
🐧 penguin, bird | پنگوئن
🕊️ dove, bird, fly, peace | کبوتر، پرنده، پریدن، صلح
🦅 eagle, bird | عقاب، پرنده
🦆 duck, bird | مرغابی، پرنده
🦢 swan, bird, cygnet, ugly duckling | قو، بچه قو، پرنده، جوجه اردک زشت، جوجهٔ قو
🦉 owl, bird, wise | جغد، بیدار، پرنده، خردمند، شب زنده دار
🦤 dodo, extinction, large, Mauritius | دودو، انقراض، انهدام، بزرگ، جزیره موریس
🪶 feather, bird, flight, plumage | پَر، بال و پَر، پرنده، پرواز، سَبُک
🦩 flamingo, flamboyant, tropical | فلامینگو، براق، گرمسیر
🦚 peacock, bird, ostentatious, peahen, proud | طاووس، پرنده، تظاهر، خودنمایی، طاووس ماده
🦜 parrot, bird, pirate, talk | طوطی، پرنده، حرف زدن، دزدان دریایی، یاوه‌گویی
🪽 wing, angelic, aviation, bird, flying | بال
🐦‍⬛ black bird, crow, raven, rook | پرنده سیاه، حقه‌باز، زاغ، کلاغ
🪿 goose, bird, fowl, honk, silly | غاز، احمق، پرنده، صدای غاز، مرغابی
🐸 frog, face | قورباغه، صورت
🐊 crocodile | تمساح، سوسمار، کروکودیل
🐢 turtle, terrapin, tortoise | لاک‌پشت، سنگ‌پشت، کاس‌پشت، کاسه‌پشت
🦎 lizard, reptile | مارمولک، خزنده
🐍 snake, bearer, Ophiuchus, serpent, zodiac | مار، افعی، اهریمن، حامل، زودیاک
🐲 dragon face, fairy tale | صورت اژدها، افسانه، جن و پری
🐉 dragon, fairy tale | اژدها، افسانه، جن و پری
🦕 sauropod, brachiosaurus, brontosaurus, diplodocus | سوسمار، برانتوسور، برکیوسور، دایناسور دوپا
🦖 T-Rex, Tyrannosaurus Rex | تی‌رکس، تیرانوسوروس، مارمولک ستمگر
🐳 spouting whale, face | نهنگ در حال آب‌فشانی، صورت، وال
🐋 whale | نهنگ، وال
🐬 dolphin, flipper | دلفین
🦭 seal, sea lion | فُک، شیر دریایی
🐟 fish, Pisces, zodiac | ماهی، برج فلکی، حوت، زودیاک
🐠 tropical fish | ماهی استوایی
🐡 blowfish | ماهی بادکنکی
🦈 shark, fish | کوسه، ماهی
🐙 octopus | هشت‌پا، اختاپوس
🐚 spiral shell | صدف مارپیچی
🪸 coral, ocean, reef | مرجان، آبسنگ، اقیانوس
🪼 jellyfish, burn, invertebrate, marine, ouch | عروس دریایی، بی‌مهره، جواهرنشان، سوختن، لزج
🦀 crab, Cancer, zodiac | خرچنگ، برج فلکی، زودیاک، سرطان
🦞 lobster, bisque, claws, seafood | لابستر، انبرک، سوپ غلیظ، غذای دریایی
🦐 shrimp, food, shellfish, small | میگو، جانور دریایی، ماهی
🦑 squid, food, molusc | ماهی مرکب، اختاپوس، جانور دریایی، هشت‌پا
🦪 oyster, diving, pearl | صدف خوراکی، شیرجه، مروارید
🐌 snail | حلزون، لیسک
🦋 butterfly, insect, pretty | پروانه، حشره، زیبا، عاشق
🐛 bug, insect | حشره، باگ
🐜 ant, insect | مورچه، حشره، ماهی
🐝 honeybee, insect | زنبور عسل، حشره
🪲 beetle, bug, insect | سوسک، حشره
🐞 lady beetle, insect, ladybird, ladybug | کفشدوزک، حشره، سوسک
🦗 cricket, grasshopper | جیرجیرک، زنجره، ملخ
🪳 cockroach, insect, pest | سوسک حمام، حشره
🕷️ spider, insect | عنکبوت، حشره
🕸️ spider web | تار عنکبوت
🦂 scorpion, zodiac | عقرب، برج عقرب، برج فلکی، زودیاک، کژدم
🦟 mosquito, disease, fever, malaria, pest | پشه، بیماری، تب، حشره، مالاریا
🪰 fly, disease, maggot, pest, rotting | مگس، بیماری، پوسیدن، تسه تسه، خرمگس
🪱 worm, annelid, earthworm, parasite | کرم، انگل، کرم حلقوی، کرم خاکی
🦠 microbe, amoeba, bacteria, virus | میکروب، آمیب، باکتری، ویروس
💐 bouquet, flower | دسته گل، عاشقانه، گیاه
🌸 cherry blossom, flower | شکوفه گیلاس، گل، گیاه
💮 white flower | گل سفید
🪷 lotus, Buddhism, flower, Hinduism, purity | نیلوفر، بودایی، خلوص، گل، هند
🏵️ rosette, plant | گل رزت، گیاه
🌹 rose, flower | رز، گل، گیاه
🥀 wilted flower | گل پژمرده، دل شکسته، غمگین
🌺 hibiscus, flower | گل ختمی، گل بامیه، گیاه
🌻 sunflower | گل آفتابگردان، خورشید، گیاه
🌼 blossom, flower | شکوفه، گل، گیاه
🌷 tulip, flower | لاله، گل، گیاه
🪻 hyacinth, bluebonnet, flower, lavender, lupine | سنبل، استوخودوس، گل، گل میمون، لوپن
🌱 seedling, young | جوانه، گیاه
🪴 potted plant, boring, grow, house, nurturing | گیاه گلدانی، بی‌ثمر، خانه، رشد، کسل‌کننده
🌲 evergreen tree | همیشه‌سبز، درخت، گیاه
🌳 deciduous tree, shedding | درخت سبز، برگ‌ریز، گیاه
🌴 palm tree | نخل، درخت، گیاه
🌵 cactus, plant | کاکتوس، گیاه
🌾 sheaf of rice, ear, grain | خوشه برنج، دسته، گیاه
🌿 herb, leaf | گیاه دارویی، برگ
☘️ shamrock, plant | برگ شبدر، گیاه
🍀 four leaf clover, 4, four-leaf clover | شبدر چهاربرگ، ۴، گیاه
🍁 maple leaf, falling | برگ افرا، افتادن، برگ‌ریز، پاییز، گیاه
🍂 fallen leaf, falling | برگ‌ریزان، افتادن، پاییز، گیاه
🍃 leaf fluttering in wind, blow | رقص برگ در باد، حرکت در باد، گیاه، وزیدن
🪹 empty nest, nesting | آشیانه خالی، لانه کردن
🪺 nest with eggs, nesting | آشیانه با تخم، لانه کردن
🍄 mushroom, toadstool | قارچ، گیاه
`;
