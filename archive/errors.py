"""What can go wrong, as a tree: every error says what was expected, what was found, where, and what to do next."""

from __future__ import annotations

from typing import ClassVar


class ArchiveError(Exception):
    """Something Clipfile can name. The command line prints it as one line and exits with `exit_code` (docs/cli.md)."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(ArchiveError):
    """The words of the command can't be right: unknown site, a URL outside http(s), an impossible option."""

    exit_code = 2


class WithheldError(ArchiveError):
    """What was asked for is kept from the public."""


class UnknownSiteError(UsageError):
    """No profile of that name, and it is not a URL either."""

    def __init__(self, name: str, near: tuple[str, ...], known: tuple[str, ...]) -> None:
        hint = f"did you mean {' or '.join(near)}?" if near else f"known sites: {', '.join(known)}."
        super().__init__(f"there is no site {name!r}", hint=f"{hint} Any http(s) address of a blog works too")
        self.name, self.near, self.known = name, near, known


class UnreachableError(ArchiveError):
    """The blog did not answer at all."""


class NotABlogError(ArchiveError):
    """The address answers, but nothing there lists posts."""


class DamagedArchiveError(ArchiveError):
    """The archive's database or captures are not what they should be."""

    exit_code = 5


class NotAnArchiveError(DamagedArchiveError):
    """The file is there but Clipfile did not make it."""


class NoArchiveError(NotAnArchiveError):
    """Nothing is where an archive was said to be."""

    exit_code = 2


class NewerArchiveError(ArchiveError):
    """The archive was written by a later Clipfile whose tables this one does not know."""

    def __init__(self, path: str, unknown: tuple[str, ...]) -> None:
        super().__init__(
            f"{path} was written by a newer Clipfile (its schema has {', '.join(unknown)})",
            hint="install that version or a later one; nothing was changed",
        )
        self.path, self.unknown = path, unknown


class UnusableFileError(ArchiveError):
    """A file from elsewhere is not what it should be; nothing of it was taken, and nothing of ours is harmed."""

    def __init__(self, file: str, offset: int | None, problem: str, *, hint: str | None = None) -> None:
        place = f"{file} at byte {offset}" if offset is not None else file
        super().__init__(f"{place}: {problem}", hint=hint)
        self.file, self.offset, self.problem = file, offset, problem


class CannotWriteError(ArchiveError):
    """The disk is full, read-only, or the folder may not be written."""

    exit_code = 74


class LockedError(ArchiveError):
    """Another run is writing to this archive."""

    exit_code = 75


class FixityError(DamagedArchiveError):
    """Stored bytes no longer have the digest they were stored with."""

    def __init__(self, url: str, *, expected: str, found: str, where: str) -> None:
        super().__init__(f"{url}: digest {found} where {expected} was stored, in {where}")
        self.url, self.expected, self.found, self.where = url, expected, found, where
