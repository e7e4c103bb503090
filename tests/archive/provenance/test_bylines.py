"""Bylines → persons."""

from __future__ import annotations

import pytest

from archive.provenance.names import person_shape, read_byline, recase

BYLINES = [
    pytest.param("By Maya Lindqvist", ["Maya Lindqvist"], id="by"),
    pytest.param("By: Maya Lindqvist", ["Maya Lindqvist"], id="by-colon"),
    pytest.param("Written by Maya Lindqvist", ["Maya Lindqvist"], id="written-by"),
    pytest.param("From: Maya Lindqvist", ["Maya Lindqvist"], id="from"),
    pytest.param("Por Lucía Robles Peña", ["Lucía Robles Peña"], id="por"),
    pytest.param("Par Hélène Morvan et Yann Le Goff", ["Hélène Morvan", "Yann Le Goff"], id="par-et"),
    pytest.param("Von Petra Scholl und Jörg von Hagen", ["Petra Scholl", "Jörg von Hagen"], id="von-und"),
    pytest.param("di Chiara Bellini", ["Chiara Bellini"], id="di"),
    pytest.param("Maya Lindqvist and Tom Okafor", ["Maya Lindqvist", "Tom Okafor"], id="and"),
    pytest.param(
        "Maya Lindqvist, Tom Okafor and Renée Castillo", ["Maya Lindqvist", "Tom Okafor", "Renée Castillo"], id="list"
    ),
    pytest.param("Maya Lindqvist & Tom Okafor", ["Maya Lindqvist", "Tom Okafor"], id="ampersand"),
    pytest.param("Maya Lindqvist; Tom Okafor", ["Maya Lindqvist", "Tom Okafor"], id="semicolon"),
    pytest.param("Ana Ruiz y Pablo Sanz", ["Ana Ruiz", "Pablo Sanz"], id="y-between-two-persons"),
    pytest.param("José Ortega y Gasset", ["José Ortega y Gasset"], id="y-inside-a-surname"),
    pytest.param("Tessa Moran – Anchor", ["Tessa Moran"], id="role-behind-dash"),
    pytest.param("By Tessa Moran, Staff Writer", ["Tessa Moran"], id="role-behind-comma"),
    pytest.param("Columnist Tessa Moran", ["Tessa Moran"], id="role-before"),
    pytest.param("By Nolan Reyes, Editorial Page Editor", ["Nolan Reyes"], id="editor-of-a-page"),
    pytest.param("Tessa Moran for the Times Herald", ["Tessa Moran"], id="for-a-paper"),
    pytest.param("Terry Sloane, Coastal Research Council", ["Terry Sloane"], id="employer"),
    pytest.param("Tessa Moran (tmoran@paper.example)", ["Tessa Moran"], id="address"),
    pytest.param("By Glenn Marsh Jr.", ["Glenn Marsh Jr."], id="junior"),
    pytest.param("By Glenn Marsh, Jr.", ["Glenn Marsh Jr."], id="junior-behind-comma"),
    pytest.param("Martin Luther Kane III", ["Martin Luther Kane III"], id="third"),
    pytest.param("By Dr. Sana Gupta, M.D.", ["Sana Gupta"], id="doctor"),
    pytest.param("by Thomas E. Crowe, Esq.", ["Thomas E. Crowe"], id="esquire"),
    pytest.param("BY ROSA MCALLEN AND TED O'HARE", ["Rosa McAllen", "Ted O'Hare"], id="capitals"),
    pytest.param("J.C. Rendle", ["J.C. Rendle"], id="initials"),
    pytest.param("Ana-Lucía Ferrer", ["Ana-Lucía Ferrer"], id="hyphen"),
    pytest.param("Ines van der Meer", ["Ines van der Meer"], id="particles"),
    pytest.param("May Hall", ["May Hall"], id="two-common-words-that-are-names"),
    pytest.param("Maya Lindqvistoriginally for Chicago Tribune", ["Maya Lindqvist"], id="glued-originally-for"),
    pytest.param("By The Detroit News Editorial Staff", [], id="editorial-staff"),
    pytest.param("Editorial Board", [], id="board"),
]


@pytest.mark.parametrize(("text", "names"), BYLINES)
def test_a_byline_names_its_persons(text: str, names: list[str]) -> None:
    byline = read_byline(text)
    assert byline is not None
    assert list(byline.names) == names
    assert byline.board == (not names)


NO_BYLINES = [
    "Key Takeaways",
    "Top Takeaways",
    "Where We Are Now",
    "Software Jobs",
    "Charging Corridor",
    "The Detroit News",
    "Ann Arbor News",
    "What's next",
    "Suppliers Say the Wait Is Costly",
    "Cancer Council Australia",
    "March 3, 2021",
    "Read more",
    "Photo by",
    "By the numbers",
    "Von der Straße",
    "",
]


@pytest.mark.parametrize("text", NO_BYLINES)
def test_headings_and_bodies_are_no_byline(text: str) -> None:
    byline = read_byline(text)
    assert byline is None or not byline.names


@pytest.mark.parametrize(
    ("printed", "usual"),
    [
        ("ROBERT MCDONALD", "Robert McDonald"),
        ("SIOBHÁN O’ROURKE", "Siobhán O’Rourke"),
        ("Yann OLLIVREAU", "Yann Ollivreau"),
        ("JD Vance", "JD Vance"),
        ("MARÍA DE LA CRUZ", "María de la Cruz"),
        ("ANNA-LENA BECK III", "Anna-Lena Beck III"),
        ("Ana McAllister", "Ana McAllister"),
    ],
)
def test_capitals_get_their_usual_spelling(printed: str, usual: str) -> None:
    assert recase(printed) == usual


def test_a_name_is_told_from_a_heading_by_its_words() -> None:
    assert person_shape("Grant Holloway") > 0.5
    assert person_shape("Grant Funding") == 0.0
