"""What a reference promises: the original's outlet, authors and date, and the repost beside it, in every format."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export.citations import CITATIONS, iter_csl, read_reference, to_bibtex, to_csl, to_ris, to_text
from archive.export.names import Name, read_name

CAPTURED_AT = "2026-03-02T09:00:00Z"


def a_record(**facts: Any) -> dict[str, Any]:
    """A repost as an export reads it."""
    defaults: dict[str, Any] = {
        "uid": "00c0ffee00c0ffee",
        "site": "harbor",
        "site_title": "Harbor Auto Alliance",
        "url": "https://blog.example/yard-reopens/",
        "title": "Dry dock reopens after a winter of repairs",
        "kind": "repost",
        "outlet": "The Detroit News",
        "outlet_kind": "newspaper",
        "outlet_printed": "Detroit News, The",
        "authors": ["Marta Quill", "Anton van der Leek"],
        "original_on": "2026-02-27",
        "original_url": "https://news.example/yard",
        "posted_on": "2026-03-01",
        "site_author": "Web Desk",
        "language": "en-US",
        "captured_at": CAPTURED_AT,
        "last_seen_at": "2026-03-09T09:00:00Z",
        "gone_at": None,
    }
    return {**defaults, **facts}


def cited(format: str, *, repost: bool = False, **facts: Any) -> str:
    return CITATIONS[format](read_reference(a_record(**facts), repost=repost))


# --- what is cited ----------------------------------------------------------------------------------------------------


def test_the_sentence_says_original_and_repost() -> None:
    assert cited("text") == (
        "Marta Quill, Anton van der Leek. “Dry dock reopens after a winter of repairs.” The Detroit News, "
        "27 February 2026. https://news.example/yard. Reposted by Harbor Auto Alliance on 2026-03-01 at "
        "https://blog.example/yard-reopens/; archived 2026-03-02T09:00:00Z.\n"
    )


def test_the_repost_is_the_blogs_page_by_the_articles_authors() -> None:
    assert cited("text", repost=True) == (
        "Marta Quill, Anton van der Leek. “Dry dock reopens after a winter of repairs.” Harbor Auto Alliance, "
        "1 March 2026. https://blog.example/yard-reopens/. First published: The Detroit News, 2026-02-27, "
        "https://news.example/yard; archived 2026-03-02T09:00:00Z.\n"
    )


def test_the_blogs_editor_is_never_the_author_of_a_repost() -> None:
    for format in CITATIONS:
        assert "Web Desk" not in cited(format, authors=[])


def test_the_blogs_editor_is_the_author_of_the_blogs_own_post() -> None:
    facts = {"kind": "own", "outlet": None, "original_url": None, "authors": [], "site_author": "Dana Wexcombe"}
    own = to_csl(read_reference(a_record(**facts)))
    assert (own["type"], own["container-title"]) == ("post-weblog", "Harbor Auto Alliance")
    assert own["author"] == [{"family": "Wexcombe", "given": "Dana"}]
    assert own["issued"] == {"date-parts": [[2026, 3, 1]]}


def test_a_page_is_accessed_only_where_it_was_captured() -> None:
    assert "accessed" not in to_csl(read_reference(a_record()))
    without = to_csl(read_reference(a_record(original_url=None)))
    assert without["URL"] == "https://blog.example/yard-reopens/"
    assert without["accessed"] == {"date-parts": [[2026, 3, 2]]}


def test_a_page_that_is_gone_is_said_to_be_gone() -> None:
    assert "gone from the blog since 2026-05-01T00:00:00Z" in cited("text", gone_at="2026-05-01T00:00:00Z")


@pytest.mark.parametrize(
    ("original_on", "date_parts", "ris", "bibtex", "spoken"),
    [
        pytest.param("2026-02-27", [2026, 2, 27], "2026/02/27/", "{2026-02-27}", "27 February 2026", id="day"),
        pytest.param("2017-01", [2017, 1], "2017/01//", "{2017-01}", "January 2017", id="month"),
        pytest.param("2017", [2017], "2017///", "{2017}", "2017", id="year"),
    ],
)
def test_a_date_has_the_precision_that_is_known(
    original_on: str, date_parts: list[int], ris: str, bibtex: str, spoken: str
) -> None:
    reference = read_reference(a_record(original_on=original_on))
    assert to_csl(reference)["issued"] == {"date-parts": [date_parts]}
    assert f"DA  - {ris}\r\n" in to_ris(reference)
    assert f"  date = {bibtex},\n" in to_bibtex(reference)
    assert f"The Detroit News, {spoken}." in to_text(reference)


@pytest.mark.parametrize("format", CITATIONS)
def test_what_is_unknown_is_left_out(format: str) -> None:
    unknown = ("title", "outlet", "outlet_kind", "outlet_printed", "original_on", "original_url", "posted_on")
    written = cited(format, authors=[], language=None, site_author=None, **dict.fromkeys(unknown))
    assert "None" not in written
    assert "https://blog.example/yard-reopens/" in written


@pytest.mark.parametrize(
    ("kind", "csl", "ris"),
    [
        pytest.param("newspaper", "article-newspaper", "NEWS", id="newspaper"),
        pytest.param("magazine", "article-magazine", "MGZN", id="magazine"),
        pytest.param(None, "article-newspaper", "NEWS", id="outlet-nobody-knows"),
    ],
)
def test_the_type_is_that_of_the_outlet(kind: str | None, csl: str, ris: str) -> None:
    reference = read_reference(a_record(outlet_kind=kind))
    assert to_csl(reference)["type"] == csl
    assert to_ris(reference).startswith(f"TY  - {ris}\r\n")


def test_custody_is_there_for_programs() -> None:
    assert to_csl(read_reference(a_record()))["custom"] == {
        "uid": "00c0ffee00c0ffee",
        "repost_url": "https://blog.example/yard-reopens/",
        "posted_on": "2026-03-01",
        "archived_at": CAPTURED_AT,
        "original_on": "2026-02-27",
        "original_url": "https://news.example/yard",
        "outlet_printed": "Detroit News, The",
    }


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Marta Quill", Name(family="Quill", given="Marta")),
        ("Anton van der Leek", Name(family="Leek", given="Anton", particle="van der")),
        ("Clive Orchard III", Name(family="Orchard", given="Clive", suffix="III")),
        ("Gordon Eppley, Jr.", Name(family="Eppley", given="Gordon", suffix="Jr.")),
        ("J. T. Lefèbvre-Noz", Name(family="Lefèbvre-Noz", given="J. T.")),
        ("Madonna", Name(family="Madonna")),
        ("The Editorial Board", Name(family="The Editorial Board")),
        ("Quill, Marta", Name(family="Quill, Marta")),
        ("山田 太郎", Name(family="山田 太郎")),
    ],
)
def test_a_name_is_taken_apart_only_where_it_is_safe(printed: str, name: Name) -> None:
    assert read_name(printed) == name


# --- read back by others ----------------------------------------------------------------------------------------------

HOSTILE = a_record(
    title="R&D up 5% {sic} @home #1 ~ 100_000 $ \\ ^ ends }",
    outlet="Crain’s & Söhne {Detroit}",
    authors=["Ana {Ruiz} Díaz", "Salt and Light", "Clive Orchard III"],
    original_url="https://news.example/a%20b?x={1}&y=_~#z",
)


def test_ris_is_read_back_by_rispy() -> None:
    rispy = pytest.importorskip("rispy", reason="rispy is not installed")
    [entry] = rispy.loads(cited("ris", original_url=None))
    assert entry["type_of_reference"] == "NEWS"
    assert entry["authors"] == ["Quill, Marta", "van der Leek, Anton"]
    assert entry["title"] == "Dry dock reopens after a winter of repairs"
    assert (entry["secondary_title"], entry["date"], entry["year"]) == ("The Detroit News", "2026/02/27/", "2026")
    assert (entry["urls"], entry["access_date"]) == (["https://blog.example/yard-reopens/"], "2026/03/02/")
    assert "2026-03-01" in entry["notes"][0]
    assert CAPTURED_AT in entry["notes"][0]


def test_many_ris_records_stay_apart() -> None:
    rispy = pytest.importorskip("rispy", reason="rispy is not installed")
    records = [a_record(title=f"Headline {number}") for number in range(3)]
    written = "\r\n".join(to_ris(read_reference(record)) for record in [*records, HOSTILE])
    assert [entry["title"] for entry in rispy.loads(written)] == [
        "Headline 0",
        "Headline 1",
        "Headline 2",
        HOSTILE["title"],
    ]


def bibtex_fields(written: str) -> dict[str, Any]:
    """Fields as bibtexparser reads them; names in their parts, LaTeX in titles and notes decoded."""
    bibtexparser = pytest.importorskip("bibtexparser", minversion="2", reason="bibtexparser 2 is not installed")
    latex = pytest.importorskip("pylatexenc.latex2text", reason="pylatexenc is not installed")
    names = [bibtexparser.middlewares.SeparateCoAuthors(), bibtexparser.middlewares.SplitNameParts()]
    library = bibtexparser.parse_string(written, append_middleware=names)
    assert not library.failed_blocks
    [entry] = library.entries
    decode = latex.LatexNodes2Text().latex_to_text
    found = {field.key: field.value for field in entry.fields}
    assert found["title"][0] + found["title"][-1] == "{}", "a headline keeps its capitals"
    for name in ("title", "journal", "howpublished", "note"):
        if name in found:
            found[name] = decode(found[name])
    return {"type": entry.entry_type, "key": entry.key, **found}


def as_pylatexenc_has_it(text: str) -> str:
    """It does not know LaTeX' names of the braces, and reads the circumflex as another sign of that shape."""
    return text.translate({ord("{"): "", ord("}"): "", ord("^"): "ˆ"})


