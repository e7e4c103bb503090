"""Posts at which a crawler of WordPress trips, each with what makes it awkward as its key."""

from __future__ import annotations

from pathlib import Path

from seed import SeedPost, blocks, classic

HIDDEN_WORDS = "quarantined-by-the-harbor-master"
"""In the body of every post that is not public, and in no other."""


BODIES_PATH = Path(__file__).parent / "bodies"


def body(key: str) -> str:
    """A body too long for a table, kept as its editor would see it; the last line break is the file's own."""
    return (BODIES_PATH / f"{key}.html").read_text("utf-8").removesuffix("\n")


def hidden(
    key: str, title: str, *, status: str = "publish", password: str = "", date: str = "2019-05-04 10:00:00"
) -> SeedPost:
    content = classic(["Not for the public.", f"These words are {HIDDEN_WORDS}."])
    return SeedPost(key=key, title=title, content=content, date=date, status=status, password=password)


HIDDEN = [
    hidden("password", "The budget nobody may read", password="opensesame"),
    hidden("password-media", "A shared draft from the newsroom", password="opensesame", date="2021-01-02 10:00:00"),
    hidden("private", "Notes of the editors", status="private"),
    hidden("future", "News from the next century", status="future", date="2099-01-01 08:00:00"),
    hidden("draft", "Half a story", status="draft"),
    hidden("pending", "A story that waits for its editor", status="pending"),
    hidden("trash", "A story we took back", status="trash"),
    hidden("auto-draft", "A story never begun", status="auto-draft"),
]

TITLES = [
    SeedPost(
        key="entities-in-title",
        title='AT&T, R&amp;D and the "quiet" dock that wasn\'t &#8212; 5 &gt; 4',
        content=classic(['The dock at 5 < 6 o\'clock was "quiet" -- or so they said.', "R&D costs rose again..."]),
        date="2022-02-03 12:00:00",
    ),
    SeedPost(
        key="curly-quotes-in-title",
        title="Crain’s: ‘We’re “all in” on steel’ – a 1990’s idea",
        content=classic(["“We’re all in,” said the mayor’s aide.", "The ’90s are back — for now."]),
        date="2022-02-04 12:00:00",
    ),
    SeedPost(
        key="markup-in-title",
        title="The <em>Edmund</em> sails <strong>again</strong>",
        content=classic(["The boat left at noon.", "It came back at six."]),
        date="2022-02-05 12:00:00",
    ),
    SeedPost(
        key="no-title",
        title="",
        content=classic(["A post without a title is still a post.", "It has an address made of its number."]),
        date="2022-02-06 12:00:00",
    ),
    SeedPost(
        key="number-title",
        title="2024",
        content=classic(["The title is a year and nothing else.", "So is half of the address."]),
        date="2022-02-07 12:00:00",
    ),
    SeedPost(
        key="long-title",
        title="What the " + "very " * 45 + "long title of this post says is that the yard is open",
        content=classic(["The yard is open.", "Its sign is long."]),
        date="2022-02-08 12:00:00",
    ),
    SeedPost(
        key="says-protected",
        title="Protected: the heron of Humbug Marsh",
        content=classic(["The heron is protected, this post is not.", "Anyone may read it."]),
        date="2022-02-09 12:00:00",
    ),
    SeedPost(
        key="says-private",
        title="Private: a word that sells houses",
        content=classic(
            ["The house on the quay is private, this post is not.", "Page not found is a poem by its owner."]
        ),
        date="2022-02-10 12:00:00",
    ),
    SeedPost(
        key="same-title",
        title="The week in steel",
        content=classic(["The first week of steel was slow.", "Prices held."]),
        date="2022-03-01 12:00:00",
    ),
    SeedPost(
        key="same-title-again",
        title="The week in steel",
        content=classic(["The second week of steel was fast.", "Prices fell."]),
        date="2022-03-08 12:00:00",
    ),
    SeedPost(
        key="same-title-same-minute",
        title="The week in steel",
        content=classic(["The third week of steel came early.", "Prices rose."]),
        date="2022-03-08 12:00:00",
    ),
    SeedPost(
        key="slug-of-a-category",
        title="Media Coverage",
        content=classic(["A post may be called as a category is.", "Their addresses differ."]),
        date="2022-03-09 12:00:00",
    ),
    SeedPost(
        key="short-slug",
        title="Tool",
        slug="tool",
        content=classic(["One tool hangs on the wall.", "Nobody takes it down."]),
        date="2022-03-10 12:00:00",
    ),
    SeedPost(
        key="slug-that-begins-with-another",
        title="Tool and die",
        slug="tool-and-die",
        content=classic(["A second address begins as the first.", "It is another post."]),
        date="2022-03-11 12:00:00",
    ),
]

