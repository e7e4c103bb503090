"""A clipping as a reference: where the article first appeared, and where, when and by whom it was reposted.

What is cited is the original, not the blog: the outlet, its authors and its date to the precision that is known. The
repost and the moment of capture stand in the note, and in CSL-JSON's `custom` for programs. Formats: CSL-JSON 1.0.2,
BibTeX (with biblatex' `date`), RIS as Zotero and EndNote read it, and a sentence for a person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from archive.export.names import Name, read_name
from archive.terminal import printable

Medium = Literal["newspaper", "magazine", "blog"]

CSL_TYPES: Final[dict[Medium, str]] = {
    "newspaper": "article-newspaper",
    "magazine": "article-magazine",
    "blog": "post-weblog",
}
RIS_TYPES: Final[dict[Medium, str]] = {"newspaper": "NEWS", "magazine": "MGZN", "blog": "BLOG"}
MONTHS: Final = (
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
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """What a reference manager needs to know of one clipping; no control character stands in any of it."""

    uid: str
    medium: Medium
    title: str | None
    container: str | None
    """The outlet, or the blog when the post itself is cited."""
    authors: tuple[Name, ...]
    printed_authors: tuple[str, ...]
    issued_on: str | None
    """`YYYY-MM-DD`, `YYYY-MM` or `YYYY`: never more than is known."""
    url: str
    accessed_at: str | None
    """When the page at `url` was captured; None when `url` is the outlet's own page, which nobody captured."""
    language: str | None
    genre: str | None
    note: str | None
    custom: Mapping[str, str]
    """Repost and custody for programs, under the names of the archive's own columns."""

    @property
    def key(self) -> str:
        """Made of the uid alone: a correction of author or date leaves the key in a manuscript valid."""
        return f"clipfile-{self.uid}"


def read_reference(record: Mapping[str, Any], *, repost: bool = False) -> Reference:
    """The reference of a record of `archive.export.selection`; of the blog's page with *repost*.

    A post that is no repost is always cited as the blog's page. The blog's editor is never the author of a repost.
    """
    is_repost = record["kind"] == "repost"
    cites_original = is_repost and not repost
    url = (record["original_url"] if cites_original else None) or record["url"]
    captured_at = record["captured_at"] or record["last_seen_at"]
    authors = tuple(map(printable, record["authors"] or ([] if is_repost else [record["site_author"] or ""])))
    return Reference(
        uid=record["uid"],
        medium=_medium(record) if cites_original else "blog",
        title=_clean(record["title"]),
        container=_clean(record["outlet"]) if cites_original else _blog(record),
        authors=tuple(read_name(name) for name in authors if name),
        printed_authors=tuple(name for name in authors if name),
        issued_on=record["original_on"] if cites_original else record["posted_on"],
        url=_address(url),
        accessed_at=captured_at if url == record["url"] else None,
        language=_clean(record["language"]),
        genre="Press release" if record["kind"] == "press_release" else None,
        note=_note(record, cites_original, captured_at),
        custom=_custom(record, captured_at),
    )


def to_csl(reference: Reference) -> dict[str, Any]:
    """A CSL-JSON item."""
    found = {
        "id": reference.key,
        "type": CSL_TYPES[reference.medium],
        "title": reference.title,
        "container-title": reference.container,
        "author": [_csl_name(name) for name in reference.authors],
        "issued": _csl_date(reference.issued_on),
        "URL": reference.url,
        "accessed": _csl_date(reference.accessed_at and reference.accessed_at[:10]),
        "language": reference.language,
        "genre": reference.genre,
        "note": reference.note,
        "custom": dict(reference.custom),
    }
    return {name: value for name, value in found.items() if value}


def to_bibtex(reference: Reference) -> str:
    """A BibTeX entry; headline and organisations are braced, so that styles leave their capitals alone."""
    year, month, _ = _parts(reference.issued_on)
    is_blog = reference.medium == "blog"
    title = f"{{{latex(reference.title)}}}" if reference.title else ""
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in reference.authors),
        "title": title,
        "howpublished" if is_blog else "journal": latex(reference.container or ""),
        "entrysubtype": "" if is_blog else reference.medium,
        "date": reference.issued_on or "",
        "year": year or "",
        "month": MONTHS[month - 1][:3].lower() if month else "",
        "url": reference.url,
        "urldate": (reference.accessed_at or "")[:10],
        "note": latex(". ".join(filter(None, (reference.genre, reference.note)))),
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value
    ]  # a month stands without braces: it is one of BibTeX' own macros
    return "\n".join([f"@{'misc' if is_blog else 'article'}{{{reference.key},", *lines, "}", ""])


