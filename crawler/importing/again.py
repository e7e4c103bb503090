"""An import over again, for a database made anew: the files lie in `warc/`, and the import's own file names them."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from archive.errors import UnusableFileError
from archive.store import Store
from crawler.importing.sources import Source
from crawler.importing.survey import Survey
from crawler.importing.taking import MODE, REST_FIELD, Taking, taken_files
from crawler.profiles import SiteProfile
from crawler.recorded import RecordedRun


def take_again(store: Store, warc: Path, run: RecordedRun, profile: SiteProfile) -> list[str]:
    """Take what the import took; returns the places of files that can't be read any more."""
    files, damaged = taken_files(run.info), []
    with tempfile.TemporaryDirectory(prefix="clipfile-import-") as scratch:
        survey = Survey(Path(scratch) / "survey.db")
        for file in files:
            source = Source(was=file.name, path=warc / file.name, name=file.name, bytes=file.bytes, sha256=file.sha256)
            try:
                survey.read(source)
            except UnusableFileError as error:
                damaged.append(str(error))
        taking = Taking(store, survey, profile, files, folders=lambda _: warc, clock=time.monotonic)
        with store.atomic():
            site_id = store.custody.save_site(
                profile.name, profile.start_urls[0], title=profile.title, language=profile.language,
                house_names=profile.house_names,
            )  # fmt: skip
            settings = {"imported": [file.name for file in files]}
            run_id = store.custody.restore_run(run.number, site_id, MODE, resumes_id=None, settings=settings)
            report = taking.take(run_id, rest=run.info.get(REST_FIELD) == "yes")
            status, reason = taking.status
            store.custody.finish_run(run_id, status, reason=reason, report=report)
            store.custody.commit_warc(run_id, {path.name: path.stat().st_size for path in run.files})
        survey.close()
    return damaged
