"""Small numbers are fractions, unknown ones words, and an alarm is raised only where chance can be ruled out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain import alarms, bands, intervals, value, words
from reports.domain.alarms import OptOuts

shares = st.integers(1, 3000).flatmap(lambda among: st.tuples(st.integers(0, among), st.just(among)))


@given(shares)
def test_a_share_lies_in_its_interval_and_the_interval_between_none_and_all(share):
    of, among = share
    likely = intervals.wilson(of, among)
    assert 0 <= likely.low <= of / among <= likely.high <= 1


@given(shares, shares)
def test_a_difference_turned_around_is_the_same_interval_turned_around(one, two):
    there, back = intervals.newcombe(*one, *two), intervals.newcombe(*two, *one)
    assert there.low == pytest.approx(-back.high)
    assert there.low - 1e-9 <= one[0] / one[1] - two[0] / two[1] <= there.high + 1e-9


def test_the_intervals_are_the_published_ones():
    """Newcombe 1998: 56 of 70 against 48 of 80 is 0.0524 to 0.3339 (method 10); 6 of 96 as worked out by hand."""
    found = intervals.newcombe(56, 70, 48, 80)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert words.likely(6, 96) == "likely between 2.9% and 13.0%"
    assert words.between(19, 312) == "3.9 to 9.3"


@pytest.mark.parametrize(("of", "among"), [(1, 0), (3, 2), (-1, 4)])
def test_what_is_no_share_has_no_interval(of, among):
    with pytest.raises(ValueError, match="no share"):
        intervals.wilson(of, among)


def test_small_numbers_are_fractions_and_unknown_ones_words():
    assert words.share(7, 11) == "7 of 11"
    assert words.share(112, 118) == "94.9%"
    assert words.share(9, 4) == "9 against 4"
    assert words.share(0, 0) == "–"
    assert (words.rate(0, 0), words.rate(3, 29), words.rate(3, 30)) == ("not known yet", "too few to say", "10.0%")
    assert (words.between(1, 24), words.likely(1, 24)) == ("", "too few to say")


def test_time_is_told_in_the_largest_fitting_unit():
    assert [words.took(seconds) for seconds in (None, 0, 240, 9600, 7200, 259200)] == [
        "–", "0 min", "4 min", "2 h 40 min", "2 h", "3 days",
    ]  # fmt: skip


def sequence(title, opted_out, borrowers):
    return OptOuts(1, title, title, opted_out, borrowers)


def test_an_alarm_is_raised_where_the_whole_interval_lies_above_the_limit():
    rows = [sequence("3 in 5 days refinance", 6, 96), sequence("Day 1/4/10 refinance", 5, 312), sequence("Rest", 1, 183)]
    (alarm,) = alarms.alarms(rows)
    assert alarm.title == "Too many people opted out of “3 in 5 days refinance”"
    assert alarm.sentence == (
        "6 of 96 borrowers in 12 weeks, 6.3%. With this few the true rate is likely between 2.9% and 13.0%, all of it above "
        "the 2.0% limit. Other sequences: 6 of 495, 1.2%."
    )


@pytest.mark.parametrize(("opted_out", "borrowers"), [(0, 0), (10, 29), (4, 96), (5, 312)])
def test_no_alarm_is_raised_by_few_people_or_by_chance(opted_out, borrowers):
    assert alarms.alarms([sequence("Any", opted_out, borrowers)]) == []


def test_a_spread_on_an_edge_belongs_to_the_band_above():
    assert [label for _, label in bands.all_bands()] == [
        "under 0.500", "0.500 to 0.624", "0.625 to 0.749", "0.750 to 0.874", "0.875 to 0.999", "1.000 to 1.499",
        "1.500 and more", "not recorded",
    ]  # fmt: skip


def test_the_portfolio_is_valued_as_the_trade_does_and_says_what_is_known_of_ones_own_r31():
    found = value.value(45, closed=2, contacted=12)
    assert (found.dollars, found.least, found.most) == (118_000, 79_000, 236_000)
    assert "about $118,000" in found.sentence
    assert found.own == "too few to say"
    assert value.value(0, closed=0, contacted=0).own == "not known yet"
    assert value.value(300, closed=21, contacted=392).own == "likely between 3.5% and 8.1%"