def to_ris(reference: Reference) -> str:
    """A RIS record; lines end as RIS wants them."""
    year, _, _ = _parts(reference.issued_on)
    fields = [
        ("TY", RIS_TYPES[reference.medium]),
        *(("AU", f"{name.inverted}, {name.suffix}" if name.suffix else name.inverted) for name in reference.authors),
        ("TI", reference.title),
        ("T2", reference.container),
        ("DA", _ris_date(reference.issued_on)),
        ("PY", year),
        ("UR", reference.url),
        ("Y2", _ris_date(reference.accessed_at and reference.accessed_at[:10])),
        ("LA", reference.language),
        ("M3", reference.genre),
        ("N1", reference.note),
        ("DB", "Clipfile"),
        ("AN", reference.uid),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields if value) + "ER  - \r\n"


def to_text(reference: Reference) -> str:
    """A sentence or two that say it all, in one line."""
    parts = (
        ", ".join(reference.printed_authors),
        f"“{_closed(reference.title or 'Without a headline')}”",
        ", ".join(filter(None, (reference.container, _spoken(reference.issued_on)))),
        reference.url,
        reference.note,
    )
    return " ".join(_closed(part) for part in parts if part)


def _closed(part: str) -> str:
    return part if part.endswith((".", "!", "?", ".”", "!”", "?”")) else f"{part}."


CITATIONS: Final[dict[str, Callable[[Reference], str]]] = {
    "csl": lambda reference: json.dumps([to_csl(reference)], ensure_ascii=False, indent=2) + "\n",
    "bibtex": to_bibtex,
    "ris": to_ris,
    "text": lambda reference: to_text(reference) + "\n",
}
"""Format → one reference in it, as a whole file."""


def iter_csl(references: Iterable[Reference]) -> Iterator[str]:
    """One JSON array, an item a line."""
    before = "[\n"
    for reference in references:
        yield before + json.dumps(to_csl(reference), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def latex(text: str) -> str:
    """*text* with the characters LaTeX would obey written out; braces too, which BibTeX counts even after a backslash.

    >>> latex("R&D up 5% {sic}")
    'R\\\\&D up 5\\\\% \\\\textbraceleft{}sic\\\\textbraceright{}'
    """
    return text.translate(_LATEX)


_LATEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)

_UNFIT_FOR_ADDRESS: Final = re.compile(r"[\s{}\\<>\"]")


def _address(url: str) -> str:
    """The address without what would end a BibTeX field: `url` fields are verbatim and know no escapes."""
    return _UNFIT_FOR_ADDRESS.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), printable(url))


def _medium(record: Mapping[str, Any]) -> Medium:
    return "magazine" if record["outlet_kind"] == "magazine" else "newspaper"


def _blog(record: Mapping[str, Any]) -> str:
    return printable(record["site_title"] or record["site"])


def _clean(text: str | None) -> str | None:
    return printable(text or "") or None


def _note(record: Mapping[str, Any], cites_original: bool, captured_at: str) -> str:
    gone = f"; gone from the blog since {record['gone_at']}" if record["gone_at"] else ""
    if cites_original:
        posted = f" on {record['posted_on']}" if record["posted_on"] else ""
        return f"Reposted by {_blog(record)}{posted} at {_address(record['url'])}; archived {captured_at}{gone}"
    first = ", ".join(filter(None, (_clean(record["outlet"]), record["original_on"], record["original_url"])))
    origin = f"First published: {printable(first)}; a" if record["kind"] == "repost" and first else "A"
    return f"{origin}rchived {captured_at}{gone}"


def _custom(record: Mapping[str, Any], captured_at: str) -> dict[str, str]:
    facts = {
        "uid": record["uid"],
        "repost_url" if record["kind"] == "repost" else "url": record["url"],
        "posted_on": record["posted_on"],
        "archived_at": captured_at,
        "original_on": record["original_on"],
        "original_url": record["original_url"],
        "outlet_printed": record["outlet_printed"],
    }
    return {name: printable(value) for name, value in facts.items() if value}


def _parts(day: str | None) -> tuple[str | None, int | None, int | None]:
    """Year as printed, month and day of an ISO date that may have less.

    >>> _parts("2015-07")
    ('2015', 7, None)
    """
    year, month, number, *_ = [*(day or "").split("-"), "", "", ""]
    return year or None, int(month) if month else None, int(number) if number else None


def _csl_date(day: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None


def _csl_name(name: Name) -> dict[str, str]:
    if name.given is None:
        return {"literal": name.family}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}


def _bibtex_name(name: Name) -> str:
    if name.given is None:
        return f"{{{latex(name.family)}}}"
    family = latex(f"{name.particle} {name.family}" if name.particle else name.family)
    return ", ".join(filter(None, (family, latex(name.suffix or ""), latex(name.given))))


def _ris_date(day: str | None) -> str | None:
    """`YYYY/MM/DD/`, with the parts nobody knows left empty between their strokes."""
    if not day:
        return None
    year, month, number = [*day.split("-"), "", ""][:3]
    return f"{year}/{month}/{number}/"


def _spoken(day: str | None) -> str | None:
    """
    >>> _spoken("2015-07-02"), _spoken("2015-07"), _spoken("2015")
    ('2 July 2015', 'July 2015', '2015')
    """
    year, month, number = _parts(day)
    return " ".join(filter(None, (str(number or ""), MONTHS[month - 1] if month else "", year))) or None
