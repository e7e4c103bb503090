"""Facets."""
from __future__ import annotations
from archive.search.candidates import Answers
from archive.search.results import FacetValue
def count_facets(answers: Answers) -> dict[str, tuple[FacetValue, ...]]:
    return {}
