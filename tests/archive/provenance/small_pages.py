"""Pages for tests in a small notation: one printed line a line, a sign in front saying what it is.

> breadcrumb      # headline       ^ the theme's own date or byline     ## heading      ~ caption
" quotation       [logo] alt text  * list item                         ... a paragraph of running text
<https://…> at the end of a line: the line is a link there
+ goes on in the same block as the line above (a `<br>`)
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.model import Line, Link, PageContext

HERE = Path(__file__).parent

RUNNING_TEXT = {
    "en": "The committee heard that the number of permits had fallen again this year, although nobody could say why, "
    "and the "
    "mayor promised to look into the matter before the end of the month, as residents had asked her to do in March.",
    "es": "El pleno escuchó que el número de permisos había vuelto a caer este año, aunque nadie supo decir por qué, "
    "y la alcaldesa "
    "prometió estudiar el asunto antes de que acabe el mes, como le habían pedido los vecinos en primavera.",
    "fr": "Le conseil a appris que le nombre de permis avait de nouveau baissé cette année, sans que personne ne "
    "sache dire "
    "pourquoi, et la maire a promis d’étudier la question avant la fin du mois, comme le demandaient les habitants.",
    "de": "Der Ausschuss hörte, dass die Zahl der Genehmigungen in diesem Jahr erneut gesunken ist, ohne dass jemand "
    "sagen konnte "
    "warum, und die Bürgermeisterin versprach, sich bis zum Ende des Monats darum zu kümmern.",
    "it": "Il consiglio ha saputo che il numero dei permessi era di nuovo calato quest’anno, ma nessuno ha saputo "
    "dire perché, e "
    "la sindaca ha promesso di occuparsene entro la fine del mese, come chiedevano i residenti.",
    "pt": "A câmara soube que o número de licenças voltou a cair este ano, embora ninguém soubesse dizer por quê, e a "
    "prefeita "
    "prometeu estudar o assunto antes do fim do mês, como pediam os moradores do bairro.",
    "ca": "El ple va saber que el nombre de permisos havia tornat a caure enguany, tot i que ningú no va saber dir "
    "per què, i "
    "l’alcaldessa va prometre estudiar l’afer abans que acabi el mes, com demanaven els veïns.",
}
_LINK = re.compile(r"\s*<(https?://[^>]+)>$")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One page of the case table and what a careful reader concludes."""

    id: str
    page: str
    kind: str = "repost"
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    on: str | None = None
    url: str | None = None
    agency: str | None = None
    credit: str | None = None
    lang: str = "en"
    posted: str | None = None
    site: str = "https://harborcoalition.example/post/"
    category: str | None = None
    site_author: str | None = None
    house: tuple[str, ...] = ()
    xfail: str | None = None

    def lines(self) -> list[Line]:
        return read_page(self.page, self.lang)

    def context(self) -> PageContext:
        lines = self.lines()
        title = next((line.text for line in lines if line.zone == "title"), None)
        words = sum(len(line.text.split()) for line in lines if line.zone == "content")
        return PageContext(
            url=self.site,
            title=title,
            posted_on=self.posted,
            site_author=self.site_author,
            language=self.lang,
            categories=(self.category,) if self.category else (),
            house_names=self.house,
            words=words,
        )


def load_cases() -> list[Case]:
    """Every case of the tables beside this file, in order."""
    return [
        _case(id, entry)
        for path in sorted(HERE.glob("cases_*.toml"))
        for id, entry in tomllib.loads(path.read_text()).items()
    ]


def _case(id: str, entry: dict[str, Any]) -> Case:
    return Case(id=id, **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})


def read_page(text: str, lang: str = "en") -> list[Line]:
    """The lines of *text*, written in the notation above."""
    lines: list[Line] = []
    for number, raw in enumerate(text.strip().splitlines()):
        lines.append(_line(raw.strip(), number, lines[-1].block if lines else 0, lang))
    return lines


def _line(raw: str, number: int, block: int, lang: str) -> Line:
    same_block = raw.startswith("+ ")
    raw = raw.removeprefix("+ ")
    sign, _, rest = raw.partition(" ")
    here: dict[str, Any] = {"where": f"content/p[{number}]", "block": block if same_block else number}
    if raw == "...":
        return Line(text=RUNNING_TEXT[lang[:2]], **here)
    if sign in _SIGNS:
        here |= _SIGNS[sign]
        raw = rest
    link = _LINK.search(raw)
    words = _LINK.sub("", raw)
    return Line(text=words, links=(Link(href=link[1], text=words),) if link else (), **here)


_SIGNS: dict[str, dict[str, Any]] = {
    ">": {"zone": "breadcrumb", "element": "nav"},
    "#": {"zone": "title", "element": "h1", "level": 1},
    "^": {"zone": "head", "element": "div", "classes": "entry-meta posted-on"},
    "##": {"element": "h2", "level": 2},
    "~": {"element": "figcaption", "caption": True},
    '"': {"element": "blockquote", "quoted": True},
    "[logo]": {"element": "img", "alt": True},
    "*": {"element": "li", "listed": True},
}
