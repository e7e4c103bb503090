"""Manners in whole crawls of a loopback server: robots.txt, pace and pauses, redirects and limits."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from manners_crawl import Answer, Connection, Server, crawl, page, redirect, serving

PRIVATE = "User-agent: *\nDisallow: /private\n"
GZIPPED = gzip.compress(PRIVATE.encode())
AT_ONCE = {"RETRY_TIMES": 0}
ONE_BY_ONE = {"CONCURRENT_REQUESTS": 1, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}


def chain(length: int) -> dict[str, Answer]:
    """Redirects from robots.txt to a file that forbids /private."""
    hops: dict[str, Answer] = {f"/hop{n}": redirect(f"/hop{n + 1}") for n in range(1, length)}
    return {"/robots.txt": redirect("/hop1"), **hops, f"/hop{length}": page(PRIVATE)}


def drip(connection: Connection) -> None:
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(100):
        connection.wfile.write(b"<p>")
        time.sleep(0.05)


def stall(connection: Connection) -> None:
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")
    time.sleep(5)


def endless(connection: Connection) -> None:
    """A rule, then comments for ever; how much was taken is told in the server's `sent_bytes`."""
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + PRIVATE.encode())
    for sent_bytes in range(0, 200_000_000, 100_000):
        connection.server.sent_bytes = sent_bytes
        connection.wfile.write(b"# and so on ........\n" * 4762)


def header_flood(connection: Connection) -> None:
    connection.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        connection.wfile.write(b"X-Flood-%d: %s\r\n" % (number, b"y" * 1000))


def hang_up(connection: Connection) -> None:
    connection.connection.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER 0: a reset instead of a farewell


def shortened(answer: bytes) -> bytes:
    return answer.replace(b"Content-Length: ", b"Content-Length: 9")


# ------------------------------------------------------------------------------------------------------ robots.txt

# answers → what becomes of / and of /private
ROBOTS: dict[str, tuple[dict[str, Answer | list[Answer]], dict[str, Any], str, str]] = {
    "a file": ({"/robots.txt": page(PRIVATE)}, {}, "200", "robots-disallowed"),
    "gzip": ({"/robots.txt": page(GZIPPED, "Content-Encoding: gzip")}, {}, "200", "robots-disallowed"),
    "none": ({}, {}, "200", "200"),
    "a web page": ({"/robots.txt": page("<html><p>Disallow: /private</html>")}, {}, "200", "200"),
    "503": ({"/robots.txt": page("", status="503 Busy")}, AT_ONCE, "robots-unreachable", "robots-unreachable"),
    "503, then a file": (
        {"/robots.txt": [page("", status="503 Busy"), page(PRIVATE)]}, {}, "200", "robots-disallowed",
    ),
    "429": ({"/robots.txt": page("", status="429 Slow down")}, AT_ONCE, "robots-unreachable", "robots-unreachable"),
    "dripping": (
        {"/robots.txt": drip}, {**AT_ONCE, "ROBOTS_TIMEOUT": 0.5}, "robots-unreachable", "robots-unreachable",
    ),
    "reset": ({"/robots.txt": hang_up}, AT_ONCE, "robots-unreachable", "robots-unreachable"),
    "cut": ({"/robots.txt": shortened(page(PRIVATE))}, AT_ONCE, "robots-unreachable", "robots-unreachable"),
    "endless": ({"/robots.txt": endless}, {}, "200", "robots-disallowed"),
    "five redirects": (chain(5), {}, "200", "robots-disallowed"),
    "six redirects": (chain(6), {}, "200", "200"),
    "a circle": ({"/robots.txt": redirect("/robots.txt")}, {}, "200", "200"),
    "not respected": ({"/robots.txt": page(PRIVATE)}, {"RESPECT_ROBOTS": False}, "200", "200"),
}  # fmt: skip


