"""Post pages carry the metadata by which Zotero saves the original's reference."""

from __future__ import annotations

import json
import re
from pathlib import Path

from asking import Getter
from lxml import html

from archive.database import open_readonly


def test_a_post_page_names_the_original_in_its_head(harbor: Path, get: Getter) -> None:
    sql = "select uid, outlet, original_on from posts where title = 'Dry dock reopens after repairs'"
    uid, outlet, day = open_readonly(harbor).execute(sql).fetchone()
    tree = html.document_fromstring(get(f"/archive/-/posts/{uid}").text)
    tags = {tag.get("name"): tag.get("content") for tag in tree.findall("head/meta") if tag.get("name")}
    assert tags["z:itemType"] == "newspaperArticle"
    assert tags["citation_journal_title"] == outlet
    assert tags["citation_publication_date"] == day.replace("-", "/")
    [script] = tree.xpath('//script[@type="application/ld+json"]')
    assert json.loads(script.text)["isBasedOn"]["publisher"]["name"] == outlet


def test_the_metadata_runs_nothing(harbor: Path, get: Getter) -> None:
    (uid,) = open_readonly(harbor).execute("select uid from posts limit 1").fetchone()
    page = get(f"/archive/-/posts/{uid}")
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert re.findall(r"<script(?! type=\"application/ld\+json\"| src=)", page.text) == []
