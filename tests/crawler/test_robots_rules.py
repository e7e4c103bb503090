"""What a robots.txt allows, by RFC 9309 and the kinds of cases that the search engines' own parser is tested with.

Where the parser we use (Protego) differs, the case is an expected failure with its reason; docs/manners.md names them.
"""

from __future__ import annotations

import pytest

from crawler.robots import read_robots

HOST = "https://blog.example"


def case(lines: str, path: str, allowed: bool, name: str, fault: str | None = None) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=fault)] if fault else []
    return pytest.param(lines, path, allowed, id=name, marks=marks)


ALL = "User-agent: *\n"

CASES = [
    # groups
    case("", "/quay/", True, "an empty file"),
    case("User-agent: clipfile\nDisallow: /", "/quay/", False, "all is closed to us"),
    case("User-agent: clip\nDisallow: /", "/quay/", True, "another whose name begins ours", "names match by prefix"),
    case("User-agent: clipfilebot\nDisallow: /", "/quay/", True, "another whose name ours begins"),
    case("User-agent: CLIPFILE\nDisallow: /", "/quay/", False, "a name in capitals"),
    case("User-agent: clipfile/2.0\nDisallow: /", "/quay/", False, "a name with a version"),
    case("User-agent: other\nUser-agent: clipfile\nDisallow: /", "/quay/", False, "two names, one group"),
    case("User-agent: clipfile\n\n\nDisallow: /", "/quay/", False, "blank lines within a group"),
    case(
        "User-agent: clipfile\nSitemap: https://blog.example/a.xml\nDisallow: /",
        "/quay/",
        False,
        "a sitemap in a group",
    ),
    case("User-agent: clipfile\nCrawl-delay: 2\nDisallow: /", "/quay/", False, "a delay in a group"),
    case("User-agent: clipfile\nNoodle: 2\nDisallow: /", "/quay/", False, "a field nobody knows in a group"),
    case(
        "User-agent: clipfile\nDisallow: /quay\nUser-agent: x\nDisallow: /\nUser-agent: clipfile\nDisallow: /crane",
        "/crane/",
        False,
        "our rules in two groups, the second",
    ),
    case(
        "User-agent: clipfile\nDisallow: /quay\nUser-agent: x\nDisallow: /\nUser-agent: clipfile\nDisallow: /crane",
        "/quay/",
        False,
        "our rules in two groups, the first",
    ),
    case(ALL + "Disallow: /\nUser-agent: clipfile\nAllow: /", "/quay/", True, "our group before everybody's"),
    case(
        "User-agent: clipfile\nDisallow: /crane\n" + ALL + "Disallow: /quay", "/quay/", True, "everybody's is not ours"
    ),
    case("User-agent: clipfile\nDisallow:\n" + ALL + "Disallow: /", "/quay/", True, "our empty group is a group"),
    case("User-agent: * clipfile\nDisallow: /", "/quay/", False, "a star with something behind"),
    case("Disallow: /", "/quay/", True, "a rule without a group"),
    case("Disallow: /\nUser-agent: *\nDisallow: /crane", "/quay/", True, "a rule before the first group"),
    # lines
    case("user-AGENT: *\ndisALLOW: /quay", "/quay/", False, "fields in any case"),
    case("User-agent:*\nDisallow:/quay", "/quay/", False, "no space after the colon"),
    case("  User-agent :  *  \n\tDisallow :\t/quay\t", "/quay/", False, "spaces everywhere"),
    case("User-agent: *\nDisallow: /quay # the harbour master's\n", "/quay/", False, "a comment behind a rule"),
    case("# User-agent: x\n" + ALL + "#Disallow: /\n", "/quay/", True, "a rule in a comment"),
    case("User-agent *\nDisallow /quay", "/quay/", False, "no colon, as some write"),
    case(ALL + "Disalow: /quay", "/quay/", False, "a misspelt field, as some write"),
    case("Useragent: *\nDisallow: /quay", "/quay/", False, "user-agent without hyphen"),
    case("User-agent: *\rDisallow: /quay\r", "/quay/", False, "lines that end in CR"),
    case("User-agent: *\r\n\r\nDisallow: /quay\r\n", "/quay/", False, "lines that end in CR LF"),
    case("\ufeffUser-agent: *\nDisallow: /quay", "/quay/", False, "a byte order mark"),
    case(ALL + "Disallow: /" + "x" * 20_000 + "\nDisallow: /quay", "/quay/", False, "a line of 20,000 letters before"),
    case(ALL + "Disallow: quay", "/quay/", True, "a path without a slash"),
    # paths
    case(ALL + "Disallow: /fish", "/fish", False, "a prefix, exactly"),
    case(ALL + "Disallow: /fish", "/fish/salmon.html", False, "a prefix, with a folder"),
    case(ALL + "Disallow: /fish", "/fishheads/yummy", False, "a prefix, within a word"),
    case(ALL + "Disallow: /fish", "/catfish", True, "not in the middle"),
    case(ALL + "Disallow: /fish", "/Fish", True, "letters count in paths"),
    case(ALL + "Disallow: /fish/", "/fish", True, "a folder is not its name"),
    case(ALL + "Disallow: /fish*", "/fish?id=3", False, "a star at the end adds nothing"),
    case(ALL + "Disallow: /*.pdf", "/minutes/2024.pdf?print", False, "a star in the middle"),
    case(ALL + "Disallow: /*.pdf$", "/minutes/2024.pdf?print", True, "a dollar wants the end"),
    case(ALL + "Disallow: /*.pdf$", "/minutes/2024.pdf", False, "a dollar at the end"),
    case(ALL + "Disallow: /fish*.pdf", "/fish/a/b.pdf", False, "a star over folders"),
    case(ALL + "Disallow: /a$b", "/a$b", False, "a dollar in the middle is a dollar"),
    case(ALL + "Disallow: /****z", "/q/z", False, "many stars are one"),
    case(ALL + "Disallow: /*/*/*/*/*/*/*/*/*/*/*/*/*$x", "/" + "a/" * 40, True, "stars that could go back for ever"),
    case(ALL + "Disallow: /?", "/?p=12", False, "a query"),
    case(ALL + "Disallow: /quay;berth", "/quay;berth=4", False, "path parameters"),
    # which rule
    case(ALL + "Allow: /p\nDisallow: /", "/page", True, "the longer allows"),
    case(ALL + "Disallow: /p\nAllow: /", "/page", False, "the longer forbids"),
    case(ALL + "Allow: /folder\nDisallow: /folder", "/folder/page", True, "as long as each other: allowed"),
    case(ALL + "Disallow: /folder\nAllow: /folder", "/folder/page", True, "as long as each other, the other way"),
    case(ALL + "Allow: /page\nDisallow: /*.htm", "/page.htm", False, "a longer pattern with a star"),
    case(ALL + "Allow: /$\nDisallow: /", "/", True, "only the front page"),
    case(ALL + "Allow: /$\nDisallow: /", "/page.htm", False, "nothing but the front page"),
    case(ALL + "Disallow:\nAllow: /quay", "/crane", True, "an empty disallow"),
    case(ALL + "Allow:\nDisallow: /quay", "/quay", False, "an empty allow"),
    case(ALL + "Disallow: /x/page\nAllow: /x/", "/x/page.html", False, "the longer of two prefixes"),
    case(ALL + "Disallow: /", "/robots.txt", True, "robots.txt is always allowed"),
    # percent-encoding
    case(ALL + "Disallow: /foo/ツ", "/foo/%E3%83%84", False, "letters beyond ASCII in the rule"),
    case(ALL + "Disallow: /foo/%E3%83%84", "/foo/ツ", False, "letters beyond ASCII in the address"),
    case(ALL + "Disallow: /foo/%e3%83%84", "/foo/%E3%83%84", False, "small hexadecimal digits"),
    case(ALL + "Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False, "encoded without need (RFC 9309 §2.2.2)"),
    case(ALL + "Disallow: /a%2Fb", "/a/b", True, "an encoded slash is no slash"),
    case(ALL + "Disallow: /a%3Cd", "/a<d", False, "encoded by the browser"),
    case(
        ALL + "Disallow: /foo/bar?qux=taz&baz=http://foo.bar",
        "/foo/bar?qux=taz&baz=http://foo.bar",
        False,
        "an address",
    ),
    case(ALL + "Disallow: /100%25", "/100%25", False, "an encoded percent sign"),
]


@pytest.mark.parametrize(("lines", "path", "allowed"), CASES)
def test_what_a_robots_txt_allows(lines: str, path: str, allowed: bool) -> None:
    assert read_robots(200, lines.encode(), "clipfile").allows(HOST + path) == allowed
