"""What a confidence is worth: `python -m benchmarks.calibration` counts wrong values by band of confidence.

Two measures: the sample blog's posts, and pages made up here, every outlet of the authority file and invented ones put
into layouts and wordings as such blogs have them. Neither is the world: real blogs are harder.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from html import escape
from itertools import cycle
from typing import Any, NamedTuple

from tabulate import tabulate

from archive.outlets import load_outlets
from archive.provenance.audit import Audit, audit, reliability_rows
from crawler.profiles import load_profile
from crawler.reading import inspection, read_bytes
from crawler.sample import expected_labels
from crawler.sample.blog import Options
from crawler.sample.exchange import Request
from crawler.sample.prose import paragraphs, phrases
from crawler.sample.wordpress import WordPress

BASE = "http://blog.example/"
HARBOR = "https://harborcoalition.example/"
PAGES = 2400
"""About as many as there are outlets in the authority file."""
MADE_UP = 0.12
"""Share of reposts from outlets that no file knows."""
OWN = 0.3
"""Share of posts that are none, though half of them name an outlet."""

BLOCKS = (
    "<p>{outlet}<br>{day}<br>{author}</p>",
    "<p><strong>{outlet}</strong></p><p>{day}</p><p>By {author}</p>",
    "<h4>From {outlet}</h4><p>{day}<br>By: {author}</p>",
    "<div><div>{author}</div><div>{outlet}</div><div>{day}</div></div>",
    "<p><em>{day} – {outlet}</em></p><p>By {author}</p>",
    "<p>{outlet} | {day} | {author}</p>",
    "<table><tr><td>Source</td><td>{outlet}</td></tr><tr><td>Author</td><td>{author}</td></tr>"
    "<tr><td>Published</td><td>{day}</td></tr></table>",
    "<p>By {author}, {outlet}</p><p>{day}</p>",
    "<p>Photo courtesy of the port authority</p><p>{outlet}</p><p>{day}</p><p>By {author}</p>",
    "<p>{outlet}: {day}</p><p>By {author}</p>",
)
FEET = {
    "en": (
        "This article originally appeared in {outlet} on {day}. By {author}.",
        "By {author}. First published in {outlet}, {day}.",
        "Republished with permission from {outlet}, {day}. Written by {author}.",
    ),
    "es": ("Artículo de {author} publicado en {outlet} el {day}.",),
    "fr": ("Tribune de {author} parue dans {outlet} le {day}.",),
    "de": ("Der Beitrag von {author} ist am {day} in {outlet} erschienen.",),
    "it": ("Articolo di {author} uscito su {outlet} il {day}.",),
    "pt": ("Artigo de {author} publicado em {outlet} em {day}.",),
}
NONE = (
    "",
    "<p>By {author}</p>",
    "<p>Our director spoke with {outlet} last week about what comes next.</p>",
    "<p>When: {day}, 6 p.m.</p><p>Where: Grange Hall</p>",
    "<p>FOR IMMEDIATE RELEASE</p><p>Media contact: {author}</p>",
    "<p>{author} was named to the list of {outlet} this spring.</p>",
)
PLACES = "Harbor Kettle Orchard Lantern Prairie Saginaw Thornbury Wexley Larkfield Millbrook".split()
PAPERS = "Courier,Sentinel,Business Review,Gazette,Daily Mirror,Post-Herald,Weekly,Ledger".split(",")
MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
DAYS = {"es": "{} de {} de {}", "fr": "{} {} {}", "de": "{}. {} {}", "it": "{} {} {}", "pt": "{} de {} de {}"}


class MadePage(NamedTuple):
    """A page and what a careful reader concludes from it."""

    label: Mapping[str, Any]
    page: bytes


def sample_blog() -> Audit:
    """The sample blog's posts, each read from the page its theme prints."""
    blog, profile = WordPress(Options(), BASE), load_profile("sample")
    labels = list(expected_labels(1, BASE))
    pages = [blog.answer(Request(target=f"/{label['url'].removeprefix(BASE)}")).body for label in labels]
    read = [
        inspection(label["url"], read_bytes(page, label["url"], profile))
        for label, page in zip(labels, pages, strict=True)
    ]
    return audit(read, labels)


def made_up_pages(count: int) -> Audit:
    """*count* pages made up here, the same ones each time."""
    profile, pages = load_profile(HARBOR), list(make_pages(count))
    read = [inspection(label["url"], read_bytes(page, label["url"], profile)) for label, page in pages]
    return audit(read, [label for label, _ in pages])


def make_pages(count: int) -> Iterator[MadePage]:
    chance, people = random.Random(7), phrases()["shared"]["people"]
    outlets = cycle(chance.sample(list(load_outlets()), k=len(load_outlets())))
    for number in range(count):
        outlet = next(outlets)
        language = outlet.language if outlet.language in FEET else "en"
        name = outlet.name
        if chance.random() < MADE_UP:
            name, language = f"{chance.choice(PLACES)} {chance.choice(PAPERS)}", "en"
        posted = date(2016, 1, 1) + timedelta(days=chance.randrange(3000))
        printed = posted - timedelta(days=chance.randrange(1, 9))
        said = {"outlet": escape(name), "author": chance.choice(people), "day": spelled(printed, language)}
        is_repost = chance.random() >= OWN
        foot = is_repost and (language != "en" or chance.random() < 0.3)
        lines = chance.choice(FEET[language] if foot else BLOCKS if is_repost else NONE).format_map(said)
        claimed = {"outlet": name, "original_authors": [said["author"]], "original_date": printed.isoformat()}
        label = {"url": f"{HARBOR}post-{number}/", "is_repost": is_repost, "original_url": None}
        yield MadePage(label | (claimed if is_repost else dict.fromkeys(claimed)), _page(number, lines, posted, foot))


def spelled(day: date, language: str) -> str:
    """*day* as *language* prints it."""
    if language == "en":
        return f"{day:%B} {day.day}, {day.year}"
    return DAYS[language].format(day.day, MONTHS[language].split()[day.month - 1], day.year)


def _page(number: int, lines: str, posted: date, foot: bool) -> bytes:
    text = "".join(f"<p>{escape(words)}</p>" for words in paragraphs(number, "tariffs", 160))
    body = f"{text}<p>{lines}</p>" if foot else f"{lines}{text}"
    return (
        f"<!doctype html><html lang='en-US'><head><title>A quiet vote on permits ({number})</title></head><body>"
        "<article>"
        f"<h1 class='entry-title'>A quiet vote on permits ({number})</h1><div class='entry-meta'>"
        f"<time class='entry-date published' datetime='{posted}'>{spelled(posted, 'en')}</time></div>"
        f"<div class='entry-content'>{body}</div></article></body></html>"
    ).encode()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES, help="pages to make up (default: %(default)s)")
    count = parser.parse_args(arguments).pages
    for name, measured in (("The sample blog", sample_blog()), ("Pages made up", made_up_pages(count))):
        print(f"{name}: {measured.posts} posts, {measured.whole} read wholly as labelled.\n")
        print(tabulate(reliability_rows(measured), headers="keys", tablefmt="github"), end="\n\n")


if __name__ == "__main__":
    main()
