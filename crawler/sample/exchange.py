"""Requests and answers as values, so that the blog can be asked without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request; header names in lower case."""

    method: str = "GET"
    target: str = "/"
    """Path and query as sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit("http://blog" + self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit("http://blog" + self.target).query, keep_blank_values=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """One answer; `headers` carry the content type."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def text(body: str, content_type: str = HTML, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, body=body.encode(), headers={"Content-Type": content_type, **(headers or {})})


def redirect(url: str, status: int = 301) -> Response:
    return Response(status=status, headers={"Content-Type": HTML, "Location": url, "X-Redirect-By": "WordPress"})
