"""What the headers of an answer say, as the rest of the crawl asks for it."""

from __future__ import annotations

from scrapy.http import Response

from crawler.handover import Sent


def content_type_of(response: Response) -> str | None:
    header = response.headers.get("Content-Type")
    return header.decode("latin-1") if header else None


def sent(response: Response) -> Sent:
    return Sent(body=response.body, url=response.url, content_type=content_type_of(response))


def link_header_of(response: Response) -> str:
    return b", ".join(response.headers.getlist("Link")).decode("latin-1")


def is_conditional(response: Response) -> bool:
    """Whether a 304 was asked for."""
    sent = response.request.headers if response.request else {}
    return b"If-None-Match" in sent or b"If-Modified-Since" in sent


def headers_of(response: Response) -> dict[str, str]:
    return {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items() if values}