LANGUAGES = [
    SeedPost(
        key="accents",
        title="Über die Größe der Häfen: ein Gespräch mit José Ñandú",
        content=classic(["Die Größe der Häfen ändert sich. Niemand weiß es genau.", "So heißt es in Göteborg."]),
        date="2022-04-01 12:00:00",
        categories=("Überseehäfen",),
        author="José Ñandú",
    ),
    SeedPost(
        key="hebrew",
        title="הנמל נפתח מחדש אחרי השיטפון",
        content=blocks(["הנמל נפתח מחדש ביום ראשון.", "הספינה הראשונה הגיעה בשש."]),
        date="2022-04-02 12:00:00",
    ),
    SeedPost(
        key="arabic",
        title="الميناء يستقبل أول سفينة كهربائية",
        content=body("arabic"),
        date="2022-04-03 12:00:00",
    ),
    SeedPost(
        key="japanese-cut-slug",
        title="造船所の新しい門が開き、四十人の溶接工が初めての朝に橋を渡って工場へ向かった",
        content=classic(["造船所の門が開いた。", "橋は静かだった。"]),
        date="2022-04-04 12:00:00",
    ),
    SeedPost(
        key="emoji-slug",
        title="🚗 The quiet car 🔋 arrives",
        slug="🚗-the-quiet-car-🔋",
        content=classic(["The car 🚗 made no sound.", "The crowd did 🎉."]),
        date="2022-04-05 12:00:00",
        tags=("🔋 batteries",),
    ),
    SeedPost(
        key="zero-width",
        title="Water\u200bfront\u00a0works \u2066again\u2069",
        content=classic(["The water\u200bfront works again.", "So\u00a0do\u00a0its cranes."]),
        date="2022-04-06 12:00:00",
    ),
]

DATES = [
    SeedPost(
        key="back-dated",
        title="From the archive: the strike of 1998",
        content=classic(["This was posted long after the day it carries.", "The strike ended in June."]),
        date="1998-06-30 08:00:00",
        modified="2021-11-05 16:20:00",
    ),
    SeedPost(
        key="before-unix-time",
        title="From the archive: the launch of 1964",
        content=classic(["Clocks of computers begin in 1970.", "The launch was earlier."]),
        date="1964-10-12 08:00:00",
    ),
    SeedPost(
        key="late-evening",
        title="The lights go out on the quay",
        content=classic(["It was four minutes to midnight here.", "Elsewhere it was the next day."]),
        date="2022-05-31 23:56:00",
    ),
    SeedPost(
        key="edited-years-later",
        title="The bridge, as we first wrote it",
        content=classic(["The bridge has two lanes.", "It will have four."]),
        date="2014-05-06 09:00:00",
        modified="2023-08-09 10:11:12",
    ),
    SeedPost(
        key="sticky-and-old",
        title="How to read this blog",
        content=classic(["This post stays on top.", "It is the oldest of the guides."]),
        date="2011-03-04 09:00:00",
        sticky=True,
    ),
    SeedPost(
        key="sticky-too",
        title="House rules for comments",
        content=blocks(["Be kind.", "Be brief."]),
        date="2012-03-04 09:00:00",
        sticky=True,
        comments=3,
    ),
]

PLACES = [
    SeedPost(
        key="two-categories",
        title="A ferry for two shores",
        content=classic(["The ferry serves two shores.", "Both pay for it."]),
        date="2022-06-01 12:00:00",
        categories=("Media Coverage", "Events"),
    ),
    SeedPost(
        key="parent-and-child-category",
        title="A law for the locks",
        content=classic(["The law was read twice.", "It passed once."]),
        date="2022-06-02 12:00:00",
        categories=("News", "News > Policy & Advocacy", "Events"),
    ),
    SeedPost(
        key="no-category",
        title="A note in no drawer",
        content=classic(["Nobody filed this note.", "It can be found all the same."]),
        date="2022-06-03 12:00:00",
        categories=(),
    ),
    SeedPost(
        key="alone-in-its-category",
        title="The only post about lighthouses",
        content=classic(["There is one lighthouse.", "There is one post."]),
        date="2022-06-04 12:00:00",
        categories=("News > Policy & Advocacy > Lighthouses",),
    ),
    SeedPost(
        key="renamed",
        title="The crane has a new name",
        slug="the-crane-has-a-new-name",
        old_slug="the-crane-has-no-name",
        content=classic(["The crane was christened on Friday.", "The name is Agnes."]),
        date="2022-06-05 12:00:00",
    ),
    SeedPost(
        key="links-to-other-spellings",
        title="Five roads to one crane",
        content=body("links-to-other-spellings"),
        date="2022-06-06 12:00:00",
        featured=True,
    ),
    SeedPost(
        key="many-comments",
        title="Should the old dock stay?",
        content=classic(["The dock is older than the town.", "Tell us what you think."]),
        date="2022-06-07 12:00:00",
        comments=60,
    ),
    SeedPost(
        key="aside",
        title="Low water",
        content=classic(["The river is low this week.", "Mind the stones."]),
        date="2022-06-08 12:00:00",
        format="aside",
    ),
    SeedPost(
        key="link-format",
        title="Worth a read",
        content=classic(
            [
                '<a href="https://www.freep.com/story/locks/">The locks, from the inside</a> is worth a read.',
                "It is long.",
            ]
        ),
        date="2022-06-09 12:00:00",
        format="link",
    ),
    SeedPost(
        key="own-excerpt",
        title="A summary that says something else",
        content=classic(["The body begins here.", "The body ends here."]),
        excerpt="This summary stands nowhere in the body.",
        date="2022-06-10 12:00:00",
    ),
]

