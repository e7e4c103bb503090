"""What a line is by its words alone: a photo credit, a call to read on, the head of a press release …

A rule is one row of a table; beside it stands what to look for before its pattern is tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from archive.provenance.openings import Glance, beginnings, glance, lowered, openings

Role = Literal[
    "breadcrumb", "title", "echo", "site-date", "site-author", "category", "credit", "hook", "weak-hook", "release",
        "release-end",
        "contact",
    "dateline", "salutation", "event", "quoted", "caption", "alt", "attribution", "quote-person", "references",
        "chrome",
        "text",
        "metadata",
        "heading",
        "place",
        "label",
]  # fmt: skip

RULES: tuple[tuple[Role, str, str], ...] = (
    (
        "release",
        "for-immediate-release",
        r"^\W*(?:for immediate release|news release|press release|media release|media advisory|media alert|"
        r"zur sofortigen veröffentlichung|pressemitteilung|communiqué de presse|comunicado de (?:prensa|imprensa)|"
        r"comunicato stampa|nota de (?:prensa|imprensa)|nota de premsa)\b.{0,40}$",
    ),
    (
        "release",
        "source-is-an-office",
        r"^\W*source:? .{0,30}\b(?:senator|representative|congress(?:man|woman)?|governor|minister|office of|"
        r"department of|ministry of|city of|university of|pr ?newswire|business ?wire|globe ?newswire)\b.{0,60}$",
    ),
    (
        "contact",
        "media-contact",
        r"^\W*(?:(?:media|press|news) )?contacts?\s*(?:\(s\))?\s*:|^\W*(?:media|press) (?:contact|inquiries|"
        r"relations)\b|^\W*(?:pressekontakt|contact presse|contacto de prensa)\b",
    ),
    ("release-end", "hash-marks", r"^\W*(?:#\s*#\s*#|-\s*30\s*-)\W*$"),
    ("release-end", "hash-marks", r"#\s?#\s?#+\s*$"),
    (
        "salutation",
        "dear",
        r"^(?:dear|to whom it may concern|estimad[oa]s?|sehr geehrte|cher|chère|madame, monsieur|gentile|prezad[oa])"
        r"\b.{0,60}[,:]$",
    ),
    (
        "event",
        "event-words",
        r"^\W*(?:when|where|location|venue|time|cost|register|registration|rsvp|date and time|date & time|tickets?|"
        r"admission|doors open|"
        r"wann|wo|uhrzeit|lieu|quand|où|cuándo|dónde|lugar|hora|quando|dove|ora|data e ora|local)\s*:",
    ),
    # Begins with the figure itself, so that the search skips to one.
    (
        "event",
        "time-span",
        r"\d(?<!\w\d)\d?(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:[–—-]|to)\s*\d{1,2}(?::\d\d)?\s*[ap]\.?m\b",
    ),
    (
        "credit",
        "photo-credit",
        r"^\W{0,3}(?:(?:lead |header |cover |featured |main )?(?:photos?|images?|pictures?|illustrations?|graphics?|"
        r"pictured|foto|fotos|imagen|imagem|immagine|bild|(?:beitrags|titel|symbol|artikel)bild|"
        r"crédit(?:s)? photo|cr[ée]dito|credit|photo credit|image credit|image source|bildquelle|grafik|graphic|getty|"
        r"shutterstock|photographer|video)\b"
        r"\s*(?:\(?s\)?)?\s*(?:credits?|source|courtesy(?: of)?|by|from|provided by|via|©|:|/|—|–|-|di|de|por|von|par)|"
        r"credit\S|©|\(c\)\s|pro(?=[A-Z]\w+ \w+.*flickr))",
    ),
    ("quote-person", "name-behind-dash", r"^[–—-]{1,2}\s?[A-Z][\w’'.-]+ [A-Z].{3,120}$"),
    (
        "references",
        "list-heading",
        r"^\W*(?:references|sources|notes|footnotes|further reading|works cited|bibliography|related (?:articles|"
        r"coverage|stories|reading)|in the press|more coverage|"
        r"quellen|literatur|références|sources et références|bibliographie|referencias|bibliografía|riferimenti|"
        r"referências)\W*$",
    ),
    (
        "credit",
        "courtesy-photo",
        r"^\W{0,3}(?:courtesy (?:photo|image)|(?:ap|file|stock|courtesy|submitted|staff|contributed) (?:photo|image)"
        r"|getty images|istock|adobe stock|shutterstock|unsplash)\b.{0,80}$|"
        r"\b(?:getty images|shutterstock|istock(?:photo)?|adobe stock|flickr|wikimedia commons|unsplash|cc by(?:-\w\w)"
        r"*)\W*$",
    ),
    (
        "credit",
        "photo-words",
        r"\b(?:photo|image|picture|illustration|foto)s? ?(?:credit|courtesy|by|:)\s*\S.{0,80}$|\(photo\b.{0,120}\)$",
    ),
    (
        "hook",
        "read-the-full-article",
        r"^(?!.*\b(?:subscribe|subscribers?|sign (?:in|up)|log ?in|register|members? only|become a member)\b)"
        r".*?(?:\b(?:read|view|see|find|visit|listen(?: to)?|watch|hear|check out|continue reading|access|click(?: "
        r"here)?)\b.{0,40}?\b(?:full|original|complete|entire|whole|rest of (?:the|this))\b"
        r"(?!.{0,25}\b(?:report|agenda|list|schedule|statement|study|results?|survey|letter|release|bill|"
        r"transcript|text of|pdf|document|paper|book|guide)\b)"
        r".{0,30}\b(?:article|story|piece|column|interview|editorial|op-?ed|post|text|segment|episode|broadcast|"
        r"conversation|coverage|essay|commentary|source|it)\b|"
        r"^\W*(?:(?:read|view|see|the|link to)\s)?\s*(?:the )?(?:original|full|complete) (?:article|story|post|source|"
        r"piece|op-?ed|column|interview|text)\b.{0,30}$|"
        r"\b(?:this|the) (?:full|original|complete) (?:article|story|piece|interview|column) (?:is|can|may)\b|"
        r"\blisten to the (?:whole|full|entire)\b|\b(?:in|read) the (?:full )?(?:article|story|piece|op-?ed|column|"
        r"interview|editorial) below\b)",
    ),
    (
        "hook",
        "lire-la-suite",
        r"\b(?:lire (?:l['’]article|la tribune|l['’]entretien|l['’]interview|l['’]intégralité|la suite (?:de "
        r"l['’]article )?(?:sur|dans))|à lire (?:ici|en intégralité)|article (?:complet|original|intégral)|"
        r"(?:leer|lee|ver|vea|consulta|acceder)\b.{0,20}\b(?:artículo|noticia|entrevista|tribuna|texto)"
        r"\b.{0,20}(?:complet[oa]|original|íntegr[oa]|aquí)?|artículo (?:original|completo)|noticia (?:original|"
        r"completa)|"
        r"(?:zum|den|der|hier zum|hier geht(?:'|’)?s zum|lesen sie (?:den|das))\s+(?:ganzen |vollständigen |kompletten "
        r"|original-?)?(?:artikel|beitrag|interview|bericht|originalartikel)|originalartikel|"
        r"(?:leggi|leggere|continua a leggere|vai al)\b.{0,15}\b(?:l['’]articolo|tutto l['’]articolo|articolo|"
        r"intervista|originale)\b|articolo (?:completo|originale|integrale)|"
        r"(?:leia|ler|veja|acesse|confira)\b.{0,15}\b(?:matéria|artigo|reportagem|entrevista|texto|notícia|íntegra)\b|"
        r"(?:matéria|artigo) (?:original|completa?)|llegir (?:l['’]article|la notícia|l['’]entrevista))",
    ),
    (
        "weak-hook",
        "click-here",
        r"\b(?:click here|(?:read|see|view|watch|listen to|find) (?:the|this|it|more)|continue reading|read more|"
        r"listen (?:here|now)|watch (?:here|now)|more here|keep reading|full story|en savoir plus|leer más|"
        r"weiterlesen|leggi tutto|saiba mais|llegir més|lire (?:la suite|plus))\b",
    ),
    (
        "chrome",
        "page-furniture",
        r"^\W*(?:print friendly.*|share(?: this)?:?.*|skip to .*|tweet|email|facebook|twitter|linkedin|pinterest|"
        r"\d+ min(?:ute)?s? read|\d* ?comments?:?.{0,20}|no comments.*|post a comment|leave a (?:reply|comment)|"
        r"comments are closed\.?|back to top|tags?:.*|categories:.*|filed under.*|posted in.*|related(?: posts?| "
        r"articles?)?:?|subscribe.*|follow us.*|like this:?.*|loading.*|advertisement|print|pdf|text size.*|menu|"
        r"search|home|"
        r"(?:facebook|twitter|google\+?|reddit|email|linkedin|print|share|whatsapp|pinterest){2,})\W*$",
    ),
    (
        "chrome",
        "image-file",
        r"^\S{0,60}\b(?:\w+[-_]){1,8}\w*(?:\.(?:jpe?g|png|gif|webp).{0,30}|\d+x\d+)$|^file \d{6,}.*|"
        r"^.{0,80}\bheadshot$|^\S+\.(?:jpe?g|png|gif|webp)$",
    ),
)
_FIRST_WORDS: dict[str, str] = {
    "for-immediate-release": "for news press media zur pressemitteilung communiqué comunicado comunicato nota",
    "source-is-an-office": "source",
    "media-contact": "contact media press news pressekontakt",
    "dear": "dear to estimado sehr cher chère madame gentile prezado",
    "event-words": "when where location venue time cost register registration rsvp date tickets admission doors wann "
    "wo uhrzeit lieu quand où cuándo dónde lugar hora quando dove ora data local",
    "photo-credit": "lead header cover featured main photo image picture illustration graphic foto fotos imagem "
    "immagine bild bildquelle beitragsbild titelbild symbolbild artikelbild crédit credit grafik getty "
    "shutterstock video c",
    "list-heading": "references sources notes footnotes further works bibliography related in more quellen literatur "
    "références bibliographie referencias riferimenti referências",
    "page-furniture": "print share skip tweet email facebook twitter linkedin pinterest no post comment leave back tag "
    "tags categories filed posted related subscribe follow like loading advertisement pdf text menu search home google "
    "reddit whatsapp",
    "image-file": "file",
    "hash-marks": "30",
}
"""Rule → words one of which is the first of every line of the kind: the pattern is tried on no other line, but for
those of the next two tables. Looking for them all at once costs less than one pattern."""
_WORDS: dict[str, str] = {
    "time-span": "am pm m " + " ".join(f"{number}{half}m" for number in range(60) for half in "ap"),
    "photo-credit": "flickr",
    "courtesy-photo": "photo image courtesy stock istock shutterstock flickr commons unsplash cc",
    "photo-words": "photo image picture illustration foto fotos",
    "read-the-full-article": "full original complete entire whole rest below",
    "lire-la-suite": "lire leer lee ver vea consulta acceder original complet artikel beitrag bericht interview leggi "
    "articolo vai leia ler veja acesse confira matéria artigo llegir",
    "click-here": "click read reading see view watch listen find more story savoir leer lesen weiterlesen leggi "
    "saiba llegir lire",
    "page-furniture": "read comment",
    "image-file": "headshot jpg jpeg png gif webp",
}
_SIGNS: dict[str, str] = {
    "photo-credit": "©",
    "name-behind-dash": "^– ^— ^-",
    "hash-marks": "#",
    "image-file": "- _",
}
"""Words and signs one of which stands in every line of the kind, behind `^` at its beginning."""
_ALSO: dict[str, str] = {
    "read-the-full-article": "article story piece column interview editorial op oped post text segment episode "
    "broadcast conversation coverage essay commentary source it listen",
    "lire-la-suite": "article tribune entretien interview intégralité suite ici artículo noticia entrevista tribuna "
    "texto artikel beitrag bericht originalartikel articolo originale matéria artigo reportagem notícia íntegra",
}
"""And another word with one of these, where the others are common."""
_COMPILED = tuple(
    (role, name, openings(_ALSO.get(name, "")), re.compile(pattern if role == "quote-person" else lowered(pattern)))
    for role, name, pattern in RULES
)
_MARKS: dict[str, frozenset[str]] = {
    name: beginnings(_FIRST_WORDS.get(name, ""))
    | openings(_WORDS.get(name, ""))
    | frozenset(_SIGNS.get(name, "").split())
    for _, name, _ in RULES
}
_BY_MARK: dict[str, frozenset[int]] = {
    mark: frozenset(number for number, (_, name, _) in enumerate(RULES) if mark in _MARKS[name])
    for mark in frozenset().union(*_MARKS.values())
}
"""Word's opening or sign → numbers of the rules that it makes worth trying."""
_SIGN = re.compile(r"[#©_-]")
_DASHES = frozenset("–—-")

