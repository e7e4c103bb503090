"""Labels: lines that say nothing but what the next one is."""

from __future__ import annotations

from archive.model import Line

LABELS: dict[str, str] = {
    word: label
    for label, words in (
        (
            "source",
            "source|original source|outlet|media outlet|publication|publisher|newspaper|magazine|published in|"
            "published by|appeared in|originally published in|fuente|medio|diario|quelle|medium|zeitung|journal|média|"
            "fonte|testata|jornal|veículo|font",
        ),
        (
            "author",
            "author|authors|by|written by|writer|reporter|byline|journalist|autor|autora|autores|autorin|von|auteur|"
            "auteurs|par|autore|autori|por",
        ),
        (
            "published",
            "date|published|published on|date published|publication date|original date|fecha|publicado|datum|"
            "veröffentlicht|erschienen am|publié le|data|publicado em|pubblicato il",
        ),
    )
    for word in words.split("|")
}
"""What stands alone in the first cell of a row, or before a colon → the label that its value is read with."""


def label_of_next(line: Line) -> str | None:
    """The label *line* is for the next one; None for a line that is no label."""
    if len(line.text) > LONGEST_LABEL or not (line.listed or line.element == "dt" or line.text.endswith(":")):
        return None
    return LABELS.get(line.text.rstrip(" :").casefold())


LONGEST_LABEL = 30