LONG_PARAGRAPH = "The ledger goes on, line after line, of ships and their cargo, of coal and salt and grain. " * 40

BODIES = [
    SeedPost(
        key="paginated-classic",
        title="The long walk along the river",
        content="\n<!--nextpage-->\n".join(
            [
                "The walk begins at the bridge.",
                "The second mile is gravel.",
                "The third mile is grass. The walk ends at the lock.",
            ]
        ),
        date="2022-07-01 12:00:00",
    ),
    SeedPost(
        key="paginated-blocks",
        title="The ledger in two parts",
        content="\n\n<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->\n\n".join(
            [blocks(["Part one lists the ships."]), blocks(["Part two lists the debts.", "The ledger is closed."])]
        ),
        date="2022-07-02 12:00:00",
    ),
    SeedPost(
        key="more-tag",
        title="What comes after the fold",
        content=classic(["Above the fold stands the news.", "<!--more-->", "Below it stands the reason."]),
        date="2022-07-03 12:00:00",
    ),
    SeedPost(
        key="long-body",
        title="The whole ledger",
        content=classic(["The ledger opens in 1871.", *[LONG_PARAGRAPH] * 85, "The ledger closes in 1964."]),
        date="2022-07-04 12:00:00",
    ),
    SeedPost(
        key="block-gallery",
        title="The launch in pictures",
        content=body("block-gallery"),
        date="2022-07-05 12:00:00",
    ),
    SeedPost(
        key="classic-gallery",
        title="The yard in pictures",
        content=classic(
            [
                "The yard has four corners.",
                '[gallery ids="{{image_id:press}},{{image_id:forge}},{{image_id:harbor}}"]',
                "Each has a gate.",
            ]
        ),
        date="2022-07-06 12:00:00",
    ),
    SeedPost(
        key="pdf-block",
        title="The port report as a file",
        content=body("pdf-block"),
        date="2022-07-07 12:00:00",
    ),
    SeedPost(
        key="pdf-link",
        title="The port report as a link",
        content=classic(
            ["Somebody scanned the report.", '<a href="{{pdf}}">Print Friendly and PDF</a>', "Nobody read it."]
        ),
        date="2022-07-08 12:00:00",
    ),
    SeedPost(
        key="embed-block",
        title="A tour of the yard on film",
        content=body("embed-block"),
        date="2022-07-09 12:00:00",
    ),
    SeedPost(
        key="embed-classic",
        title="Two films and a post",
        content=body("embed-classic"),
        date="2022-07-10 12:00:00",
    ),
    SeedPost(
        key="every-block",
        title="A page with everything on it",
        content=body("every-block"),
        date="2022-07-11 12:00:00",
    ),
    SeedPost(
        key="classic-with-caption",
        title="A page from an older editor",
        content=body("classic-with-caption"),
        date="2015-04-09 12:00:00",
        categories=("Media Coverage",),
    ),
    SeedPost(
        key="landmarks-in-body",
        title="A body with a page inside",
        content=body("landmarks-in-body"),
        date="2022-07-12 12:00:00",
    ),
    SeedPost(
        key="hostile-body",
        title="A body that bites",
        content=body("hostile-body"),
        date="2022-07-13 12:00:00",
    ),
    SeedPost(
        key="picture-only",
        title="One picture",
        content=body("picture-only"),
        date="2022-07-14 12:00:00",
    ),
    SeedPost(
        key="empty-body",
        title="Nothing but a headline",
        content="",
        date="2022-07-15 12:00:00",
    ),
    SeedPost(
        key="unknown-shortcodes",
        title="What a lost plugin leaves behind",
        content=classic(["The plugin is gone.", '[fancy_box color="red"]', "Its marks remain."]),
        date="2022-07-16 12:00:00",
    ),
]

AWKWARD = [*TITLES, *LANGUAGES, *DATES, *PLACES, *BODIES, *HIDDEN]