@pytest.fixture(scope="module")
def robots() -> Iterator[tuple[dict[str, Server], dict[str, Any]]]:
    pages: dict[str, Any] = {"/": page("home"), "/private": page("a memo"), "/more": page("more")}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving({**pages, **case[0]})) for name, case in ROBOTS.items()}
        jobs = {
            name: {
                "urls": [server.origin + path for path in pages],
                "settings": {"ALLOW_PRIVATE_ORIGIN": server.origin, **ROBOTS[name][1]},
            }
            for name, server in servers.items()
        }
        yield servers, crawl(jobs)


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_txt_decides_what_is_fetched(robots: tuple[dict[str, Server], dict[str, Any]], name: str) -> None:
    origin, outcomes = robots[0][name].origin, robots[1][name]["outcomes"]
    home, private = (str(outcomes[origin + path][0]) for path in ("/", "/private"))
    assert (home, private) == ROBOTS[name][2:]
    assert (private == "200") == ("/private" in robots[0][name].paths())


def test_one_robots_txt_is_asked_for_and_kept(robots: tuple[dict[str, Server], dict[str, Any]]) -> None:
    assert robots[0]["a file"].paths().count("/robots.txt") == 1
    kept = robots[1]["a file"]["kept"]
    assert [exchange["role"] for exchange in kept if exchange["url"].endswith("/robots.txt")] == ["robots"]


def test_an_endless_robots_txt_is_read_to_its_limit(robots: tuple[dict[str, Server], dict[str, Any]]) -> None:
    assert robots[0]["endless"].sent_bytes < 20_000_000
    kept = next(exchange for exchange in robots[1]["endless"]["kept"] if exchange["role"] == "robots")
    assert kept["truncated"] == "length"


def test_why_a_host_is_left_alone_is_told(robots: tuple[dict[str, Server], dict[str, Any]]) -> None:
    details = {
        name: next(iter(robots[1][name]["outcomes"].values()))[1] for name in ("503", "dripping", "reset", "cut")
    }
    assert details["503"] == "robots.txt answered 503"
    assert [word for name, word in (("dripping", "timeout"), ("reset", "connection-lost"), ("cut", "incomplete"))
            if word not in details[name]] == []  # fmt: skip


# --------------------------------------------------------------------------------------------------- pace and pauses


def busy(*headers: str, status: str = "503 Busy") -> bytes:
    return page("", *headers, status=status)


