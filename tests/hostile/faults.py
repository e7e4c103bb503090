"""One route a fault: what each hostile post answers with. manifest.toml says how a right crawler ends with it."""

from __future__ import annotations

import gzip
import html
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import brotli
import zstandard

from tests.hostile.pages import headline, post
from tests.hostile.server import Answer, Conversation, head, redirect, whole

MEGABYTE = 1_000_000
ZEROS = bytes(MEGABYTE)
HTML = "Content-Type: text/html"
TERMINAL_ORDERS = " \x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066"


def page_of(name: str) -> bytes:
    return post(name).encode()


def sends(data: bytes, then: Callable[[Conversation], None] | None = None) -> Answer:
    """Exactly these bytes, then perhaps something else."""

    def answer(talk: Conversation) -> None:
        talk.write(data)
        if then is not None:
            then(talk)

    return answer


def repeats(start: bytes, piece: bytes) -> Answer:
    """A beginning, then the same for as long as somebody listens."""

    def answer(talk: Conversation) -> None:
        talk.write(start)
        while not talk.server.closing.is_set():
            talk.write(piece)

    return answer


def drips(start: bytes, piece: bytes = b"<p>") -> Answer:
    def answer(talk: Conversation) -> None:
        talk.write(start)
        for _ in talk.beats(0.1):
            talk.write(piece)

    return answer


def first(answer: Answer, then: Answer) -> Answer:
    """One answer to the first request, another ever after."""

    def choose(talk: Conversation) -> None:
        chosen = answer if talk.asked == 1 else then
        chosen(talk) if callable(chosen) else talk.write(chosen)

    return choose


@cache
def bomb(compress: Callable[[bytes], bytes], megabytes: int = 100) -> bytes:
    return compress(ZEROS * megabytes)


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 1)


def brotlied(data: bytes) -> bytes:
    return brotli.compress(data, quality=1)


def zstandarded(data: bytes) -> bytes:
    return zstandard.compress(data, 1)


def twice_gzipped(data: bytes) -> bytes:
    return gzip.compress(gzip.compress(data, 1), 9)


def encoded(body: bytes, coding: str) -> bytes:
    return whole(body, f"Content-Encoding: {coding}")


def poisons(talk: Conversation) -> None:
    """A whole answer, then another one that nobody asked for, on a connection that stays open."""
    body = page_of("poisoned-connection")
    forged = post("forged", title="Forged by a neighbour on the wire").encode()
    answers = (head(f"Content-Length: {len(data)}", HTML) + data for data in (body, forged))
    talk.write(b"".join(answers))
    talk.goes_on = True


def in_a_second() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


def busy(talk: Conversation) -> None:
    """503 with a date, made when it is asked for; then fine."""
    if talk.asked == 1:
        talk.write(whole("", f"Retry-After: {in_a_second()}", status=503))
    else:
        talk.write(whole(page_of("busy-until-a-date")))


def forbids_robots(talk: Conversation) -> None:
    bot = "clipfile" in talk.fields.get("user-agent", "").lower()
    talk.write(whole("<p>No robots</p>", status=403) if bot else whole(page_of("forbidden-to-robots")))