def test_bibtex_is_read_back_by_bibtexparser() -> None:
    entry = bibtex_fields(cited("bibtex", original_url=None))
    assert (entry["type"], entry["key"]) == ("article", "clipfile-00c0ffee00c0ffee")
    assert [(name.first, name.von, name.last) for name in entry["author"]] == [
        (["Marta"], [], ["Quill"]),
        (["Anton"], ["van", "der"], ["Leek"]),
    ]
    assert entry["title"] == "Dry dock reopens after a winter of repairs"
    assert (entry["journal"], entry["date"], entry["year"], entry["month"]) == (
        "The Detroit News",
        "2026-02-27",
        "2026",
        "feb",
    )
    assert (entry["url"], entry["urldate"]) == ("https://blog.example/yard-reopens/", "2026-03-02")
    assert CAPTURED_AT in entry["note"]


def test_signs_latex_would_obey_are_read_back_as_printed() -> None:
    entry = bibtex_fields(to_bibtex(read_reference(HOSTILE)))
    assert entry["title"] == as_pylatexenc_has_it(HOSTILE["title"])
    assert entry["journal"] == as_pylatexenc_has_it(HOSTILE["outlet"])
    assert len(entry["author"]) == 3
    assert entry["author"][2].jr == ["III"]
    assert entry["url"] == "https://news.example/a%20b?x=%7B1%7D&y=_~#z"


