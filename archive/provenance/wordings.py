"""The wordings of attribution: how seven languages say where a text first appeared.

A rule is a trigger that ends where the outlet's name begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from archive.provenance.openings import beginnings, lowered, openings


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A way of saying where a text comes from."""

    name: str
    language: str
    trigger: re.Pattern[str]
    openings: frozenset[str] = frozenset()
    """A word of every sentence of the kind begins with one of these, the first word with one behind `^`: cheaper to
    look for than the trigger."""
    also: frozenset[str] = frozenset()
    """And another with one of these, where the first are common words; empty when nothing more is asked."""
    strength: float
    """Confidence when the outlet is a known one."""
    anywhere: bool = False
    """Holds in the middle of the body too, not only at the head and the foot."""
    known_only: bool = False
    """An outlet that only looks like one is not enough."""
    at_start: bool = False
    """The trigger stands at the beginning of the line, if at all: to look no further is ten times as fast."""

    @cached_property
    def fits(self) -> Callable[[str], object]:
        """Asks of a line in lower case whether the trigger may stand in it: several times as fast as to look for it.

        A search skips to the letters that its pattern begins with, unless it begins with a boundary or with a choice
        that the line's beginning is part of: the one is not asked for, the other is looked for apart.
        """
        pattern = lowered(self.trigger.pattern).removeprefix(r"\b")
        if places := _AT_START_OR_BEHIND.match(pattern):
            begins = re.compile(places["start"] + pattern[places.end() :]).match
            goes_on = re.compile(places["behind"] + pattern[places.end() :]).search
            return lambda text: begins(text) or goes_on(text)
        return re.compile(pattern).match if self.at_start else re.compile(pattern).search

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        if not self.at_start:
            yield from self.trigger.finditer(text)
        elif match := self.trigger.match(text):
            yield match


_AT_START_OR_BEHIND = re.compile(r"\(\?:(?P<start>\^[^|]*)\|(?P<behind>[^)]*)\)")

ARTICLE = (
    r"(?:article|story|piece|post|column|op-?ed|commentary|editorial|essay|interview|report|opinion piece|opinion "
    r"column|item|text|feature|blog post|letter|guest column|podcast|segment|analysis|review|content)"
)
ARTICLE_WORDS = (
    "article story piece post column op-ed oped commentary editorial essay interview report opinion item text feature "
    "blog letter guest podcast segment analysis review content"
)
"""One of them stands wherever ARTICLE does."""
_WRITTEN = "editorial op oped article column letter feature story profile opinion commentary essay piece report write"
ES_TEXT = r"(?:artículos?|columna|tribuna|entrevista|reportaje|noticia|texto|editorial|crónica|opinión|carta|análisis)"
FR_TEXT = (
    r"(?:articles?|tribune|entretien|interview|chronique|reportage|texte|éditorial|billet|portrait|papier|point de "
    r"vue|enquête|lettre)"
)
DE_TEXT = (
    r"(?:artikel|beitrag|bericht|interview|kommentar|gastbeitrag|text|leitartikel|reportage|essay|kolumne|porträt|"
    r"meldung|zeitungsartikel|leserbrief|gespräch)"
)
DE_NOUNS = tuple(
    "artikel beitrag bericht interview kommentar text reportage essay kolumne porträt meldung leserbrief "
    "gespräch".split()
)
"""One of them stands wherever DE_TEXT does."""
IT_TEXT = r"(?:articolo|editoriale|intervista|intervento|pezzo|testo|commento|reportage|lettera|servizio|recensione)"
PT_TEXT = r"(?:artigo|matéria|texto|entrevista|reportagem|coluna|crônica|crónica|notícia|editorial|opinião)"
CA_TEXT = r"(?:article|entrevista|reportatge|notícia|text|columna|tribuna|editorial)"
_WHEN = r"(?:\s*(?:,|\()?\s*(?:on|in|am|vom|le|il|el|em|en|del|du)?\s*[^.,;()]{0,40}\d[^.;()]{0,25}?[,)]?\s*)??"


def _telling(words: str) -> frozenset[str]:
    """What to look for, of a row's words: those behind "^" begin the line."""
    return beginnings(words) if words.startswith("^ ") else openings(words)


