"""`clipfile inspect`: what the reader makes of one page and why; with --jsonl, of many, one JSON line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import click

from archive.commands.options import echo_json, json_option
from archive.errors import UsageError
from crawler.pages import UnreadablePageError
from crawler.reading import ReadPage, inspection, profile_for_page, read_bytes


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
        raise UsageError("which page?", hint="clipfile inspect FILE, clipfile inspect URL, or --jsonl with lines on stdin")
    address, read = load(page, url)
    if as_json:
        echo_json(inspection(address, read))
    else:
        click.echo(explained(read))


def inspect_lines(lines: TextIO) -> Iterator[str]:
    """One reading a line, in order; a line that can't be read gives its error in place of a reading, and the rest goes on."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json.dumps(inspect_line(line, number), ensure_ascii=False)


def inspect_line(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
        url, html = record["url"], record["html"]
        read = read_bytes(html.encode("utf-8", "surrogatepass"), url, profile_for_page(url), "text/html; charset=utf-8")
    except (ValueError, KeyError, TypeError, AttributeError, UnreadablePageError) as error:
        return {"url": None, "error": f"line {number}: {error}"}
    return inspection(url, read)


def load(page: str, url: str | None) -> tuple[str, ReadPage]:
    raise NotImplementedError


def explained(read: ReadPage) -> str:
    raise NotImplementedError
