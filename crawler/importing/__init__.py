"""WARC and WACZ files from elsewhere into the archive: what another crawler saw years ago becomes searchable.

A file is copied into `warc/` bit for bit and stays what it was; rows point into it as into our own. Nothing is kept of
a file that is damaged, and of one that holds no post. Each site that has posts gets a run of mode `import`, written in
one transaction, with a WARC file of ours that says which files it took: so a rebuilding takes them again.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from archive.errors import CannotWriteError, UnusableFileError
from archive.folder import ArchiveFolder
from archive.progress import Progress
from archive.provenance import READER
from archive.store import Store
from archive.warc import WarcWriter
from archive.warc.tail import cut_back, has_our_name, sync_folder
from crawler.importing.sources import PREFIX, Source, content_of, staged
from crawler.importing.survey import Advance, SiteCount, Survey
from crawler.importing.taking import FILES_FIELD, MODE, REST_FIELD, Taken, Taking, told
from crawler.profiles import SiteProfile, load_profile, profile_of, user_folders
from crawler.recorded import read_run, site_facts

STAGING: Final = "importing"
"""Folder in the archive's where files lie until they are in."""


@dataclass(kw_only=True)
class Outcome:
    """What an import came to, or would."""

    dry_run: bool
    hosts: list[dict[str, Any]] = field(default_factory=list)
    """What the files hold of each host, with the site it was taken for, None where it was not."""
    runs: list[dict[str, Any]] = field(default_factory=list)
    """A row of `runs_report` for each site, with its report."""
    refused: list[dict[str, Any]] = field(default_factory=list)
    """Files that could not be read: file, offset, why."""
    known: list[str] = field(default_factory=list)
    """Files the archive has already."""
    without_posts: list[str] = field(default_factory=list)


