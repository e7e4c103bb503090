"""Who we say we are."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any


def user_agent(contact: str) -> str:
    """The User-Agent: product, version, what for, and where the crawl's owner can be reached.

    >>> user_agent("mailto:archive@library.example")  # doctest: +ELLIPSIS
    'Clipfile/... (archive of republished press; +mailto:archive@library.example)'
    """
    contact = " ".join(contact.split())
    reach = f"+{contact}" if contact else "no contact given"
    return f"Clipfile/{version('clipfile')} (archive of republished press; {reach})"


class Identity:
    """An add-on, for USER_AGENT is made from CONTACT, wherever that was set; a USER_AGENT given outright wins."""

    def update_settings(self, settings: Any) -> None:
        settings.set("USER_AGENT", user_agent(settings.get("CONTACT") or ""), "addon")
