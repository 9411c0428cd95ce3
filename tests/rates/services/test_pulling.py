from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Lender
from rates.adapters import fred
from rates.domain.published import Standing
from rates.models import Pull, Rate, SourcePreference
from rates.services import deciding, pulling
from rates.services.pulling import Document
from tests.rates.conftest import FRIDAY, THURSDAY

PMMS = "/pmms/docs/PMMS_history.csv"
GRAPH = "/graph/fredgraph.csv"


def counts(result) -> tuple[int, int, int, int, int]:
    assert result.read == result.added + result.revised + result.unchanged + result.held + result.rejected
    return result.added, result.revised, result.unchanged, result.held, result.rejected


def in_force() -> dict[str, str]:
    return {f"{rate.product} {rate.as_of}": str(rate.rate) for rate in Rate.objects.filter(status="accepted")}


def test_a_pull_stores_what_the_source_says_and_is_a_row_itself(db, publisher, sample):
    """R1"""
    publisher.says(PMMS, sample("pmms_publisher.csv"))
    result = pulling.pull("pmms", now=FRIDAY)
    assert counts(result) == (12, 0, 0, 0, 0)
    assert (result.newest["conventional_30"].rate, result.newest["conventional_30"].as_of) == ("6.230", THURSDAY)
    pull = Pull.objects.get()
    assert (pull.outcome, pull.source, pull.started_at, pull.added) == ("done", "pmms", FRIDAY, 12)
    assert Rate.objects.filter(pull=pull).count() == 12


def test_the_same_file_twice_changes_nothing(load):
    lines = ("2026-04-16,6.3,5.65", "2026-04-23,6.23,5.58")
    load(*lines)
    before = list(Rate.objects.order_by("id").values())
    assert counts(load(*lines)) == (0, 0, 4, 0, 0)
    assert list(Rate.objects.order_by("id").values()) == before


def test_a_changed_value_is_updated_and_counted_as_revised(load):
    load("2026-04-16,6.3,5.65", "2026-04-23,6.23,5.58")
    assert counts(load("2026-04-16,6.31,5.65", "2026-04-23,6.23,5.58")) == (0, 1, 3, 0, 0)
    assert in_force()["conventional_30 2026-04-16"] == "6.310"


def test_as_of_drops_what_comes_after(load):
    result = load("2012-11-29,3.32,2.64", "2012-12-06,3.34,2.67", "2012-12-13,3.32,2.66", as_of=date(2012, 12, 6))
    assert result.newest["conventional_30"].as_of == date(2012, 12, 6)
    assert Rate.objects.filter(as_of__gt=date(2012, 12, 6)).count() == 0
    assert Pull.objects.get().as_of_cut == date(2012, 12, 6)


def test_as_of_moves_the_thirty_days_of_the_guard_with_it(load):
    """A replay of 2012 in 2026 is guarded as in 2012: the bad week before the newest one is recent then."""
    lines = ("2012-11-22,3.31,2.63", "2012-11-29,4.32,2.64", "2012-12-06,3.34,2.67")
    assert load(*lines, as_of=date(2012, 12, 6)).held == 1
    assert Rate.objects.get(awaiting=True).as_of == date(2012, 11, 29)


@pytest.mark.parametrize("bad", ["0.623", "7.73", "4.73", "62.3", "-6.23", "0"])
def test_a_newest_value_that_fails_the_guard_is_held_and_the_old_rate_stands(load, bad):
    load("2026-04-09,6.37,5.74", "2026-04-16,6.3,5.65")
    result = load("2026-04-16,6.3,5.65", f"2026-04-23,{bad},5.58")
    assert (result.outcome, result.held) == ("held", 1)
    assert result.newest["conventional_30"].status is Standing.HELD
    held = Rate.objects.get(awaiting=True)
    assert (held.status, held.prior, held.published) == ("held", Decimal("6.300"), Decimal(bad))
    assert held.reason
    assert "conventional_30 2026-04-23" not in in_force()
    assert in_force()["conventional_15 2026-04-23"] == "5.580"