class Import:
    """One import of *inputs* (WARC and WACZ files) into *folder*. *site*: only this blog's posts are taken."""

    def __init__(
        self, folder: ArchiveFolder, inputs: Sequence[Path], *, site: str | None = None, progress: Progress
    ) -> None:
        self._folder, self._inputs, self._progress = folder, inputs, progress
        self._profiles = user_folders(folder.path)
        self._site = site
        self._wanted = load_profile(site, self._profiles) if site else None

    def look(self) -> Outcome:
        """What would be imported; nothing is written."""
        outcome = Outcome(dry_run=True)
        with ExitStack() as resources:
            scratch = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="clipfile-import-")))
            survey = Survey(scratch / "survey.db")
            resources.callback(survey.close)
            sources = list(self._surveyed(survey, scratch, outcome, only_look=True))
            self._choose(survey, sources, outcome, self._held_sites())
        return outcome

    def run(self) -> Outcome:
        """Import. Raises CannotWriteError, LockedError and the like; what is wrong with a file is in the outcome."""
        outcome = Outcome(dry_run=False)
        with ExitStack() as resources:
            store = resources.enter_context(self._folder.writing("an import", self._progress))
            staging = self._folder.path / STAGING
            clean_up(store, self._folder)
            resources.callback(shutil.rmtree, staging, ignore_errors=True)
            survey = Survey(_made(staging) / "survey.db")
            resources.callback(survey.close)
            sources = list(self._surveyed(survey, staging, outcome))
            sites = dict(store.db.execute("select name, url from sites").fetchall())
            chosen = self._choose(survey, sources, outcome, sites)
            for number, (profile, files) in enumerate(chosen, 1):
                new = self._not_yet_taken(store, profile, files)
                if new:
                    told_of = self._take(store, survey, profile, new, rest=number == len(chosen))
                    outcome.runs.append(told_of)
                else:
                    outcome.known += [file.was for file in files]
            outcome.known = sorted(set(outcome.known))
        return outcome

    def _surveyed(
        self, survey: Survey, scratch: Path, outcome: Outcome, *, only_look: bool = False
    ) -> Iterator[Source]:
        """The WARC files among the inputs that can be read whole; a package with one damaged file is refused whole."""
        seen: set[str] = set()
        for path in self._inputs:
            taken: list[Source] = []
            try:
                for source in staged(path, scratch, only_look=only_look):
                    if content_of(source.name) not in seen:
                        taken.append(source)
                        survey.read(source, self._telling(source))
            except UnusableFileError as error:
                for source in taken:
                    survey.forget(source)
                outcome.refused.append({"file": str(path), "offset": error.offset, "why": str(error)})
                continue
            seen |= {content_of(source.name) for source in taken}
            yield from taken

    def _telling(self, source: Source) -> Advance:
        return lambda done: self._progress(f"reading {source.was}", done, source.bytes)

    # ------------------------------------------------------------------ whose posts they are

    def _held_sites(self) -> dict[str, str]:
        if not self._folder.db_path.is_file():
            return {}
        db = self._folder.open_readonly()
        try:
            return dict(db.execute("select name, url from sites").fetchall())
        finally:
            db.close()

    def _choose(
        self, survey: Survey, sources: Sequence[Source], outcome: Outcome, sites: dict[str, str]
    ) -> list[tuple[SiteProfile, list[Source]]]:
        """The blogs whose posts are taken, the one with most posts last, each with the files that hold pages of it."""
        held = [profile_of(name, url, self._profiles) for name, url in sites.items()]
        found: dict[str, SiteProfile] = {}
        posts: dict[str, int] = {}
        for count in survey.sites():
            profile = self._profile_for(count, held)
            outcome.hosts.append(_host(count, profile))
            if profile is not None:
                found[profile.name] = profile
                posts[profile.name] = posts.get(profile.name, 0) + count.posts
        names = sorted(posts, key=lambda name: (posts[name], name))
        chosen = [(found[name], self._files_of(survey, sources, found[name])) for name in names]
        kept = {source.name for _, files in chosen for source in files}
        outcome.without_posts = [source.was for source in sources if source.name not in kept]
        return chosen

    def _profile_for(self, count: SiteCount, held: Sequence[SiteProfile]) -> SiteProfile | None:
        """The blog a host's pages are read as; None for one that has no post, or that nobody asked for."""
        url = f"{count.site}/"
        if self._wanted is not None:
            wanted = next((profile for profile in held if profile.name == self._wanted.name), self._wanted)
            return wanted if wanted.in_scope(url) and count.pages else None
        if not count.posts:
            return None
        known = next((profile for profile in held if profile.in_scope(url)), None)
        return known or load_profile(url, self._profiles)

    def _files_of(self, survey: Survey, sources: Sequence[Source], profile: SiteProfile) -> list[Source]:
        """Files with a page of the blog, and what lies in the same package: pictures may be in a file of their own."""
        packages = {
            source.was.partition("/")[0]
            for source in sources
            if any(profile.in_scope(row["url"]) for row in survey.answers([source.name], "kind is not null"))
        }
        return [source for source in sources if source.was.partition("/")[0] in packages]

    # ------------------------------------------------------------------ into the archive

    def _not_yet_taken(self, store: Store, profile: SiteProfile, files: Sequence[Source]) -> list[Source]:
        rows = store.db.execute(
            """
            select imported.value
            from runs
            join sites on sites.id = runs.site_id
            join json_each(runs.settings, '$.imported') as imported
            where sites.name = ? and runs.mode = ?
            """,
            [profile.name, MODE],
        )
        taken = {content_of(row[0]) for row in rows.fetchall()}
        return [file for file in files if content_of(file.name) not in taken]

    def _take(
        self, store: Store, survey: Survey, profile: SiteProfile, sources: Sequence[Source], *, rest: bool
    ) -> dict[str, Any]:
        files = [Taken(name=s.name, was=s.was, bytes=s.bytes, sha256=s.sha256) for s in sources]
        pages = sum(1 for _ in survey.answers([file.name for file in files], "kind is not null"))
        read = 0

        def advance() -> None:
            nonlocal read
            read += 1
            self._progress(f"reading the posts of {profile.name}", read, pages)

        def folder_of(name: str) -> Path:
            staged_there = self._folder.path / STAGING
            return staged_there if (staged_there / name).is_file() else self._folder.warc_path

        taking = Taking(store, survey, profile, files, folders=folder_of, clock=time.monotonic)
        with ExitStack() as undo:
            with store.atomic():
                run_id = self._begin(store, profile, files)
                report = taking.take(run_id, rest=rest, advance=advance)
                status, reason = taking.status
                store.custody.finish_run(run_id, status, reason=reason, report=report)
                self._put_in_place(sources)
                note = self._write_note(store, run_id, profile, files, rest=rest)
                undo.callback(note.unlink, missing_ok=True)
                store.custody.commit_warc(run_id, {note.name: note.stat().st_size})
            undo.pop_all()
        run = next(store.db.query("select * from runs_report where id = ?", [run_id]))
        return {**run, "report": report}

    def _begin(self, store: Store, profile: SiteProfile, files: Sequence[Taken]) -> int:
        site_id = store.custody.save_site(
            profile.name, profile.start_urls[0], title=profile.title, language=profile.language,
            house_names=profile.house_names,
        )  # fmt: skip
        return store.custody.start_run(site_id, MODE, {"imported": [file.name for file in files]})

    def _put_in_place(self, sources: Sequence[Source]) -> None:
        """Into `warc/`, and on disk, before any row speaks of them."""
        warc = self._folder.warc_path
        try:
            warc.mkdir(exist_ok=True)
            for source in sources:
                if source.path.is_file() and source.path.parent != warc:
                    source.path.replace(warc / source.name)
            sync_folder(warc)
        except OSError as error:
            raise CannotWriteError(f"{warc} can't be written: {error.strerror or error}") from error

    def _write_note(
        self, store: Store, run_id: int, profile: SiteProfile, files: Sequence[Taken], *, rest: bool
    ) -> Path:
        """A WARC file of ours that says what the run was: without it nothing but the database would know."""
        info = {
            **store.custody.run_facts(run_id),
            "software": f"Clipfile/{version('clipfile')}",
            "reader": READER,
            **site_facts(profile),
            FILES_FIELD: told(files),
            REST_FIELD: "yes" if rest else "no",
        }
        started_at = datetime.now(UTC)
        with WarcWriter(
            self._folder.warc_path, site=profile.name, started_at=started_at, info=info, find_original=lambda _: None
        ) as writer:
            return self._folder.warc_path / writer.position[0]


def clean_up(store: Store, folder: ArchiveFolder) -> None:
    """Take away what an import that was cut short has left: copies no row speaks of yet, and torn files."""
    shutil.rmtree(folder.path / STAGING, ignore_errors=True)
    committed = store.custody.committed_warc()
    for path in folder.warc_path.iterdir() if folder.warc_path.is_dir() else ():
        if path.name not in committed and path.is_file() and is_left_over(path):
            path.unlink()
    cut_back(folder.warc_path, committed)


def is_left_over(path: Path) -> bool:
    """Whether a WARC file no row speaks of can only be an import's."""
    if path.name.startswith(PREFIX):
        return True
    run = read_run(path) if has_our_name(path.name) and path.stat().st_size else None
    return run is not None and run.mode == MODE


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWriteError(f"{folder} can't be made: {error.strerror}") from error
    return folder


def _host(count: SiteCount, profile: SiteProfile | None) -> dict[str, Any]:
    return {
        "host": count.site.removeprefix("https://"),
        "site": profile.name if profile else None,
        "posts": count.posts,
        "pages": count.pages,
        "answers": count.answers,
        "first": count.first_at[:10],
        "last": count.last_at[:10],
    }
