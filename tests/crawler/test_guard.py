"""The address guard: which addresses are open to us, in which spellings, and that it judges on connecting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from manners_crawl import Server, crawl, page, redirect, serving
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint
from twisted.internet.interfaces import IHostnameResolver, IReactorPluggableNameResolver
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from crawler.guard import ForbiddenAddressError, GuardedPool, Origin, allowed_origin, check_url, literal_address
from crawler.skips import Skipped

FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.255.255.254/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7F.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.0x1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.1.2.3]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://203.0.113.7/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://%31%32%37.0.0.1/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_a_reserved_address_is_recognised_in_every_spelling(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_url(url, None)


OPEN = [
    "https://michauto.org/",
    "http://93.184.215.14/",
    "http://172.32.0.1/",
    "http://100.128.0.1/",
    "http://192.169.0.1/",
    "http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    "http://[64:ff9b::5db8:d70e]/",
    "http://[::ffff:93.184.215.14]/",
    "http://127.0.0.1.blog.example/",
    "http://10.blog.example:8080/",
    "https://xn--caf-dma.example/",
]


@pytest.mark.parametrize("url", OPEN)
def test_a_public_address_or_a_name_passes(url: str) -> None:
    check_url(url, None)


REFUSED = [
    pytest.param("ftp://blog.example/", "not-http", id="another scheme"),
    pytest.param("file:///etc/passwd", "not-http", id="a file"),
    pytest.param("http://admin:secret@blog.example/", "credentials", id="user and password"),
    pytest.param("http://blog.example@127.0.0.1/", "credentials", id="a host dressed up as a user"),
    pytest.param("http:///path", "bad-address", id="no host"),
    pytest.param("http://[::1/", "bad-address", id="an unclosed bracket"),
    pytest.param("http://blog.example:99999/", "bad-address", id="an impossible port"),
    pytest.param("http://blog.example:0/", "bad-address", id="port nought"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_what_can_not_be_asked_for_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(Skipped) as skipped:
        check_url(url, None)
    assert skipped.value.reason == reason


ALLOWED = [
    pytest.param("http://127.0.0.1:8000/", "http://127.0.0.1:8000/blog/", True, id="the same origin"),
    pytest.param("http://127.0.0.1/", "http://127.0.0.1:80/", True, id="the scheme's own port"),
    pytest.param("http://127.0.0.1:8000/", "http://127.0.0.1:8001/", False, id="another port"),
    pytest.param("http://127.0.0.1:8000/", "https://127.0.0.1:8000/", False, id="another scheme"),
    pytest.param("http://127.0.0.1:8000/", "http://127.0.0.2:8000/", False, id="another host"),
    pytest.param("http://127.0.0.1:8000/", "http://127.1:8000/", False, id="another spelling"),
    pytest.param("http://localhost:8000/", "http://127.0.0.1:8000/", False, id="the name was allowed, not the number"),
]


@pytest.mark.parametrize(("setting", "url", "passes"), ALLOWED)
def test_exactly_one_private_origin_can_be_allowed(setting: str, url: str, passes: bool) -> None:
    try:
        check_url(url, allowed_origin(setting))
    except ForbiddenAddressError:
        assert not passes
    else:
        assert passes


def test_a_name_is_not_taken_for_a_number() -> None:
    names = ("blog.example", "0x.example", "1.2.3.4.5", "10.0.0.1 blog.example", "", "999.999.999.999", "127.0.0.1\0")
    assert [name for name in names if literal_address(name)] == []


# -------------------------------------------------------------------------------------------------- on connecting


@implementer(IHostnameResolver)
class Names:
    """A resolver with an answer for each look-up, one after the other."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, host_name: str, *, portNumber: int) -> None:  # noqa: N802, N803
        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            receiver.addressResolved((IPv6Address if ":" in host else IPv4Address)("TCP", host, portNumber))
        receiver.resolutionComplete()


