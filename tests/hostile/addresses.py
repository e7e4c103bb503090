"""Every way to spell an address that nobody outside may make the crawler ask: the canary's, or a neighbour's.

All of them are within the blog's scope by its profile, so that it is the address guard that must refuse them.
"""

from __future__ import annotations

from typing import Final

LITERALS: Final[dict[str, str]] = {
    "loopback": "127.0.0.1",
    "loopback-short": "127.1",
    "loopback-decimal": "2130706433",
    "loopback-hex": "0x7f000001",
    "loopback-hex-parts": "0x7f.0x0.0x0.0x1",
    "loopback-octal": "017700000001",
    "loopback-octal-parts": "0177.0.0.01",
    "loopback-dot": "127.0.0.1.",
    "loopback-wide": "１２７.0.0.1",
    "loopback-ideographic": "127。0。0。1",
    "loopback-encoded": "%31%32%37.0.0.1",
    "loopback-other": "127.8.8.8",
    "unspecified": "0.0.0.0",
    "unspecified-short": "0",
    "v6-loopback": "[::1]",
    "v6-unspecified": "[::]",
    "v6-long": "[0:0:0:0:0:0:0:1]",
    "v6-mapped": "[::ffff:127.0.0.1]",
    "v6-mapped-hex": "[::ffff:7f00:1]",
    "v6-compatible": "[::127.0.0.1]",
    "v6-nat64": "[64:ff9b::7f00:1]",
    "v6-6to4": "[2002:7f00:1::]",
    "v6-link-local": "[fe80::1]",
    "v6-unique-local": "[fd00:ec2::254]",
    "private-10": "10.0.0.1",
    "private-172": "172.16.0.1",
    "private-192": "192.168.0.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata-decimal": "2852039166",
    "carrier-grade": "100.100.100.200",
    "password": "reader:secret@127.0.0.1",
}

PUBLIC: Final = "93.184.215.14"
"""What a name answers that is harmless at first; no test ever reaches it."""

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "localhost": ("127.0.0.1",),
    "inside.example": ("10.0.0.1",),
    "mapped.example": ("::ffff:127.0.0.1",),
    "metadata.example": ("169.254.169.254",),
    "both.example": ("127.0.0.1", "10.0.0.1"),
    "rebinding.example": (PUBLIC, "127.0.0.1"),
    "rebinding-late.example": (PUBLIC, PUBLIC, "127.0.0.1"),
}
"""Names and what they resolve to: look-up by look-up, the last answer for ever."""

ALL_AT_ONCE: Final = frozenset({"both.example"})
"""Names that give all their answers to each look-up."""

HOSTS: Final[dict[str, str]] = {**LITERALS, **{name.replace(".", "-"): name for name in NAMES}}
"""Id → the host part of an address."""
