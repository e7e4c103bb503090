"""Telling Datasette what an archive's tables mean and which questions to ask, in the ways of 0.65 and of 1.0.

Whatever whoever runs Datasette says in metadata or configuration of their own stands; ours fills in the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any
from weakref import WeakKeyDictionary

from archive.browse.metadata import QUERIES, described, merged, settings

_told: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def everything(datasette: Any, databases: Sequence[str]) -> dict[str, Any]:
    """For Datasette 0.65, whose metadata holds settings and queries, too.

    Each Datasette gets one of its own, for it asks often, and lays what its user says into what it is given.
    """
    if datasette not in _told:
        found: dict[str, Any] = {}
        for database in databases:
            found = merged(found, merged(described(database), settings(database)))
        _told[datasette] = deepcopy(found)
    return _told[datasette]


async def describe(datasette: Any, database: str) -> None:
    """For Datasette 1.0, which keeps descriptions and queries in a database of its own."""
    datasette.config = merged(settings(database), datasette.config or {})
    about = described(database)["databases"][database]
    if not await datasette.get_database_metadata(database):
        await datasette.set_database_metadata(database, "description", about["description"])
    for table, facts in about["tables"].items():
        if await datasette.get_resource_metadata(database, table):
            continue
        await datasette.set_resource_metadata(database, table, "description", facts["description"])
        for column, words in facts["columns"].items():
            await datasette.set_column_metadata(database, table, column, "description", words)
    for name, query in QUERIES.items():
        if await datasette.get_query(database, name) is None:
            await datasette.add_query(database, name, **query)