CONNECTIONS: dict[str, Answer] = {
    "reset-before-headers": lambda talk: talk.reset(),
    "closed-without-a-word": b"",
    "reset-in-mid-body": sends(
        head("Content-Length: 50000", HTML) + page_of("x")[:900], lambda t: t.reset()
    ),
    "slow-drip": drips(head(HTML)),
    "stalled-headers": sends(b"HTTP/1.1 200 OK\r\nContent-", lambda talk: talk.stall()),
    "stalled-body": sends(head("Content-Length: 5000", HTML) + b"<html>", lambda t: t.stall()),
    "length-too-long": head("Content-Length: 99999", HTML) + page_of("length-too-long"),
    "length-too-short": head(f"Content-Length: {len(page_of('length-too-short'))}", HTML)
    + page_of("length-too-short")
    + b"<p>more than was announced</p>",
    "length-negative": head("Content-Length: -5", HTML) + page_of("x"),
    "length-in-letters": head("Content-Length: many", HTML) + page_of("x"),
    "two-lengths": head("Content-Length: 10", "Content-Length: 2000", HTML) + page_of("x"),
    "chunks-cut": head("Transfer-Encoding: chunked", HTML) + b"400\r\n" + page_of("x")[:1000],
    "chunk-size-nonsense": head("Transfer-Encoding: chunked", HTML) + b"zz\r\n<p>\r\n0\r\n\r\n",
    "chunk-size-huge": head("Transfer-Encoding: chunked", HTML) + b"ffffffffffffffff\r\n<p>",
    "gzip-cut": encoded(gzipped(page_of("x"))[:-40], "gzip"),
    "gzip-that-is-not": encoded(page_of("x"), "gzip"),
    "gzip-not-named": whole(gzipped(page_of("x"))),
    "brotli-that-is-not": encoded(page_of("x"), "br"),
    "brotli-unasked": encoded(brotlied(page_of("brotli-unasked")), "br"),
    "coding-unheard-of": encoded(page_of("coding-unheard-of"), "utf-8"),
    "bomb-gzip": encoded(bomb(gzipped), "gzip"),
    "bomb-deflate": encoded(bomb(lambda data: zlib.compress(data, 1)), "deflate"),
    "bomb-brotli": encoded(bomb(brotlied), "br"),
    "bomb-zstd": encoded(bomb(zstandarded), "zstd"),
    "bomb-nested": encoded(bomb(twice_gzipped), "gzip, gzip"),
    "bomb-in-three-coats": encoded(gzipped(bomb(twice_gzipped)), "gzip, gzip, gzip"),
    "hundred-megabytes": repeats(head(f"Content-Length: {100 * MEGABYTE}", HTML), b"<p>" * 9999),
    "endless-page": repeats(head(HTML), b"<p>and so on</p>" * 999),
    "endless-chunks": repeats(head("Transfer-Encoding: chunked", HTML), b"8000\r\n" + b"x" * 32768 + b"\r\n"),
    "http-0.9": b"hello, I speak no HTTP\r\n",
    "status-line-nonsense": b"HTTP/1.1 two hundred\r\n\r\n" + page_of("x"),
    "binary-greeting": bytes(range(256)) * 20,
    "header-flood": repeats(b"HTTP/1.1 200 OK\r\n", b"X-Flood: " + b"y" * 1000 + b"\r\n"),
    "header-of-a-megabyte": head("X-Long: " + "y" * MEGABYTE, HTML) + page_of("x"),
    "header-without-colon": head(HTML, "nonsense") + page_of("header-without-colon"),
    "thousand-cookies": whole(
        page_of("thousand-cookies"), *(f"Set-Cookie: crumb{number}=1; Path=/" for number in range(1000))
    ),
    "continue-for-ever": repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "poisoned-connection": poisons,
}  # fmt: skip

STATUSES: dict[str, Answer] = {
    "busy-for-a-second": first(whole("", "Retry-After: 1", status=429), whole(page_of("busy-for-a-second"))),
    "busy-until-a-date": busy,
    "busy-for-ever": whole("", "Retry-After: 0", status=503),
    "error-then-fine": first(whole("", status=500), whole(page_of("error-then-fine"))),
    "error-for-ever": whole("<p>Oops</p>", status=500),
    "forbidden-to-robots": forbids_robots,
    "login-wanted": whole("", 'WWW-Authenticate: Basic realm="members"', status=401),
    "login-wall": redirect("/wp-login.php?redirect_to=%2Fblog%2Flogin-wall%2F"),
    "legal-reasons": whole("", status=451),
    "long-gone": whole("", status=410),
    "soft-404": whole(
        post("soft-404", title="Page not found").replace('class="single single-post"', 'class="error404"')
    ),
    "not-modified-unasked": whole("", status=304, kind=""),
    "part-unasked": whole(page_of("x"), "Content-Range: bytes 0-99/9999", status=206),
    "empty-answer": whole(""),
    "blank-answer": whole(" \n\t\n "),
    "no-content": head(status=204),
    "status-999": whole("", status="999 Go away"),
    "picture-for-a-page": whole(b"\x89PNG\r\n\x1a\n" + ZEROS[:500], kind="image/png"),
    "pdf-for-a-page": whole(b"%PDF-1.7 nothing to read here <p>", kind="text/html"),
}