def test_held_again_is_unchanged_and_stays_held(load):
    load("2026-04-16,6.3,5.65")
    load("2026-04-23,7.73,5.58")
    assert counts(load("2026-04-23,7.73,5.58")) == (0, 0, 2, 0, 0)
    assert Rate.objects.get(awaiting=True).status == "held"


def test_yesterdays_file_takes_nothing_back(load):
    load("2026-04-16,6.3,5.65", "2026-04-23,6.23,5.58")
    assert counts(load("2026-04-09,6.37,5.74", "2026-04-16,6.3,5.65")) == (2, 0, 2, 0, 0)
    assert in_force()["conventional_30 2026-04-23"] == "6.230"


def test_a_decision_of_a_person_stands_through_later_pulls(load, ben):
    load("2026-04-16,6.3,5.65")
    load("2026-04-23,7.73,5.58")
    held = Rate.objects.get(awaiting=True)
    assert deciding.reject(held.pk, value=held.published, by=ben.pk, now=FRIDAY)
    assert counts(load("2026-04-23,7.73,5.58")) == (0, 0, 2, 0, 0)
    assert load("2026-04-23,6.25,5.58").held == 1
    held.refresh_from_db()
    assert (held.status, held.awaiting, held.published) == ("rejected", True, Decimal("6.25"))
    assert deciding.approve(held.pk, value=Decimal("6.25"), by=ben.pk, now=FRIDAY)
    assert in_force()["conventional_30 2026-04-23"] == "6.250"


def test_a_bad_correction_waits_while_the_accepted_value_stands(load, ben):
    load("2026-04-16,6.3,5.65", "2026-04-23,6.23,5.58")
    assert load("2026-04-23,0.62,5.58").held == 1
    assert in_force()["conventional_30 2026-04-23"] == "6.230"
    row = Rate.objects.get(awaiting=True)
    assert deciding.reject(row.pk, value=row.published, by=ben.pk, now=FRIDAY)
    assert counts(load("2026-04-23,0.62,5.58")) == (0, 0, 2, 0, 0)
    assert in_force()["conventional_30 2026-04-23"] == "6.230"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"<html>", "web page"), (b"", "empty"), (b"%PDF-1.4", "PDF"), ("date,frm30\n1/1/2026,ü".encode("latin-1"), "UTF-8")],
)
def test_a_source_that_says_nothing_usable_fails_with_a_sentence_and_leaves_the_rates(load, content, sentence):
    load("2026-04-23,6.23,5.58")
    result = pulling.pull("pmms", now=FRIDAY, file=Document("x.csv", content))
    assert result.failed
    assert sentence in result.message
    assert Pull.objects.first().outcome == "failed"
    assert Rate.objects.count() == 2


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_path_that_is_no_file_fails_with_a_sentence(db, tmp_path, name):
    result = pulling.pull("file", now=FRIDAY, file=tmp_path / name)
    assert result.failed
    assert ("does not exist" if name == "absent.csv" else "is a directory") in result.message


def test_an_unknown_source_is_refused_with_the_known_ones(db):
    with pytest.raises(pulling.UnknownSource, match="file, api, fred, pmms, fredgraph"):
        pulling.pull("bloomberg", now=FRIDAY)


def test_the_whole_history_takes_a_few_statements(db):
    """2,874 weeks of two products, first new, then all revised, then unchanged."""
    days = [date(2026, 4, 23) - timedelta(weeks=week) for week in range(2874)]

    def history(step: str) -> Document:
        rows = "\n".join(f"{day},{Decimal(6) + Decimal(step)},{Decimal(5) + Decimal(step)}" for day in days)
        return Document("history.csv", f"date,frm30,frm15\n{rows}\n".encode())

    for step, expected in (("0", (5748, 0, 0, 0, 0)), ("0.01", (0, 5748, 0, 0, 0)), ("0.01", (0, 0, 5748, 0, 0))):
        with CaptureQueriesContext(connection) as queries:
            assert counts(pulling.pull("pmms", now=FRIDAY, file=history(step))) == expected
        assert len(queries) <= 12


