"""Attribution sentences: "This article originally appeared in …", "Tribune de … parue dans …", in seven languages.

A rule is a trigger that ends where the outlet's name begins. What follows is looked up in the authority file, longest
first; a name no file knows must look like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.dates import MONTHS, SEASONS, find_dates, resolve
from archive.model import PageContext
from archive.outlets import Match
from archive.provenance.house import House
from archive.provenance.links import BARE_URL
from archive.provenance.names import Byline, read_byline
from archive.provenance.openings import beginnings, glance, openings
from archive.provenance.press import known, known_prefix, outlet_shape, press
from archive.provenance.role_rules import Role
from archive.provenance.roles import Read
from archive.provenance.wordings import (
    ARTICLE,
    ARTICLE_WORDS,
    CA_TEXT,
    DE_NOUNS,
    DE_TEXT,
    ES_TEXT,
    FR_TEXT,
    IT_TEXT,
    PT_TEXT,
    RULES,
    Rule,
)
from archive.provenance.words import HONORIFICS, ROLE_WORDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """What an attribution sentence says."""

    index: int
    rule: str
    printed: str
    strength: float
    outlet: str | None = None
    match: Match | None = None
    house: bool = False
    """The outlet named is the blog's own paper."""
    iso: str | None = None
    date_printed: str | None = None
    byline: Byline | None = None
    byline_printed: str | None = None


_LOOSE = Rule(name="loosely-worded", language="any", trigger=re.compile("(?!)"), strength=0.85, known_only=True)


_BY_OPENING = {
    opening: frozenset(number for number, rule in enumerate(RULES) if opening in rule.openings)
    for opening in frozenset().union(*(rule.openings for rule in RULES))
}
"""Opening of a word → numbers of the rules that it makes worth trying."""
_TELLING = frozenset(_BY_OPENING)
_PERSON_IN = Rule(name="person-in", language="any", trigger=re.compile("(?!)"), strength=0.88, known_only=True)

