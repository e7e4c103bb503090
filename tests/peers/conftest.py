"""The programs our packages are made for, in an environment of their own (`.venv/peers`, made by `.ci/run`)."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv" / "peers" / "bin"


@pytest.fixture(scope="session")
def peers() -> Path:
    """Where pywb's and wacz's commands are."""
    if not (PEERS / "wayback").exists():
        pytest.skip("pywb and wacz are not installed in .venv/peers (.ci/run does that)")
    return PEERS
