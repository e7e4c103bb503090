"""What a confidence is worth: `python -m benchmarks.calibration` counts wrong values by band on the sample blog."""

from __future__ import annotations

from tabulate import tabulate

from archive.provenance.audit import Audit, audit
from crawler.profiles import load_profile
from crawler.reading import inspection, read_bytes
from crawler.sample import expected_labels
from crawler.sample.blog import Options
from crawler.sample.exchange import Request
from crawler.sample.wordpress import WordPress

BASE = "http://blog.example/"


def measure() -> Audit:
    """The sample blog's posts, each read from the page its theme prints."""
    blog, profile = WordPress(Options(), BASE), load_profile("sample")
    labels = list(expected_labels(1, BASE))
    pages = [blog.answer(Request(target=f"/{label['url'].removeprefix(BASE)}")).body for label in labels]
    read = [
        inspection(label["url"], read_bytes(page, label["url"], profile))
        for label, page in zip(labels, pages, strict=True)
    ]
    return audit(read, labels)


def main() -> None:
    measured = measure()
    rows = [[f"{band.low:.2f} and above", band.claimed, band.wrong] for band in measured.reliability]
    print(tabulate(rows, headers=("confidence", "values claimed", "wrong"), tablefmt="github"))
    print(f"\n{measured.posts} posts, {measured.whole} read wholly as labelled.")


if __name__ == "__main__":
    main()
