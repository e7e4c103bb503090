"""`python -m crawler.sample`: serve the sample blog until interrupted."""

from __future__ import annotations

import argparse
import threading

from crawler.sample.server import SampleBlog
from crawler.sample.themes import THEMES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m crawler.sample", description="Serve the sample blog on loopback.")
    parser.add_argument(
        "--edition", type=int, default=1, choices=(1, 2, 3), help="1 as first seen, 2 edited, 3 redesigned"
    )
    parser.add_argument("--port", type=int, default=8000, help="0 for any free one (default 8000)")
    parser.add_argument("--theme", choices=sorted(THEMES), help="one theme for every page")
    chosen = parser.parse_args()
    with SampleBlog(chosen.edition, chosen.port, theme=chosen.theme) as blog:
        print(f"The sample blog, edition {chosen.edition}, is at {blog.url} (Ctrl-C ends it)", flush=True)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
