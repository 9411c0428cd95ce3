"""The daily cycle's clock: 10:30 and 13:00 in New York, again each hour while the day's rate is not in, each slot once."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from loans.models import DailyCycle, MatchRun
from loans.services import cycles
from rates.models import Pull
from refidetect import daily
from tests.loans.rows import make_loan, set_market

NEW_YORK = ZoneInfo("America/New_York")
pytestmark = pytest.mark.django_db


def at(clock: str, day: str = "2026-04-24") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=NEW_YORK)


def claim(clock: str, day: str = "2026-04-24") -> str | None:
    cycle = cycles.claim(at(clock, day))
    return cycle and f"{cycle.slot:%H:%M}"


def finish(clock: str, *, rate_in: bool, day: str = "2026-04-24") -> None:
    cycle = DailyCycle.objects.get(day=day, slot=time.fromisoformat(clock))
    cycles.finish(cycle, now=cycle.started_at + timedelta(seconds=1), rate_in=rate_in, run=None)


@pytest.mark.parametrize("clock", ["00:00", "10:29", "10:29:59"])
def test_before_half_past_ten_nothing_is_due(clock):
    assert claim(clock) is None
    assert not DailyCycle.objects.exists()


def test_each_slot_is_due_once():
    assert [claim(clock) for clock in ("10:30", "10:30", "10:31", "12:59:59")] == ["10:30", None, None, None]
    finish("10:30", rate_in=True)
    assert [claim(clock) for clock in ("13:00", "13:01", "13:59")] == ["13:00", None, None]


def test_a_desk_that_starts_late_runs_the_slot_that_is_on():
    assert claim("12:10") == "10:30"
    assert claim("10:30", "2026-04-25") == "10:30"


def test_the_cycle_is_tried_hourly_until_the_rate_is_in():
    for clock, slot in (("10:30", "10:30"), ("13:00", "13:00"), ("14:00", "14:00"), ("15:20", "15:00")):
        assert claim(clock) == slot
        finish(slot, rate_in=clock.startswith("15"))
    assert [claim(clock) for clock in ("15:59", "16:00", "17:00", "20:00", "23:59")] == [None] * 5


def test_a_rate_that_was_in_at_the_first_slot_spares_the_retries_and_not_the_second_slot():
    claim("10:30")
    finish("10:30", rate_in=True)
    assert [claim(clock) for clock in ("13:00", "14:00", "20:00")] == ["13:00", None, None]


def test_a_cycle_that_died_is_tried_again_in_an_hour():
    assert [claim(clock) for clock in ("13:00", "13:30", "14:00", "14:30", "20:00", "23:00")] == [
        "13:00", None, "14:00", None, "20:00", None,
    ]  # fmt: skip


def test_yesterdays_rate_settles_nothing_today():
    claim("10:30", "2026-04-23")
    finish("10:30", rate_in=True, day="2026-04-23")
    assert claim("14:00") == "14:00"


@pytest.mark.parametrize(
    ("day", "utc"), [("2026-03-07", "15:30"), ("2026-03-08", "14:30"), ("2026-11-01", "15:30"), ("2026-10-31", "14:30")]
)
def test_the_clock_is_new_yorks_on_the_days_it_is_changed(day, utc):
    due = datetime.fromisoformat(f"{day} {utc}").replace(tzinfo=UTC)
    assert cycles.claim((due - timedelta(seconds=1)).astimezone(NEW_YORK)) is None
    cycle = cycles.claim(due.astimezone(NEW_YORK))
    assert (cycle.day, cycle.slot) == (date.fromisoformat(day), time(10, 30))


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_ask_at_once_one_gets_the_slot():
    start, got = threading.Barrier(4), []

    def ask() -> None:
        start.wait(10)
        try:
            got.append(cycles.claim(at("10:30")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(got), len([cycle for cycle in got if cycle])) == (4, 1)


def test_a_message_too_long_for_its_column_is_cut():
    cycle = cycles.claim(at("10:30"))
    cycles.finish(cycle, now=cycle.started_at, rate_in=False, run=None, message="x" * 600)
    assert len(DailyCycle.objects.get().message) == 500


@pytest.fixture
def silent_feeds(settings) -> None:
    """Publishers that answer nothing: the port is closed."""
    settings.PMMS_BASE_URL = settings.FRED_BASE_URL = settings.FREDGRAPH_BASE_URL = "http://127.0.0.1:9"


def test_a_due_cycle_pulls_then_matches_and_once_only(silent_feeds):
    make_loan()
    set_market()
    with time_machine.travel(at("10:30"), tick=True):
        assert daily.run_due(timezone.now())
        assert not daily.run_due(timezone.now())
    cycle, pull = DailyCycle.objects.get(), Pull.objects.exclude(outcome=Pull.Outcome.DONE).order_by("pk").first()
    assert (cycle.run, cycle.run.opened, cycle.rate_in) == (MatchRun.objects.get(), 1, True)
    assert cycle.finished_at >= cycle.started_at
    assert pull.started_at < cycle.run.started_at


def test_no_cycle_leaves_no_trace(silent_feeds):
    with time_machine.travel(at("10:29"), tick=False):
        assert not daily.run_due(timezone.now())
    assert (Pull.objects.count(), MatchRun.objects.count(), DailyCycle.objects.count()) == (0, 0, 0)


def test_a_day_without_its_rate_is_tried_again(silent_feeds):
    with time_machine.travel(at("13:00"), tick=True) as clock:
        assert daily.run_due(timezone.now())
        assert not DailyCycle.objects.get().rate_in
        clock.move_to(at("14:00"))
        assert daily.run_due(timezone.now())
        set_market(date(2026, 4, 23))
        clock.move_to(at("15:00"))
        assert daily.run_due(timezone.now())
        clock.move_to(at("16:00"))
        assert not daily.run_due(timezone.now())
    assert [cycle.rate_in for cycle in DailyCycle.objects.order_by("slot")] == [False, False, True]
