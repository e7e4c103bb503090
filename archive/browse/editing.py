"""Who may set readings right from the browser: whoever sits at this machine, where the site was started for that.

`clipfile serve --edit` says so. Each request is looked at again, however the site was started: it must have come over
loopback, to a name of loopback (a page that has its own name lead here, DNS rebinding, still calls us by that name),
and what changes something must come from a form of ours. A form carries a token that only this process can make, for
the browser it was shown to; that browser sends its half, a cookie, to no request of another site.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

PLUGIN: Final = "clipfile"
"""Under this name Datasette's configuration says `edit`."""
COOKIE: Final = "clipfile-form"
NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST_FORM_BYTES: Final = 32_768

_KEY: Final = secrets.token_bytes(32)

Headers = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Editing:
    """One browser's leave to set things right."""

    browser: str
    """What its cookie says."""
    is_new: bool
    """The cookie is still to be set."""

    @property
    def token(self) -> str:
        return hmac.new(_KEY, self.browser.encode(), sha256).hexdigest()

    def headers(self, base: str) -> dict[str, str]:
        """`same-origin`: with `no-referrer` a browser would hide from us, too, that a form is ours."""
        cookie = f"{COOKIE}={self.browser}; Path={base}; HttpOnly; SameSite=Strict"
        return {
            "referrer-policy": "same-origin",
            "cache-control": "no-store",
            **({"set-cookie": cookie} if self.is_new else {}),
        }


def is_for_editing(datasette: Any) -> bool:
    return bool((datasette.plugin_config(PLUGIN) or {}).get("edit"))


def find_editing(datasette: Any, scope: Mapping[str, Any]) -> Editing | None:
    """None where the site is for reading only, or whoever asks is not at this machine."""
    headers = headers_of(scope)
    if not is_for_editing(datasette) or not is_asked_here(scope, headers.get("host", "")):
        return None
    browser = _cookie(headers.get("cookie", ""))
    return Editing(browser=browser or secrets.token_hex(16), is_new=not browser)


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """The first of each name; repeated ones are not ours to guess about."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        found.setdefault(bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
    return found


def is_asked_here(scope: Mapping[str, Any], host: str) -> bool:
    """Whether both ends of the connection are this machine's loopback, and so is the name it was asked by."""
    ends = (scope.get("client"), scope.get("server"))
    if not all(end and _is_loopback(end[0]) for end in ends):
        return False
    try:
        asked = urlsplit(f"//{host}")
        return asked.hostname in NAMES and (asked.port or 80) == (scope["server"][1] or 80)
    except ValueError:
        return False


def is_from_our_form(editing: Editing, headers: Headers, token: str) -> bool:
    """Whether a request that changes something was sent by a form of ours, in the browser it was shown to."""
    return (
        not editing.is_new
        and headers.get("origin") == f"http://{headers.get('host')}"
        and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and hmac.compare_digest(token.encode(), editing.token.encode())
    )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _cookie(sent: str) -> str:
    try:
        morsel = SimpleCookie(sent).get(COOKIE)
    except CookieError:
        return ""
    value = morsel.value if morsel else ""
    return value if len(value) == 32 and value.isalnum() else ""
