"""A page's bytes → UTF-8, whatever the server, the markup and the bytes themselves say about their charset."""

from __future__ import annotations

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What an undeclared page in a language is most likely to be in: browsers' own table (WHATWG HTML, "determining the
# character encoding"). Statistical guessing is left out: on a short page it is worse, and never twice the same.
LEGACY = {
    "ar": "cp1256",
    "bg": "cp1251",
    "cs": "cp1250",
    "el": "iso8859-7",
    "fa": "cp1256",
    "he": "cp1255",
    "hr": "cp1250",
    "hu": "iso8859-2",
    "ja": "cp932",
    "ko": "cp949",
    "lt": "cp1257",
    "lv": "cp1257",
    "pl": "iso8859-2",
    "ru": "cp1251",
    "sk": "cp1250",
    "sr": "cp1251",
    "th": "cp874",
    "tr": "cp1254",
    "uk": "cp1251",
    "vi": "cp1258",
    "zh": "gb18030",
}

# Python's codecs that no page is in: the wide ones, whose declaration could not have been read, and no charsets at all.
_NO_CHARSETS = ("utf-16", "utf-32", "idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")

_LANGUAGE = re.compile(rb"<html[^>]{0,400}?\blang\s*=\s*[\"']?([a-z]{2})\b", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r\f") + b"\x7f"
_FORM_FEED = bytes.maketrans(b"\f", b" ")
"""White space in HTML, yet nothing that lxml lets be written into a tree."""

# What browsers read when a page says so: the printed curly quotes live in Windows' half of the table (WHATWG Encoding).
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-7": "cp1252",
}


def to_utf8(body: bytes, content_type: str | None = None) -> tuple[bytes, str]:
    """Return *body* as UTF-8 without control characters, and the name of the charset it was read in.

    A byte order mark is believed first, then the bytes: text that is valid UTF-8 beyond ASCII is UTF-8 whatever was
    declared. Then the HTTP header, `<meta>`, and at last what the page's language was written in. Single wrong bytes in
    a page that is UTF-8 by declaration are read as Windows-1252, the way they got there.
    """
    for mark, charset in BOMS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], charset), charset
    wide = _wide(body)
    if wide:
        return _recoded(body, wide), wide
    if _is_utf8(body):
        return body.translate(_FORM_FEED, _CONTROLS), "utf-8"
    charset = next(iter(_declared(body, content_type)), None) or _guessed(body)
    return _recoded(body, charset), charset


def _recoded(body: bytes, charset: str) -> bytes:
    errors = "clipfile-cp1252" if charset == "utf-8" else "replace"
    return body.decode(charset, errors).encode("utf-8", "replace").translate(_FORM_FEED, _CONTROLS)


def _is_utf8(body: bytes) -> bool:
    if b"\x1b" in body:
        return False  # ISO-2022-JP is all ASCII bytes
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wide(body: bytes) -> str | None:
    """UTF-16 without a byte order mark shows as every other byte of its markup being NUL."""
    start = body[:256]
    if len(start) < 8 or b"\0" not in start:
        return None
    for charset, markup in (("utf-16-le", b"<\0"), ("utf-16-be", b"\0<")):
        if markup in start and start[markup.index(b"\0") :: 2].count(0) > len(start) // 3:
            return charset
    return None


def _declared(body: bytes, content_type: str | None) -> list[str]:
    # Imported here: only a page that is not UTF-8 pays for it.
    from bs4.dammit import EncodingDetector

    header = _HEADER.search(content_type or "")
    names = [header[1] if header else None, EncodingDetector.find_declared_encoding(body, is_html=True)]
    return [charset for name in names if name and (charset := _known(name))]


def _known(name: str) -> str | None:
    """Python's name for a declared charset; None when it is none, or cannot be: wide, yet its name was readable."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not codec._is_text_encoding or codec.name.startswith(_NO_CHARSETS):
        return None
    return _READ_AS.get(codec.name, codec.name)


def _guessed(body: bytes) -> str:
    language = _LANGUAGE.search(body[:4096])
    return LEGACY.get(language[1].decode().lower(), "cp1252") if language else "cp1252"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("clipfile-cp1252", _as_cp1252)
