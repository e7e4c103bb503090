"""The authority file of outlets: printed names and hosts to publications, and never more than was meant."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.outlet_names import make_form, name_key, split_article
from archive.outlets import BUILT_IN, KINDS, Outlet, Outlets, OutletsFileError, entry_in, load_outlets, read_outlets
from archive.text import fold

DOCS = Path(__file__).parents[2] / "docs" / "outlets.md"

NAMED = [
    pytest.param("Detroit Free Press", "Detroit Free Press", id="as-at-its-head"),
    pytest.param("DETROIT FREE PRESS", "Detroit Free Press", id="capitals"),
    pytest.param("detroit free press", "Detroit Free Press", id="no-capitals"),
    pytest.param("The Detroit Free Press", "Detroit Free Press", id="article-it-does-not-have"),
    pytest.param("Detroit News", "The Detroit News", id="article-left-out"),
    pytest.param("Detroit\u00a0News:", "The Detroit News", id="no-break-space-and-colon"),
    pytest.param("\u200bThe Detroit News\u200b", "The Detroit News", id="zero-width"),
    pytest.param("“The Detroit News”", "The Detroit News", id="in-quotes"),
    pytest.param("Crain's Detroit Business", "Crain’s Detroit Business", id="straight-apostrophe"),
    pytest.param("Crain`s Detroit Business", "Crain’s Detroit Business", id="grave-for-apostrophe"),
    pytest.param("Crains Detroit Business", "Crain’s Detroit Business", id="apostrophe-lost"),
    pytest.param("Crain’s Detroit", "Crain’s Detroit Business", id="short-form"),
    pytest.param("Freep.com", "Detroit Free Press", id="dot-com"),
    pytest.param("eu.freep.com/story/money/cars", "Detroit Free Press", id="host-and-path"),
    pytest.param("WSJ", "The Wall Street Journal", id="acronym"),
    pytest.param("A.P.", "Associated Press", id="acronym-with-dots"),
    pytest.param("Corp! Magazine", "Corp! Magazine", id="sign-in-the-name"),
    pytest.param("Wards Auto", "WardsAuto", id="parted-at-inner-capital"),
    pytest.param("Click on Detroit", "WDIV", id="site-of-a-station"),
    pytest.param("Fortune", "Fortune", id="ordinary-word-as-printed"),
    pytest.param("FORTUNE", "Fortune", id="ordinary-word-in-capitals"),
    pytest.param("Fortune magazine", "Fortune", id="ordinary-word-called-a-magazine"),
    pytest.param("The Hill", "The Hill", id="ordinary-word-with-its-article"),
    pytest.param("Guardian", "The Guardian", id="one-word-without-its-article"),
    pytest.param("WJR 760 AM", "WJR", id="frequency-behind"),
    pytest.param("WJR-AM", "WJR", id="band"),
    pytest.param("NewsRadio 760 WJR", "WJR", id="frequency-in-front"),
    pytest.param("WDIV-TV Channel 4", "WDIV", id="channel"),
    pytest.param("101.9 FM WDET Detroit", "WDET", id="frequency-and-town"),
    pytest.param("Flashpoint", "WDIV", id="programme"),
    pytest.param("WDIV’s Flashpoint", "WDIV", id="programme-and-station"),
    pytest.param("Flashpoint on WDIV Local 4", "WDIV", id="programme-on-station"),
    pytest.param("Detroit Today with Stephen Henderson", "WDET", id="programme-and-host"),
    pytest.param("Stateside with a Guest Host", None, id="not-a-host"),
    pytest.param("Spotlight on the News", "WXYZ", id="programme-of-words"),
    pytest.param("Press-Republican (Plattsburgh, N.Y.)", "Press-Republican", id="town-in-brackets"),
    pytest.param("The Jakarta Post, Jakarta", "The Jakarta Post", id="town-behind-comma"),
    pytest.param("The Daily Telegraph (Sydney)", "The Daily Telegraph (Sydney)", id="namesake-elsewhere"),
    pytest.param("The Detroit News (Denver)", None, id="wrong-town"),
    pytest.param("The Detroit News, Opinion", "The Detroit News", id="section"),
    pytest.param("Detroit Free Press Editorial Board", "Detroit Free Press", id="board"),
    pytest.param("Special to The Detroit News", "The Detroit News", id="special-to"),
    pytest.param("Detroit Free Press Guest Column", "Detroit Free Press", id="guest-column"),
    pytest.param("La Repubblica", "la Repubblica", id="article-with-a-capital"),
    pytest.param("le Monde", "Le Monde", id="ordinary-word-with-a-small-article"),
    pytest.param("The Wall Street Journal (paywall)", "The Wall Street Journal", id="paywall"),
    pytest.param("U.S. News / Associated Press", "U.S. News & World Report", id="outlet-and-wire"),
    pytest.param("The Detroit News / Detroit Free Press", None, id="two-outlets"),
    pytest.param("der Süddeutschen", "Süddeutsche Zeitung", id="german-dative-short"),
    pytest.param("Süddeutschen Zeitung", "Süddeutsche Zeitung", id="german-dative"),
    pytest.param("der Frankfurter Allgemeinen Zeitung", "Frankfurter Allgemeine Zeitung", id="german-article"),
    pytest.param("Neuen Zürcher Zeitung", "Neue Zürcher Zeitung", id="german-first-word"),
    pytest.param("Sueddeutsche Zeitung", "Süddeutsche Zeitung", id="umlaut-written-out"),
    pytest.param("taz", "die tageszeitung", id="lower-case-acronym"),
    pytest.param("le Figaro", "Le Figaro", id="french-article-lower"),
    pytest.param("l'Humanité", "L’Humanité", id="french-elision"),
    pytest.param("LE TELEGRAMME", "Le Télégramme", id="accents-lost"),
    pytest.param("El Pais", "El País", id="spanish-accent-lost"),
    pytest.param("Sole 24 Ore", "Il Sole 24 Ore", id="italian-article-left-out"),
    pytest.param("la Stampa", "La Stampa", id="italian-article-lower"),
    pytest.param("A Folha de S.Paulo", "Folha de S.Paulo", id="portuguese-article"),
    pytest.param("diari Ara", "Ara", id="catalan"),
    pytest.param("Michigan Radio", "Michigan Public", id="former-name"),
    pytest.param("The Globe & Mail", "The Globe and Mail", id="ampersand"),
]

MISSPELT = [
    pytest.param("Crain’s Business Detroit", "Crain’s Detroit Business", id="words-changed-round"),
    pytest.param("Crain’s Detroit Dusiness", "Crain’s Detroit Business", id="wrong-first-letter"),
    pytest.param("Crane’s Detroit Business", "Crain’s Detroit Business", id="two-slips-in-a-long-name"),
    pytest.param("dusiness", "DBusiness", id="one-word"),
    pytest.param("Detriot Free Press", "Detroit Free Press", id="letters-changed-round"),
    pytest.param("The Detriot News", "The Detroit News", id="letters-changed-round-short"),
    pytest.param("Automtoive News", "Automotive News", id="trade-press"),
    pytest.param("Washingtn Post", "The Washington Post", id="letter-missing"),
    pytest.param("Michigan Chronnicle", "Michigan Chronicle", id="letter-doubled"),
    pytest.param("The Guardien", "The Guardian", id="one-word-with-article"),
]

NOT_OUTLETS = [
    "",
    " – ",
    # people
    "Paul W. Smith",
    "Frank Beckmann",
    "Carol Cain",
    "Michael Bloomberg",
    "Steve Forbes",
    "Noor Haddad",
    "Jane Hill",
    "Devin Scillian – Anchor",
    "Tim Huber | Photographer",
    "By Daniel Howes",
    # chambers, companies, other bodies
    "Detroit Regional Chamber",
    "Michigan Chamber of Commerce",
    "Ford Motor Company",
    "General Motors",
    "Time Warner",
    "Fortune Brands",
    "Fortune 500",
    "The Hill Group",
    "Axios Systems",
    "Bridge Street Development",
    "Michigan Economic Development Corporation",
    "American Axle",
    "Detroit News Group",
    "Press Association Dinner",
    "Independent Bank",
    "Guardian Industries",
    "Quartz Mountain Mining",
    "University of Michigan",
    "Automation Alley",
    "SAE International",
    # labels and headings
    "time",
    "fortune",
    "the hill",
    "ap",
    "Business",
    "News",
    "Opinion",
    "Press",
    "Blog",
    "Media Coverage",
    "Policy/Advocacy",
    "Industry Transition",
    "Commentary",
    "Nouvelles",
    "Noticias",
    "Nachrichten",
    "Town Hall",
    "Sin embargo",
    "Semáforo",
    "Die Zeitung",
    "in der Zeit",
    "Hill",
    "Bridge",
    "Forward",
    "Today",
    "Daily News",
    "The Journal",
    "Free Market",
    # headlines
    "Time to Act on Roads",
    "It’s Time for Michigan to Lead",
    "Fortune Favors the Bold",
    "The Hill We Climb",
    "Michigan Advances Talent Agenda",
    "Michigan Advanced",
    "Rapid Growth in Battery Jobs",
    "Second Wave of Plant Closings",
    "A New Worker",
    "A Business Journal for the Region",
    "The Conservation",
    "Op-ed in Detroit Free Press",
    "Chamber CEO Talks Roads on WJR",
    "Named to Crain’s Detroit Business’ Notable Women",
    "Recap: Town Hall on WJR 760 AM, Oct. 3",
    "Detroit Views",
    "Oakland Express",
    "politics",
]

HOSTS = [
    pytest.param("freep.com", "detroit-free-press", id="host"),
    pytest.param("https://eu.freep.com/story/money/2021/06/03/x/", "detroit-free-press", id="subdomain"),
    pytest.param("http://WWW.DetroitNews.com:80/", "detroit-news", id="capitals-and-port"),
    pytest.param("abcnews.go.com", "abc-news", id="subdomain-of-a-platform"),
    pytest.param("https://www.bbc.co.uk/news", "bbc", id="two-part-suffix"),
    pytest.param("notfreep.com", None, id="longer-host"),
    pytest.param("freep.com.example", None, id="other-suffix"),
    pytest.param("https://example.wordpress.com/freep.com", None, id="platform"),
    pytest.param("https://news.google.com/articles/x", None, id="aggregator"),
    pytest.param("mailto:editor@freep.com", None, id="mail"),
    pytest.param("", None, id="nothing"),
    pytest.param("https://[broken", None, id="broken"),
]

MENTIONED = [
    pytest.param("First published in The Detroit News.", ["The Detroit News"], id="sentence"),
    pytest.param("the Detroit News’s newsroom", ["the Detroit News"], id="lower-article-and-genitive"),
    pytest.param("August 18, 2021The Detroit News Aug. 17, 2021 Vince Golle", ["Detroit News"], id="glued"),
    pytest.param("CRAIN'S DETROIT BUSINESS, June 3", ["CRAIN'S DETROIT BUSINESS"], id="capitals"),
    pytest.param("by AP and U.S. News & World Report", ["AP", "U.S. News & World Report"], id="two"),
    pytest.param("DETROIT (AP) — Carmakers", ["AP"], id="dateline"),
    pytest.param("as told to Detroit Free Press reporters", ["Detroit Free Press"], id="longest-first"),
    pytest.param("Read it at www.freep.com/story today", ["freep.com"], id="host-in-text"),
    pytest.param("It ran in Fortune on June 1", ["Fortune"], id="ordinary-word"),
    pytest.param("a piece in Fortune magazine", ["Fortune magazine"], id="called-a-magazine"),
    pytest.param("By Jane Doe, The Hill", ["The Hill"], id="ordinary-word-with-article"),
    pytest.param("a good fortune, on the hill, in time", [], id="words-without-capitals"),
    pytest.param("Fortune 500 firms and Time Warner", [], id="part-of-a-longer-name"),
    pytest.param("Time will tell. Bridge repairs begin.", [], id="first-word-of-a-sentence"),
    pytest.param("The Hill Group meets; the Hill", [], id="article-and-neighbour"),
    pytest.param("Michael Bloomberg and Steve Forbes", [], id="surnames"),
    pytest.param("detroit free press", [], id="no-capitals"),
    pytest.param("Detroit. News came late", [], id="across-a-full-stop"),
    pytest.param("write to editor@freep.com or @time", [], id="addresses"),
    pytest.param("the Boston Globe-Democrat", [], id="hyphenated-into-another"),
    pytest.param("dans le Figaro du 23 octobre", ["le Figaro"], id="french"),
    pytest.param("Articolo uscito su La Stampa del 1 giugno", ["La Stampa"], id="italian"),
    pytest.param("come scritto sulla Stampa del 3 maggio", ["Stampa"], id="italian-contracted"),
    pytest.param("Artikel in der Süddeutschen Zeitung am 28.11.", ["Süddeutschen Zeitung"], id="german"),
    pytest.param("in der Zeit nach dem Krieg", [], id="german-ordinary-word"),
    pytest.param("publicado en El País el lunes", ["El País"], id="spanish"),
    pytest.param("en todo el país y el mundo", [], id="spanish-ordinary-words"),
    pytest.param("en todo el País", [], id="spanish-lower-article"),
    pytest.param("Presidente della Repubblica", [], id="italian-state"),
]


@pytest.fixture(scope="module")
def outlets() -> Outlets:
    return load_outlets()


@pytest.fixture(scope="module")
def entries() -> list[Outlet]:
    return read_outlets(BUILT_IN.read_text(encoding="utf-8"), BUILT_IN)


def stated(outlet: Outlet) -> list[str]:
    return [outlet.name, *outlet.aliases, *outlet.programmes]


# --- whole strings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("printed", "name"), NAMED)
def test_a_printed_name_leads_to_its_outlet(outlets: Outlets, printed: str, name: str | None) -> None:
    match = outlets.find(printed)
    assert (match.outlet.name if match else None) == name


@pytest.mark.parametrize(("printed", "name"), MISSPELT)
def test_a_misspelt_name_is_found_with_less_confidence(outlets: Outlets, printed: str, name: str) -> None:
    match = outlets.find(printed)
    assert match is not None
    assert (match.outlet.name, match.how) == (name, "misspelt")
    assert match.confidence < 0.8


@pytest.mark.parametrize("printed", NOT_OUTLETS)
def test_people_bodies_labels_and_headlines_are_no_outlets(outlets: Outlets, printed: str) -> None:
    assert outlets.find(printed) is None


def test_how_a_name_was_found_and_how_sure_that_is(outlets: Outlets) -> None:
    found = {printed: outlets.find(printed) for printed in ("WDIV", "Local 4", "Flashpoint", "clickondetroit.com")}
    assert [match.how for match in found.values() if match] == ["name", "alias", "programme", "domain"]
    assert all(match and match.outlet.id == "wdiv" for match in found.values())
    common, plain = outlets.find("Time"), outlets.find("Newsweek")
    assert common is not None
    assert plain is not None
    assert common.confidence < 0.8 < plain.confidence


def test_every_stated_form_leads_to_its_own_outlet(outlets: Outlets, entries: list[Outlet]) -> None:
    lost = [
        (outlet.id, form)
        for outlet in entries
        for form in stated(outlet)
        if (match := outlets.find(form)) is None or match.outlet.id != outlet.id
    ]
    assert lost == []


# --- hosts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "id"), HOSTS)
def test_a_host_leads_to_its_outlet(outlets: Outlets, address: str, id: str | None) -> None:
    outlet = outlets.by_host(address)
    assert (outlet.id if outlet else None) == id


# --- running text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "printed"), MENTIONED)
def test_running_text_mentions_outlets(outlets: Outlets, text: str, printed: list[str]) -> None:
    assert [text[start:end] for start, end, _ in outlets.mentions(text)] == printed


def test_a_mention_of_an_ordinary_word_is_doubtful(outlets: Outlets) -> None:
    (_, _, doubtful), (_, _, sure) = outlets.mentions("It ran in Fortune, then in The Detroit News.")
    assert doubtful.confidence < 0.7 < sure.confidence


def test_time_grows_with_the_length_of_the_text(outlets: Outlets) -> None:
    line = "The Detroit News of Detroit, the New York paper and Time told The Free Press Free Press about New "
    outlets.mentions(line)
    assert _events(outlets, line * 40) < 2.2 * _events(outlets, line * 20)


def _events(outlets: Outlets, text: str) -> int:
    """Calls made while *text* is searched: a count that does not depend on the machine."""
    count = 0

    def tally(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(tally)
    try:
        outlets.mentions(text)
    finally:
        sys.setprofile(None)
    return count


WORDS = st.sampled_from(
    "The Detroit News Free Press the Time of El País l’ ’ - . & AP freep.com Süddeutschen Zeitung".split()
)
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS, max_size=30).map("".join)
)


@given(TEXTS)
def test_mentions_lie_in_the_text_in_order(text: str) -> None:
    behind = 0
    for start, end, match in load_outlets().mentions(text):
        assert behind <= start < end <= len(text)
        assert 0 < match.confidence <= 1
        behind = end


@given(TEXTS)
def test_nothing_printed_makes_finding_raise(text: str) -> None:
    match = load_outlets().find(text)
    assert match is None or 0 < match.confidence <= 1
    load_outlets().by_host(text)


@given(st.text())
def test_the_quick_way_to_a_key_is_the_long_one(text: str) -> None:
    assert name_key(text) == fold(text).replace(" ", "")


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_knows_enough_outlets(entries: list[Outlet]) -> None:
    assert len(entries) >= 600


def test_the_file_is_without_mistakes_and_doubles(entries: list[Outlet]) -> None:
    assert len(Outlets(entries)) == len(entries)
    items = [outlet.wikidata for outlet in entries if outlet.wikidata]
    assert len(items) == len(set(items))


def test_no_form_is_stated_twice_in_one_entry(entries: list[Outlet]) -> None:
    doubled = [
        outlet.id for outlet in entries if len({form.casefold() for form in stated(outlet)}) < len(stated(outlet))
    ]
    assert doubled == []


def test_each_entry_is_one_line(entries: list[Outlet]) -> None:
    lines = [line for line in BUILT_IN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(entries)


def test_ordinary_words_are_marked_as_common(entries: list[Outlet]) -> None:
    words = {"Time", "Fortune", "Quartz", "The Hill", "The Nation", "Die Zeit", "Le Monde", "El Mundo", "Libération"}
    assert {outlet.name for outlet in entries if outlet.common} >= words


def test_an_article_is_taken_off_in_its_own_language_only() -> None:
    assert split_article("Die Zeit", "de") == ("Die", "Zeit")
    assert split_article("Die Hard", "en") == ("", "Die Hard")
    form = make_form(Outlet(id="x", name="L’Équipe", language="fr"), "name", "L’Équipe")
    assert (form.article, form.rest) == ("L", "Équipe")


# --- a user's own file ------------------------------------------------------------------------------------------------

BAD_FILES = [
    pytest.param("[x\n", "not valid TOML", id="toml"),
    pytest.param("x = 3", "'x': expected a table", id="not-a-table"),
    pytest.param("[X_y]\nname = 'X'", "'X_y': expected an id", id="id"),
    pytest.param("[x]\nkind = 'tv'", "'x': name is missing", id="no-name"),
    pytest.param("[x]\nname = ' '", "'x': name must be a string that is not empty", id="empty-name"),
    pytest.param("[x]\nname = 'X'\nkind = 'paper'", "'x': kind 'paper' is none of", id="kind"),
    pytest.param("[x]\nname = 'X'\nalias = ['Y']", "'x': unknown key 'alias'", id="unknown-key"),
    pytest.param("[x]\nname = 'X'\naliases = 'Y'", "'x': aliases must be a list", id="alias-not-a-list"),
    pytest.param("[x]\nname = 'X'\ncommon = 'yes'", "'x': common must be true or false", id="flag"),
    pytest.param("[x]\nname = 'X'\ndomains = ['https://x.example/']", "'x': domains must be bare hosts", id="url"),
    pytest.param("[x]\nname = 'X'\ndomains = ['substack.com']", "'x': substack.com carries many", id="platform"),
    pytest.param("[x]\nname = 'X'\nwikidata = '9684'", "'x': wikidata must look like Q9684", id="wikidata"),
    pytest.param(
        "[x]\nname = 'X'\n[y]\nname = 'The X'\naliases = ['X']", "'y': 'X' already names 'x'", id="form-twice"
    ),
    pytest.param(
        "[x]\nname = 'X'\ndomains = ['x.example']\n[y]\nname = 'Y'\ndomains = ['x.example']",
        "'y': x.example already belongs to 'x'",
        id="host-twice",
    ),
]


def own_file(folder: Path, text: str) -> Path:
    path = folder / "outlets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_own_file_adds_outlets(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    outlets = load_outlets(own_file(tmp_path, example[1]))
    courier, furrow = outlets.find("HV Courier"), outlets.find("Morning Furrow")
    assert courier is not None
    assert furrow is not None
    assert (courier.outlet.name, furrow.outlet.name) == ("Huron Valley Courier", "WQQX")
    assert len(outlets) == len(load_outlets()) + 2


def test_an_own_entry_replaces_the_one_of_the_same_id(tmp_path: Path) -> None:
    outlets = load_outlets(own_file(tmp_path, "[detroit-news]\nname = 'The Detroit News'\nkind = 'website'"))
    match = outlets.find("Detroit News")
    assert match is not None
    assert match.outlet.kind == "website"
    assert outlets.by_host("detroitnews.com") is None


def test_an_own_entry_replaces_the_one_of_the_same_name(tmp_path: Path) -> None:
    outlets = load_outlets(own_file(tmp_path, "[our-news]\nname = 'The Detroit News'"))
    assert outlets.get("detroit-news") is None
    assert outlets.get("our-news") is not None


def test_an_own_entry_takes_forms_and_hosts_from_others(tmp_path: Path) -> None:
    text = "[free-press]\nname = 'Lake Free Press'\naliases = ['Free Press']\ndomains = ['freep.com']"
    outlets = load_outlets(own_file(tmp_path, text))
    taken, kept = outlets.find("Free Press"), outlets.find("Freep")
    assert taken is not None
    assert kept is not None
    assert (taken.outlet.id, kept.outlet.id) == ("free-press", "detroit-free-press")
    assert outlets.by_host("freep.com") == taken.outlet


@pytest.mark.parametrize(("text", "problem"), BAD_FILES)
def test_a_mistake_in_an_own_file_is_named(tmp_path: Path, text: str, problem: str) -> None:
    path = own_file(tmp_path, text)
    with pytest.raises(OutletsFileError) as caught:
        load_outlets(path)
    assert problem in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_own_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutletsFileError, match="can't be read"):
        load_outlets(tmp_path / "none.toml")


def test_loading_twice_reads_once() -> None:
    assert load_outlets() is load_outlets()


# --- the page about it ------------------------------------------------------------------------------------------------


def test_the_page_lists_every_key_and_every_kind() -> None:
    page = DOCS.read_text(encoding="utf-8")
    keys = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert keys == set(Outlet.__dataclass_fields__) - {"id"}
    kinds = re.search(r"^Kinds: (.*?)\n\n", page, re.DOTALL | re.MULTILINE)
    assert kinds
    assert set(re.findall(r"`(\w+)`", kinds[1])) == KINDS


def test_the_entries_are_in_the_form_a_stranger_reads(entries: list[Outlet]) -> None:
    raw = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
    assert all(next(iter(entry)) == "name" for entry in raw.values())
    assert all(outlet.name == " ".join(outlet.name.split()) for outlet in entries)


def test_one_entry_is_read_as_it_is_read_with_all_others() -> None:
    text = BUILT_IN.read_text(encoding="utf-8")
    some = list(load_outlets())[::40]
    assert [entry_in(text, outlet.id) for outlet in some] == some
    assert entry_in(text, "no-such-outlet") is None


def test_look_alike_letters_match_no_outlet() -> None:
    assert load_outlets().find("D\u0435tr\u043eit Fr\u0435\u0435 Pr\u0435ss") is None, "Cyrillic е and о"
    assert load_outlets().find("Detroit Free Press") is not None
