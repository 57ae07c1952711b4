"""What a file may be called here: tricks with paths, directions and what can't be seen."""

import pytest

from web_client.files.names import clean_name, clean_type


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("گزارش‌نهایی.pdf", "گزارش‌نهایی.pdf"),  # the half-space stays
        ("../../.ssh/authorized_keys", "authorized_keys"),
        ("..\\..\\autoexec.bat", "autoexec.bat"),
        ("/etc/passwd", "passwd"),
        ("C:\\windows\\system32\\a.dll", "a.dll"),
        ("..", "file"),
        ("", "file"),
        ("a/", "file"),
        (" . ", "file"),
        (".bashrc", ".bashrc"),
        ("...", "file"),
        ("\U0001fae9.png", "\U0001fae9.png"),  # newer than this Python's Unicode
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f.png",) * 2,
        ("tab\there.txt", "tab here.txt"),
        ("COM¹.txt", "_COM¹.txt"),
        ("CONIN$", "_CONIN$"),
        ("con .txt", "_con .txt"),
        ("Nul  .tar.gz", "_Nul .tar.gz"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069\u200e\u200f\u061c.txt", "a.txt"),
        ("a\u200b\ufeff\u2060b.txt", "ab.txt"),
        ("a\0b\r\nc\x1b[31m.txt", "ab c[31m.txt"),
        ('a<b>c:d"e|f?g*.txt', "a_b_c_d_e_f_g_.txt"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("console.txt", "console.txt"),
        ("two  words\u00a0.txt", "two words .txt"),
        ("e\u0301.txt", "é.txt"),
        ("\U000e0041tag.txt", "tag.txt"),
        ("family 👨‍👩‍👧.jpg", "family 👨‍👩‍👧.jpg"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(said: str, shown: str) -> None:
    assert clean_name(said) == shown
    assert clean_name(shown) == shown


def test_a_long_name_keeps_its_ending() -> None:
    for said in ("س" * 255 + ".pdf", "a" * 255 + ".pdf"):
        assert clean_name(said).endswith(".pdf") and 200 < len(clean_name(said).encode()) <= 240
    assert len(clean_name("a." + "b" * 250).encode()) == 240
    for end in (" ", ".", "\u200d"):  # where it is cut
        assert clean_name("a" * 239 + end + "b" * 30) == "a" * 239


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("image/png", "image/png"),
        ("Image/JPEG; charset=x", "image/jpeg"),
        ("image/svg+xml", "image/svg+xml"),
        ("", "application/octet-stream"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("a/b/c", "application/octet-stream"),
        ("<script>", "application/octet-stream"),
    ],
)
def test_a_media_type_is_one(said: str, shown: str) -> None:
    assert clean_type(said) == shown