# citeproc-py does not know CSL-JSON 1.0.2's `custom`, says so and goes on.
@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported. custom")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            {"original_url": None},
            "Quill, M. and van der Leek, A. (2026) “Dry dock reopens after a winter of repairs”, The Detroit News, "
            "27 February. Available at: https://blog.example/yard-reopens/ (Accessed: March 2, 2026).",
            id="repost",
        ),
        pytest.param(
            {"original_on": "2017", "original_url": None, "authors": ["Marta Quill"]},
            "Quill, M. (2017) “Dry dock reopens after a winter of repairs”, The Detroit News. "
            "Available at: https://blog.example/yard-reopens/ (Accessed: March 2, 2026).",
            id="year-alone",
        ),
    ],
)
def test_csl_json_is_set_by_citeproc(facts: dict[str, Any], expected: str) -> None:
    citeproc = pytest.importorskip("citeproc", reason="citeproc-py is not installed")
    source = pytest.importorskip("citeproc.source.json", reason="citeproc-py is not installed")
    items = json.loads(cited("csl", **facts))
    style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = citeproc.CitationStylesBibliography(style, source.CiteProcJSON(items), citeproc.formatter.plain)
    bibliography.register(citeproc.Citation([citeproc.CitationItem(items[0]["id"])]))
    assert [str(entry) for entry in bibliography.bibliography()] == [expected]


# --- any text at all --------------------------------------------------------------------------------------------------

anything = st.text(max_size=40)


@given(title=anything, outlet=anything, author=anything, url=anything)
def test_no_archived_text_breaks_out_of_its_field(title: str, outlet: str, author: str, url: str) -> None:
    facts = {"title": title, "outlet": outlet, "authors": [author, "Marta Quill"], "original_url": url}
    reference = read_reference(a_record(**facts))
    ris = to_ris(reference)
    assert all(line[2:6] == "  - " for line in ris.split("\r\n") if line)
    assert ris.count("\r\nER  - ") == 1
    bibtex = to_bibtex(reference)
    assert bibtex.count("{") == bibtex.count("}")
    assert all(line[:1] in ("@", " ", "}") for line in bibtex.splitlines() if line)
    assert json.loads("".join(iter_csl([reference, reference])))[1] == to_csl(reference)


@given(title=anything, author=anything)
def test_no_control_character_of_the_archive_reaches_a_reference(title: str, author: str) -> None:
    for format in CITATIONS:
        written = cited(format, title=title, authors=[author])
        assert all(unicodedata.category(sign) != "Cc" or sign in "\r\n" for sign in written)


def test_an_empty_export_is_an_empty_array() -> None:
    assert json.loads("".join(iter_csl([]))) == []