REDIRECTS: dict[str, Answer] = {
    "redirect-to-itself": redirect("/blog/redirect-to-itself/"),
    "redirect-there": redirect("/blog/redirect-back/"),
    "redirect-back": redirect("/blog/redirect-there/"),
    "redirect-chain": redirect("/hop/1"),
    "redirect-moved": redirect("/blog/moved-here/", 301),
    "redirect-to-nowhere": head("Content-Length: 0", status=302),
    "redirect-without-words": redirect(""),
    "redirect-nonsense": redirect("http://[::1/"),
    "redirect-file": redirect("file:///etc/passwd"),
    "redirect-ftp": redirect("ftp://127.0.0.1/post"),
    "redirect-data": redirect("data:text/html,<h1>A post</h1>"),
    "redirect-script": redirect("javascript:alert(1)"),
    "redirect-elsewhere": redirect("http://elsewhere.example/post/"),
    "redirect-with-password": redirect("http://admin:secret@elsewhere.example/post/"),
    "redirect-splits-headers": head("Location: /blog/\r\nX-Injected: yes", "Content-Length: 0", status=302),
}


def with_categories(count: int) -> str:
    return "".join(
        f'<a href="/blog/category/port-news/" rel="category tag">Category {number}</a>' for number in range(count)
    )


def in_charset(name: str, text: str, charset: str, declared: str | None, meta: str = "") -> bytes:
    """A post whose headline has *text* in it, in that charset, served as *declared*."""
    body = post(name, title=html.escape(headline(name)) + text, charset=meta)
    return whole(body.encode(charset, "surrogatepass"), kind="text/html" + f"; charset={declared}" * bool(declared))


CONTENT: dict[str, Answer] = {
    "charset-missing": in_charset("charset-missing", " – “at last”", "cp1252", None),
    "charset-wrong": in_charset("charset-wrong", " – Café", "utf-8", "iso-8859-1"),
    "charset-twice": in_charset("charset-twice", " – Café", "utf-8", "utf-8", '<meta charset="iso-8859-7">'),
    "charset-unheard-of": in_charset("charset-unheard-of", " – Café", "utf-8", "klingon"),
    "charset-bom": in_charset("charset-bom", " – Café", "utf-8-sig", "iso-8859-1"),
    "charset-utf-16": in_charset("charset-utf-16", " – Café", "utf-16", None),
    "charset-utf-16-bare": in_charset("charset-utf-16-bare", " – Café", "utf-16-le", "utf-16"),
    "charset-utf-7": in_charset("charset-utf-7", " +ADw-script+AD4-", "cp1252", "utf-7"),
    "nul-bytes": whole(post("nul-bytes").replace("Harbour", "Har\0bour").replace("winter", "win\0ter")),
    "lone-surrogates": in_charset("lone-surrogates", " \ud800 \udfff", "utf-8", "utf-8"),
    "title-of-10-mb": whole(post("title-of-10-mb").replace("<title>", "<title>" + "without end " * 850_000)),
    "ten-thousand-categories": whole(post("ten-thousand-categories", categories=with_categories(10_000))),
    "nested-100-000-deep": whole(post("nested-100-000-deep", in_body="<div>" * 100_000)),
    "attributes-100-000": whole(
        post("attributes-100-000", in_body="<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">x</p>")
    ),
    "comment-never-closed": whole(post("comment-never-closed") + "<!-- " + "- " * 100_000),
    "entities-in-doctype": whole(
        post("entities-in-doctype").replace(
            "<!doctype html>", '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///x">]>'
        )
    ),
    "canonical-elsewhere": whole(
        post("canonical-elsewhere", in_head='<link rel="canonical" href="http://elsewhere.example/original/">')
    ),
    **{
        name: whole(post(name, in_head='<link rel="canonical" href="/blog/healthy-1/">'))
        for name in ("canonical-for-all-1", "canonical-for-all-2", "canonical-for-all-3")
    },
    "day-in-year-0": whole(post("day-in-year-0", day="January 5, 0000", posted="<time>January 5, 0000</time>")),
    "day-in-year-9999": whole(post("day-in-year-9999", day="May 3, 9999")),
    "day-31-february": whole(post("day-31-february", day="February 31, 2024", posted="<time>February 31, 2024</time>")),
    "outlet-in-homoglyphs": whole(post("outlet-in-homoglyphs", outlet="Dеtrоit Frее Prеss")),  # Cyrillic е and о
    "outlet-right-to-left": whole(post("outlet-right-to-left", outlet="\u202eetteza\u202c G \x1b[31m\u2066The\u2069")),
    "title-for-terminals": whole(
        post("title-for-terminals", title=headline("title-for-terminals") + TERMINAL_ORDERS)
    ),
    "markup-in-pieces": whole(post("markup-in-pieces").replace("</p>", "</p></div></span></table><p/></b>", 3)),
}  # fmt: skip

FAULTS: dict[str, Answer] = {**CONNECTIONS, **STATUSES, **REDIRECTS, **CONTENT}
