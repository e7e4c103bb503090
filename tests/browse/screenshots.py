"""Pictures of the main pages, taken of the sample blog: `python tests/browse/screenshots.py FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from subprocess import run

from playwright.sync_api import Browser, sync_playwright
from serving_site import CHROMIUM, FLAGS, served

WIDE, PHONE = (1280, 860), (390, 780)
SHOTS = (
    ("home", "", WIDE, "light", ""),
    ("search", 'search?q="tool+and+die"', WIDE, "light", ""),
    ("post", "posts/{post}", WIDE, "light", "details.fact >> nth=1"),
    ("edits", "posts/{edited}/revisions", WIDE, "light", ""),
    ("coverage", "coverage", WIDE, "light", ""),
    ("post-dark", "posts/{post}", WIDE, "dark", "details.fact >> nth=2"),
    ("post-phone", "posts/{post}", PHONE, "light", ""),
)
"""Name, page, size of the window, colours, what is opened by a click."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(2):  # the sample blog is edited between the first visit and the second
            run([sys.executable, "-m", "archive.cli", "crawl", "sample", "--archive", scratch], check=True)
        posts = chosen_posts(Path(scratch) / "archive.db")
        with served(Path(scratch) / "archive.db") as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
            for name, page, size, scheme, click in SHOTS:
                shoot(browser, f"{site}/archive/-/{page.format(**posts)}", folder / f"{name}.png", size, scheme, click)
            browser.close()


def chosen_posts(database: Path) -> dict[str, int]:
    """A repost with everything printed in its head, and one that was edited, by number."""
    from archive.database import open_readonly

    db = open_readonly(database)
    sql = "select id from posts where {} order by length(text) desc, id limit 1"
    whole = "confidence > 0.95 and original_on is not null and authors != '[]' and language = 'en-US'"
    found = {"post": whole, "edited": "revision_count > 1 and changed_at is not null"}
    return {name: db.execute(sql.format(condition)).fetchone()[0] for name, condition in found.items()}


def shoot(browser: Browser, url: str, path: Path, size: tuple[int, int], scheme: str, click: str) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url)
    # room kept for a scrollbar, which pictures don't have
    page.evaluate("document.documentElement.style.scrollbarGutter = 'auto'")
    if click:
        page.locator(click).locator("summary").click()
        page.mouse.move(0, 0)
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
