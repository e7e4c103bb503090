"""`clipfile inspect`: what the reader makes of one page and why; with --jsonl, of many, one JSON line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, Final, TextIO

import click

from archive.commands.options import echo_json, json_option
from archive.errors import UsageError
from crawler.commands.explaining import explain_page
from crawler.identity import user_agent
from crawler.pages import UnreadablePageError, parse_page
from crawler.polite import PoliteFetch
from crawler.reading import ReadPage, inspection, profile_for_page, read_bytes

UNKNOWN: Final = "https://unknown.invalid/"
"""Stands for the address of a saved page that tells none; `.invalid` never resolves (RFC 2606)."""


@click.command("inspect")
@click.argument("page", required=False, metavar="[FILE|URL]")
@click.option("--url", help="The address a saved page came from.")
@click.option("--jsonl", is_flag=True, help='Read {"url", "html"} lines on stdin, write one reading a line, in order.')
@json_option
def inspect_command(page: str | None, url: str | None, jsonl: bool, as_json: bool) -> None:
    """Read one page and show where each value comes from: a saved FILE (- for stdin), or a URL that is fetched."""
    if jsonl:
        for line in inspect_lines(sys.stdin):
            click.echo(line)
        return
    if page is None:
        raise UsageError("which page?", hint="name a file or an address, or give --jsonl and lines on stdin")
    address, read = load(page, url)
    if as_json:
        echo_json(inspection(address, read))
    else:
        click.echo("\n".join(explain_page(read)))


def inspect_lines(lines: TextIO) -> Iterator[str]:
    """One reading a line, in order; a line that can't be read gives its error in place, and the rest goes on."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json.dumps(inspect_line(line, number), ensure_ascii=False)


def inspect_line(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
        url, html = record["url"], record["html"]
        body = html.encode("utf-8", "surrogatepass")
        read = read_bytes(body, url, profile_for_page(url), "text/html; charset=utf-8")
    except (ValueError, KeyError, TypeError, AttributeError, UnreadablePageError) as error:
        return {"url": None, "error": f"line {number}: {error}"}
    return inspection(url, read)


def load(page: str, url: str | None) -> tuple[str, ReadPage]:
    """The page's address and reading. A saved page without an address takes the one it declares as canonical."""
    if page.startswith(("http://", "https://")):
        answer = PoliteFetch(agent=user_agent(""))(page)
        address, body, content_type = answer.url, answer.body, answer.headers.get("content-type")
    else:
        body, content_type = read_file(page), "text/html"
        address = url or parse_page(body, url=UNKNOWN, content_type=content_type).canonical or UNKNOWN
    return address, read_bytes(body, address, profile_for_page(address), content_type)


def read_file(name: str) -> bytes:
    try:
        with click.open_file(name, "rb") as file:
            body: bytes = file.read()
    except OSError as error:
        raise UsageError(f"{name} can't be read: {error.strerror}") from error
    return body
