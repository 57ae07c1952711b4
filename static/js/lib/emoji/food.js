// Food & Drink: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
🍇 grapes, fruit | انگور، گیاه، میوه
🍈 melon, fruit | طالبی، گیاه، میوه
🍉 watermelon, fruit | هندوانه، گیاه، میوه
🍊 tangerine, fruit, orange | نارنگی، گیاه، میوه، نارنجی
🍋 lemon, citrus, fruit | لیمو ترش، گیاه، مرکبات، میوه
🍌 banana, fruit | موز، گیاه، میوه
🍍 pineapple, fruit | آناناس، گیاه، میوه
🥭 mango, fruit, tropical | انبه، گرمسیری، مانگو، منگو، میوه
🍎 red apple, fruit | سیب سرخ، قرمز، گیاه، میوه
🍏 green apple, fruit | سیب سبز، گیاه، میوه
🍐 pear, fruit | گلابی، گیاه، میوه
🍑 peach, fruit | هلو، گیاه، میوه
🍒 cherries, berries, cherry, fruit, red | گیلاس، گیاه، میوه
🍓 strawberry, fruit | توت‌فرنگی، گیاه، میوه
🫐 blueberries, berry, bilberry, blueberry | توت آبی، توت‌آبی، قره‌گیله
🥝 kiwi fruit, food | کیوی، خوراکی، غذا، میوه
🍅 tomato, fruit, vegetable | گوجه‌فرنگی، سبزیجات، گیاه
🫒 olive, food | زیتون، غذا
🥥 coconut, palm, piña colada | نارگیل، پیناکولادا، نخل
🥑 avocado, food, fruit | آووکادو، خوراکی، غذا، میوه
🍆 eggplant, aubergine, vegetable | بادمجان، سبزیجات، گیاه
🥔 potato, food, vegetable | سیب زمینی، سبزیجات، سیب‌زمینی، غذا
🥕 carrot, food, vegetable | هویج، سبزیجات، غذا
🌽 ear of corn, maize, maze | بلال ذرت، دانه ذرت، گیاه
🌶️ hot pepper | فلفل قرمز، تند، داغ، گیاه
🫑 bell pepper, capsicum, vegetable | فلفل دلمه‌ای، سبزیجات
🥒 cucumber, food, pickle, vegetable | خیار، خیارشور، سبزیجات، غذا
🥬 leafy green, bok choy, cabbage, kale, lettuce | برگ‌سبز، کاهو، کلم، کلم برگ، کلم بروکلی
🥦 broccoli, wild cabbage | بروکلی، کلم
🧄 garlic, flavoring | سیر، چاشنی
🧅 onion, flavoring | پیاز، طعم‌دهنده
🥜 peanuts, food, vegetable | بادام زمینی، بادم زمینی، بادوم
🫘 beans, food, kidney, legume | لوبیا، حبوبات، غذا، کلیه
🌰 chestnut, plant | فندق، گیاه
🫚 ginger root, beer, spice | زنجبیل، آبجو، ادویه، ریشه
🫛 pea pod, beans, edamame, legume, vegetable | نخودفرنگی، دولپه‌ای، سبزیجات، سویای سبز، غلاف
🍞 bread, loaf | نان، تکه، قرص، لقمه
🥐 croissant, bread, breakfast, food, french | کرواسان، پیراشکی، کروسان، نان، نون
🥖 baguette bread, food, french | نان باگت، نون
🫓 flatbread, arepa, lavash, naan, pita | نان مسطح، آره‌پا، پیتا، لواش
🥨 pretzel, twisted | چوب‌شور، نان پیچانده
🥯 bagel, bakery, breakfast, schmear | نان بیگل، مالیدن، نانوایی
🥞 pancakes, breakfast, crêpe, food, hotcake | پنکیک، کیک تابه‌ای
🧇 waffle, breakfast, indecisive, iron | وافل، آهن، مردد
🧀 cheese wedge | قاچ پنیر
🍖 meat on bone | گوشت با استخوان
🍗 poultry leg, bone, chicken, drumstick | ران ماکیان، استخوان، پا، مرغ
🥩 cut of meat, chop, lambchop, porkchop, steak | برش گوشت، استیک، کوشت با استخوان دنده، کوشت با استخوان گوسفند، گوشت با استخوان خوک
🥓 bacon, breakfast, food, meat | بیکن، غذا، گوشت، گوشت خوک سوده‌شده، گوشت سوده‌شده
🍔 hamburger | همبرگر، چیزبرگر
🍟 french fries | سیب‌زمینی سرخ‌کرده
🍕 pizza, cheese, slice | پیتزا، پنیر، قاچ
🌭 hot dog, frankfurter, hotdog, sausage | هات داگ، ساندویچ، سوسیس
🥪 sandwich, bread | ساندویچ، نان
🌮 taco, mexican | تاکو، غذا، مکزیکی
🌯 burrito, mexican, wrap | بوریتو، غذا، مکزیکی
🫔 tamale, mexican, wrapped | تامال، لقمه، مکزیکی
🥙 stuffed flatbread, falafel, food, gyro, kebab | لقمه، جایرو، غذا، فلافل، کباب
🧆 falafel, chickpea, meatball | فلافل، کوفته قلقلی، نخود
🥚 egg, breakfast, food | تخم مرغ، آبپز، غذا
🍳 cooking, breakfast, egg, frying, pan | آشپزی، تابه، تخم‌مرغ، سرخ کردن، نیمرو
🥘 shallow pan of food, casserole, paella | ماهیتابه غذا، پلو اسپانیایی، دیگ، ماهی‌تابه
🍲 pot of food, stew | ظرف غذا، خورش
🫕 fondue, cheese, chocolate, melted, pot | فوندو، آب شده، پنیر، سوییس، شکلات
🥣 bowl with spoon, breakfast, cereal, congee | کاسه و قاشق، آش برنج، حلیم صبحانه، شله
🥗 green salad, food | سالاد سبزیجات، غذا
🍿 popcorn | ذرت بوداده، پاپ کرن
🧈 butter, dairy | کره، لبنیات
🧂 salt, condiment, shaker | نمک، ادویه، چاشنی، نمک‌پاش
🥫 canned food | غذای کنسروشده، قوطی
🍱 bento box | جعبه بنتو، ژاپنی، غذا
🍘 rice cracker | تردک برنجی، کراکر
🍙 rice ball, Japanese | کوفته برنجی، توپ، ژاپنی
🍚 cooked rice | برنج پخته
🍛 curry rice | برنج با کاری
🍜 steaming bowl, noodle, ramen | کاسه نودل، بخار، داغ، رامن، رشته
🍝 spaghetti, pasta | اسپاگتی، پاستا
🍠 roasted sweet potato | سیب‌زمینی شیرین کباب‌شده، سیب زمینی شیرین، کبابی
🍢 oden, kebab, seafood, skewer, stick | اودن، سیخ، غذای دریایی، کباب
🍣 sushi | سوشی، خوراک ژاپنی
🍤 fried shrimp, prawn, tempura | میگو سوخاری، تمپورا، سرخ‌شده، شاه میگو
🍥 fish cake with swirl, pastry | کیک ماهی، پیچ، شیرینی
🥮 moon cake, autumn, festival, yuèbǐng | کیک ماه، پاییز، جشنواره، یوئه‌بینگ
🍡 dango, dessert, Japanese, skewer, stick | دانگو، چوب، دسر، ژاپنی، سیخ
🥟 dumpling, empanada, gyōza, jiaozi, pierogi | کوفته، امپاندا، پیروگی، جیائوزی، کوفته سرخ‌شده
🥠 fortune cookie, prophecy | شیرینی شانس، پیشگویی، غیب‌گویی
🥡 takeout box, oyster pail | جعبه بردنی، سطل صدف خوراکی، ظرف غذای ژاپنی، ظرف غذای گاغذی
🍦 soft ice cream, dessert, icecream, sweet | بستنی قیفی، خامه، دسر، شیرین، نرم
🍧 shaved ice, dessert, sweet | یخ در بهشت، دسر، شیرین
🍨 ice cream, dessert, sweet | بستنی، دسر، شیرین، یخ
🍩 doughnut, breakfast, dessert, donut, sweet | دونات، دسر، شیرین
🍪 cookie, dessert, sweet | کلوچه، دسر، شیرین، کوکی
🎂 birthday cake, celebration, dessert, pastry, sweet | کیک تولد، جشن، دسر، شیرین، شیرینی
🍰 shortcake, dessert, pastry, slice, sweet | شُرت‌کیک، دسر، شیرین، شیرینی، قاچ
🧁 cupcake, bakery, sweet | کیک فنجانی، شیرینی، نانوایی
🥧 pie, filling, pastry | پای، خمیر شیرینی، کیک، کیک شیرینی، مواد روی کیک
🍫 chocolate bar, dessert, sweet | تخته شکلات، تکه، دسر، شیرین، کاکائو
🍬 candy, dessert, sweet | آب‌نبات‌، دسر، شیرین
🍭 lollipop, candy, dessert, sweet | آب‌نبات‌چوبی، خروس‌قندی، دسر، شیرین
🍮 custard, dessert, pudding, sweet | کاستارد، پودینگ، دسر، شیرین
🍯 honey pot, honeypot, sweet | ظرف عسل، انگبین، شیرین، عسلی
🍼 baby bottle, drink, milk | شیشه شیر، بچه، بطری، نوزاد، نوشیدن
🥛 glass of milk, drink | لیوان شیر، نوشیدن
☕ hot beverage, coffee, drink, steaming | نوشیدنی گرم، بخار، چای، داغ، قهوه
🫖 teapot, drink | قوری، چای، قوریِ‌چای، نوشیدن
🍵 teacup without handle, beverage, drink | فنجان چای بدون دسته، لیوان، نوشیدن، نوشیدنی
🍶 sake, bar, beverage, bottle, cup | ساکی، بار، بطری، لیوان، میخانه
🍾 bottle with popping cork, bar, drink | شامپاین جوشان، بار، بطری، بطری با چوب‌پنبه، پراندن
🍷 wine glass, bar, beverage, drink | جام شراب، بار، میخانه، نوشیدن، نوشیدنی الکلی
🍸 cocktail glass, bar, drink | جام کوکتل، بار، میخانه، نوشیدن
🍹 tropical drink, bar | نوشیدنی استوایی، بار، میخانه
🍺 beer mug, bar, drink | لیوان آب‌جو، آبجو، بار، ماگ، میخانه
🍻 clinking beer mugs, bar, drink | لیوان‌های آبجو را به‌هم زدن، بار، به هم زدن، به‌هم زدن لیوان‌های آبجو، لیوان آبجو
🥂 clinking glasses, celebrate, drink | صدای به‌هم خوردن پیاله‌ها، به سلامتی، جشن، جلینگ، مشروب
🥃 tumbler glass, liquor, shot, whisky | لیوان ته‌گنبدی، بی‌دسته، جرعه، قُلُپ، نوشابه الکلی
🫗 pouring liquid, drink, empty, glass, spill | ریختن مایع، خالی کردن، لیوان، نوشابه
🥤 cup with straw, juice, soda | فنجان با نی، آب‌میوه، افشره، سودا، لیموناد
🧋 bubble tea, milk, pearl | چای حُبابی، حباب، شیر، مروارید
🧃 beverage box, juice, straw, sweet | پاکت نوشیدنی، پاکت آب‌میوه
🧉 mate, drink | ماته، نوشیدنی
🧊 ice, cold, ice cube, iceberg | قالب یخ، سرد، کوه یخی
🥢 chopsticks, hashi | چاپ‌استیک، چوب‌های غذا، هاشی
🍽️ fork and knife with plate, cooking | بشقاب و کارد و چنگال، آشپزی
🍴 fork and knife, cooking, cutlery | کارد و چنگال، آشپزی
🥄 spoon, tableware | قاشق، اسباب سفره، ظروف میز غذا، قاشق غذاخوری
🔪 kitchen knife, cooking, hocho, tool, weapon | چاقوی آشپزخانه، آشپزی، ابزار، اسلحه، ساطور
🫙 jar, condiment, container, empty, sauce | شیشه دهان‌گشاد، ادویه، خالی، سس، قوطی
🏺 amphora, Aquarius, cooking, drink, jug | سبو، آشپزی، دلو، زودیاک، کوزه
`;
