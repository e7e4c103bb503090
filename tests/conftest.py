"""What every test shares: no network beyond loopback, and an archive's folder of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_socket

from archive.folder import ArchiveFolder

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_runtest_setup() -> None:
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(path=tmp_path / "data")
