"""Coverage-guided fuzzing of page reading, with atheris (in an environment of its own: pip install atheris -e .).

    python -m tests.fuzzing.read_pages tests/fuzzing/corpus -max_total_time=600 -timeout=10 -rss_limit_mb=1024

libFuzzer keeps what it learns in the first folder named; an input that crashes or takes ten seconds is written down.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["archive", "crawler"]):
    from tests.fuzzing.targets import TARGETS


def main() -> None:
    atheris.Setup(sys.argv, TARGETS["pages"].read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
