"""One bad feed must never start ten thousand conversations: what a publisher answers, what opens, what the page says."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Opportunity
from loans.services import matching
from rates.adapters import fred, fredgraph
from rates.services import pulling
from tests.loans.rows import make_loan

FRIDAY = datetime(2026, 4, 24, 15, 0, tzinfo=UTC)
THURSDAY = date(2026, 4, 23)


@pytest.fixture
def tempted(put):
    """Loans at 6.75 percent and a market of 6.35: 0.225 short of the threshold. Any lower market would open them all."""
    for value in ("6.37", "6.35"):
        put("conventional_30", date(2026, 4, 20) if value == "6.37" else date(2026, 4, 22), value, source="fred")
    put("conventional_30", date(2026, 4, 16), "6.35", source="fredgraph")
    for number in range(3):
        make_loan(f"tempted-{number}", note_rate=Decimal("6.750"), credit_score=760, property_value=Decimal(900_000))


@pytest.fixture
def at(settings) -> Callable[[datetime], Any]:
    settings.FRED_API_KEY = "k" * 32
    return lambda moment: time_machine.travel(moment, tick=False)


def pulled_and_matched(source: str = "fred") -> pulling.PullResult:
    result = pulling.pull(source, now=datetime.now(UTC))
    matching.run()
    return result


@pytest.mark.parametrize("source", ["fred", "fredgraph"])
def test_html_is_no_rate_and_the_page_says_so(tempted, at, publisher, as_user, olivia, source):
    for path in (fred.PATH, fredgraph.PATH):
        publisher.says(path, "<!DOCTYPE html><html>Down for maintenance at 5.00 percent</html>")
    with at(FRIDAY):
        result = pulled_and_matched(source)
        assert result.failed
        assert Opportunity.objects.count() == 0
        assertContains(as_user(olivia).get(f"/rates/pulls/{result.pull_id}/"), "FRED&#x27;s answer")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("0.623", "0.623% is outside 1% to 20%."),
        ("62.3", "62.300% is outside 1% to 20%."),
        ("4.85", "4.850% is 1.500 points below the last value, 6.350%"),
        ("5.60", "5.600% is 0.750 points below the last value, 6.350%"),
    ],
)
def test_a_rate_that_slipped_waits_for_a_person(tempted, at, publisher, observations, as_user, olivia, value, reason):
    publisher.says(fred.PATH, observations(**{"2026-04-23": value}))
    with at(FRIDAY):
        result = pulled_and_matched()
        assert result.held >= 1
        assert Opportunity.objects.count() == 0
        assertContains(as_user(olivia).get("/rates/"), reason)


def test_a_slipped_rate_for_some_loans_waits_too_and_the_rate_of_every_loan_counts(tempted, at, put, publisher, observations):
    """The first value of a series by LTV and score has no day before: it is held against what another source says."""
    publisher.says(fred.PATH, observations(**{"2026-04-23": "6.34"}))
    for _ in range(5):
        publisher.says(fred.PATH, observations(**{"2026-04-23": "6.34"}))
    publisher.says(fred.PATH, observations(**{"2026-04-23": "4.85"}))
    with at(FRIDAY):
        assert pulled_and_matched().held == 10
        assert Opportunity.objects.count() == 0


def test_a_rate_that_moved_as_markets_move_does_open_them(tempted, at, publisher, observations):
    """The same path with a sound value: what the other tests keep shut can open."""
    publisher.says(fred.PATH, observations(**{"2026-04-23": "6.10"}))
    with at(FRIDAY):
        assert pulled_and_matched().held == 0
        assert Opportunity.objects.count() == 3


def test_yesterdays_file_brings_nothing_new_and_is_told_so(tempted, at, publisher, observations, as_user, olivia):
    publisher.says(fred.PATH, observations(**{"2026-04-20": "6.37", "2026-04-22": "6.35"}))
    with at(FRIDAY):
        assert pulled_and_matched().failed is False
        again = pulled_and_matched()
        assert (again.added, again.revised, again.held) == (0, 0, 0)
        assert Opportunity.objects.count() == 0
        assertContains(as_user(olivia).get(f"/rates/pulls/{again.pull_id}/"), "unchanged. Newest Apr 22, 2026.")


def test_an_old_sheet_opens_nothing_however_low_it_is(tempted, at, as_user, olivia):
    """A file of last week, sent again: its rate is too old to count."""
    with at(FRIDAY):
        pulling.pull(
            "file", now=FRIDAY, file=pulling.Document("old.csv", b"as_of,product,rate\n2026-04-16,conventional_30,5.75\n")
        )
        matching.run()
        assert Opportunity.objects.count() == 0


def test_a_feed_that_stops_opens_nothing_any_more_and_the_page_says_since_when(
    tempted, at, publisher, observations, as_user, olivia
):
    """After Monday's date of the survey and three business days of the index nothing is current."""
    publisher.says(fred.PATH, observations())
    make_loan("worth-it", note_rate=Decimal("8.000"))
    with at(datetime(2026, 4, 28, 15, 0, tzinfo=UTC)):
        pulled_and_matched()
        assertContains(as_user(olivia).get("/rates/"), "Nothing new opens until a newer one is in")
        assert Opportunity.objects.count() == 0


def test_a_holiday_gap_is_passed_over_and_the_day_before_still_counts(db, at, put, publisher, observations, as_user, olivia):
    put("conventional_30", date(2026, 11, 24), "6.10", source="fred")
    publisher.says(fred.PATH, observations(**{"2026-11-25": "6.08", "2026-11-26": ".", "2026-11-27": ""}))
    make_loan("worth-it", note_rate=Decimal("7.500"))
    make_loan("not", note_rate=Decimal("6.500"))
    with at(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)):
        result = pulled_and_matched()
        assert (result.added, result.rejected) == (16, 0)
        assert Opportunity.objects.get().market_rate == Decimal("6.080")
        assertNotContains(as_user(olivia).get("/rates/"), "Nothing new opens until")
