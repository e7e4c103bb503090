"""WARC and WACZ files as other crawlers make them, with posts of an invented blog."""

from __future__ import annotations

import gzip as gzip_module
import hashlib
import json
import uuid
import zipfile
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.warc.records import WarcFile

BLOG = "https://harbor.example"
OUTLETS = ("Tool and Die Weekly", "The Lakeside Courier")


def a_post(slug: str, *, words: str = "The crane came back to the pier on Monday.", title: str | None = None) -> bytes:
    """A post's page, as WordPress themes print one."""
    title = title or slug.replace("-", " ").capitalize()
    text = "".join(f"<p>{words} Paragraph {number} goes on about the harbor and its cranes.</p>" for number in range(4))
    return f"""<!doctype html><html lang="en-US"><head><title>{title} – Harbor Notes</title>
<link rel="canonical" href="{BLOG}/{slug}/"></head><body class="post-template-default single single-post">
<article class="post type-post hentry"><h1 class="entry-title">{title}</h1>
<time class="entry-date published" datetime="2024-05-06T09:00:00+00:00">May 6, 2024</time>
<div class="entry-content"><p>{OUTLETS[0]}<br>May 3, 2024<br>Iris Calder</p>{text}</div></article>
</body></html>""".encode()


def a_listing(*slugs: str) -> bytes:
    cards = "".join(
        f'<article class="post"><h2><a href="{BLOG}/{slug}/">{slug.replace("-", " ")}</a></h2></article>'
        for slug in slugs
    )
    return f'<!doctype html><title>Blog</title><body class="blog archive">{cards}</body>'.encode()


@dataclass(kw_only=True)
class Captured:
    """One answer as a crawler of another make kept it."""

    url: str
    body: bytes
    at: str = "2024-06-01T10:00:00Z"
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=UTF-8"),)
    revisit_of: tuple[str, str] | None = None
    """Address and instant of the original."""
    request_headers: tuple[tuple[str, str], ...] = ()
    request: str = "before"
    """before, after or none: where the request stands."""
    warc_headers: Mapping[str, str] = field(default_factory=dict)


def post_at(slug: str, at: str = "2024-06-01T10:00:00Z", **more: Any) -> Captured:
    page = {name: more.pop(name) for name in ("words", "title") if name in more}
    return Captured(url=f"{BLOG}/{slug}/", body=a_post(slug, **page), at=at, **more)


def warc_bytes(captures: Iterable[Captured], *, gzip: bool = True, version: str = "1.0", digests: bool = True) -> bytes:
    """A WARC file as most crawlers write it: one gzip member a record, SHA-1 digests."""
    info = b"software: Another crawler 1.0\r\nformat: WARC File Format\r\n"
    records = [_record({"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}, info, version, digests)]
    for captured in captures:
        records += _records(captured, version, digests)
    return b"".join(map(compress, records) if gzip else records)


def _records(captured: Captured, version: str, digests: bool) -> list[bytes]:
    about = {"WARC-Target-URI": captured.url, "WARC-Date": captured.at, **captured.warc_headers}
    http = {"Content-Type": "application/http; msgtype=response"}
    head = f"HTTP/1.1 {captured.status}\r\n{_lines(captured.headers)}\r\n".encode()
    kind = {"WARC-Type": "response"}
    if captured.revisit_of:
        url, at = captured.revisit_of
        profile = f"http://netpreserve.org/warc/{version}/revisit/identical-payload-digest"
        refers = {"WARC-Refers-To-Target-URI": url, "WARC-Refers-To-Date": at}
        kind = {"WARC-Type": "revisit", "WARC-Profile": profile, **refers, "WARC-Payload-Digest": sha1(captured.body)}
    elif digests:
        kind["WARC-Payload-Digest"] = sha1(captured.body)
    answer_id = new_id()
    block = head if captured.revisit_of else head + captured.body
    answer = _record({**kind, **about, **http, "WARC-Record-ID": answer_id}, block, version, digests)
    path = captured.url.partition("://")[2].partition("/")[2]
    asked = f"GET /{path} HTTP/1.1\r\n{_lines(captured.request_headers)}\r\n".encode()
    concurrent = {"WARC-Type": "request", "WARC-Concurrent-To": answer_id}
    http = {"Content-Type": "application/http; msgtype=request"}
    request = _record({**concurrent, **about, **http}, asked, version, digests)
    return {"before": [request, answer], "after": [answer, request], "none": [answer]}[captured.request]


def _lines(headers: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers)


def _record(fields: Mapping[str, str], block: bytes, version: str, digests: bool) -> bytes:
    given = {"WARC-Record-ID": new_id(), "WARC-Date": "2024-06-01T09:00:00Z", **fields}
    digest = {"WARC-Block-Digest": sha1(block)} if digests else {}
    head = f"WARC/{version}\r\n{_lines({**given, **digest, 'Content-Length': str(len(block))}.items())}\r\n"
    return head.encode() + block + b"\r\n\r\n"


def compress(record: bytes) -> bytes:
    return gzip_module.compress(record, mtime=0)


def new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def sha1(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data).digest()).decode()


def write(path: Path, captures: Iterable[Captured], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(warc_bytes(captures, **options))
    return path


def write_wacz(path: Path, members: Mapping[str, bytes], *, listed: Mapping[str, bytes] | None = None) -> Path:
    """A package with these members and a description of them, or of *listed*."""
    resources = [
        {
            "name": Path(name).name,
            "path": name,
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "bytes": len(data),
        }
        for name, data in (members if listed is None else listed).items()
    ]
    package = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
        file.writestr("datapackage.json", package)
        file.writestr("datapackage-digest.json", json.dumps(digest))
    return path


def a_wacz(path: Path, captures: Iterable[Captured], *, parts: int = 1) -> Path:
    """A package as browsertrix-crawler makes one: several WARC files, an index, a list of pages."""
    captures = list(captures)
    members: dict[str, bytes] = {}
    index: list[str] = []
    for number in range(parts):
        name = f"rec-{number}.warc.gz"
        members[f"archive/{name}"] = warc_bytes(captures[number::parts], version="1.1")
        scratch = path.with_name(name)
        scratch.write_bytes(members[f"archive/{name}"])
        with WarcFile(scratch) as file:
            index += [_index_line(record, name) for record in file if record.type in ("response", "revisit")]
        scratch.unlink()
    pages = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}]
    pages += [{"id": str(n), "url": each.url, "ts": each.at, "title": each.url} for n, each in enumerate(captures)]
    members["indexes/index.cdx"] = "".join(sorted(index)).encode()
    members["pages/pages.jsonl"] = "".join(f"{json.dumps(page)}\n" for page in pages).encode()
    return write_wacz(path, members)


def _index_line(record: Any, file: str) -> str:
    at = datetime.fromisoformat(record.get("warc-date"))
    facts = {
        "url": record.url(),
        "mime": "text/html",
        "status": "200",
        "filename": file,
        "offset": str(record.offset),
        "length": str(record.length),
    }
    return f"example,harbor)/ {at:%Y%m%d%H%M%S} {json.dumps(facts)}\n"
