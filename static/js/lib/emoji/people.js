// People & Body: each emoji with its name and words to find it by, in English and Persian (Unicode CLDR; see LICENSE.txt).
export default `
👋 waving hand, wave | تکان دادن دست
🤚 raised back of hand, backhand | پشت دست روبه بالا، اجازه، بالا بردن دست، موافقت
🖐️ hand with fingers splayed | دست با انگشتان باز، پنج، خداحافظی، سلام
✋ raised hand, high 5, high five | دست بالابرده، احترام، بزن قدش، سلام
🖖 vulcan salute, finger, hand, spock | سلام ولکان، اسپاک، انگشت، پیشتازان فضا، دست
🫱 rightwards hand | دست به سمت راست
🫲 leftwards hand | دست به سمت چپ
🫳 palm down hand, dismiss, drop, shoo | کف دست به پایین، انداختن، کیش کردن، مرخص کردن
🫴 palm up hand, beckon, catch, come, offer | کف دست به بالا، بیا، تعارف، فراخواندن، گرفتن
🫷 leftwards pushing hand, high five, refuse, stop, wait | دست فشاردهنده به سمت چپ، بزن قدش، توقف، رد کردن، منتظر بمان
🫸 rightwards pushing hand, high five, refuse, stop, wait | دست فشاردهنده به سمت راست، بزن قدش، توقف، رد کردن، منتظر بمان
👌 OK hand | علامت اوکی، باشه، بله، تأیید، دست
🤌 pinched fingers, hand gesture, interrogation, sarcastic | انگشتان جمع‌شده، اشاره با دست، سؤال، طنزآلود
🤏 pinching hand, small amount | دست در حال نیشگون گرفتن، مقدار کم
✌️ victory hand | علامت پیروزی، بدن، دست، وی
🤞 crossed fingers, hand, luck | انگشتان گره خورده، بخت، پنجه، دست، شانس
🫰 hand with index finger and thumb crossed, expensive, heart, love, money | دست با انگشت اشاره و شست متقاطع، بشکن، پول، عشق، قلب
🤟 love-you gesture, hand, ILY | علامت دوستت دارم، دست، دوست دارم
🤘 sign of the horns, finger, hand, rock-on | نماد شاخ، انگشت، دست، راک، شیطان
🤙 call me hand, hang loose, Shaka | دست به شکل تلفن، تماس بگیر، زنگ بزن
👈 backhand index pointing left, finger | اشاره به چپ، انگشت، بدن، پشت دست
👉 backhand index pointing right, finger | اشاره به راست، انگشت، بدن، پشت دست
👆 backhand index pointing up, finger | اشاره به بالا با پشت دست، انگشت، بدن
🖕 middle finger, hand | انگشت میانه، بدن، دست، ناسزا
👇 backhand index pointing down, finger | اشاره به پایین، انگشت، بدن، پشت دست
☝️ index pointing up, finger, hand | اشاره به بالا، انگشت، بدن، دست
🫵 index pointing at the viewer, you | اشاره به بیننده، شما
👍 thumbs up, +1, hand | پسندیدن، 1+، بالا، دست، شست
👎 thumbs down, -1, hand | نپسندیدن، 1-، پایین، دست، شست
✊ raised fist, clenched, hand, punch | مشت کردن، بدن، کوبیدن، گره
👊 oncoming fist, clenched, hand, punch | مشت گره‌کرده، دست، گره کردن مشت، مشت دوستانه، مشت زدن
🤛 left-facing fist, leftwards | مشت به چپ
🤜 right-facing fist, rightwards | مشت به راست
👏 clapping hands | دست زدن، بدن
🙌 raising hands, celebration, gesture, hooray, raised | دست‌های بالا آورده، بالابرده، تحسین، جشن، ژست
🫶 heart hands, love | شکل قلب با دست، عشق
👐 open hands | دست‌های باز، بدن
🤲 palms up together, prayer | دست دعا، راز و نیاز، عبادت، نماز
🤝 handshake, agreement, meeting | دست دادن، قرار، قرار کاری، قول، ملاقات
🙏 folded hands, ask, high 5, high five, please | خواهش می‌کنم، درخواست، دست، دستان دعاگو، سپاس
✍️ writing hand, write | نوشتن با دست
💅 nail polish, care, cosmetics, manicure | لاک زدن، آرایش، رسیدگی، مانیکور، ناخن
🤳 selfie, camera, phone | خودگرفت، سلفی، عکس از خود
💪 flexed biceps, comic, muscle | عضلهٔ بازو، بدن، ماهیچه، مصور، ورزیده
🦾 mechanical arm, accessibility, prosthetic | بازوی مکانیکی، اندام ساختگی، دسترس‌پذیری
🦿 mechanical leg, accessibility, prosthetic | پای مکانیکی، اندام ساختگی، دسترس‌پذیری
🦵 leg, kick, limb | لنگ، پا، لگد
🦶 foot, kick, stomp | پا، پایکوبی
👂 ear, body | گوش، بدن
🦻 ear with hearing aid, accessibility, hard of hearing | سمعک در گوش، دسترس‌پذیری، کم‌شنوایی
👃 nose, body | بینی، بدن
🧠 brain, intelligent | مغز، باهوش، خردمند، زیرک، عاقل
🫀 anatomical heart, cardiology, organ, pulse | قلب، اندام، ضربان قلب، مرکز، نبض
🫁 lungs, breath, exhalation, inhalation, organ | ریه، اندام، بازدم، تنفس
🦷 tooth, dentist | دندان، دندانپزشک
🦴 bone, skeleton | استخوان، اسکلت
👀 eyes, face | دو چشم، صورت
👁️ eye, body | چشم، بدن
👅 tongue, body | زبان، بدن
👄 mouth, lips | لب، بدن، دهان
🫦 biting lip, anxious, fear, flirting, nervous | گازگرفتن لب، ترس، دلواپس، طنازی، عصبی
👶 baby, young | نوزاد، خردسال، طفل
🧒 child, gender-neutral, unspecified gender, young | بچه، بی‌جنس، جنس خنثی، جوان
👦 boy, young | پسر، پسربچه، جوان، مذکر
👧 girl, Virgo, young, zodiac | دختر، باکره، دوشیزه
🧑 person, adult, gender-neutral, unspecified gender | شخص، بزرگسال، جنس خنثی، جنس نامشخص
👱 person: blond hair, blond-haired person | آدم: موبلوند، آدم بلوند، بور، طلایی
👨 man, adult | مرد، آقا
🧔 person: beard | مرد: ریش‌دار، آدم، ریشو
👩 woman, adult | زن، خانم
🧓 older person, adult, gender-neutral, unspecified gender | میان‌سال، پیر، جنس خنثی، مسن
👴 old man, adult | پیرمرد
👵 old woman, adult | پیرزن
🙍 person frowning, gesture | آدم اخمو، اشاره
🙎 person pouting, gesture | آدم ناراضی، اخم، جمع کردن لب، ژست
🙅 person gesturing NO, forbidden, gesture, hand, prohibited | ابداً نه، خیر، دست، ژست، ممنوع
🙆 person gesturing OK, gesture, hand | باشه، اوکی، تأیید، دست، ژست
💁 person tipping hand, help, information, sassy | آماده کمک، اطلاعات، دست، سرزنده
🙋 person raising hand, gesture, happy, raised | ای ول، بالا، دست، ژست، شاد
🧏 deaf person, accessibility, ear, hear | آدم ناشنوا، دسترس‌پذیری، شنیدن، گوش
🙇 person bowing, apology, gesture, sorry | عذرخواهی، تعظیم، ژست، شرمنده، متأسف
🤦 person facepalming, disbelief, exasperation | با کف دست به پیشانی زدن، رنجش، صورت، ناباوری
🤷 person shrugging, doubt, ignorance, indifference | شانه بالا انداختن، به من چه، ندانستن، نمی‌دانم
🧑‍⚕️ health worker, doctor, healthcare, nurse, therapist | مأمور بهداشت، پرستار، پزشک، درمانگر، مراقبت بهداشتی
👨‍⚕️ man health worker, doctor, healthcare, nurse, therapist | مددکار بهداشت مرد، مددکار بهداشت آقا
👩‍⚕️ woman health worker, doctor, healthcare, nurse, therapist | مددکار بهداشت زن، مددکار بهداشت خانم
🧑‍🎓 student, graduate | دانش‌آموز، دانشجو، فارغ‌التحصیل
👨‍🎓 man student, graduate | دانشجوی مرد، دانش‌آموز، شاگرد، فارغ‌التحصیل، محصل
👩‍🎓 woman student, graduate | دانشجوی زن، دانش‌آموز، شاگرد، فارغ‌التحصیل، محصل
🧑‍🏫 teacher, instructor, lecturer, professor | معلم، استاد، مربی
👨‍🏫 man teacher, instructor, lecturer, professor | آموزگار مرد، آقای معلم، استاد، دبیر، مدرس
👩‍🏫 woman teacher, instructor, lecturer, professor | آموزگار زن، استاد، خانم معلم، دبیر، مدرس
🧑‍⚖️ judge, justice, law, scales | قاضی، ترازو
👨‍⚖️ man judge, justice, law, scales | قاضی مرد، آقای قاضی، آقای وکیل، دادرس، دادستان
👩‍⚖️ woman judge, justice, law, scales | قاضی زن، خانم قاضی، خانم وکیل، دادرس، دادگاه
🧑‍🌾 farmer, gardener, rancher | کشاورز، باغبان، مزرعه‌دار
👨‍🌾 man farmer, gardener, rancher | کشاورز مرد، برزگر، خوشه برنج، دهقان، زارع
👩‍🌾 woman farmer, gardener, rancher | کشاورز زن، برزگر، خوشه برنج، دهقان، زارع
🧑‍🍳 cook, chef | آشپز، سرآشپز
👨‍🍳 man cook, chef | آشپز مرد، آشپزی، پخت و پز، سرآشپز، شف
👩‍🍳 woman cook, chef | آشپز زن، آشپزی، پخت و پز، سرآشپز، شف
🧑‍🔧 mechanic, electrician, plumber, tradesperson | مکانیک، برق‌کار، لوله‌کش
👨‍🔧 man mechanic, electrician, plumber, tradesperson | تعمیرکار مرد، برق‌کار، کارگر، لوله‌کش، مکانیک
👩‍🔧 woman mechanic, electrician, plumber, tradesperson | تعمیرکار زن، برق‌کار، کارگر، لوله‌کش، مکانیک
🧑‍🏭 factory worker, assembly, industrial | کارگر کارخانه، صنعتی، مونتاژ
👨‍🏭 man factory worker, assembly, industrial | کارگر کارخانه مرد، عمله
👩‍🏭 woman factory worker, assembly, industrial | کارگر کارخانه زن، عمله
🧑‍💼 office worker, architect, business, manager, white-collar | کارمند، کارمند اداری، کسب و کار، مدیر، معمار
👨‍💼 man office worker, architect, business, manager, white-collar | کارمند مرد، تاجر، کارمند اداری، مدیر، مهندس
👩‍💼 woman office worker, architect, business, manager, white-collar | کارمند زن، تاجر، کارمند اداری، مدیر، مهندس
🧑‍🔬 scientist, biologist, chemist, engineer, physicist | دانشمند، زیست‌شناس، شیمی‌دان، فیزیک‌دان، مهندس
👨‍🔬 man scientist, biologist, chemist, engineer, physicist | دانشمند مرد، زیست‌شناس، شیمی‌دان، فیزیک‌دان، محقق
👩‍🔬 woman scientist, biologist, chemist, engineer, physicist | دانشمند زن، زیست‌شناس، شیمی‌دان، فیزیک‌دان، محقق
🧑‍💻 technologist, coder, developer, inventor, software | متخصص، برنامه‌نویس، کدنویس، مخترع، نرم‌افزار
👨‍💻 man technologist, coder, developer, inventor, software | کارشناس فناوری مرد، برنامه‌نویس، پی‌سی، رایانه، کامپیوتر
👩‍💻 woman technologist, coder, developer, inventor, software | کارشناس فناوری زن، برنامه‌نویس، پی‌سی، رایانه، کامپیوتر
🧑‍🎤 singer, actor, entertainer, rock, star | خواننده، بازیگر، راک، ستاره، هنرپیشه
👨‍🎤 man singer, actor, entertainer, rock, star | خواننده مرد، ستاره، میکروفن، هنرمند
👩‍🎤 woman singer, actor, entertainer, rock, star | خواننده زن، ستاره، میکروفن، هنرمند
🧑‍🎨 artist, palette | هنرمند، پالت رنگ
👨‍🎨 man artist, palette | هنرمند مرد، آرتیست، تخته‌رنگ، نقاش، نقاش مرد
👩‍🎨 woman artist, palette | هنرمند زن، آرتیست، تخته‌رنگ، نقاش، نقاش زن
🧑‍✈️ pilot, plane | خلبان، هواپیما
👨‍✈️ man pilot, plane | خلبان مرد، خلبان هواپیما، مهماندار مرد، هوانورد
👩‍✈️ woman pilot, plane | خلبان زن، خلبان هواپیما، مهماندار زن، هوانورد
🧑‍🚀 astronaut, rocket | فضانورد، موشک
👨‍🚀 man astronaut, rocket | فضانورد مرد، فضانوردی، کیهان‌نورد
👩‍🚀 woman astronaut, rocket | فضانورد زن، فضانوردی، کیهان‌نورد
🧑‍🚒 firefighter, firetruck | مأمور آتش‌نشانی، ماشین آتش‌نشانی
👨‍🚒 man firefighter, firetruck | آتش‌نشان مرد، آتش‌نشانی، مأمور آتش‌نشانی، ماشین آتش‌نشانی
👩‍🚒 woman firefighter, firetruck | آتش‌نشان زن، آتش‌نشانی، مأمور آتش‌نشانی، ماشین آتش‌نشانی
👮 police officer, cop | پلیس، افسر
🕵️ detective, sleuth, spy | کارآگاه، جاسوس
💂 guard | گارد نظامی، سرباز هنگ
🥷 ninja, fighter, hidden, stealth | نینجا، جنگجو، دزدکی، مخفی
👷 construction worker, hat | کارگر، ساخت‌وساز، کلاه
🫅 person with crown, monarch, noble, regal, royalty | آدم تاج‌دار، اشراف، پادشاه، سلطنتی، شاهانه
🤴 prince | شاهزاده، آقازاده، تاج به سر، شهزاده
👸 princess, fairy tale, fantasy | شاهزاده خانم، افسانه، جن و پری، شاهدخت، فانتزی
👳 person wearing turban | مرد عمامه‌دار
👲 person with skullcap, gua pi mao, hat | مرد با کلاه چینی، کلاه ژاپنی
🧕 woman with headscarf, hijab, mantilla, tichel | زن با روسری، پوشش سر زنان، تخل، حجاب، مانتیلا
🤵 person in tuxedo, groom | شخص با کت و شلوار و پاپیون، داماد
👰 person with veil, bride, wedding | شخص با تور عروس، ازدواج
🤰 pregnant woman | زن باردار، بچه در شکم، حامله، شیکم
🫃 pregnant man, belly, bloated, full | مرد باردار، باد کرده، پر، شکم
🫄 pregnant person, belly, bloated, full | آدم باردار، باد کرده، پر، شکم
🤱 breast-feeding, baby, nursing | تغذیه با شیر مادر، شیردهی، طفل
👩‍🍼 woman feeding baby, nursing | زنی که به بچه شیر می‌دهد، شیر دادن، غذا دادن، مراقبت
👨‍🍼 man feeding baby, nursing | مردی که به بچه شیر می‌دهد، شیر دادن، غذا دادن، مراقبت
🧑‍🍼 person feeding baby, nursing | شخصی که به بچه شیر می‌دهد، شخصی که به بچه غذا می‌دهد، غذا دادن، مراقبت
👼 baby angel, face, fairy tale, fantasy | فرشته کوچولو، بچه، پری، صورت، فانتزی
🎅 Santa Claus, celebration, Christmas, father | بابا نوئل، پدر، جشن، جن و پری، سانتا
🤶 Mrs. Claus, celebration, Christmas, mother | مامان نوئل، پیرزن، خاله ریزه، کریسمس، مادربزرگ
🧑‍🎄 mx claus, christmas | نوئل، نوئل، کریسمس
🦸 superhero, good, heroine, superpower | ابرقهرمان، ابرقدرت، خوب، دلاور، شیرزن
🦹 supervillain, criminal, evil, superpower | ابرشرور، آدم شرور، ابرقدرت، اهریمن، تبهکار
🧙 mage, sorcerer, sorceress, witch, wizard | ساحر، افسونگر، جادوگر، جادوگر زن، ساحره
🧚 fairy, Oberon, Puck, Titania | پری، ابرون، پادشاه پریان، تیتانیا، جن و پری
🧛 vampire, Dracula, undead | خون‌آشام، دراکولا، مرده متحرک
🧜 merperson, mermaid, merman, merwoman | دریامردمان، بالاتنه انسان پایین‌تنه ماهی، پری دریایی، دریازن
🧝 elf, magical | اِلف، جادویی، سحرآمیز
🧞 genie, djinn | جن، غول چراغ
🧟 zombie, undead, walking dead | مرده متحرک، جسد متحرک، زامبی
🧌 troll, fairy tale, fantasy, monster | غول، افسانه، تخیلی، هیولا
💆 person getting massage, face, salon | ماساژ صورت، سالن
💇 person getting haircut, barber, beauty, parlor | آرایشگاه، آرایشگر، زیبایی
🚶 person walking, hike | عابر پیاده، پیاده‌روی، پیاده‌گردی، راه رفتن
🧍 person standing | آدم ایستاده، ایستادن
🧎 person kneeling | آدم زانوزده، زانو زدن
🧑‍🦯 person with white cane, accessibility, blind | شخصی با عصای راهنما، دسترس‌پذیری، شخصی با عصای سفید، نابینا
👨‍🦯 man with white cane, accessibility, blind | مرد با عصای سفید، دسترس‌پذیری، نابینا
👩‍🦯 woman with white cane, accessibility, blind | زن با عصای سفید، دسترس‌پذیری، نابینا
🧑‍🦼 person in motorized wheelchair, accessibility | شخصی با صندلی چرخ‌دار موتوری، دسترس‌پذیری
👨‍🦼 man in motorized wheelchair, accessibility | مرد در صندلی چرخ‌دار برقی، دسترس‌پذیری
👩‍🦼 woman in motorized wheelchair, accessibility | زن در صندلی چرخ‌دار برقی، دسترس‌پذیری
🧑‍🦽 person in manual wheelchair, accessibility | شخصی با صندلی چرخ‌دار دستی، دسترس‌پذیری
👨‍🦽 man in manual wheelchair, accessibility | مرد در صندلی چرخ‌دار دستی، دسترس‌پذیری
👩‍🦽 woman in manual wheelchair, accessibility | زن در صندلی چرخ‌دار دستی، دسترس‌پذیری
🏃 person running, marathon | دونده، استقامت، دویدن، ماراتن
💃 woman dancing, dance | رقاص، رقصیدن
🕺 man dancing, dance | مرد درحال رقص، شیک
🕴️ person in suit levitating, business | پرواز مرد با لباس رسمی، شغل آزاد، کت و شلوار، کسب‌وکار
👯 people with bunny ears, dancer, partying | رقص، بانی، خرگوش، دختر، رقاص
🧖 person in steamy room, sauna, steam room | فردی در حمام بخار، اتاق بخار، سونا
🧗 person climbing, climber | فردی کوه‌نوردی می‌کند، کوه‌پیما
🤺 person fencing, fencer, sword | شمشیربازی، رزمی، ورزش
🏇 horse racing, jockey, racehorse | مسابقه اسب‌سواری
⛷️ skier, snow | اسکی‌سوار، برف
🏂 snowboarder, ski | اسنوبرد، اسکی، برف
🏌️ person golfing, ball | گلف‌باز، توپ
🏄 person surfing | موج‌سوار، موج‌سواری
🚣 person rowing boat, rowboat | قایق پارویی، وسیله نقلیه
🏊 person swimming | شناگر
⛹️ person bouncing ball | شخص با توپ
🏋️ person lifting weights, lifter | وزنه‌بردار، بلند کردن
🚴 person biking, bicycle, cyclist | دوچرخه‌سوار
🚵 person mountain biking, bicycle, bicyclist, bike | دوچرخه کوهستان، دوچرخه‌سوار
🤸 person cartwheeling, gymnastics | حرکت چرخ و فلک، ژیمناستیک، کله ملق، ورزش
🤼 people wrestling, wrestle, wrestler | کُشتی‌گیران، رقابت، کشتی، مبارزه، ورزش
🤽 person playing water polo | واترپلو، ورزش، ورزش آبی
🤾 person playing handball | هندبال، مسابقه، ورزش، ورزش تیمی
🤹 person juggling, balance, juggle, multitask, skill | ژانگولربازی، بالانس، چندکاره، حرکت نمایشی، شعبده‌باز
🧘 person in lotus position, meditation, yoga | فرد در حالت خلسه، مکاشفه، یوگا
🛀 person taking bath, bathtub | فرد در وان، حمام
🛌 person in bed, good night, hotel, sleep | فرد در تختخواب، خوابیدن، هتل
🧑‍🤝‍🧑 people holding hands, couple, person | اشخاصی دست در دست هم، زوج، شخص
👭 women holding hands, couple | دو زن دست در دست، زوج، همجنس‌گرا
👫 woman and man holding hands, couple | زن و مرد دست در‌ دست، دست در دست، زوج
👬 men holding hands, couple, Gemini, man, twins | دو مرد دست در دست، جوزا، دوپیکر، دوقلو، زوج
💏 kiss, couple | بوسه، داستان عاشقانه، زوج، عشق
💑 couple with heart, love | زوج عاشق، داستان عاشقانه، عشق، قلب
🗣️ speaking head, face, silhouette | درحال صحبت کردن، سایه‌نما، سر، صورت
👤 bust in silhouette | تندیس سایه‌نما، سیاه‌نما، سیلوئت، نیم‌چهره‌نما
👥 busts in silhouette | تندیس‌های سایه‌نما، سیاه‌نما، سیلوئت، نیم‌چهره‌نما
🫂 people hugging, goodbye, hello, thanks | درآغوش گرفتن، تشکر، خداحافظ، روبوسی، سلام
👪 family | خانواده، خانه‌وار، عائله، فامیل
👣 footprints, clothing | رد پا، اثر، بدن، پوشاک، جای پا
`;

/** Those of which there are a woman and a man, too. */
export const both = "🧔 👱 🙍 🙎 🙅 🙆 💁 🙋 🧏 🙇 🤦 🤷 👮 🕵️ 💂 👷 👳 🤵 👰 🦸 🦹 🧙 🧚 🧛 🧜 🧝 🧞 🧟 💆 💇 🚶 🧍 🧎 🏃 👯 🧖 🧗 🏌️ 🏄 🚣 🏊 ⛹️ 🏋️ 🚴 🚵 🤸 🤼 🤽 🤾 🤹 🧘";
