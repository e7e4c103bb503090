"""`clipfile sites check`: what a blog offers, told in rows, with a crawl's manners."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from archive.errors import NotABlogError, UnreachableError
from crawler.check import SiteCheck, check_site
from crawler.guard import Origin
from crawler.polite import Answer, PoliteFetch
from crawler.profiles import load_profile
from crawler.sample.server import SampleBlog


def check_sample(**options: object) -> tuple[SiteCheck, list[tuple[str, str, int]]]:
    with SampleBlog(**options) as blog:
        profile = load_profile("sample").at(blog.url)
        fetch = PoliteFetch(agent="Clipfile/test", allowed=Origin.of(blog.url), delay_s=0)
        return check_site(profile, fetch), blog.requests


def found(check: SiteCheck, subject: str) -> tuple[str, str]:
    row = next(row for row in check.rows if row.subject == subject)
    return row.state, row.found


def test_an_open_blog_is_told_source_by_source() -> None:
    check, _ = check_sample()
    for subject in ("robots.txt", "REST", "sitemap", "feed", "listing", "pagination"):
        assert found(check, subject)[0] == "good", subject
    assert "126 posts" in found(check, "REST")[1]
    assert "with lastmod" in found(check, "sitemap")[1]
    assert len(check.categories) == 10
    assert found(check, "category Media Coverage")[1].startswith("85 posts, ")
    assert len(check.posts) == 3


def test_closed_sources_are_told_with_their_reasons() -> None:
    check, _ = check_sample(rest=False, sitemap=False, feed=False, categories=False)
    assert [found(check, subject)[0] for subject in ("REST", "sitemap", "feed", "categories")] == [
        *("closed", "none", "none", "none"),
    ]
    assert "/wp-json/" in found(check, "REST")[1]
    assert found(check, "listing")[0] == "good"


def test_a_check_costs_the_blog_a_dozen_requests() -> None:
    _, requests = check_sample()
    assert len(requests) <= 12
    assert requests[0][1] == "/robots.txt"


def answers(pages: dict[str, tuple[int, str]]):
    """A blog of a few fixed pages; everything else is 404."""

    def fetch(url: str) -> Answer:
        status, body = pages.get(url.removeprefix("https://blog.example"), (404, ""))
        return Answer(status=status, headers={"content-type": "text/html"}, body=body.encode(), url=url)

    return fetch


BLOG = load_profile("https://blog.example/blog/")
HOME = "<html><body><h1>Notes</h1><p>Nothing here yet.</p></body></html>"


def test_what_robots_txt_forbids_is_not_asked_for() -> None:
    asked: list[str] = []
    pages = {"/robots.txt": (200, "User-agent: *\nDisallow: /wp-json/\nCrawl-delay: 7"), "/blog/": (200, HOME)}

    def fetch(url: str) -> Answer:
        asked.append(url)
        return answers(pages)(url)

    check = check_site(BLOG, fetch)
    assert found(check, "robots.txt") == ("good", "the start page is allowed; asks for 7 s between requests")
    assert "forbidden by robots.txt" in found(check, "REST")[1]
    assert not [url for url in asked if "wp-json" in url]
    assert found(check, "listing")[0] == "doubtful"


@pytest.mark.parametrize(
    ("pages", "error", "words"),
    [
        pytest.param({"/robots.txt": (503, "")}, UnreachableError, "RFC 9309", id="robots-503"),
        pytest.param(
            {"/robots.txt": (200, "User-agent: *\nDisallow: /")}, UnreachableError, "forbidden", id="forbidden"
        ),
        pytest.param({}, UnreachableError, "answers 404", id="no-start-page"),
        pytest.param({"/blog/": (200, "%PDF-1.7")}, NotABlogError, "no page a blog could be read from", id="pdf"),
    ],
)
def test_a_blog_that_cannot_be_checked_is_an_error_with_an_address(pages, error, words: str) -> None:
    with pytest.raises(error) as why:
        check_site(BLOG, answers(pages))
    assert words in str(why.value)
    assert "https://blog.example" in str(why.value)


def test_a_start_page_that_moved_away_is_told_with_its_new_address() -> None:
    def fetch(url: str) -> Answer:
        url = url.replace("https://blog.example/blog/", "https://news.example/")
        return Answer(status=200, headers={"content-type": "text/html"}, body=HOME.encode(), url=url)

    with pytest.raises(UnreachableError, match=r"leads to another site: https://news\.example/"):
        check_site(BLOG, fetch)


# ------------------------------------------------------------------------------------------------- manners


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, body = ROUTES[self.path]
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing on the terminal."""


ROUTES: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {
    "/a": (301, [("Location", "/b")], b""),
    "/b": (200, [("X-WP-Total", "3"), ("Link", "<x>"), ("Link", "<y>"), ("Content-Length", "4")], b"here"),
    "/round": (302, [("Location", "/round")], b""),
    "/file": (302, [("Location", "file:///etc/hostname")], b""),
    "/metadata": (302, [("Location", "http://169.254.169.254/latest/")], b""),
    "/away": (302, [("Location", "http://localhost:1/")], b""),
    "/cut": (200, [("Content-Length", "400")], b"half"),
    "/caf%C3%A9%20x": (200, [], b"encoded"),
}


@contextmanager
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def fetch_from(base: str, path: str) -> Answer:
    return PoliteFetch(agent="Clipfile/test", allowed=Origin.of(base), delay_s=0)(base + path)


def test_a_redirect_is_followed_and_headers_are_joined() -> None:
    with server() as base:
        answer = fetch_from(base, "/a")
    assert (answer.status, answer.body, answer.url) == (200, b"here", f"{base}/b")
    assert (answer.headers["x-wp-total"], answer.headers["link"]) == ("3", "<x>, <y>")


def test_letters_beyond_ascii_are_encoded_once() -> None:
    with server() as base:
        assert fetch_from(base, "/café x").body == fetch_from(base, "/caf%C3%A9 x").body == b"encoded"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        pytest.param("/round", "more than 5 redirects", id="loop"),
        pytest.param("/file", "file:///etc/hostname", id="file"),
        pytest.param("/metadata", "link-local", id="metadata-address"),
        pytest.param("/away", "loopback", id="other-port-by-name"),
        pytest.param("/cut", "ended after 4 of 400 bytes", id="cut-off"),
    ],
)
def test_what_must_not_be_followed_or_believed_is_an_error(path: str, words: str) -> None:
    with server() as base, pytest.raises(UnreachableError) as why:
        fetch_from(base, path)
    assert words in str(why.value)


def test_a_private_address_needs_permission() -> None:
    with server() as base, pytest.raises(UnreachableError, match="allow-private"):
        PoliteFetch(agent="Clipfile/test", delay_s=0)(f"{base}/b")


def test_a_redirect_out_of_scope_is_refused_before_it_is_asked() -> None:
    with server() as base, pytest.raises(UnreachableError, match="leads to another site"):
        PoliteFetch(agent="x", allowed=Origin.of(base), delay_s=0, may_follow=load_profile(base).in_scope)(
            f"{base}/away"
        )


def test_an_unreachable_host_is_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match="refused"):
        fetch_from(base, "/")


def test_requests_keep_their_distance() -> None:
    now_s = [100.0]
    pauses: list[float] = []
    with server() as base:
        fetch = PoliteFetch(
            agent="x", allowed=Origin.of(base), delay_s=3.0, clock=lambda: now_s[0], sleep=pauses.append
        )
        fetch(f"{base}/b")
        now_s[0] += 1.0
        fetch(f"{base}/b")
    assert pauses == [2.0]
