"""Pages out of templates: everything archived is escaped, and what a template may call is listed here."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive.browse import words
from archive.browse.instance import Place
from archive.report import duration, size

TEMPLATES: Final = Path(__file__).parent / "pages"
"""Not called `templates`: Datasette would take such a folder for replacements of its own pages."""

FILTERS: Final[dict[str, Any]] = {
    "day": words.day,
    "instant": words.instant,
    "lag": words.lag,
    "counted": words.counted,
    "sureness": words.sureness,
    "tone": words.tone,
    "web_url": words.web_url,
    "shown_url": words.shown_url,
    "listed": words.listed,
    "number": "{:,}".format,
    "percent": "{:.0%}".format,
    "size": size,
    "duration": duration,
    "json_list": json.loads,
    "field": lambda name: words.FIELDS.get(name, name.replace("_", " ")),
    "kind": lambda name: words.KINDS.get(name, name),
    "carries": lambda name: words.CARRIES.get(name, name),
}


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(FILTERS)
    return env


def make_ready() -> None:
    """Compile all templates, so that nobody's first page waits for it."""
    env = environment()
    for name in env.list_templates():
        env.get_template(name)


def render(template: str, place: Place, **values: Any) -> str:
    return environment().get_template(template).render(place=place, **values)
