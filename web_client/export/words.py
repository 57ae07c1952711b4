"""What the page of an export says besides people's own words, and its dates, in both languages. Pure."""

from __future__ import annotations

import datetime
from typing import Final, Literal

from web_client.account import bounds

Language = Literal["en", "fa"]
DIRECTION: Final = {"en": "ltr", "fa": "rtl"}

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "and": ", ",
        "title": "{title}: exported messages",
        "all": "All conversations",
        "by": "Exported by {name} on {when}. The server’s digits are {digits}.",
        "check": "This page is for reading. What is proven stands in proof.json beside it. To check that, run this",
        "own_program": "with a verify.py that you have from Hamraz, not from whoever shows you this.",
        "not": "Times are what each writer’s clock said, here in the time zone {zone}. Files are not in this export,"
        " only their names; nor are words that were deleted, taken away, or hidden as {name} has blocked their writer.",
        "signs": "✓ signed by its writer, or with a receipt that its reader has signed  ·  ○ nobody else has signed it",
        "chats": "Conversations",
        "empty": "Nothing has been said here.",
        "edited": "edited",
        "before": "Earlier words",
        "deleted": "This message was deleted.",
        "taken": "{by} took this message away.",
        "taken.why": "{by} took this message away: “{why}”",
        "unsent": "not sent",
        "unreadable": "A message that can’t be opened",
        "unknown": "A message of a kind that this version doesn’t know",
        "file": "File: {name}, {size} bytes (not in this export)",
        "invitation": "An invitation to the group “{name}”",
        "answers": "In answer to {name}",
        "missing": "a message that isn’t here",
        "no_date": "no date",
        "created": "{by} made this group.",
        "added": "{by} added {who}.",
        "removed": "{by} removed {who}.",
        "removed.why": "{by} removed {who}: “{why}”",
        "left": "{by} left.",
        "joined": "{by} joined.",
        "declined": "{by} declined the invitation.",
        "policy.all": "{by} lets every member write here.",
        "policy.ranked": "{by} lets only advanced users and admins write here.",
        "lifetime": "{by} set messages to go away after {why} days.",
        "lifetime.one": "{by} set messages to go away after a day.",
        "lifetime.off": "{by} set messages to stay until somebody deletes them.",
        "settings": "{by} changed how the group looks.",
        "settings.why": "{by} named the group “{why}”.",
        "settings_refused": "{by} may not change the group’s name and picture: what came was not taken.",
        "cut": "{by} made a new key without the one before.",
        "wrong_history": "{by} passed on a wrong key.",
        "unopened": "{by} had no key since {who} changed the group.",
        "system": "{by} changed something.",
    },
    "fa": {
        "and": "، ",
        "title": "{title}: پیام‌های برون‌بری‌شده",
        "all": "همهٔ گفت‌وگوها",
        "by": "برون‌بری {name} در {when}. رقم‌های سرور: {digits}.",
        "check": "این صفحه برای خواندن است. آنچه ثابت می‌شود در proof.json کنار آن است. برای بررسی این را اجرا کنید:",
        "own_program": "با نسخه‌ای از verify.py که از خود همراز گرفته‌اید، نه از کسی که این را نشانتان می‌دهد.",
        "not": "زمان‌ها را ساعت نویسنده گفته است و این‌جا به وقت {zone} آمده."
        " خود فایل‌ها در این برون‌بری نیست، فقط نامشان هست؛"
        " کلماتی که حذف یا برداشته شده‌اند، یا چون {name} نویسنده را مسدود کرده پنهان‌اند هم نیست.",
        "signs": "✓ نویسنده امضا کرده، یا خواننده رسیدش را امضا کرده است  ·  ○ کس دیگری امضا نکرده است",
        "chats": "گفت‌وگوها",
        "empty": "این‌جا چیزی گفته نشده است.",
        "edited": "ویرایش‌شده",
        "before": "کلمات پیشین",
        "deleted": "این پیام حذف شده است.",
        "taken": "{by} این پیام را برداشت.",
        "taken.why": "{by} این پیام را برداشت: «{why}»",
        "unsent": "فرستاده نشده",
        "unreadable": "پیامی که باز نمی‌شود",
        "unknown": "پیامی از نوعی که این نسخه نمی‌شناسد",
        "file": "فایل: {name}، {size} بایت (در این برون‌بری نیست)",
        "invitation": "دعوت به گروه «{name}»",
        "answers": "در پاسخ به {name}",
        "missing": "پیامی که این‌جا نیست",
        "no_date": "بی‌تاریخ",
        "created": "{by} این گروه را ساخت.",
        "added": "{by}، {who} را اضافه کرد.",
        "removed": "{by}، {who} را از گروه حذف کرد.",
        "removed.why": "{by}، {who} را از گروه حذف کرد: «{why}»",
        "left": "{by} گروه را ترک کرد.",
        "joined": "{by} پیوست.",
        "declined": "{by} دعوت را نپذیرفت.",
        "policy.all": "{by} اجازه داد همهٔ اعضا این‌جا بنویسند.",
        "policy.ranked": "{by} نوشتن در این‌جا را به کاربران پیشرفته و مدیران سپرد.",
        "lifetime": "{by} تنظیم کرد که پیام‌ها پس از {why} روز پاک شوند.",
        "lifetime.one": "{by} تنظیم کرد که پیام‌ها پس از یک روز پاک شوند.",
        "lifetime.off": "{by} تنظیم کرد که پیام‌ها بمانند تا کسی پاکشان کند.",
        "settings": "{by} ظاهر گروه را عوض کرد.",
        "settings.why": "{by} نام گروه را «{why}» گذاشت.",
        "settings_refused": "{by} اجازهٔ تغییر نام و تصویر گروه را ندارد؛ آنچه فرستاد پذیرفته نشد.",
        "cut": "{by} کلید تازه‌ای ساخت ولی کلید پیشین را نداشت.",
        "wrong_history": "{by} کلید پیشین را نادرست رساند.",
        "unopened": "از وقتی {who} گروه را تغییر داد، {by} کلید آن را نداشت.",
        "system": "{by} چیزی را عوض کرد.",
    },
}