@implementer(IReactorPluggableNameResolver)
class Reactor(MemoryReactorClock):
    """Twisted's reactor without a network: remembers what it was asked to connect to."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        super().__init__()
        self.nameResolver = Names(*answers)

    @property
    def connected_to(self) -> list[str]:
        return [client[0] for client in self.tcpClients]


def connect(reactor: Reactor, url: str, allowed: str | None = None) -> Any:
    """Ask the pool for a connection; the exception it was refused with, or None while it is still connecting."""
    origin = Origin.of(url)
    pool = GuardedPool(reactor, allowed=allowed_origin(allowed), head_bytes=1000)
    endpoint = HostnameEndpoint(reactor, origin.host, origin.port)
    outcome: list[Any] = []
    key = (origin.scheme.encode(), origin.host.encode(), origin.port, None)
    pool.getConnection(key, endpoint).addErrback(lambda failure: outcome.append(failure.value))
    reactor.advance(1)  # Twisted leaves a moment before the next of several addresses
    return outcome[0] if outcome else None


RESOLVED = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.9", "0.0.0.0", "::1", "::ffff:127.0.0.1", "fe80::1"]


@pytest.mark.parametrize("address", RESOLVED)
def test_a_name_that_resolves_to_a_reserved_address_is_not_connected_to(address: str) -> None:
    reactor = Reactor((address,))
    assert isinstance(connect(reactor, "https://blog.example/"), ForbiddenAddressError)
    assert reactor.connected_to == []


def test_a_name_that_changes_its_answer_is_judged_by_the_answer_that_is_used() -> None:
    reactor = Reactor(("93.184.215.14",), ("127.0.0.1",))
    assert connect(reactor, "http://blog.example/") is None
    assert isinstance(connect(reactor, "http://blog.example/"), ForbiddenAddressError)
    assert reactor.connected_to == ["93.184.215.14"]


def test_of_several_answers_only_the_public_ones_are_tried() -> None:
    reactor = Reactor(("10.0.0.1", "93.184.215.14"))
    assert connect(reactor, "http://blog.example/") is None
    assert reactor.connected_to == ["93.184.215.14"]


def test_a_resolver_that_answers_in_riddles_is_not_believed() -> None:
    reactor = Reactor(("127.1",))
    assert isinstance(connect(reactor, "http://blog.example/"), ForbiddenAddressError)


def test_the_allowed_origin_may_be_private_and_another_port_of_it_may_not() -> None:
    reactor = Reactor(("127.0.0.1",), ("127.0.0.1",))
    assert connect(reactor, "http://localhost:8000/", allowed="http://localhost:8000/") is None
    refusal = connect(reactor, "http://localhost:9000/", allowed="http://localhost:8000/")
    assert isinstance(refusal, ForbiddenAddressError)
    assert reactor.connected_to == ["127.0.0.1"]


def test_a_connection_the_guard_does_not_understand_is_refused() -> None:
    reactor = Reactor()
    pool = GuardedPool(reactor, allowed=None, head_bytes=1000)
    refused: list[Any] = []
    endpoint = TCP4ClientEndpoint(reactor, "proxy.example", 3128)
    pool.getConnection((b"http", b"blog.example", 80, None), endpoint).addErrback(lambda f: refused.append(f.value))
    assert refused[0].reason == "forbidden-address"
    assert reactor.connected_to == []


# ------------------------------------------------------------------------------------------------- in a whole crawl

HIDDEN = ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "localhost", "[::1]",
          "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "127.0.0.1.", "user@127.0.0.1")  # fmt: skip


@pytest.fixture(scope="module")
def forbidden_fruit() -> Iterator[tuple[Server, dict[str, Any]]]:
    """Crawls that lead to a canary on another loopback port: directly, by redirect, by the redirect of robots.txt."""
    with serving({}) as canary, serving({}) as blog, serving({}) as sly:
        port = canary.server_address[1]
        blog.answers |= {
            f"/to/{number}": redirect(f"http://{host}:{port}/secret") for number, host in enumerate(HIDDEN)
        }
        blog.answers |= {"/relative": redirect(f"//127.0.0.1:{port}/secret"), "/": page("a post")}
        sly.answers |= {"/robots.txt": redirect(f"http://127.0.0.1:{port}/robots.txt"), "/": page("a post")}
        results = crawl(
            {
                "direct": {
                    "urls": [f"http://{host}:{port}/" for host in HIDDEN],
                    "settings": {"ALLOW_PRIVATE_ORIGIN": blog.origin},
                },
                "redirects": {
                    "urls": [blog.origin + path for path in blog.answers],
                    "settings": {"ALLOW_PRIVATE_ORIGIN": blog.origin},
                    "meta": {"allow_offsite": True},
                },
                "robots": {"urls": [f"{sly.origin}/"], "settings": {"ALLOW_PRIVATE_ORIGIN": sly.origin}},
                "proxy": {
                    "urls": [f"{blog.origin}/"],
                    "settings": {"ALLOW_PRIVATE_ORIGIN": blog.origin, "HTTPPROXY_ENABLED": True},
                    "meta": {"proxy": canary.origin},
                },
                "no private origin": {"urls": [f"{canary.origin}/"]},
                "other schemes": {"urls": ["file:///etc/hostname", f"ftp://127.0.0.1:{port}/", "data:,secret"]},
            }
        )
        yield canary, results


def test_not_one_connection_is_made_to_a_forbidden_address(forbidden_fruit: tuple[Server, Any]) -> None:
    assert forbidden_fruit[0].connections == 0


GIVEN_UP = [
    pytest.param("direct", {"forbidden-address", "credentials", "dns"}, id="asked for"),
    pytest.param("robots", {"robots-unreachable"}, id="robots.txt redirects there"),
    pytest.param("proxy", {"forbidden-address"}, id="through a proxy"),
    pytest.param("no private origin", {"forbidden-address"}, id="nothing private allowed"),
    pytest.param("other schemes", {"not-http"}, id="other schemes"),
]


@pytest.mark.parametrize(("job", "reasons"), GIVEN_UP)
def test_each_forbidden_request_ends_with_its_reason(
    forbidden_fruit: tuple[Server, Any], job: str, reasons: set[str]
) -> None:
    outcomes = forbidden_fruit[1][job]["outcomes"]
    assert {reason for reason, _ in outcomes.values()} <= reasons


def test_each_redirect_to_a_forbidden_address_ends_with_its_reason(forbidden_fruit: tuple[Server, Any]) -> None:
    outcomes = {
        url.split("/", 3)[3]: outcome[0] for url, outcome in forbidden_fruit[1]["redirects"]["outcomes"].items()
    }
    assert outcomes.pop("") == 200
    assert len(outcomes) == len(HIDDEN) + 1
    assert set(outcomes.values()) <= {"forbidden-address", "credentials", "dns"}
