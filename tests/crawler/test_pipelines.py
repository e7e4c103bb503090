"""A post's way into the archive, fed with posts by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from making import a_post, a_reading
from scrapy.settings import Settings

from archive.folder import ArchiveFolder
from crawler.items import PostItem
from crawler.keeper import Keeper
from crawler.pipelines import COMPARED_TOGETHER, StorePipeline
from crawler.profiles import load_profile
from crawler.requisites import Requisites
from crawler.tally import Tally


def test_posts_are_compared_while_others_are_still_to_come(tmp_path: Path) -> None:
    """So a run that is stopped, or ends, has little left to do."""
    folder, tally = ArchiveFolder(path=tmp_path), Tally()
    with folder.writing("a test") as store:
        with store.atomic():
            site_id = store.custody.save_site("harbor", "https://blog.example/")
            run_id = store.custody.start_run(site_id, "full", {})
        keeper = Keeper(store, folder.warc_path, site_name="harbor", site_id=site_id, run_id=run_id, info={})
        requisites = Requisites(keeper, tally, load_profile("https://blog.example/"), Settings())
        pipeline = StorePipeline(SimpleNamespace(keeper=keeper, tally=tally, requisites=requisites))
        waiting = []
        for number in range(COMPARED_TOGETHER + 2):
            post = a_post(f"post-{number}")
            pipeline.process_item(PostItem(post=post, reading=a_reading(), key=post.url, kept=None))
            waiting.append(store.likenesses.count_stale())
        keeper.close()
    assert waiting == [*range(1, COMPARED_TOGETHER), 0, 1, 2]
