"""Digests as WARC fields spell them: an algorithm's label, a colon, base32 or hex."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

SIZES: Final = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""Algorithms we can check, with the length of their digests in bytes."""


def sha1_label(data: bytes) -> str:
    """SHA-1 in base32, the spelling CDX indexes are built on.

    >>> sha1_label(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return "sha1:" + base32(hashlib.sha1(data, usedforsecurity=False).digest())


def base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode("ascii")


def read_label(label: str) -> tuple[str, bytes] | None:
    """Algorithm and digest of a labelled digest, base32 or hex; None when it is neither or the algorithm is unknown.

    >>> read_label("SHA-1:da39a3ee5e6b4b0d3255bfef95601890afd80709") == read_label(sha1_label(b""))
    True
    """
    name, _, value = label.strip().partition(":")
    algorithm = name.lower().replace("-", "")
    size = SIZES.get(algorithm)
    if size is None:
        return None
    digest = _from_hex(value) if len(value) == 2 * size else _from_base32(value)
    return (algorithm, digest) if digest is not None and len(digest) == size else None


def _from_hex(value: str) -> bytes | None:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None


def _from_base32(value: str) -> bytes | None:
    try:
        return base64.b32decode(value.upper().rstrip("=") + "=" * (-len(value.rstrip("=")) % 8))
    except ValueError:
        return None
