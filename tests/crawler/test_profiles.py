"""Site profiles: found by name or address, read strictly, compared by scheme, host and port."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import UnknownSiteError, UsageError
from crawler.page_limits import PageLimits
from crawler.profiles import (
    BUILT_IN_FOLDER,
    PROFILE_KEYS,
    SiteProfile,
    list_profiles,
    load_profile,
    read_profile,
    site_key,
    user_folders,
)

WHOLE = """
title = "Quayside Notes"
start_urls = ["https://quay.example/notes/"]
listing_paths = ["/category/press/"]
house_names = ["Quayside", "Quayside Quarterly"]
language = "en-GB"
date_order = "dmy"
timezone = "Europe/London"
delay_s = 3

[scope]
hosts = ["news.quay.example"]
paths = ["/notes/", "/category/"]

[categories]
include = ["press"]
exclude = ["jobs"]

[selectors]
content = "div.story > div"
listing_post = ".teaser"

[pages]
bytes = 6_000_000
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_sites_are_listed_by_name() -> None:
    assert [profile.name for profile in list_profiles()] == ["detroitchamber", "michauto", "sample"]


@pytest.mark.parametrize("path", sorted(BUILT_IN_FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_built_in_site_names_its_house_and_how_it_writes_dates(path: Path) -> None:
    profile = read_profile(path)
    assert profile.title in profile.house_names
    assert (profile.language, profile.date_order, profile.timezone) == ("en-US", "mdy", "America/Detroit")
    assert all(profile.in_scope(url) for url in profile.listing_urls)


def test_every_key_of_a_profile_arrives(tmp_path: Path) -> None:
    assert read_profile(write(tmp_path, "quay", WHOLE)) == SiteProfile(
        name="quay",
        title="Quayside Notes",
        start_urls=("https://quay.example/notes/",),
        hosts=("news.quay.example",),
        paths=("/notes/", "/category/"),
        house_names=("Quayside", "Quayside Quarterly"),
        language="en-GB",
        date_order="dmy",
        timezone="Europe/London",
        delay_s=3.0,
        listing_paths=("/category/press/",),
        include_categories=("press",),
        exclude_categories=("jobs",),
        selectors={"content": "div.story > div", "listing_post": ".teaser"},
        page_limits=PageLimits(bytes=6_000_000),
    )


WRONG = [
    pytest.param("title = ", "quay.toml can't be read", id="not-toml"),
    pytest.param('title = "Q"', "the key 'start_urls' is missing", id="no-start"),
    pytest.param('start_urls = ["https://quay.example/"]', "the key 'title' is missing", id="no-title"),
    pytest.param('title = "Q"\nstart_urls = ["ftp://quay.example/"]', "start_urls: http(s) addresses", id="scheme"),
    pytest.param('title = "Q"\nstart_urls = []', "start_urls: at least one address", id="no-address"),
    pytest.param('title = "Q"\nstart_urls = "https://quay.example/"', "start_urls: a list", id="not-a-list"),
    pytest.param('titel = "Q"', "unknown key 'titel' (did you mean title?)", id="misspelt"),
    pytest.param("[selectors]\ncontents = 'p'", "did you mean selectors.content", id="misspelt-selector"),
    pytest.param('[colours]\nink = "blue"', "unknown key 'colours'", id="unknown-table"),
    pytest.param("[selectors]\ncontent = 'p['", "selectors.content: not a CSS selector", id="bad-selector"),
    pytest.param('timezone = "America/Motown"', "timezone: a zone such as", id="no-such-zone"),
    pytest.param('date_order = "myd"', "date_order: 'mdy', 'dmy' or 'ymd'", id="date-order"),
    pytest.param("delay_s = -1", "delay_s: seconds from 0 to 3600", id="negative-delay"),
    pytest.param("[pages]\ntags = 0", "pages.tags: a whole number from 1", id="no-tag"),
    pytest.param("[pages]\nbytes = 5e6", "pages.bytes: a whole number", id="fraction-of-bytes"),
    pytest.param("delay_s = true", "delay_s: seconds from 0 to 3600", id="delay-yes"),
    pytest.param('[scope]\nhosts = ["https://quay.example/"]', "scope.hosts: a host such as", id="host-with-scheme"),
    pytest.param('[scope]\npaths = ["notes"]', "scope.paths: paths that begin with '/'", id="relative-path"),
]


@pytest.mark.parametrize(("text", "complaint"), WRONG)
def test_a_bad_profile_is_refused_with_file_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_profile(write(tmp_path, "quay", text))
    assert complaint in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_a_users_own_profile_hides_the_built_in_one(tmp_path: Path) -> None:
    write(tmp_path, "michauto", WHOLE)
    write(tmp_path, "quay", WHOLE)
    assert load_profile("MichAuto", [tmp_path]).title == "Quayside Notes"
    assert "quay" in [profile.name for profile in list_profiles([tmp_path])]


def test_the_archives_own_profiles_come_before_the_users(tmp_path: Path) -> None:
    environ = {"CLIPFILE_SITES": str(tmp_path / "mine")}
    assert user_folders(tmp_path / "archive", environ) == (tmp_path / "archive" / "sites", tmp_path / "mine")
    assert user_folders(None, {"XDG_CONFIG_HOME": str(tmp_path)}) == (tmp_path / "clipfile" / "sites",)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(UnknownSiteError) as unknown:
        load_profile("michatuo")
    assert unknown.value.near == ("michauto",)
    assert "sample" in unknown.value.known


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        pytest.param("ftp://blog.example/", "is not an http(s) address", id="ftp"),
        pytest.param("file:///etc/passwd", "is not an http(s) address", id="file"),
        pytest.param("javascript:alert(1)", "is not an http(s) address", id="javascript"),
        pytest.param("https://", "is not an http(s) address", id="no-host"),
        pytest.param("http://blog.example:99999/", "is not an http(s) address", id="no-such-port"),
        pytest.param("blog.example/news/", "write https://blog.example/news/", id="no-scheme"),
        pytest.param("localhost:8000", "write https://localhost:8000", id="host-and-port"),
    ],
)
def test_an_address_that_cannot_be_crawled_is_refused(word: str, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_profile(word)
    assert complaint in str(refused.value)
    assert not isinstance(refused.value, UnknownSiteError)


def test_any_address_is_a_profile_of_its_own() -> None:
    profile = load_profile("https://Blog.example:8443/news/")
    assert (profile.name, profile.start_urls) == ("blog.example:8443", ("https://Blog.example:8443/news/",))
    assert profile.house_names == ()


def test_an_address_on_a_known_blog_takes_that_blogs_profile() -> None:
    profile = load_profile("http://www.michauto.org/category/media-coverage/")
    assert (profile.name, profile.start_urls) == ("michauto", ("http://www.michauto.org/category/media-coverage/",))
    assert load_profile("https://www.michauto.org/blog") == load_profile("michauto")


SCOPE = [
    pytest.param("https://blog.example/a-post/", True, id="same-site"),
    pytest.param("http://www.BLOG.example./a-post/", True, id="other-spelling"),
    pytest.param("https://blog.example:443/a-post/", True, id="default-port"),
    pytest.param("https://blog.example:8443/a-post/", False, id="other-port"),
    pytest.param("https://shop.blog.example/a-post/", False, id="subdomain"),
    pytest.param("https://blog.example.evil.test/", False, id="suffix"),
    pytest.param("https://blog.example@evil.test/", False, id="credentials"),
    pytest.param("ftp://blog.example/", False, id="scheme"),
    pytest.param("https://[broken/", False, id="rubbish"),
    pytest.param("//blog.example/", False, id="no-scheme"),
]


@pytest.mark.parametrize(("url", "inside"), SCOPE)
def test_scope_is_scheme_host_and_port(url: str, inside: bool) -> None:
    assert load_profile("https://blog.example/news/").in_scope(url) is inside


def test_scope_may_name_further_hosts_and_paths(tmp_path: Path) -> None:
    profile = read_profile(write(tmp_path, "quay", WHOLE))
    inside = ("https://quay.example/notes/", "https://quay.example/notes", "https://news.quay.example/category/press/")
    outside = ("https://quay.example/", "https://quay.example/notesbook/", "https://news.quay.example/shop/")
    assert [profile.in_scope(url) for url in (*inside, *outside)] == [True, True, True, False, False, False]


def test_a_port_of_its_own_keeps_its_scheme() -> None:
    assert site_key("http://127.0.0.1:8000/a/") != site_key("https://127.0.0.1:8000/a/")


def test_categories_are_let_through_by_slug(tmp_path: Path) -> None:
    profile = read_profile(write(tmp_path, "quay", WHOLE))
    assert [profile.takes_category(slug) for slug in ("Press", "jobs", "ports")] == [True, False, False]
    assert load_profile("https://blog.example/").takes_category("anything")


def test_a_blog_can_be_moved_to_another_address() -> None:
    profile = load_profile("sample").at("http://127.0.0.1:50123")
    assert profile.start_urls == ("http://127.0.0.1:50123/blog/",)
    assert profile.in_scope("http://127.0.0.1:50123/a-post/")
    assert not profile.in_scope("http://127.0.0.1:8421/a-post/")


def test_the_documentation_lists_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sites.md").read_text(encoding="utf-8")
    listed = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(PROFILE_KEYS)
