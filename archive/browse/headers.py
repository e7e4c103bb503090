"""The headers every response carries: what a page may load, who may frame it, what it tells the next site.

Three policies, by what a page is made of. Ours has no inline script or style at all. Datasette's own pages have some of
both, so that these two are let through there; still nothing can be loaded from, framed by or sent to another host. What
was captured gets the strictest: no script in any form, and an origin of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from archive.browse.formulas import Formulas

OURS: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'self'"
)
DATASETTES: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
CAPTURED: Final = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline' data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-dns-prefetch-control": "off",
}
FRAMES: Final = {OURS: "SAMEORIGIN", CAPTURED: "SAMEORIGIN", DATASETTES: "DENY"}

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def secured(policy: str) -> dict[str, str]:
    return {**ALWAYS, "x-frame-options": FRAMES[policy], "content-security-policy": policy}


def guarded(app: App, is_ours: Callable[[str], bool]) -> App:
    """*app* with the headers added to what it answers under the paths that *is_ours* knows, unless they are set."""

    async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_ours(scope["path"]):
            await app(scope, receive, send)
            return

        formulas: Formulas | None = None

        async def sending(message: Message) -> None:
            nonlocal formulas
            if message["type"] == "http.response.start":
                headers = message.get("headers") or []
                if is_datasettes_csv(scope, headers):
                    formulas = Formulas()
                    headers = [pair for pair in headers if bytes(pair[0]).lower() != b"content-length"]
                message = {**message, "headers": completed(headers, secured(DATASETTES))}
            elif formulas and message["type"] == "http.response.body":
                last = not message.get("more_body")
                message = {**message, "body": formulas.feed(message.get("body", b""), last=last)}
            await send(message)

        await app(scope, receive, sending)

    return with_headers


def is_datasettes_csv(scope: Scope, headers: list[Any]) -> bool:
    """Ours has no formulas to begin with; errors are pages. Datasette calls CSV that is only looked at plain text."""
    sent = {bytes(name).lower(): bytes(value) for name, value in headers}
    asked = scope["path"].endswith(".csv") or b"_format=csv" in scope.get("query_string", b"")
    is_text = sent.get(b"content-type", b"").startswith((b"text/plain", b"text/csv"))
    return asked and is_text and b"content-security-policy" not in sent


def completed(headers: list[Any], wanted: Mapping[str, str]) -> list[Any]:
    present = {bytes(name).lower().decode("latin-1") for name, _ in headers}
    return [*headers, *([name.encode(), value.encode()] for name, value in wanted.items() if name not in present)]
