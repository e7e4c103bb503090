"""One WordPress for the whole session; without its Debian packages these tests skip and say what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench import WordPress, missing_parts, running_wordpress


@pytest.fixture(scope="session")
def wordpress() -> Iterator[WordPress]:
    if missing := missing_parts():
        pytest.skip("no WordPress here, .ci/wordpress installs it; missing: " + ", ".join(missing))
    with running_wordpress() as blog:
        yield blog
