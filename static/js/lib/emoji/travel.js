// Travel & Places: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
🌍 globe showing Europe-Africa, earth, world | نقشهٔ اروپا-افریقا روی کره، زمین، کرهٔ جغرافیایی، کرهٔ زمین
🌎 globe showing Americas, earth, world | نقشهٔ قارهٔ امریکا روی کره، امریکای شمالی و جنوبی، جهان، دنیا، زمین
🌏 globe showing Asia-Australia, earth, world | نقشهٔ آسیا-اقیانوسیه روی کره، استرالیا، جهان، زمین، کرهٔ جغرافیایی
🌐 globe with meridians, earth, world | کره با نصف‌النهارها، جهان، دنیا، زمین، کرهٔ جغرافیایی
🗺️ world map | نقشهٔ جهان، دنیا
🗾 map of Japan | نقشهٔ ژاپن
🧭 compass, magnetic, navigation, orienteering | قطب‌نما، رهیابی، مسابقٔ دوصحرایی به‌کمک قطب‌نما، مسیریابی، مغناطیس
🏔️ snow-capped mountain, cold | قلهٔ برفی، سرد، کوه
⛰️ mountain | کوه، کوهستان
🌋 volcano, eruption, mountain | آتشفشان، آب‌وهوا، فوران، کوه، کوهستان
🗻 mount fuji, mountain | کوه فوجی
🏕️ camping | چادرزنی، اردو، چادر زدن، کمپینگ
🏖️ beach with umbrella | ساحل و سایبان، چتر، سایه‌بان
🏜️ desert | بیابان، کویر
🏝️ desert island | جزیرهٔ خالی از سکنه، بدون سکنه، متروکه
🏞️ national park | پارک ملی
🏟️ stadium | ورزشگاه، استادیوم
🏛️ classical building | ساختمان باستانی، قدیمی، کلاسیک
🏗️ building construction | ساخت‌وساز ساختمانی، احداث، بنا
🧱 brick, bricks, clay, mortar, wall | دیوار آجری، ساروج، ملاط
🪨 rock, boulder, heavy, solid, stone | صخره، تخته سنگ، جامد، سنگین
🪵 wood, log, lumber, timber | چوب، الوار، تیر، کنده
🛖 hut, house, roundhouse, yurt | کلبه، خانه، خیمه، کلبه جنگلی
🏘️ houses | منازل، ‌خانه‌ها، ساختمان‌ها
🏚️ derelict house | خانهٔ متروکه، ساختمان
🏠 house, home | خانه، ساختمان، منزل
🏡 house with garden, home | خانهٔ حیاط‌دار، باغ، ساختمان، منزل
🏢 office building | ساختمان اداری
🏣 Japanese post office | پست‌خانهٔ ژاپنی، ساختمان
🏤 post office, European | ادارهٔ پست، اروپایی، پست‌خانه، ساختمان
🏥 hospital, doctor, medicine | بیمارستان، پزشک، دارو، دکتر، ساختمان
🏦 bank, building | بانک، ساختمان
🏨 hotel, building | هتل، ساختمان
🏩 love hotel | هتل عشق‌ورزی، ساختمان، عشق‌بازی
🏪 convenience store | بقالی، ساختمان، فروشگاه
🏫 school, building | مدرسه، ساختمان
🏬 department store | فروشگاه بزرگ، ساختمان
🏭 factory, building | کارخانه، ساختمان
🏯 Japanese castle | قلعهٔ ژاپنی، ساختمان
🏰 castle, European | قلعه، اروپایی، دژ، قصر
💒 wedding, chapel, romance | ازدواج، عاشقانه، عروسی، کلیسا
🗼 Tokyo tower | برج توکیو، دکل
🗽 Statue of Liberty | مجسمهٔ آزادی
⛪ church, Christian, cross, religion | کلیسا، دین، ساختمان، صلیب، مذهب
🕌 mosque, islam, Muslim, religion | مسجد، اسلام، دین، مسلمان
🛕 hindu temple | معبد هندو
🕍 synagogue, Jew, Jewish, religion, temple | کنیسه، دین، مذهب، معبد، یهود
⛩️ shinto shrine, religion | معبد شینتو، مذهب
🕋 kaaba, islam, Muslim, religion | کعبه، اسلام، حج، دین، مسلمان
⛲ fountain | فواره، آب‌فشان، حوض و فواره، فشانه
⛺ tent, camping | چادر، چادر زدن، چادرزنی، خیمه، کمپینگ
🌁 foggy | مه‌آلود، آب‌وهوا
🌃 night with stars | شب پرستاره، آسمان شب
🏙️ cityscape | نمای شهر، شهری، منظره
🌄 sunrise over mountains, morning | طلوع در کوهستان، بامداد، خورشید، صبح
🌅 sunrise, morning | طلوع، آفتاب، بامداد، خورشید، صبح
🌆 cityscape at dusk, evening, landscape, sunset | نمای شهر هنگام غروب، چشم‌انداز، خورشید، عصر، منظره
🌇 sunset, dusk | غروب، چشم‌انداز، خورشید، غروب آفتاب، گرگ‌ومیش
🌉 bridge at night | پل در شب، روی پل
♨️ hot springs, hotsprings, steaming | چشمهٔ آب گرم، بخار، چشمه آب گرم، داغ
🎠 carousel horse | چرخ‌وفلک اسبی
🛝 playground slide, amusement park, theme park | سرسره، بازی، پارک بازی
🎡 ferris wheel, amusement park, theme park | چرخ‌وفلک، چرخ و فلک، شهر بازی
🎢 roller coaster, amusement park, theme park | ترن هوایی، رولر، شهر بازی
💈 barber pole, haircut | چراغ سلمانی، آرایشگر، کوتاه کردن مو، نماد
🎪 circus tent | چادر سیرک
🚂 locomotive, engine, railway, steam, train | لوکوموتیو، بخار، ریل، قطار، موتور
🚃 railway car, electric, train, tram, trolleybus | واگن ریلی، الکتریکی، تراموا، قطار، وسیله نقلیه
🚄 high-speed train, railway, shinkansen | قطار سریع‌السیر، ریل، سرعت، شینکانسن، وسیلهٔ نقلیه
🚅 bullet train, railway, shinkansen, speed | قطار تندرو، ریل، سرعت، سریع‌السیر، شینکانسن
🚆 train, railway | قطار، راه‌آهن، ریل، وسیلهٔ نقلیه
🚇 metro, subway | قطار شهری، راه‌آهن زیرزمینی، مترو، وسیلهٔ نقلیه
🚈 light rail, railway | قطار سبک شهری، راه‌آهن، ریل، وسیلهٔ نقلیه
🚉 station, railway, train | ایستگاه قطار، راه‌آهن، ریل، وسیلهٔ نقلیه
🚊 tram, trolleybus | تراموا، اتوبوس برقی، وسیلهٔ نقلیه
🚝 monorail, vehicle | تک‌ریل، راه‌آهن تک‌ریلی، مونوریل، وسیلهٔ نقلیه
🚞 mountain railway, car | ریل کوهستانی، خودرو، راه‌آهن، وسیلهٔ نقلیه
🚋 tram car, trolleybus | قطار خیابانی، تراموا، خودرو، واگن، وسیلهٔ نقلیه
🚌 bus, vehicle | اتوبوس، وسیلهٔ نقلیه
🚍 oncoming bus | اتوبوس روبه‌جلو، درحال آمدن، نزدیک‌شونده، وسیلهٔ نقلیه
🚎 trolleybus, tram | اتوبوس برقی، تراموا، وسیلهٔ نقلیه
🚐 minibus | مینی‌بوس، اتوبوس، وسیلهٔ نقلیه
🚑 ambulance, vehicle | آمبولانس، وسیلهٔ نقلیه
🚒 fire engine, truck | ماشین آتش‌نشانی، کامیون، موتور، وسیلهٔ نقلیه
🚓 police car, patrol | ماشین پلیس، پاترول، خودرو، وسیلهٔ نقلیه
🚔 oncoming police car | ماشین پلیسی که نزدیک می‌شود، خودرو، درحال آمدن، نزدیک‌شونده، وسیلهٔ نقلیه
🚕 taxi, vehicle | تاکسی، وسیلهٔ نقلیه
🚖 oncoming taxi | تاکسی‌ای که نزدیک می‌شود، درحال آمدن، نزدیک‌شونده، وسیلهٔ نقلیه
🚗 automobile, car | خودرو، خودروی سواری، ماشین، وسیلهٔ نقلیه
🚘 oncoming automobile, car | خودرویی که نزدیک می‌شود، اتوموبیل، درحال آمدن، ماشین، نزدیک‌شونده
🚙 sport utility vehicle, recreational | خودروی شاسی‌بلند، اس‌یووی، تفریحی، خودروی بیابان، خودروی خانواده
🛻 pickup truck, pick-up | وانت، کامیون، ماشین باری
🚚 delivery truck | کامیون پخش، تحویل، حمل‌ونقل، وسیلهٔ نقلیه
🚛 articulated lorry, semi, truck | کامیون مفصلی، کامیون باری، کامیون دوتکه، ماشین باری، ماشین سنگین
🚜 tractor, vehicle | تراکتور، وسیلهٔ نقلیه، یدک‌کش
🏎️ racing car | ماشین مسابقه، خودرو
🏍️ motorcycle, racing | موتورسیکلت، مسابقه
🛵 motor scooter | اسکوتر، اسکوتر موتوری، چرخ پایی برقی، روروک، روروک موتوری
🦽 manual wheelchair, accessibility | صندلی چرخ‌دار دستی، دسترس‌پذیری
🦼 motorized wheelchair, accessibility | صندلی چرخ‌دار برقی، دسترس‌پذیری
🛺 auto rickshaw, tuk tuk | اتوریکشا
🚲 bicycle, bike | دوچرخه، وسیلهٔ نقلیه
🛴 kick scooter | چرخ پایی، اسباب‌بازی، اسکوتر، روروک
🛹 skateboard | تختهٔ اسکیت، اسکیت‌بورد، اسکیت‌سواری
🛼 roller skate | کفش اسکیت، غلتک
🚏 bus stop | ایستگاه اتوبوس، توقف
🛣️ motorway, highway, road | بزرگراه، اتوبان، جاده، شاهراه
🛤️ railway track, train | ریل قطار، راه‌آهن
🛢️ oil drum | بشکه نفت
⛽ fuel pump, diesel, fuelpump, gas, station | پمپ بنزین، ایستگاه، سوخت، گاز، گازوئیل
🛞 wheel, circle, tire, turn | چرخ، تایر، حلقه، دور، لاستیک
🚨 police car light, beacon, revolving | چراغ ماشین پلیس، آژیر، خودرو، وسیلهٔ نقلیه
🚥 horizontal traffic light, signal | چراغ راهنمایی افقی، ترافیک، علامت
🚦 vertical traffic light, signal | چراغ راهنمایی عمودی، ترافیک، علامت
🛑 stop sign, octagonal | علامت ایست، توقف، هشت ضلعی، هشت‌ضلعی، هشت‌وجهی
🚧 construction, barrier | ساخت‌وساز، راه‌بند، مانع
⚓ anchor, ship, tool | لنگر، ابزار، کشتی
🛟 ring buoy, float, life preserver, life saver, rescue | حلقه نجات، ایمنی، شناور، محافظ، نجات‌بخش
⛵ sailboat, resort, sea, yacht | قایق بادبانی، تفریح، تفریحی، دریا، کشتی شخصی
🛶 canoe, boat | بلم، پارو، زورق، قایق، قایقرانی
🚤 speedboat | قایق تندرو، قایق سرعتی
🛳️ passenger ship | کشتی مسافربری، مسافرتی
⛴️ ferry, boat, passenger | فرابر، سرنشین، قایق، مسافر
🛥️ motor boat, motorboat | قایق موتوری، قایق‌موتوری، لتکا
🚢 ship, boat, passenger | کشتی، سرنشین، قایق، مسافر، وسیهٔ نقلیه
✈️ airplane, aeroplane | هواپیما، طیاره، وسیلهٔ نقلیه
🛩️ small airplane, aeroplane | هواپیمای کوچک، طیاره، وسیلهٔ نقلیه
🛫 airplane departure, aeroplane, check-in, departures | زمان حرکت هواپیما، اعلام ورود، خروج
🛬 airplane arrival, aeroplane, arrivals, arriving, landing | زمان ورود هواپیما، به‌زمین نشستن، رسیدن، فرود
🪂 parachute, hang-glide, parasail, skydive | چتر نجات، پاراسیلینگ، چتربازی، کایت‌سواری
💺 seat, chair | جایگاه، صندلی، نشستن
🚁 helicopter, vehicle | هلیکوپتر، وسیلهٔ نقلیه
🚟 suspension railway | قطار معلق، ریل، قطار هوایی، وسیلهٔ نقلیه
🚠 mountain cableway, gondola | تله‌کابین کوهستانی، تله‌اسکی، کابل، وسیلهٔ نقلیه
🚡 aerial tramway, cable, car, gondola | تراموای هوایی، تله‌کابین، طناب نقاله، کابل، وسیلهٔ نقلیه
🛰️ satellite, space | ماهواره، فضا، وسیلهٔ فضایی
🚀 rocket, space | موشک، فضا، موشک فضایی، وسیلهٔ فضایی
🛸 flying saucer, UFO | بشقاب‌پرنده، شیء پرندهٔ ناشناس، یو اف او، یواف‌اُ
🛎️ bellhop bell, hotel | زنگ میز پذیرش، لابی، هتل
🧳 luggage, packing, travel | چمدان، بار بستن، جامه‌دان، مسافرت
⌛ hourglass done, sand, timer | ساعت شنی، تایمر، زمان‌سنج
⏳ hourglass not done, sand, timer | ساعت شنی با شن روان، تایمر، زمان‌سنج
⌚ watch, clock | ساعت مچی
⏰ alarm clock | ساعت رومیزی، زنگ ساعت، ساعت زنگ‌دار
⏱️ stopwatch, clock | کرنومتر، زمان‌سنج، ساعت، ساعت وقت‌نگه‌دار
⏲️ timer clock | تایمر، زمان‌سنج، ساعت
🕰️ mantelpiece clock | ساعت طاقچه‌ای
🕛 twelve o’clock, 00, 12, 12:00 | ساعت دوازده، ۰۰، ۱۲، ۱۲:۰۰
🕧 twelve-thirty, 12, 12:30, clock | ساعت دوازده و نیم، ۱۲، ۱۲:۳۰
🕐 one o’clock, 00, 1, 1:00 | ساعت یک، ۰۰، ۱، ۱:۰۰
🕜 one-thirty, 1, 1:30, clock | ساعت یک و نیم، ۱، ۱:۳۰
🕑 two o’clock, 00, 2, 2:00 | ساعت دو، ۰۰، ۲، ۲:۰۰
🕝 two-thirty, 2, 2:30, clock | ساعت دو و نیم، ۲، ۲:۳۰
🕒 three o’clock, 00, 3, 3:00 | ساعت سه، ۰۰، ۳، ۳:۰۰
🕞 three-thirty, 3, 3:30, clock | ساعت سه و نیم، ۳، ۳:۳۰
🕓 four o’clock, 00, 4, 4:00 | ساعت چهار، ۰۰، ۴، ۴:۰۰
🕟 four-thirty, 4, 4:30, clock | ساعت چهار و نیم، ۳۰، ۴، ۴:۳۰
🕔 five o’clock, 00, 5, 5:00 | ساعت پنج، ۰۰، ۵، ۵:۰۰
🕠 five-thirty, 5, 5:30, clock | ساعت پنج و نیم، ۳۰، ۵، ۵:۳۰
🕕 six o’clock, 00, 6, 6:00 | ساعت شش، ۰۰، ۶، ۶:۰۰
🕡 six-thirty, 6, 6:30, clock | ساعت شش و نیم، ۳۰، ۶، ۶:۳۰
🕖 seven o’clock, 00, 7, 7:00 | ساعت هفت، ۰۰، ۷، ۷:۰۰
🕢 seven-thirty, 7, 7:30, clock | ساعت هفت و نیم، ۳۰، ۷، ۷:۳۰
🕗 eight o’clock, 00, 8, 8:00 | ساعت هشت، ۰۰، ۸، ۸:۰۰
🕣 eight-thirty, 8, 8:30, clock | ساعت هشت و نیم، ۳۰، ۸، ۸:۰۰
🕘 nine o’clock, 00, 9, 9:00 | ساعت نه، ۰۰، ۹، ۹:۰۰
🕤 nine-thirty, 9, 9:30, clock | ساعت نه و نیم، ۳۰، ۹، ۹:۳۰
🕙 ten o’clock, 00, 10, 10:00 | ساعت ده، ۰۰، ۱۰، ۱۰:۰۰
🕥 ten-thirty, 10, 10:30, clock | ساعت ده و نیم، ۱۰، ۱۰:۳۰
🕚 eleven o’clock, 00, 11, 11:00 | ساعت یازده، ۰۰، ۱۱، ۱۱:۰۰
🕦 eleven-thirty, 11, 11:30, clock | ساعت یازده و نیم، ۱۱، ۱۱:۳۰
🌑 new moon, dark | ماه نو، آب‌وهوا، تاریک، فضا
🌒 waxing crescent moon | هلال فزاینده ماه، آب‌وهوا، رو به بدر، سوی ماه تمام، فضا
🌓 first quarter moon | یک‌چهارم نخست، آب‌وهوا، اول، تربیع، فضا
🌔 waxing gibbous moon | کوژماه افزاینده، آب‌وهوا، بدر، تحدب، رو به زمین
🌕 full moon | ماه کامل، آب‌وهوا، بدر، فضا، ماه تمام
🌖 waning gibbous moon | کوژماه کاهنده، افول، تحدب، فضا، محاق
🌗 last quarter moon | یک‌چهارم پایان، آب‌وهوا، آخر، انتها، تربیع
🌘 waning crescent moon | هلال کاهنده ماه، آب‌وهوا، داس ماه، فضا، مه‌داس
🌙 crescent moon | هلال ماه، آب‌وهوا، داس ماه، فضا، مه‌داس
🌚 new moon face | صورت ماه نو، آب‌وهوا، فضا
🌛 first quarter moon face | صورت یک‌چهارم اول، آب‌وهوا، تربیع، فضا، نخست
🌜 last quarter moon face | صورت یک‌چهارم آخر، آب‌وهوا، آفتابی، اشعه، پرنور
🌡️ thermometer, weather | دماسنج، آب‌وهوا
☀️ sun, bright, rays, sunny | خورشید، آب‌وهوا، آفتابی، اشعه، پرنور
🌝 full moon face, bright | صورت ماه کامل، آب‌وهوا، تمام، روشن، فضا
🌞 sun with face, bright | صورت خورشید، آب‌وهوا، روشن، فضا
🪐 ringed planet, saturn, saturnine | سیاره حلقه‌دار، دلگیر، زحل
⭐ star | ستاره سفید
🌟 glowing star, glittery, shining, sparkle | ستاره درخشان، جرقه، فروزان
🌠 shooting star, falling | ستاره ثاقب، افتادن، دنباله‌دار، سریع، فضا
🌌 milky way, space | راه شیری، آسمان، سپهر، فضا
☁️ cloud, weather | ابر، آب‌وهوا
⛅ sun behind cloud | خورشید پشت ابر، آب‌وهوا
⛈️ cloud with lightning and rain, thunder | ابر با رعدوبرق و باران، آب‌وهوا
🌤️ sun behind small cloud | خورشید پشت ابر کوچک، آب‌وهوا
🌥️ sun behind large cloud | خورشید پشت ابر بزرگ، آب‌وهوا
🌦️ sun behind rain cloud | خورشید پشت ابر بارانی، آب‌وهوا
🌧️ cloud with rain | ابر بارانی، آب‌وهوا
🌨️ cloud with snow, cold | ابر برفی، آب‌وهوا، سرما
🌩️ cloud with lightning | ابر با برق، آب‌وهوا، رعدوبرق
🌪️ tornado, cloud, whirlwind | گردباد، آب‌وهوا، ابر، تورنادو، چرخ‌باد
🌫️ fog, cloud | مه، آب‌وهوا، ابر
🌬️ wind face, blow, cloud | صورت باد، آب‌وهوا، ابر، وزیدن
🌀 cyclone, dizzy, hurricane, twister, typhoon | چرخند، آب‌وهوا، پیچند، چرخ‌باد، طوفان موسمی
🌈 rainbow | رنگین کمان، آب‌وهوا، باران
🌂 closed umbrella, clothing, rain | چتر بسته، آب‌وهوا، باران، پوشاک
☂️ umbrella, clothing, rain | چتر، آب‌وهوا، باران، پوشاک
☔ umbrella with rain drops, clothing | چتر خیس، آب‌وهوا، باران، پوشاک، قطره باران
⛱️ umbrella on ground, rain, sun | چتر روی زمین، آب‌وهوا، باران، خورشید
⚡ high voltage, danger, electric, lightning, zap | ولتاژ بالا، الکتریسیته، الکتریکی، برق، بنگ
❄️ snowflake, cold | برف‌دانه، آب‌وهوا، سرما
☃️ snowman, cold | آدم برفی، آب‌وهوا، سرما
⛄ snowman without snow, cold | آدم برفی بدون برف، آب‌وهوا، سرما
☄️ comet, space | ستاره دنباله‌دار، فضا
🔥 fire, flame, tool | آتش، ابزار، شعله
💧 droplet, cold, comic, sweat | قطره، آب‌وهوا، سرما، عرق، کمیک
🌊 water wave, ocean | موج آب، آب‌وهوا، اقیانوس
`;
