"""`clipfile.toml`: what an operator says about an archive, checked word by word so that a typo is not a silent no."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from archive.errors import UsageError

REQUISITES: Final = ("none", "shown", "every")
"""`shown`: of an image in several sizes and a font in several formats the one that browsers show; `every`: all."""


class SettingsError(UsageError):
    """A setting that can't be what it says."""

    def __init__(self, path: Path, key: str, expected: str, found: Any) -> None:
        super().__init__(f"{path}: {key} must be {expected}, not {found!r}")
        self.path, self.key, self.expected, self.found = path, key, expected, found


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    contact: str = ""
    """How a site's owner reaches whoever crawls; it is part of the User-Agent."""
    requisites: str = "shown"
    """Which files that pages need are fetched: none, shown, every."""
    notify_urls: tuple[str, ...] = ()
    """Where notices go, as addresses of Apprise. They carry passwords: never print them."""
    notify_news: bool = True
    """Tell of new and edited posts too, not only of trouble."""
    ping_url: str | None = None
    """Called when a run ended well, and with `/fail` when it did not."""
    textfile: Path | None = None
    """Prometheus metrics, for node_exporter's textfile collector."""
    schedule: Mapping[str, str] = field(default_factory=dict)
    """Site → how often it is crawled, in the words of `clipfile schedule --every`."""


def load_settings(path: Path) -> Settings:
    """What the file says; the defaults where there is none.

    Raises SettingsError for a value that can't be, UsageError for an unknown name or a file that can't be read.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} can't be read: {error}") from error
    return Settings(**dict(_checked(path, said)))


def _checked(path: Path, said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    flat = {key: value for key, value in said.items() if key not in TABLES}
    for table in TABLES & said.keys():
        if not isinstance(said[table], dict):
            raise SettingsError(path, f"[{table}]", "a table", said[table])
        if table == "schedule":
            flat["schedule"] = said[table]
        else:
            flat.update({f"{table}.{key}": value for key, value in said[table].items()})
    return [_one(path, key, value) for key, value in flat.items()]


def _one(path: Path, key: str, value: Any) -> tuple[str, Any]:
    if key not in KNOWN:
        near = get_close_matches(key, KNOWN, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(KNOWN)}"
        raise UsageError(f"{path}: there is no setting {key}", hint=hint)
    name, expected, is_right, made = KNOWN[key]
    if not is_right(value):
        raise SettingsError(path, key, expected, "(not shown)" if key == "notify.urls" else value)
    return name, made(value)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_table_of_text(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_web_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


TABLES: Final = frozenset({"notify", "health", "schedule"})

KNOWN: Final[Mapping[str, tuple[str, str, Callable[[Any], bool], Callable[[Any], Any]]]] = {
    "contact": ("contact", "text", _is_text, str),
    "requisites": ("requisites", "none, shown or every", lambda value: value in REQUISITES, str),
    "notify.urls": ("notify_urls", "a list of addresses", _is_list_of_text, tuple),
    "notify.news": ("notify_news", "true or false", lambda value: isinstance(value, bool), bool),
    "health.ping": ("ping_url", "an http(s) address", _is_web_address, str),
    "health.textfile": ("textfile", "the path of a .prom file", _is_text, Path),
    "schedule": ("schedule", 'a table such as michauto = "daily"', _is_table_of_text, dict),
}
"""Setting → its attribute, what it must be in words, whether a value is that, and how it is made of it."""