MONTHS: Final = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "fa": ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"],
}
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)  # days of a year before each month


def local(ms: int) -> datetime.datetime | None:
    """A time that somebody claims, in this computer's zone; None where it has no date."""
    if bounds.moment(ms) is None:
        return None
    try:
        return datetime.datetime.fromtimestamp(ms / 1000).astimezone()
    except (OverflowError, OSError, ValueError):
        return None


def day(when: datetime.datetime, language: Language) -> str:
    """The date in words: Gregorian in English, Jalali in Persian."""
    year, month, date = (when.year, when.month, when.day) if language == "en" else jalali(when.date())
    return numbers(f"{date} {MONTHS[language][month - 1]} {year}", language)


def hour(when: datetime.datetime, language: Language) -> str:
    return numbers(f"{when:%H:%M}", language)


def zone(language: Language) -> str:
    """This computer's, as the hours from UTC; where summer has another time, both, as each message has its own."""
    now = datetime.datetime.now()
    moments = now, datetime.datetime(now.year, 1, 1), datetime.datetime(now.year, 7, 1)
    offsets = {moment.astimezone().utcoffset() or datetime.timedelta() for moment in moments}
    return " / ".join(_from_utc(offset, language) for offset in sorted(offsets))


def _from_utc(offset: datetime.timedelta, language: Language) -> str:
    minutes = round(offset.total_seconds() / 60)
    sign = "+" if minutes >= 0 else "−"
    return "UTC" + (numbers(f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}", language) if minutes else "")


def numbers(text: str, language: Language) -> str:
    """With the language's own digits."""
    return text if language == "en" else text.translate({ord("0") + n: chr(0x06F0 + n) for n in range(10)})


def jalali(date: datetime.date) -> tuple[int, int, int]:
    """(year, month, day) of the Solar Hijri calendar, by its cycle of 33 years: right from 1700 to 2250."""
    leaps = date.year + (date.month > 2)
    days = 355666 + 365 * date.year + (leaps + 3) // 4 - (leaps + 99) // 100 + (leaps + 399) // 400
    days += date.day + _BEFORE[date.month - 1]
    cycles, days = divmod(days, 12053)
    fours, days = divmod(days, 1461)
    year = -1595 + 33 * cycles + 4 * fours
    if days > 365:
        year, days = year + (days - 1) // 365, (days - 1) % 365
    return (
        (year, 1 + days // 31, 1 + days % 31) if days < 186 else (year, 7 + (days - 186) // 30, 1 + (days - 186) % 30)
    )