def test_a_sheet_dated_far_ahead_is_rejected(load):
    result = load("2026-04-24,fha_30,5.9", "2062-04-24,va_30,5.9", source="file")
    assert counts(result) == (1, 0, 0, 0, 1)
    assert "ahead" in str(result.refused[0])


def test_a_feed_is_asked_again_from_some_weeks_before_its_newest_value(db, publisher, sample):
    publisher.says(GRAPH, sample("fredgraph.csv"))
    pulling.pull("fredgraph", now=FRIDAY)
    pulling.pull("fredgraph", now=FRIDAY)
    assert "cosd" not in publisher.asked[0][1]
    # The 15-year series is two weeks behind in this file, and it is the one that counts.
    assert publisher.asked[1][1]["cosd"] == ["2026-02-23"]


def test_a_demo_desk_fetches_nothing_but_loads_a_file(db, publisher, load):
    Lender.objects.create(pk=1, demo=True)
    result = pulling.pull("pmms", now=FRIDAY)
    assert result.failed
    assert "demo" in result.message
    daily = pulling.pull_daily(FRIDAY)
    assert (daily.results, daily.day_in) == ((), True)
    assert "demo" in daily.message
    assert publisher.asked == []
    assert load("2026-04-23,6.23,5.58").added == 2


def test_the_daily_pull_asks_every_feed_that_can_run(db, publisher, sample, settings):
    settings.FRED_API_KEY = ""
    publisher.says(PMMS, sample("pmms_publisher.csv"))
    publisher.says(GRAPH, sample("fredgraph.csv"))
    daily = pulling.pull_daily(FRIDAY)
    assert [(result.source, result.outcome) for result in daily.results] == [("pmms", "done"), ("fredgraph", "done")]
    assert daily.day_in
    assert daily.skipped == ("fred: skipped, FRED_API_KEY is not set.",)


def test_a_source_that_is_off_is_not_asked(db, publisher, sample):
    SourcePreference.objects.filter(source="fredgraph").update(enabled=False)
    publisher.says(PMMS, sample("pmms_publisher.csv"))
    assert [result.source for result in pulling.pull_daily(FRIDAY).results] == ["pmms"]


def test_the_daily_pull_survives_a_source_that_is_down(db, publisher, sample):
    publisher.says(PMMS, "<html>")
    publisher.says(GRAPH, sample("fredgraph.csv"))
    daily = pulling.pull_daily(FRIDAY)
    assert [result.failed for result in daily.results] == [True, False]
    assert not daily.day_in
    assert "web page" in daily.message


def test_the_day_is_in_once_the_first_source_that_can_deliver_has_delivered(put, settings):
    order = ["file", "api", "fred", "pmms", "fredgraph"]
    put("conventional_30", THURSDAY, "6.23")
    settings.FRED_API_KEY = ""
    assert pulling.is_day_in(order, FRIDAY)
    settings.FRED_API_KEY = "k" * 32
    assert not pulling.is_day_in(order, FRIDAY)
    put("conventional_30", THURSDAY, "6.31", source="fred")
    assert pulling.is_day_in(order, FRIDAY)


def test_a_current_sheet_makes_the_day_and_an_old_one_is_not_waited_for(put, settings):
    settings.FRED_API_KEY = ""
    sheet = put("conventional_30", THURSDAY, "6.125", source="file")
    assert pulling.is_day_in(["file", "pmms"], FRIDAY)
    Rate.objects.filter(pk=sheet.pk).update(as_of=date(2026, 4, 1))
    assert not pulling.is_day_in(["file", "pmms"], FRIDAY)
    put("conventional_30", THURSDAY, "6.23")
    assert pulling.is_day_in(["file", "pmms"], FRIDAY)


def test_a_holiday_leaves_a_gap_and_the_rate_of_the_day_before_counts(db, publisher, observations, settings):
    settings.FRED_API_KEY = "k" * 32
    publisher.says(fred.PATH, observations(**{"2026-11-25": "6.100", "2026-11-26": ".", "2026-11-27": "."}))
    friday = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
    result = pulling.pull("fred", now=friday)
    assert counts(result) == (16, 0, 0, 0, 0)
    assert pulling.is_day_in(["fred"], friday)
