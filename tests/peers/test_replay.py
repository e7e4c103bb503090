"""The packages we write, in the hands of others: validated by wacz, replayed by pywb in a real browser."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from crawling import clipfile, crawl, opened
from serving_site import CHROMIUM, FLAGS, free_port, wait_for

from archive.export.cdxj import surt
from archive.verifying.packages import check_package
from archive.warc.packages import Package
from crawler.sample.server import SampleBlog

pytestmark = pytest.mark.slow

POST = "wards-on-wiring"


@dataclass(frozen=True, kw_only=True)
class Exported:
    folder: Path
    blog: str
    packages: dict[str, Path]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The whole archive, its second run alone, and one post, each as a package. The blog is gone by then."""
    folder = tmp_path_factory.mktemp("replay")
    archive = folder / "data"
    with SampleBlog() as blog:
        url = blog.url
        assert crawl(url, archive, files=True).code == 0
        blog.publish(2)
        assert crawl(url, archive, files=True).code == 0
    asked = {"whole": [], "run": ["--run", "2"], "post": ["outlet:WardsAuto"]}
    packages = {name: folder / f"{name}.wacz" for name in asked}
    for name, words in asked.items():
        ended = clipfile(
            "export", *words, "--format", "wacz", "--output", str(packages[name]), "--archive", str(archive)
        )
        assert ended.code == 0, ended.err
    return Exported(folder=archive, blog=url, packages=packages)


@pytest.mark.parametrize("name", ["whole", "run", "post"])
def test_wacz_finds_nothing_wrong(name: str, exported: Exported, peers: Path) -> None:
    command = [str(peers / "wacz"), "validate", "-f", str(exported.packages[name])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, "valid" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize("name", ["whole", "run", "post"])
def test_our_own_strict_check_finds_nothing_wrong(name: str, exported: Exported) -> None:
    assert list(check_package(exported.packages[name])) == []


@pytest.mark.parametrize("name", ["whole", "run", "post"])
def test_warcio_takes_the_captures_inside(name: str, exported: Exported, peers: Path, tmp_path: Path) -> None:
    with Package(exported.packages[name]) as package:
        for number, member in enumerate(package.warcs()):
            path = tmp_path / f"{number}.warc.gz"
            with path.open("wb") as file:
                package.unpack(member, file)
            done = subprocess.run([str(peers / "warcio"), "check", str(path)], capture_output=True, check=False)
            assert done.returncode == 0, done.stdout


def test_addresses_get_the_keys_that_others_look_them_up_by(exported: Exported, peers: Path) -> None:
    with opened(exported.folder) as db:
        urls = [row["url"] for row in db.query("select distinct url from captures")]
    urls += KEYS
    program = "import json, sys, surt; print(json.dumps([surt.surt(url) for url in json.load(sys.stdin)]))"
    done = subprocess.run(
        [str(peers / "python"), "-c", program], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    assert {url: surt(url) for url in urls} == dict(zip(urls, theirs, strict=True))


KEYS = [
    "http://blog.example",
    "https://www2.blog.example:8443/a//b/../c/./D/?b=2&a=1#top",
    "http://blog.example/caf%C3%A9/?ü=ö",
    "http://blog.example/a%20b+c?q=c+d&q=%26",
    "http://blog.example/%2541%zz%",
    "http://blog.example/index.php?PHPSESSID=0123456789abcdef0123456789abcdef&a=1",
    "http://blog.example/a?&a&c=",
    "http://münchen.example./~x/(y)/[z]/{w}|'\"",
    "https://i0.wp.com/blog.example/a.png?resize=300%2C200&ssl=1",
    "http://blog.example/a?redirect=http://x.example/y/",
    "http://blog.example/a/../../b",
]


@contextmanager
def replayed(package: Path, folder: Path, peers: Path) -> Iterator[str]:
    """Address of pywb with the package in its collection `posts`."""
    for words in (["init", "posts"], ["add", "--unpack-wacz", "posts", str(package)]):
        subprocess.run([str(peers / "wb-manager"), *words], cwd=folder, check=True, capture_output=True, timeout=120)
    port = free_port()
    command = [str(peers / "wayback"), "--bind", "127.0.0.1", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, **quiet) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/posts/", process, seconds=60)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True, kw_only=True)
class Seen:
    text: str
    pictures: list[dict[str, Any]]
    font: bool
    background: str
    elsewhere: list[str]


SHOWN = """
() => ({
    text: document.body.innerText,
    pictures: [...document.images].map((each) => ({ src: each.currentSrc, width: each.naturalWidth })),
    font: [...document.fonts].some((each) => each.status === "loaded"),
    background: getComputedStyle(document.querySelector("footer")).backgroundColor,
})
"""


def look(browser: Any, pywb: str, url: str) -> Seen:
    """What the browser shows of *url* in pywb's frame, and what it asked of any other server."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page.goto(f"{pywb}/posts/{url}", wait_until="load")
        frame = page.wait_for_selector("iframe#replay_iframe").content_frame()
        frame.wait_for_load_state("load")
        frame.evaluate("document.querySelector('footer').scrollIntoView()")
        frame.wait_for_function("[...document.images].every((each) => each.complete)")
        frame.wait_for_function("document.fonts.status === 'loaded'")
        parts = [urlsplit(each) for each in asked]
        elsewhere = [each.geturl() for each in parts if each.scheme in ("http", "https", "ws", "wss")]
        here = urlsplit(pywb).netloc
        return Seen(**frame.evaluate(SHOWN), elsewhere=[each for each in elsewhere if urlsplit(each).netloc != here])
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", [pytest.param("whole", id="of the whole archive"), pytest.param("post", id="alone")])
def test_pywb_shows_a_post_with_its_pictures(
    name: str, exported: Exported, peers: Path, chromium: Any, tmp_path: Path
) -> None:
    with replayed(exported.packages[name], tmp_path, peers) as pywb:
        seen = look(chromium, pywb, f"{exported.blog}{POST}/")
    assert "a robot to sulk" in seen.text
    ours = [each for each in seen.pictures if "/wp-content/uploads/" in each["src"]]
    assert ours
    assert all(each["width"] > 0 for each in ours)
    assert seen.font
    assert seen.background == "rgb(22, 50, 63)", "the style sheet"
    assert seen.elsewhere == []
