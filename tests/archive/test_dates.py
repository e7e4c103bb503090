"""Printed dates: to the precision printed, in seven languages, and never a part that nobody printed."""

from __future__ import annotations

import pytest

from archive.dates import find_dates, is_after, resolve

PRINTED = [
    ("August 18, 2021", "en", "2021-08-18"),
    ("Aug. 17, 2021", "en", "2021-08-17"),
    ("Aug 17 2021", "en", "2021-08-17"),
    ("Sept. 5, 2019", "en", "2019-09-05"),
    ("January, 21, 2018", "en", "2018-01-21"),
    ("October 07, 2018", "en", "2018-10-07"),
    ("April 7,2016", "en", "2016-04-07"),
    ("June 3rd, 2019", "en", "2019-06-03"),
    ("3rd of June 2019", "en", "2019-06-03"),
    ("Monday, August 2, 2010", "en", "2010-08-02"),
    ("Tue, 11 Jun 2002", "en", "2002-06-11"),
    ("Wednesday 24 September 2003", "en", "2003-09-24"),
    ("24-Sep-2003", "en", "2003-09-24"),
    ("Jun 12 2003", "en", "2003-06-12"),
    ("Febuary 4, 2017", "en", "2017-02-04"),
    ("AUGUST 18, 2021", "en", "2021-08-18"),
    ("Jan. 3, ’18", "en", "2018-01-03"),
    ("6/17/21", "en", "2021-06-17"),
    ("9-14-2022", "en", "2022-09-14"),
    ("12-08-07", "en", "2007-12-08"),
    ("04/09/2017", "en", "2017-04-09"),
    ("04/09/2017", "en-GB", "2017-09-04"),
    ("04/09/2017", "fr", "2017-09-04"),
    ("30/03/2021", "en", "2021-03-30"),
    ("28.11.2013", "en", "2013-11-28"),
    ("2018-08-19", "en", "2018-08-19"),
    ("2018/08/19", "de", "2018-08-19"),
    ("August 2018 Issue", "en", "2018-08"),
    ("November/December 2015", "en", "2015-11"),
    ("Spring 2015", "en", "2015"),
    ("3 de mayo de 2016", "es", "2016-05-03"),
    ("12 de febrero del 2019", "es", "2019-02-12"),
    ("setiembre de 2014", "es", "2014-09"),
    ("2 décembre 2020", "fr", "2020-12-02"),
    ("le 1er juin 2015", "fr", "2015-06-01"),
    ("samedi 6 octobre 2018", "fr", "2018-10-06"),
    ("août 2018", "fr", "2018-08"),
    ("4. März 2010", "de", "2010-03-04"),
    ("Donnerstag, den 28. November 2013", "de", "2013-11-28"),
    ("1. Jänner 2020", "de", "2020-01-01"),
    ("27 aprile 2014", "it", "2014-04-27"),
    ("giovedì 5 maggio 2015", "it", "2015-05-05"),
    ("2 de dezembro de 2020", "pt", "2020-12-02"),
    ("4 de março de 2010", "pt", "2010-03-04"),
    ("30 de març de 2021", "ca", "2021-03-30"),
    ("14 d’abril de 2020", "ca", "2020-04-14"),
]


@pytest.mark.parametrize(("text", "language", "iso"), PRINTED, ids=lambda v: v)
def test_a_date_is_read_to_the_precision_printed(text: str, language: str, iso: str) -> None:
    assert [found.iso for found in find_dates(text, language)] == [iso]


NO_DATES = [
    "February 30, 2015",
    "17/17/2015",
    "31.4.2015",
    "version 1.2.3",
    "may 5 people came",
    "May 3, 9999",
    "3 May 0000",
    "March 12, 1066",
    "$3/4/5",
    "20171214 27562",
    "2:07 PM",
    "1,234 march on",
    "Chapter 12",
    "",
    "Mar-a-Lago",
    "9/4",
]


@pytest.mark.parametrize("text", NO_DATES)
def test_impossible_dates_and_other_numbers_are_no_dates(text: str) -> None:
    assert find_dates(text) == []


def test_dates_in_a_line_come_in_order_with_their_places() -> None:
    text = "August 18, 2021The Detroit News Aug. 17, 2021 Vince Galle"
    found = find_dates(text)
    assert [d.iso for d in found] == ["2021-08-18", "2021-08-17"]
    assert [text[d.start : d.end] for d in found] == ["August 18, 2021", "Aug. 17, 2021"]


def test_a_paper_named_sun_is_not_a_weekday() -> None:
    (found,) = find_dates("The Baltimore Sun, March 20, 2022")
    assert found.text == "March 20, 2022"


def test_a_time_beside_the_date_is_not_part_of_it() -> None:
    (found,) = find_dates("7:58 p.m. December 7, 2007")
    assert found.text == "December 7, 2007"


RESOLVED = [
    pytest.param("Sept. 17", "2015-09-20", "2015-09-17", id="year-from-the-post"),
    pytest.param("Dec. 30", "2016-01-04", "2015-12-30", id="over-new-year"),
    pytest.param("Sept. 17", "2015-09-16", "2015-09-17", id="a-day-ahead-in-another-time-zone"),
    pytest.param("Sept. 17", "2015-03-01", None, id="too-long-ago-to-tell"),
    pytest.param("Sept. 17", None, None, id="no-post-date"),
    pytest.param("September 17, 2015", "2015-09-20", "2015-09-17", id="complete"),
    pytest.param("September 17, 2015", None, "2015-09-17", id="complete-without-post-date"),
    pytest.param("September 22, 2015", "2015-09-20", None, id="after-the-post"),
    pytest.param("October 2015", "2015-09-20", None, id="month-after-the-post"),
    pytest.param("September 2015", "2015-09-20", "2015-09", id="month-of-the-post"),
    pytest.param("5/4/2015", "2015-04-06", "2015-04-05", id="ambiguous-settled-by-the-post"),
    pytest.param("4/5/2015", "2015-04-06", "2015-04-05", id="ambiguous-by-order"),
]


@pytest.mark.parametrize(("text", "posted_on", "iso"), RESOLVED)
def test_the_posts_date_settles_what_is_not_printed(text: str, posted_on: str | None, iso: str | None) -> None:
    assert resolve(find_dates(text)[0], posted_on) == iso


def test_a_date_without_a_year_has_no_iso_form() -> None:
    (found,) = find_dates("vom 12.2.", "de")
    assert found.iso is None
    assert found.year_missing
    assert (found.month, found.day) == (2, 12)


@pytest.mark.parametrize(
    ("iso", "after"),
    [("2015-09-21", False), ("2015-09-22", True), ("2015-10", True), ("2015", False), ("2016", True), (None, False)],
)
def test_a_day_of_grace_is_given_for_time_zones(iso: str | None, after: bool) -> None:
    assert is_after(iso, "2015-09-20") is after