RULES: tuple[Rule, ...] = tuple(
    Rule(
        name=name,
        language=language,
        openings=_telling(words.partition(" + ")[0]),
        also=openings(words.partition(" + ")[2]),
        trigger=re.compile(pattern, re.IGNORECASE),
        strength=strength,
        anywhere="any" in flags,
        known_only="known" in flags,
        at_start=pattern.startswith("^"),
    )
    for name, language, words, strength, flags, pattern in (
        # English
        (
            "originally-appeared",
            "en",
            "origin first initial previous also + appeared published posted printed ran run aired broadcast featured "
            "released reported written appearing",
            0.97,
            "any",
            r"\b(?:originally|first|initially|previously|also)\s+(?:was\s+)?(?:appeared|published|posted|printed|"
            r"ran|run|aired|broadcast|featured|released|reported|written|appearing)"
            r"(?:\s+online)?" + _WHEN + r"\s*(?:at|in|on|by|for|with|via|through|from)\s+",
        ),
        ("first-appeared-on", "en", "appeared", 0.9, "known", r"\b(?:appeared first|first appeared)\s+(?:on|at|in)\s+"),
        (
            "original-article",
            "en",
            "origin",
            0.93,
            "",
            r"\boriginal(?:ly)?\s+(?:" + ARTICLE + r"\s+)?(?:from|at|in|on|by|for|via)\s+",
        ),
        (
            "republished-from",
            "en",
            "reprinted republished reposted reblogged re cross crossposted excerpted reproduced syndicated used",
            0.96,
            "any",
            r"\b(?:re-?printed|re-?published|re-?posted|repost|re-?blogged|cross-?posted|excerpted|reproduced|"
            r"syndicated|used)\s+(?:here\s+)?(?:with (?:the )?(?:kind |express )?permission\s+)?(?:\(?here\)?\s+)"
            r"?(?:from|of|by|courtesy of|via)\s+",
        ),
        (
            "with-permission",
            "en",
            "permission courtesy originally",
            0.95,
            "",
            r"\b(?:with (?:the )?(?:kind )?permission (?:from|of)|courtesy of|by permission of|originally for)"
            r"\s+(?!the photo)",
        ),
        (
            "this-article-is-from",
            "en",
            f"{ARTICLE_WORDS} + is was comes came ran runs appears appeared has first originally also",
            0.94,
            "",
            r"\b(?:this|the following|the above|the) (?:following |above )?"
            + ARTICLE
            + r"(?:\s+by\s[^.]{3,60}?)?\s+(?:(?:is|was|comes|came|ran|runs|appears|appeared|has been|first|"
            r"originally|is being|also)\s+)+(?:(?:originally|first|recently|also)\s+)?"
            r"(?:(?:published|republished|printed|posted|produced|provided|shared|taken|featured|adapted|excerpted|"
            r"reported|written|aired|carried)\s+)?"
            + _WHEN
            + r"\s*(?:to you\s+)?(?:in|on|from|by|at|for|via|courtesy of)\s+",
        ),
        (
            "from-an-article-in",
            "en",
            "^ from excerpt taken adapted via in",
            0.9,
            "",
            r"^\W*(?:from|excerpt(?:ed)? from|taken from|adapted from|via|in) (?:an?|the|today['’]s|this) (?:\w+ )"
            r"{0,2}?" + ARTICLE + r" (?:in|by|from|at|on) ",
        ),
        (
            "article-in",
            "en",
            f"^ a an the my our his her great good new recent excellent front today nice {_WRITTEN} + {_WRITTEN}",
            0.86,
            "known",
            r"^\W*(?:(?:a|an|the|my|our|his|her|great|good|new|recent|excellent|front[- ]page|today['’]s|nice) )"
            r"{0,3}(?:editorial|op-?ed|article|column|letter(?: to the editor)?|feature|story|profile|opinion piece|"
            r"commentary|essay|piece|report|write-?up)\s+(?:\w+ )?(?:in|from|for) (?:today['’]s |yesterday['’]s |"
            r"this week['’]s )?",
        ),
        (
            "read-it-at",
            "en",
            "read reading see view watch hear listen find continue check click visit go access",
            0.86,
            "",
            r"(?:^|[.!?]\s)\W*(?:you can |please |to |click here to |click to |or )?(?:read|see|view|watch|hear|"
            r"listen to|find|continue reading|keep reading|check out|click|visit|go to|access)\b(?:\s+(?:on|here|"
            r"the|this|her|his|their|more|full|original|complete|entire|whole|rest|of|story|"
            + ARTICLE
            + r"|it|about|online))*,?\s+(?:at|on|in|from|via|by|to|(?:on )?the (?:homepage|website|web site|site) "
            r"of)\s+",
        ),
        (
            "more-at",
            "en",
            "^ more full complete story continue rest",
            0.86,
            "known",
            r"^\W*(?:more|full (?:story|article)|complete story|story|continued?|rest of the (?:story|article))"
            r"\s+(?:from|at|on|in|via)\s+",
        ),
        ("writing-for", "en", "writing", 0.9, "known", r"\bwriting\b[^.]{0,50}?\b(?:for|in|at)\s+"),
        (
            "as-reported-by",
            "en",
            "as + reported published seen featured posted printed appeared",
            0.88,
            "known",
            r"^(?:.{0,40}[–—-]\s*)?\W*as (?:reported|published|seen|featured|posted|printed|it appeared) (?:by|in|"
            r"on|at)\s+",
        ),
        (
            "source",
            "en",
            "^ source story article original via hat h news published appeared repost taken",
            0.9,
            "",
            r"^\W*(?:source|sources|story source|article source|original (?:source|article|story|post)|via|hat tip|"
            r"h/t|originally from|"
            r"news source|published (?:in|by|at)|appeared in|repost from|reposted from|article from|story from|"
            r"story by|taken from)\s*:?\s+",
        ),
        (
            "go-to",
            "en",
            "^ please kindly go head hop click turn",
            0.9,
            "known",
            r"^\W*(?:please |kindly )?(?:go|head|hop|click|turn)(?: on)?(?: over| through)? to\s+",
        ),
        (
            "comes-from",
            "en",
            "this + comes",
            0.93,
            "",
            r"\bthis (?:post|article|story|piece|news|text|essay)?\s*comes (?:to us )?(?:from|via|courtesy of)\s+",
        ),
        (
            "special-to",
            "en",
            "^ special exclusive written for",
            0.88,
            "known",
            r"^\W*(?:special to|exclusive to|written for|for)\s+",
        ),
        ("from", "en", "from", 0.84, "known", r"(?:^\W*|[”\"]\s+)from\s+"),
        ("quote-via", "en", "via", 0.8, "known", r"(?<=\S\s)via\s?:\s?"),
        # Spanish
        (
            "publicado-en",
            "es",
            "publi aparec difund emitid + artículo columna tribuna entrevista reportaje noticia texto editorial "
            "crónica opinión carta análisis",
            0.95,
            "any",
            r"\b"
            + ES_TEXT
            + r"\b.{0,80}?\b(?:publicad[oa]s?|aparecid[oa]s?|difundid[oa]|emitid[oa]|que publica|que publicó|ha "
            r"publicado|publica|publicó)\b"
            + _WHEN
            + r"\s*(?:(?:originalmente|originariamente|hoy|ayer|recientemente|previamente)\s+)*(?:en|por)\s+",
        ),
        (
            "publicado-originalmente",
            "es",
            "public aparec + originalmente originariamente por hoy ayer",
            0.95,
            "any",
            r"\b(?:publicad[oa]|aparecid[oa]|aparecio|apareció|publicó)\s+(?:originalmente|originariamente|por "
            r"primera vez|hoy|ayer)\s*(?:en|por)\s+",
        ),
        (
            "publicado-en-bare",
            "es",
            "^ este se fue publicado aparecido tomado extraído reproducido vía",
            0.9,
            "",
            r"^\W*(?:este \w+ )?(?:se publicó|fue publicado|publicad[oa]|aparecid[oa]|tomado|extraído|reproducido|"
            r"vía)(?:\s+originalmente)?\s+(?:en|por|de|del|desde)\s+",
        ),
        ("fuente", "es", "^ fuente vía medio origen", 0.92, "", r"^\W*(?:fuentes?|vía|medio|origen)\s*:\s*"),
        (
            "articulo-de-en",
            "es",
            "^ nuevo interesante gran el un artículo columna tribuna entrevista reportaje noticia texto editorial "
            "crónica opinión carta análisis",
            0.9,
            "known",
            r"^\W*(?:nuevo |interesante |gran |el |un )?" + ES_TEXT + r"\b.{0,70}?\ben\s+(?=el |la |[A-Z])",
        ),
        (
            "leer-en",
            "es",
            "leer lee lea ver vea seguir puede consultar",
            0.88,
            "",
            r"\b(?:leer|lee|lea|ver|vea|seguir leyendo|puede leerse|consultar)\b.{0,50}?\b(?:en|de)\s+(?=el |la |"
            r"[A-Z])",
        ),
        # French
        (
            "paru-dans",
            "fr",
            "paru parue parus publi diffus retrouver repris + dans sur par en chez",
            0.96,
            "any",
            r"\b(?:parue?s?|publiée?s?|diffusée?s?|initialement publiée?|à retrouver|repris)\b"
            + _WHEN
            + r"\s*(?:(?:initialement|ce jour|aujourd['’]hui|hier|samedi|dimanche|lundi|mardi|mercredi|jeudi|"
            r"vendredi|récemment|également)\s+)*(?:dans|sur|par|en une de|chez)\s+",
        ),
        (
            "article-de-pour",
            "fr",
            "^ voici lire un une l notre son sa la le article tribune entretien interview chronique reportage texte "
            "éditorial billet portrait papier point enquête lettre",
            0.93,
            "",
            r"^\W*(?:voici |lire |un |une |l['’]|notre |son |sa |la |le )*"
            + FR_TEXT
            + r"\b(?:\s+(?:de|d['’]|par|avec)\s?[^.]{3,60}?)?\s(?:pour|dans|sur|au|aux)\s+",
        ),
        ("source-fr", "fr", "^ source origine via d", 0.92, "", r"^\W*(?:sources?|origine|via|d['’]après)\s?:\s*"),
        (
            "lire-sur",
            "fr",
            "^ à a lire retrouver voir écouter lisez + lire retrouver voir écouter lisez",
            0.9,
            "",
            r"^\W*(?:à |a )?(?:lire|retrouver|retrouvez|voir|écouter|lisez)\b.{0,50}?\b(?:sur|dans|chez)\s+",
        ),
        # German
        (
            "erschienen-in",
            "de",
            "erschien veröffentlicht publiziert abgedruckt gedruckt nachzulesen lesen zuerst übernommen entnommen",
            0.96,
            "any",
            r"\b(?:erschien(?:en)?|veröffentlicht(?:e)?|publiziert|abgedruckt|gedruckt|nachzulesen|zu lesen|zuerst|"
            r"übernommen|entnommen)\b"
            + _WHEN
            + r"\s*(?:(?:zuerst|zunächst|ursprünglich|heute|erstmals|im original)\s+)*(?:in|im|bei|auf|aus|von|vom)\s+",
        ),
        (
            "artikel-in",
            "de",
            "in im aus auf bei vom von",
            0.92,
            "",
            r"^\W*(?:(?:aktueller|neuer|interessanter|lesenswerter|schöner|toller|ein|der|unser|den|zum|hier)\s+)"
            r"*(?:\w+)?" + DE_TEXT + r"\b(?:\s+(?:von|mit|über)\s[^.]{3,60}?)?\s+(?:in|im|aus|auf|bei|vom|von)\s+",
        ),
        (
            "quelle",
            "de",
            "^ quelle aus via mit",
            0.92,
            "",
            r"^\W*(?:quellen?|aus|via|mit freundlicher genehmigung (?:von|der|des))\s?:?\s+",
        ),
        ("in-der-zeitung", "de", "^ in aus", 0.86, "known", r"^\W*(?:in|aus) (?:der|dem|den|des)\s+"),
        (
            "lesen-in",
            "de",
            "^ lesen lies zum hier weiterlesen nachlesen mehr den",
            0.86,
            "known",
            r"^\W*(?:lesen sie|lies|zum|hier|weiterlesen|nachlesen|mehr|den)\b.{0,50}?\b(?:in|im|auf|bei)\s+",
        ),
        # Italian
        (
            "uscito-su",
            "it",
            "uscit appars pubblicat tratt ripres",
            0.95,
            "any",
            r"\b(?:uscit[oaie]|appars[oaie]|pubblicat[oaie]|tratt[oaie]|ripres[oaie])\b"
            + _WHEN
            + r"\s*(?:(?:originariamente|oggi|ieri|originalmente|anche|per la prima volta)\s+)*(?:su|sul|sulla|"
            r"sullo|sull['’]|in|da|dal|dalla|dall['’]|nel|nella|nell['’])(?:\s+|(?<=['’]))",
        ),
        (
            "articolo-su",
            "it",
            "^ un il mio nuovo bell articolo editoriale intervista intervento pezzo testo commento reportage lettera "
            "servizio recensione",
            0.9,
            "",
            r"^\W*(?:(?:un|il|mio|nuovo)\s+|bell['’]\s*)*"
            + IT_TEXT
            + r"\b(?:\s+(?:di|a|con)\s[^.]{3,60}?)?\s+(?:su|sul|sulla|sull['’]|per|in|nel|dal|da)\s+",
        ),
        ("fonte", "it", "^ fonte fonti via", 0.92, "", r"^\W*(?:fonte|fonti|via)\s?:\s*"),
        (
            "leggi-su",
            "it",
            "^ leggi leggere continua",
            0.88,
            "",
            r"^\W*(?:leggi|leggere|continua)\b.{0,40}?\b(?:su|sul|sulla|sull['’])(?:\s+|(?<=['’]))",
        ),
        # Portuguese
        (
            "publicado-em-pt",
            "pt",
            "public republic veicul divulg saiu + em no na pelo pela n nos nas do da",
            0.95,
            "any",
            r"\b(?:publicad[oa]s?|veiculad[oa]s?|divulgad[oa]s?|saiu|republicad[oa])\b"
            + _WHEN
            + r"\s*(?:(?:originalmente|hoje|ontem|primeiro|inicialmente)\s+)*(?:em|no|na|pelo|pela|n['’]|nos|nas|"
            r"do|da)(?:\s+|(?<=['’]))",
        ),
        (
            "artigo-no",
            "pt",
            "^ artigo matéria texto entrevista reportagem coluna crônica crónica notícia editorial opinião",
            0.9,
            "known",
            r"^\W*" + PT_TEXT + r"\b(?:\s+(?:de|do|da|com)\s[^.]{3,60}?)?\s+(?:no|na|em|para o|para a|do|da)\s+",
        ),
        (
            "leia-em",
            "pt",
            "^ leia ler veja confira acesse",
            0.88,
            "",
            r"^\W*(?:leia|ler|veja|confira|acesse)\b.{0,50}?\b(?:em|no|na)\s+",
        ),
        # Catalan
        (
            "publicat-a",
            "ca",
            "publica apareg emès emesa + al a als en per pel",
            0.95,
            "any",
            r"\b(?:publicat|publicada|publicats|aparegut|apareguda|emès|emesa)\b"
            + _WHEN
            + r"\s*(?:(?:originalment|avui|ahir)\s+)*(?:al|a la|a l['’]|als|a|en|per|pel)(?:\s+|(?<=['’]))",
        ),
        (
            "article-a",
            "ca",
            "^ article entrevista reportatge notícia text columna tribuna editorial",
            0.9,
            "known",
            r"^\W*" + CA_TEXT + r"\b(?:\s+(?:de|d['’])\s?[^.]{3,60}?)?\s+(?:al|a la|a l['’]|a|en)(?:\s+|(?<=['’]))",
        ),
        ("font", "ca", "^ font fonts", 0.9, "", r"^\W*fonts?\s?:\s*"),
        (
            "llegir-a",
            "ca",
            "^ llegir llegeix",
            0.88,
            "",
            r"^\W*(?:llegir|llegiu|llegeix)\b.{0,40}?\b(?:al|a la|a l['’]|a)(?:\s+|(?<=['’]))",
        ),
    )
)