_LEAD = re.compile(
    r"^(?:(?:the|today['’]s|yesterday['’]s|our|a|an|its|their|this week['’]s|los|las|dem|der|den|die|das|des|le|la|"
    r"les|el|il|lo|o|a)\s+(?=[^A-Z]|[A-Z].*)(?=\w)|"
    r"(?:journal|quotidien|magazine|hebdomadaire|revue|site|diario|periódico|revista|semanario|web|portal|blog|"
    r"medio|jornal|quotidiano|giornale|rivista|settimanale|"
    r"zeitung|zeitschrift|magazin|tageszeitung|wochenzeitung|online-magazin|diari|setmanari|rotativo|newspaper|"
    r"website|web site|homepage of|pages of|print edition of|online edition of|"
    r"(?:[A-Z][a-z]+ )?(?:(?:19|20)\d\d )?(?:issue|edition) of|(?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\S*(?: \d{4})? (?:issue|edition) of|"
    r"(?:\w+ ){0,4}(?:issue|edition|number|numéro|número|ausgabe) (?:of|de|von|der|du)|section of|business section "
    r"of|opinion section of|part of)\s+|l['’](?=[a-z]))",
    re.IGNORECASE,
)
_PRINT_EDITION = re.compile(r"\ba version of this (?:article|story|column)\b", re.IGNORECASE)
_WENT_ELSEWHERE = re.compile(
    r"\b(?:was|were|has been|also|later|since)\s+(?:also |later |since )?"
    r"(?:re-?printed|republished|reposted|syndicated|picked up)\s+(?:in|on|by|at)\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"\b(?:riflessione su|commento a un|réponse à|che riprende|che parla di|que habla de|qui parle de|über uns|"
    r"about (?:us|me|our)|mon intervention|mi entrevista)\b",
    re.IGNORECASE,
)
_WENT_WORDS = openings("reprinted re-printed republished reposted syndicated picked")
_ABOUT_US_WORDS = openings("riflessione commento réponse che que qui über about mon mi")
_CAPITALS = re.compile(
    r"[“\"«'‘’]?(?P<name>(?:[A-Z0-9ÀÁÂÄÇÈÉÊÍÎÓÔÖÚÜ][\w’'!&.-]*)(?:\s+(?:(?:of|the|and|&|de|la|le|les|du|des|da|do|"
    r"dos|del|della|di|el|los|las|der|die|das|und|et|e|y|for)\s+)?"
    r"(?:[A-Z0-9ÀÁÂÄÇÈÉÊÍÎÓÔÖÚÜ&][\w’'!&.-]*))*)"
)
_NAME_WORD = r"(?:[A-ZÀ-Þ][\w’'‘.-]+|[A-Z]\.(?:[A-Z]\.)*)"
_NAMES = (
    rf"{_NAME_WORD}(?:\s+(?:(?:de|da|do|dos|del|della|di|la|le|van|von|der|den|bin|al|el|ter|du)\s+)*{_NAME_WORD})"
    rf"{{1,4}}"
)
_NAMED = re.compile(_NAMES)
"""Stands in every match of _WRITTEN_BY."""
_LOWER_ROLE = r"(?:(?:the|el|la|le|l['’]|der|dem|des|del|la|il|o|a|nuestro|notre|our|su)\s*)?"
_OFFICE = r"(?:(?:[A-Z][\w’'.-]*\s+){1,4}(?=[a-z]))??"
_JOB = r"(?:(?!(?:de|du|di|del|d|do|da|of|by|von|per|por|par)\b)[a-zà-ÿ-]+(?:\s+|,\s+)){0,2}"
_WRITTEN_BY = re.compile(
    rf"\b(?:(?:written|penned|reported|authored|conducted|firmad[oa]|escrit[oa]|signée?|écrite?|verfasst|"
    rf"geschrieben|scritt[oa]|firmat[oa]|assinad[oa]|escrit|signat|lo firma|la firma|firma|signed)\s+)?"
    rf"(?P<prep>by|por|(?<=firma)|par|von|per|de|d['’]|di|del|des|du|do|da|dei|mit|avec|con|with)(?:\s+|(?<=['’]))"
    rf"(?P<job>{_LOWER_ROLE}{_OFFICE}{_JOB})(?P<names>{_NAMES}(?:\s*(?:,|and|et|y|e|und|i|&)\s+{_NAMES}){{0,3}})",
)
_OF = frozenset(("de", "d'", "d’", "di", "del", "des", "du", "do", "da", "dei", "mit", "avec", "con", "with"))
_SUBJECT_IN = re.compile(
    rf"^\W*(?P<job>(?:[A-Z][\w’'-]+\s+)?(?:[a-zà-ÿ-]+\s+){{0,3}})(?P<names>{_NAMES})\s+(?:in|for|dans|en|su|in der|"
    rf"na|no)\s+(?=[A-Z]|the |der )"
)
_IN_WORDS = openings("in for dans en su na no")
"""One of them stands in every match of _SUBJECT_IN."""
_WRITING = re.compile(
    rf"(?P<names>(?:(?:Dr|Mr|Ms|Mrs|Prof|Sen|Gov)\.?\s+)?{_NAMES}),?\s+(?:writing|writes|wrote|reports|at)\b"
)
_REPRODUCED = re.compile(
    r"\b(?:reproducimos|publicamos|compartimos|recogemos|copiamos|transcribimos|reproduzimos|publiquem|reproduïm|"
    r"riportiamo|pubblichiamo|nous publions|nous reproduisons|"
    r"wir veröffentlichen|wir dokumentieren|lesenswerte[rns]?|repostamos|republicamos)\b.{0,60}?\b(?:artículo|"
    r"columna|tribuna|texto|artigo|article|articolo|artikel|beitrag|texte|text|entrevista|carta)\b",
    re.IGNORECASE,
)

_REPRODUCED_NOUNS = openings(
    "artículo columna tribuna texto texte text artigo article articolo artikel beitrag entrevista carta"
)
_REPRODUCED_VERBS = openings(
    "reproducimos publicamos compartimos recogemos copiamos transcribimos reproduzimos publiquem reproduïm riportiamo "
    "pubblichiamo publions reproduisons veröffentlichen dokumentieren lesenswerte repostamos republicamos"
)


def read_attributions(read: Read, context: PageContext, house: House, *, edge: bool) -> list[Attribution]:
    """What *read*'s words say about where the text comes from, strongest first.

    *edge*: the line stands at the head or the foot, where weaker wordings count too.
    """
    text = read.line.text if len(read.line.text) <= SHORTEST_PARAGRAPH else _window(read.line.text, edge)
    if not text or not _NO_ATTRIBUTION.isdisjoint(read.roles):
        return []
    if "credit" in read.roles and not _PERMITTED.search(text):
        return []
    lower, begun = read.glance or glance(text)
    found = [
        a
        for rule in _rules(begun & _TELLING, edge)
        if (not rule.also or not rule.also.isdisjoint(begun)) and rule.fits(lower)
        for a in _apply(rule, text, read, context, house)
    ]
    if edge and len(text) < 120 and not _IN_WORDS.isdisjoint(begun):
        found += _person_in(text, read, context, house)
    named = bool(found) and any(a.match for a in found)
    if edge and len(text) < 230 and not named and _may_be_worded_loosely(text, lower, begun):
        found += _loosely_worded(text, read, context, house)
    if not found and edge and not (_REPRODUCED_VERBS.isdisjoint(begun) or _REPRODUCED_NOUNS.isdisjoint(begun)):
        found = list(_without_outlet(text, read))
    return sorted(found, key=lambda a: -a.strength) if found and not _is_no_attribution(text, begun) else []


_NO_ATTRIBUTION: frozenset[Role] = frozenset(("caption", "site-author", "breadcrumb", "title"))
_PERMITTED = re.compile(r"\b(?:reprint|republish|repost)\w*\b.{0,20}\bpermission\b", re.IGNORECASE)
"""Of a text, though the line begins like the credit of a picture: "© The Courier. Reprinted with permission." """


def _is_no_attribution(text: str, begun: frozenset[str]) -> bool:
    return (not _ABOUT_US_WORDS.isdisjoint(begun) and _ABOUT_US.search(text) is not None) or (
        not _WENT_WORDS.isdisjoint(begun) and _WENT_ELSEWHERE.search(text) is not None
    )


@lru_cache(maxsize=4096)
def _rules(told: frozenset[str], edge: bool) -> Sequence[Rule]:
    """Rules whose words a text holds, in the order of the table. Few words tell: lines mostly have the same."""
    numbers = {number for opening in told for number in _BY_OPENING[opening]}
    return tuple(rule for number in sorted(numbers) if (rule := RULES[number]).anywhere or edge)


SHORTEST_PARAGRAPH = 200


def _window(paragraph: str, edge: bool) -> str:
    """Attribution stands at the start or the end of a page; the middle of a long paragraph is not looked at."""
    if not edge:
        return ""
    return paragraph if len(paragraph) <= 320 else paragraph[:220]


def _apply(rule: Rule, text: str, read: Read, context: PageContext, house: House) -> Iterator[Attribution]:
    for match in rule.matches(text):
        phrase = _outlet_phrase(text, match.end(), context)
        if phrase is None:
            continue
        start, printed, outlet, shape = phrase
        if outlet is None and (rule.known_only or shape < 0.6):
            continue
        if rule.name in _LISTS and (_names_several(text) or text.endswith(":")):
            return
        if house.owns(printed):
            yield Attribution(index=read.index, rule=rule.name, printed=text, strength=0.9, outlet=printed, house=True)
            return
        if _PRINT_EDITION.search(text) and house.is_press:
            return
        span = (start, start + len(printed))
        strength = rule.strength if outlet else rule.strength * (0.6 + 0.35 * shape)
        yield _attribution(
            text, read, context, rule, printed, outlet, strength * (max(outlet.confidence, 0.93) if outlet else 1), span
        )
        return


_LISTS = frozenset("source source-fr as-reported-by quelle fuente fonte font read-it-at more-at".split())


def _names_several(text: str) -> bool:
    """ "As seen in Forbes, CNN and The New York Times" tells no origin."""
    return len({m[2].outlet.id for m in press().mentions(text) if not m[2].outlet.agency}) > 1


def _attribution(
    text: str,
    read: Read,
    context: PageContext,
    rule: Rule,
    printed: str,
    match: Match | None,
    strength: float,
    span: tuple[int, int],
) -> Attribution:
    iso, date_printed = _date_in(text, span, context)
    byline, byline_printed = _author_in(text, span)
    return Attribution(
        index=read.index, rule=f"{rule.name}:{rule.language}", printed=text, strength=strength, outlet=printed,
        match=match,
        iso=iso,
        date_printed=date_printed, byline=byline, byline_printed=byline_printed,
    )  # fmt: skip


def _outlet_phrase(text: str, at: int, context: PageContext) -> tuple[int, str, Match | None, float] | None:
    """Start, printed name, authority-file match and shape of the outlet named at *at*."""
    rest = text[at : at + 110]
    if (dative := _DATIVE.match(rest)) and (title := known(f"Die {dative['name']}")) and title.outlet.common:
        return at + dative.start("name"), dative["name"], title, 1.0
    for _ in range(4):
        if found := known_prefix(_up_to_stop(rest, context)):
            match, name = found
            return at + rest.find(name), name, match, 1.0
        lead = _LEAD.match(rest)
        if not lead or _is_titled(rest, context):
            break
        at, rest = at + lead.end(), rest[lead.end() :]
    candidate = _CAPITALS.match(_up_to_stop(rest, context))
    if not candidate:
        return None
    name = candidate["name"].rstrip(".'’!-")
    return at + candidate.start("name"), name, None, outlet_shape(name)


_DATIVE = re.compile(r"der (?P<name>[A-ZÄÖÜ]\w+)(?=,? vom \d)(?!,? vom [^,;]{1,25}? bis\b)")
"""Where a text appeared "in der Zeit vom 4. März" the paper is meant; "in der Zeit vom 4. bis 9. März" is a span."""


def _is_titled(rest: str, context: PageContext) -> bool:
    """Whether the article belongs to a title that several outlets share, or to one that surely is one."""
    candidate = _CAPITALS.match(_up_to_stop(rest, context))
    return candidate is not None and outlet_shape(candidate["name"]) >= 0.9


def _up_to_stop(rest: str, context: PageContext) -> str:
    dates = find_dates(rest, context.language, context.date_order)
    if dates:
        rest = rest[: dates[0].start]
    return _STOP.split(rest.lstrip(" “\"«‘'*_"), maxsplit=1)[0]


_STOP = re.compile(r"[;:?”\"»)(]|(?<![A-Z])\.\s|,\s")


_NOUN = re.compile(
    rf"\b(?:{ARTICLE}|{ES_TEXT}|{FR_TEXT}|{IT_TEXT}|{PT_TEXT}|{CA_TEXT}|edition|édition|edición|edizione|edição|ausgabe|"
    rf"permission|copyright)s?\b|{DE_TEXT}s?\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:publish|print|appear|ran\b|carried|featured|publi[cqé]|aparec|paru|diffus|erschien|veröffentlicht|"
    r"abgedruckt|uscit|appars|pubblicat|veiculad|saiu|apareg|reprint|repost|reblog|extrait|extract|estratt|auszug|"
    r"trecho|excerpt)"
)
"""For text in lower case."""
_NOUN_WORDS = openings(
    f"{ARTICLE_WORDS} posts items texts opeds artículo columna tribuna entrevista reportaje noticia texto "
    "crónica opinión carta análisis tribune entretien chronique reportage texte éditorial billet portrait papier point "
    "enquête lettre articolo "
    "editoriale intervista intervento pezzo testo commento lettera servizio recensione artigo matéria reportagem "
    "coluna crônica notícia reportatge edition édition edición edizione edição ausgabe permission"
)
_VERB_WORDS = openings(
    "publish print appear ran carried featured aparec paru parue parus diffus erschien veröffentlicht abgedruckt uscit "
    "appars pubblicat veiculad saiu apareg reprint repost reblog extrait extract estratt auszug trecho excerpt"
)
_COPYRIGHT = openings("copyright")
_SIGNING_WORDS = openings("by por firma par von per de d di del des du do da dei mit avec con with")
_BEFORE_WORDS = openings(
    "in en dans sur su sul sulla sullo sull nel nella na no em im aus für pour for from by at al a on par por per da "
    "dal dalla del della de du der dem of to vom"
)
_DATE_WORDS = openings(" ".join((*MONTHS, SEASONS)))
"""Every match of _NOUN (but for German compounds), of _VERB, of _WRITTEN_BY and of _JUST_BEFORE (but for copyrights),
and every date with a name in it, holds a word that begins like one of these."""
_DATE_SIGNS = re.compile(r"\d(?:[-/.]\s?\d|[^\W\d_])")
"""Stands in every other date, and where the name is grown together with the day."""
_DIGIT = re.compile(r"\d")
_JUST_BEFORE = re.compile(
    r"(?:\b(?:in|en|dans|sur|su|sul|sulla|sullo|sull['’]|nel|nella|na|no|em|im|aus|für|pour|for|from|by|at|al|a|a "
    r"l['’]|on|par|por|per|da|dal|dalla|del|della|de|du|der|dem|of|to|vom)(?:\s+(?:the|today['’]s|el|la|le|der|dem|"
    r"il|lo|diario|periódico|journal|quotidien|revista|quotidiano|giornale|jornal|zeitung|website of))*\s*|"
    r"©\s*(?:\d{4})?,?\s*(?:by )?|copyright\s*(?:©)?\s*(?:\d{4})?,?\s*(?:by )?)(?:the\s+)?[“\"«'‘]?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:quoted|interviewed|mentioned|cited|gets? wrong|got it wrong|respon(?:se|d)|reply to|letter to|"
    r"riflessione|commento a|réponse|droit de réponse|antwort auf|respuesta a|"
    r"resposta|berichtet|parle de|habla de|reports? on|wrote about|I had|I wrote|I have|my (?:op-?ed|piece|article|"
    r"column)|subscrib|contributor to|columnist (?:for|at)|appeared in (?:publications|outlets|magazines)|"
    r""
    r"congratulat\w*|kudos|felicidades|enhorabuena|félicitations|glückwunsch|complimenti|parabéns|"
    r"work has|writes for|formerly|author of|freelance|winner|award|told|according to|says?|said|seen (?:on|in))\b",
    re.IGNORECASE,
)
_QUOTE_INTRO = re.compile(
    r"^\W*(?:(?P<who>[^:]{3,60}?)\s+(?:at|in|of|writes? (?:in|at|for)|reports? (?:in|for)|writing (?:in|for)|wrote "
    r"in)\s+(?:today['’]s )?(?:the )?)?$",
    re.IGNORECASE,
)
_READ_THE = re.compile(
    r"^\W*(?:click here to )?(?:read|see|view|watch)(?: the)?(?: full| original| entire)?\s*$", re.IGNORECASE
)
_CALLS_TO_READ = beginnings("click read see view watch")
"""How whatever _READ_THE matches begins."""
_ITS_ARTICLE = re.compile(rf"^(?:['’]s?)?\s+{ARTICLE}\b", re.IGNORECASE)
_IN_THE = re.compile(r"^\W*(?:in )?(?:today['’]s |this week['’]s )?(?:the )?$", re.IGNORECASE)
_CARRIES = re.compile(
    rf"^\s+(?:has|carries|runs|ran|published) (?:an?|this) (?:\w+ )?{ARTICLE}\b.{{0,60}}:$|"
    r"^,\s.{3,40}\s(?:writes|reports|explains|argues)\b.{0,30}:$",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"^\s*(?:(?:reports?|writes?|says|notes|explains|has (?:a|the) (?:story|details)|schreibt|berichtet|écrit|"
    r"escribe|scrive|informa)\s*)?:\s*$",
    re.IGNORECASE,
)


def _loosely_worded(text: str, read: Read, context: PageContext, house: House) -> Iterator[Attribution]:
    """A short line that names one known outlet, says in any order that a text stood there, and no more."""
    named = [m for m in press().mentions(text) if m[2].confidence >= 0.6]
    if len({m[2].outlet.id for m in named}) != 1:
        return
    start, end, match = named[0]
    if house.owns(text[start:end]) or match.outlet.agency or (house.is_press and _PRINT_EDITION.search(text)):
        return
    before, after = text[:start], text[end:]
    strength = _loose_strength(text, before, after, context)
    if strength:
        yield _attribution(text, read, context, _LOOSE, text[start:end], match, strength, (start, end))


def _may_be_worded_loosely(text: str, lower: str, begun: frozenset[str]) -> bool:
    """Whether the words are there that `_loose_strength` asks for: most lines need not be searched for outlets."""
    if text.rstrip().endswith(":") or "©" in text or not _COPYRIGHT.isdisjoint(begun):
        return True
    called = not _CALLS_TO_READ.isdisjoint(begun)
    if not called and _BEFORE_WORDS.isdisjoint(begun):
        return False
    dated = _may_be_dated(text, begun)
    if dated and len(text) < 60:
        return True
    verb = not _VERB_WORDS.isdisjoint(begun) and _VERB.search(lower) is not None
    if not (verb or called or dated) and _SIGNING_WORDS.isdisjoint(begun):
        return False
    noun = not _NOUN_WORDS.isdisjoint(begun) or any(map(lower.__contains__, DE_NOUNS))
    if noun and (verb or called):
        return True
    return (noun or verb) and (dated or _may_be_signed(text, begun))


def _may_be_dated(text: str, begun: frozenset[str]) -> bool:
    if _DIGIT.search(text) is None:
        return False
    return not _DATE_WORDS.isdisjoint(begun) or _DATE_SIGNS.search(text) is not None


def _may_be_signed(text: str, begun: frozenset[str]) -> bool:
    signed = not _SIGNING_WORDS.isdisjoint(begun) and _NAMED.search(text) is not None
    return signed and _WRITTEN_BY.search(text) is not None


def _loose_strength(text: str, before: str, after: str, context: PageContext) -> float:
    if _READ_THE.match(before) and _ITS_ARTICLE.match(after):
        return 0.84
    if _IN_THE.match(before) and _CARRIES.match(after):
        return 0.8
    intro = _QUOTE_INTRO.match(before)
    if intro and _INTRODUCES.match(after):
        return 0.82 if len(before) < 60 else 0.0
    if _ABOUT.search(text) or not _JUST_BEFORE.search(before):
        return 0.0
    if re.search(r"(?:©|copyright)[^.]{0,12}$", before, re.IGNORECASE):
        return 0.82
    dated = bool(find_dates(text, context.language, context.date_order))
    signed = bool(_WRITTEN_BY.search(text))
    said = bool(_VERB.search(text.lower())) + bool(_NOUN.search(before) or _NOUN.search(after[:40]))
    if said == 2:
        return 0.9 if dated or signed or len(text) < 120 else 0.84
    if said == 1 and (dated or signed):
        return 0.88 if len(text) < 140 else 0.78
    return 0.84 if dated and len(text) < 60 else 0.0


def _person_in(text: str, read: Read, context: PageContext, house: House) -> Iterator[Attribution]:
    """ "Senior fellow Nora Brandt in The Wall Street Journal." and nothing else on the line."""
    subject = _SUBJECT_IN.match(text)
    phrase = _outlet_phrase(text, subject.end(), context) if subject else None
    if not subject or not phrase or house.owns(phrase[1]):
        return
    start, printed, match, _ = phrase
    if match is None:
        return
    after = text[start + len(printed) :]
    for date in find_dates(after, context.language, context.date_order):
        after = after.replace(date.text, "")
    if len(re.findall(r"\w+", after)) <= 2:
        yield _attribution(
            text, read, context, _PERSON_IN, printed, match, 0.88 * match.confidence, (start, start + len(printed))
        )


def _date_in(text: str, span: tuple[int, int], context: PageContext) -> tuple[str | None, str | None]:
    dates = find_dates(text, context.language, context.date_order)
    ranked = sorted(dates, key=lambda d: (d.start < span[1], abs(d.start - span[1])))
    for date in ranked:
        if (iso := resolve(date, context.posted_on)) is not None:
            return iso, date.text
    return None, None


def _author_in(text: str, span: tuple[int, int]) -> tuple[Byline | None, str | None]:
    """Authors a sentence names: "Tribune de A et B parue dans …", "… to read this article by A"."""
    for pattern in (_WRITING, _SUBJECT_IN):
        match = pattern.search(text)
        if match and match.end("names") <= span[0] and (byline := read_byline(_strip_job(match["names"]))):
            return byline, match["names"]
    for match in _WRITTEN_BY.finditer(text):
        start, end = match.span("names")
        if start < span[1] and span[0] < end:
            continue
        if match["prep"].casefold() in _OF and start > span[0]:
            continue
        if match["job"].strip() and not _is_job(match["job"]):
            continue
        if (byline := read_byline(_strip_job(match["names"]))) is not None and byline.names:
            return byline, match["names"]
    return None, None


def _is_job(words: str) -> bool:
    return any(w.casefold() in ROLE_WORDS for w in re.findall(r"[^\W\d_]+", words)) or len(words.split()) < 2


_AFTER_SUFFIX = re.compile(r"(?<=\b[JS]r\.)\s(?!(?:and|et|y|e|und|i)\s).*")


def _strip_job(names: str) -> str:
    """*names* without a title in front, and without the sentence that begins behind "Jr."."""
    words = _AFTER_SUFFIX.sub("", names).split()
    while len(words) > 2 and (words[0].casefold() in ROLE_WORDS or words[0].casefold().strip(".") in HONORIFICS):
        words = words[1:]
    return " ".join(words)


def _without_outlet(text: str, read: Read) -> Iterator[Attribution]:
    """ "Reproducimos el artículo del periodista A": a repost, though the outlet is not named."""
    if not _REPRODUCED.search(text):
        return
    byline, printed = _author_in(BARE_URL.sub("", text), (len(text), len(text)))
    if byline:
        yield Attribution(
            index=read.index, rule="reproduced", printed=text, strength=0.8, byline=byline, byline_printed=printed
        )