REMEMBERED_CHARS = 60
"""What a theme prints on every page is short; a sentence is hardly met again."""


def read_words(text: str) -> tuple[Glance, Mapping[Role, str]]:
    """A glance at a short line, and its roles, each with the name of the rule that gave it."""
    return _remembered(text) if len(text) <= REMEMBERED_CHARS else _read_words(text)


def _read_words(text: str) -> tuple[Glance, Mapping[Role, str]]:
    seen = glance(text)
    marks = (seen.openings & _ALL_MARKS).union(_SIGN.findall(text))
    if text[:1] in _DASHES:
        marks |= {f"^{text[:1]}"}
    found: dict[Role, str] = {}
    for role, name, also, pattern in _rules(marks):
        if role in found or (also and also.isdisjoint(seen.openings)):
            continue
        if pattern.search(text if role == "quote-person" else seen.lower):
            found[role] = name
    if "hook" in found:
        found.pop("chrome", None)
    return seen, found


_remembered = lru_cache(maxsize=1024)(_read_words)
_ALL_MARKS = frozenset(_BY_MARK)


@lru_cache(maxsize=4096)
def _rules(marks: frozenset[str]) -> Sequence[tuple[Role, str, frozenset[str], re.Pattern[str]]]:
    """Few words and signs tell anything, so that lines have mostly the same ones."""
    return tuple(_COMPILED[number] for number in sorted({n for mark in marks for n in _BY_MARK[mark]}))
