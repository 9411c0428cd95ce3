"""The hot list: by engagement, the newest act first, each with its reason."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Engagement, Opportunity
from loans.services import progress
from outreach.models import Appointment
from outreach.queries import hot_list
from outreach.services import calling
from tests.loans.rows import set_market
from tests.outreach.desk_rows import call_to_make, replied
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
HOT = "/hot-list/"


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def rows(db, olivia, cora) -> dict[str, Opportunity]:
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    found = {name: worth_writing_to(olivia, f"T-{name}", name=(name, "Vega")) for name in ("Ana", "Bo", "Cy", "Di", "Eve")}
    progress.contacted(found["Di"].pk, at=FRIDAY)
    progress.noticed(found["Cy"].pk, Engagement.OPENED, at=FRIDAY)
    progress.noticed(found["Bo"].pk, Engagement.CLICKED, at=FRIDAY - timedelta(hours=1))
    progress.noticed(found["Eve"].pk, Engagement.CLICKED, at=FRIDAY)
    progress.engaged(found["Ana"].pk, Engagement.REPLIED, at=FRIDAY - timedelta(days=2))
    replied(found["Ana"], "What would costs be?", at=FRIDAY - timedelta(days=2))
    return found


def names(user, view=""):
    return [caller.name.split()[0] for caller in hot_list.callers(hot_list.rows(user, view, FRIDAY), FRIDAY)]


def test_who_came_furthest_stands_first_and_of_those_the_newest(rows, olivia):
    assert names(olivia) == ["Ana", "Eve", "Bo", "Cy"]
    assert names(olivia, "replied") == ["Ana"]
    assert names(olivia, "clicked") == ["Eve", "Bo"]
    assert names(olivia, "opened") == ["Cy"]
    assert names(olivia, "sent") == ["Di"]
    assert hot_list.counts(olivia, FRIDAY) == {"": 4, "replied": 1, "clicked": 2, "opened": 1, "sent": 1}


def test_each_says_why(as_user, rows, olivia):
    page = as_user(olivia).get(HOT)
    assertContains(page, "Replied Wed 10:30 AM:")
    assertContains(page, "“What would costs be?”")
    assertContains(page, "Looked at the estimate 10:30 AM")
    assertNotContains(page, "Di Vega")


def test_an_unknown_view_is_the_first(as_user, rows, olivia):
    assertContains(as_user(olivia).get(HOT, {"view": "zzz"}), "Ana Vega")


@pytest.mark.parametrize("who", ["oscar", "carl", "mona"])
def test_others_see_an_empty_list(request, as_user, rows, who):
    page = as_user(request.getfixturevalue(who)).get(HOT)
    assertContains(page, "Nobody has acted yet")
    assertNotContains(page, "Vega")


def test_more_rows_cost_no_more_queries(as_user, rows, olivia, django_assert_max_num_queries):
    officer = as_user(olivia)
    with django_assert_max_num_queries(14) as few:
        officer.get(HOT, {"view": "opened"})
    with django_assert_max_num_queries(len(few)):
        officer.get(HOT)


# Booked calls whose time is over

OVER = FRIDAY + timedelta(days=5)


@pytest.fixture
def booked(rows, olivia):
    """Ana booked a call for Monday, of a quarter of an hour."""
    progress.booked(rows["Ana"].pk, at=FRIDAY)
    starts_at = FRIDAY + timedelta(days=3)
    return Appointment.objects.create(
        opportunity=rows["Ana"], officer=olivia, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=15), source="page",
        booked_at=FRIDAY,
    )  # fmt: skip


def hot(user, now, view=""):
    return {caller.name.split()[0]: caller for caller in hot_list.callers(hot_list.rows(user, view, now), now)}


def noted(row, olivia, at):
    """An officer writes down a call that nobody had planned."""
    with time_machine.travel(at, tick=False):
        calling.log(row, None, "voicemail", by=olivia, now=at)


def test_a_call_to_come_is_told_with_its_time(booked, rows, olivia):
    caller = hot(olivia, FRIDAY)["Ana"]
    assert (caller.lead.startswith("Booked a call for Mon"), caller.call_passed) == (True, False)


def test_a_call_that_is_over_asks_for_its_outcome_and_stays(as_user, booked, rows, olivia, cora):
    assert hot(olivia, OVER)["Ana"].lead == "Call passed, note the outcome"
    assert hot_list.counts(olivia, OVER)["replied"] == 1
    with time_machine.travel(OVER, tick=False):
        assertContains(as_user(olivia).get(HOT), f"/opportunities/{rows['Ana'].pk}/call/")
        assertContains(as_user(cora).get(HOT), "Call passed, note the outcome")
        assertNotContains(as_user(cora).get(HOT), f"/opportunities/{rows['Ana'].pk}/call/")


def test_with_its_outcome_it_stands_there_a_day_more(booked, rows, olivia):
    noted(rows["Ana"], olivia, booked.ends_at)
    day = timedelta(days=1)
    assert not hot(olivia, booked.ends_at + day)["Ana"].call_passed
    gone = booked.ends_at + day + timedelta(seconds=1)
    assert "Ana" not in hot(olivia, gone)
    assert "Eve" in hot(olivia, gone)
    assert hot_list.counts(olivia, gone) == {"": 3, "replied": 0, "clicked": 2, "opened": 1, "sent": 1}


def test_an_outcome_of_before_the_call_is_none_of_it(booked, rows, olivia):
    noted(rows["Ana"], olivia, booked.starts_at - timedelta(hours=1))
    assert hot(olivia, OVER)["Ana"].call_passed


def test_a_planned_call_that_was_made_is_an_outcome_too_and_one_that_a_stop_closed_is_none(booked, rows, olivia):
    task = call_to_make(rows["Ana"], done_at=booked.ends_at, outcome="The number is closed")
    assert hot(olivia, OVER)["Ana"].call_passed
    task.done_by = olivia
    task.save()
    assert "Ana" not in hot(olivia, OVER)


def test_who_acts_after_the_call_is_back(booked, rows, olivia):
    noted(rows["Ana"], olivia, booked.ends_at)
    progress.engaged(rows["Ana"].pk, Engagement.REPLIED, at=OVER - timedelta(hours=1))
    assert "Ana" in hot(olivia, OVER)


def test_of_two_calls_the_later_one_counts(booked, rows, olivia):
    noted(rows["Ana"], olivia, booked.ends_at)
    later = OVER + timedelta(days=1)
    Appointment.objects.create(
        opportunity=rows["Ana"], officer=olivia, starts_at=later, ends_at=later + timedelta(minutes=15), source="page",
        booked_at=OVER,
    )  # fmt: skip
    assert hot(olivia, OVER)["Ana"].lead.startswith("Booked a call for Thu")
