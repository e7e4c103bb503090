"""Digests as WARC fields spell them: an algorithm's label, a colon, base32 or hex."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import Final

SIZES: Final = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""Algorithms we can check, with the length of their digests in bytes."""


_BASE32 = re.compile(r"[A-Z2-7]+")
_AS_NUMBER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")


def sha1_label(data: bytes) -> str:
    """SHA-1 in base32, the spelling CDX indexes are built on.

    >>> sha1_label(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return "sha1:" + base32(hashlib.sha1(data, usedforsecurity=False).digest())


def hasher(algorithm: str, data: bytes = b"") -> hashlib._Hash:
    """A hash of one of `SIZES`, begun with *data*; these calls cost a third of `hashlib.new`."""
    return _HASHERS[algorithm](data, usedforsecurity=False)


_HASHERS: Final = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


def base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode("ascii")


@lru_cache(maxsize=256)  # of a record, each is asked for twice
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
    digest = _from_hex(value) if len(value) == 2 * size else from_base32(value)
    return (algorithm, digest) if digest is not None and len(digest) == size else None


def _from_hex(value: str) -> bytes | None:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None


def from_base32(value: str) -> bytes | None:
    """None when it is none. Read as a number: five times as fast as `base64.b32decode`, which goes by characters."""
    digits = value.upper().rstrip("=")
    if not _BASE32.fullmatch(digits):
        return None
    size, unused_bits = divmod(5 * len(digits), 8)
    return (int(digits.translate(_AS_NUMBER), 32) >> unused_bits).to_bytes(size, "big")