def in_two_seconds() -> str:
    return (datetime.now(UTC) + timedelta(seconds=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def busy_until(connection: Connection) -> None:
    answer = page("fine")
    if len(connection.server.times_of(connection.path)) == 1:
        answer = busy(f"Retry-After: {in_two_seconds()}")
    connection.wfile.write(answer)


PLAIN: dict[str, Any] = {f"/{number}": page(str(number)) for number in range(4)}
PACED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "crawl-delay": (
        {"/robots.txt": page("User-agent: *\nCrawl-delay: 0.4"), **PLAIN}, {"AUTOTHROTTLE_ENABLED": True},
    ),
    "crawl-delay of an hour": (
        {"/robots.txt": page("User-agent: *\nCrawl-delay: 3600"), **PLAIN}, {"ROBOTS_CRAWL_DELAY_MAX": 0.2},
    ),
    "delay": (PLAIN, {"DOWNLOAD_DELAY": 0.3}),
    "seconds": ({"/busy": [busy("Retry-After: 1"), page("fine")], **PLAIN}, ONE_BY_ONE),
    "date": ({"/busy": busy_until, **PLAIN}, ONE_BY_ONE),
    "no word": ({"/busy": [busy(status="429 Slow down"), page("fine")], **PLAIN}, {**ONE_BY_ONE, "RETRY_PAUSE": 0.5}),
    "a year": ({"/busy": busy("Retry-After: 31536000", status="429 Slow down"), **PLAIN}, ONE_BY_ONE),
    "again and again": ({"/busy": busy("Retry-After: 1"), **PLAIN}, {**ONE_BY_ONE, "RETRY_AFTER_MAX": 1.5}),
    "for ever": ({"/busy": busy("Retry-After: 0")}, {}),
    "500, then fine": ({"/busy": [page("", status="500 Oops"), page("fine")]}, {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def paced() -> Iterator[tuple[dict[str, Server], dict[str, Any]]]:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving(dict(answers))) for name, (answers, _) in PACED.items()}
        jobs = {
            name: {
                "urls": [server.origin + path for path in PACED[name][0] if path != "/robots.txt"],
                "settings": {"ALLOW_PRIVATE_ORIGIN": server.origin, **PACED[name][1]},
            }
            for name, server in servers.items()
        }
        yield servers, crawl(jobs)


def outcome(paced: tuple[dict[str, Server], dict[str, Any]], name: str, path: str) -> list[Any]:
    return paced[1][name]["outcomes"][paced[0][name].origin + path]


DISTANCES = [("crawl-delay", 0.4), ("crawl-delay of an hour", 0.2), ("delay", 0.3)]


@pytest.mark.parametrize(("name", "delay_s"), DISTANCES)
def test_requests_keep_their_distance(
    paced: tuple[dict[str, Server], dict[str, Any]], name: str, delay_s: float
) -> None:
    """In the sum; a busy machine may notice one request late, above all the first, and the next in time."""
    times = [at for at, _, _ in paced[0][name].requests]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert len(gaps) == len(PLAIN)
    assert delay_s * (len(gaps) - 0.5) < sum(gaps) < delay_s * len(gaps) + 5
    assert min(gaps) > delay_s / 2


@pytest.mark.parametrize(("name", "pause_s"), [("seconds", 1.0), ("date", 0.9), ("no word", 0.5)])
def test_nothing_is_asked_of_a_host_while_it_wants_to_be_left_alone(
    paced: tuple[dict[str, Server], dict[str, Any]], name: str, pause_s: float
) -> None:
    server = paced[0][name]
    refused_at = server.times_of("/busy")[0]
    assert min(at for at, _, _ in server.requests if at > refused_at) - refused_at > pause_s - 0.05
    assert {str(status) for status, _ in paced[1][name]["outcomes"].values()} == {"200"}


def test_a_pause_of_one_host_does_not_stop_the_others(paced: tuple[dict[str, Server], dict[str, Any]]) -> None:
    """All these crawls share one reactor: the quick ones are over before the slow one goes on."""
    resumed_at = paced[0]["date"].times_of("/busy")[1]
    assert max(at for at, _, _ in paced[0]["500, then fine"].requests) < resumed_at


def test_a_host_that_asks_for_too_long_a_pause_is_left_for_a_later_run(
    paced: tuple[dict[str, Server], dict[str, Any]],
) -> None:
    server = paced[0]["a year"]
    assert outcome(paced, "a year", "/busy")[0] == "retry-after-too-long"
    left = [reason for reason, _ in paced[1]["a year"]["outcomes"].values() if reason == "host-deferred"]
    assert len(left) == len(PLAIN)
    assert server.paths()[-1] == "/busy"


def test_the_pauses_of_one_host_are_added_up(paced: tuple[dict[str, Server], dict[str, Any]]) -> None:
    assert outcome(paced, "again and again", "/busy")[0] == "retry-after-too-long"
    assert len(paced[0]["again and again"].times_of("/busy")) == 2


def test_a_server_that_stays_busy_is_tried_three_times(paced: tuple[dict[str, Server], dict[str, Any]]) -> None:
    assert outcome(paced, "for ever", "/busy")[0] == 503
    assert len(paced[0]["for ever"].times_of("/busy")) == 3


def test_a_server_error_may_pass(paced: tuple[dict[str, Server], dict[str, Any]]) -> None:
    assert outcome(paced, "500, then fine", "/busy") == [200, "fine"]


# ------------------------------------------------------------------------------------------- redirects, scope, limits

FAULTS: dict[str, tuple[Answer, str]] = {
    "/fine": (page("a post"), "200"),
    "/moved": (redirect("/fine", "308 Permanent Redirect"), "200"),
    "/elsewhere": (redirect("http://other.example/post/"), "redirect-off-site"),
    "/other-port": (redirect("http://127.0.0.1:1/"), "forbidden-address"),
    "/script": (redirect("javascript:alert(1)"), "redirect-not-http"),
    "/file": (redirect("file:///etc/passwd"), "redirect-not-http"),
    "/data": (redirect("data:text/html,hello"), "redirect-not-http"),
    "/password": (redirect("http://user:secret@other.example/"), "credentials"),
    "/nonsense": (redirect("http://[::1/"), "bad-address"),
    "/circle": (redirect("/circle"), "redirect-loop"),
    "/there": (redirect("/back"), "redirect-loop"),
    "/back": (redirect("/there"), "redirect-loop"),
    **{f"/chain{n}": (redirect(f"/chain{n + 1}"), "redirect-limit" if n < 1 else "200") for n in range(6)},
    "/chain6": (page("the end"), "200"),
    "/reset": (hang_up, "connection-lost"),
    "/closed": (b"", "connection-lost"),
    "/09": (b"hello, I speak no HTTP\r\n", "bad-http"),
    "/flood": (header_flood, "headers-too-large"),
    "/drip": (drip, "timeout"),
    "/stall": (stall, "timeout"),
    "/large": (page(b"x" * 300_000), "response-too-large"),
    "/endless": (endless, "response-too-large"),
    "/bomb": (page(gzip.compress(b"\0" * 50_000_000), "Content-Encoding: gzip"), "decompressed-too-large"),
    "/part": (page("part", status="206 Partial Content"), "partial-content"),
    "/missing": (page("", status="404 Not Found"), "404"),
    "/" + "long" * 100: (page("a long address"), "address-too-long"),
}
LIMITS = {
    "DOWNLOAD_MAXSIZE": 200_000,
    "DOWNLOAD_TIMEOUT": 1.5,
    "URLLENGTH_LIMIT": 300,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "RETRY_TIMES": 0,
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has reason to trust, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + built.public_bytes(pem))
    return path


@pytest.fixture(scope="module")
def faults(certificate: Path) -> Iterator[dict[str, str]]:
    """What became of each address of a blog with one fault a page, by its path; and of a few more."""
    with serving({path: answer for path, (answer, _) in FAULTS.items()}) as blog, serving({"/": page("?")}) as forger:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        forger.socket = context.wrap_socket(forger.socket, server_side=True)
        secure = forger.origin.replace("http:", "https:")
        trusting = {**LIMITS, "ALLOW_PRIVATE_ORIGIN": secure, "RESPECT_ROBOTS": False}
        settings = {"ALLOW_PRIVATE_ORIGIN": blog.origin, **LIMITS}
        jobs = {
            "faults": {"urls": [blog.origin + path for path in FAULTS], "settings": settings, "scope": [blog.origin]},
            "off site": {"urls": ["http://other.example/"], "settings": settings, "scope": [blog.origin]},
            "deep": {"urls": [f"{blog.origin}/fine"], "settings": settings, "meta": {"depth": 2001}},
            "forged": {"urls": [f"{secure}/"], "settings": trusting},
        }
        results = crawl(jobs)
        outcomes = {url: found for result in results.values() for url, found in result["outcomes"].items()}
        yield {url.removeprefix(blog.origin).removeprefix(secure): str(found[0]) for url, found in outcomes.items()} | {
            name: str(next(iter(results[name]["outcomes"].values()))[0]) for name in jobs
        }


@pytest.mark.parametrize("path", FAULTS)
def test_each_fault_ends_with_its_reason(faults: dict[str, str], path: str) -> None:
    assert faults[path] == FAULTS[path][1]


BOUNDS = [("off site", "off-site"), ("deep", "too-deep"), ("forged", "tls")]


@pytest.mark.parametrize(("name", "reason"), BOUNDS)
def test_what_is_outside_the_bounds_is_not_fetched(faults: dict[str, str], name: str, reason: str) -> None:
    assert faults[name] == reason
