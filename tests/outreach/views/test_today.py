"""Today and the strip of news: who acted, what to decide, what moved, what goes out; and nothing of others."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Engagement, Opportunity
from loans.services import progress
from outreach.models import Touch
from outreach.services import enrolling, sweeping
from tests.loans.rows import set_market
from tests.outreach.desk_rows import alert_of, call_to_make, replied
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
TODAY, ALERTS = "/today/", "/alerts/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    return worth_writing_to(olivia, "T-1")


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_day_in_four_figures(as_user, row, olivia):
    progress.contacted(row.pk, at=FRIDAY - timedelta(days=1))
    progress.engaged(row.pk, Engagement.REPLIED, at=FRIDAY - timedelta(hours=2))
    replied(row, "What would costs be?", at=FRIDAY - timedelta(hours=2))
    replied(row, "Please stop emailing my wife.", reading="doubtful", at=FRIDAY - timedelta(hours=3))
    other = worth_writing_to(olivia, "T-2", name=("Bo", "Bell"))
    enrolling.start(other.pk, by=olivia, now=FRIDAY)
    sweeping.sweep(FRIDAY - timedelta(hours=6))
    said = words(as_user(olivia).get(TODAY))
    assert "Friday, April 24" in said
    assert "1 to call now" in said
    assert "1 needs a decision" in said
    assert "2 moved overnight" in said
    assert "1 going out today" in said
    assert "Replied 8:30 AM: “What would costs be?”" in said
    assert "Is this an opt-out? Marisol Vega" in said
    assert "Also since yesterday" in said
    assert "engaged" in said


def test_a_call_that_is_due_is_to_call_now(as_user, row, olivia):
    call_to_make(row, reason="unreached")
    said = words(as_user(olivia).get(TODAY))
    assert "1 to call now" in said
    assert "Could not be reached by message" in said


def test_an_empty_day_is_calm(as_user, olivia):
    said = words(as_user(olivia).get(TODAY))
    assert "Nobody waits for a call." in said
    assert "No match has run yet." in said
    assert "No rate is on file." in said


def test_why_messages_do_not_go(as_user, row, olivia):
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    sweeping.sweep(FRIDAY)
    Touch.objects.update(state="scheduled", reason="frequency_cap")
    said = words(as_user(olivia).get(TODAY))
    assert "1 will not go today because Touched in the last 48 hours 1" in said
    assert "0 going out today" in said


@pytest.mark.parametrize("who", ["oscar", "carl", "mona"])
def test_of_others_nothing_is_shown(request, as_user, row, who):
    call_to_make(row)
    progress.engaged(row.pk, Engagement.REPLIED, at=FRIDAY)
    replied(row, "Please stop emailing my wife.", reading="doubtful")
    page = as_user(request.getfixturevalue(who)).get(TODAY)
    assertNotContains(page, "Vega")
    assertNotContains(page, "my wife")
    assert "0 to call now" in words(page)


def test_today_costs_the_same_for_one_row_and_for_many(as_user, row, olivia, django_assert_max_num_queries):
    officer = as_user(olivia)
    call_to_make(row)
    with django_assert_max_num_queries(40) as few:
        officer.get(TODAY)
    for number in range(4):
        call_to_make(worth_writing_to(olivia, f"T-M{number}"))
    with django_assert_max_num_queries(len(few)):
        officer.get(TODAY)


# News


def test_news_is_told_to_its_officer_alone(as_user, row, olivia, oscar):
    alert_of(row, olivia, "Is this real?", acted_at=FRIDAY - timedelta(seconds=20))
    assertContains(as_user(olivia).get(ALERTS, headers=HTMX), "replied 20 seconds ago")
    answer = as_user(oscar).get(ALERTS, headers=HTMX)
    assertNotContains(answer, "Marisol")


def test_no_news_sends_nothing(as_user, olivia):
    assert as_user(olivia).get(ALERTS, {"shown": "0"}, headers=HTMX).status_code == 204


def test_somebody_signed_out_is_not_asked_again(client):
    answer = client.get(ALERTS, headers=HTMX)
    assert (answer.status_code, answer.content) == (286, b"")


def test_news_that_was_dismissed_is_gone(as_user, row, olivia, oscar):
    alert = alert_of(row, olivia)
    as_user(oscar).post(reverse("outreach:alert_seen", args=[alert.pk]), headers=HTMX)
    alert.refresh_from_db()
    assert alert.seen_at is None
    answer = as_user(olivia).post(reverse("outreach:alert_seen", args=[alert.pk]), headers=HTMX)
    assertNotContains(answer, "Marisol")
    alert.refresh_from_db()
    assert alert.seen_at == FRIDAY


def test_asking_for_news_is_one_query_beside_who_asks(as_user, row, olivia, django_assert_num_queries):
    officer = as_user(olivia)
    alert_of(row, olivia)
    # Session, person, branch for the time zone, alerts.
    with django_assert_num_queries(4):
        officer.get(ALERTS, headers=HTMX)


def test_the_sidebar_counts_what_waits(as_user, row, olivia, carl, django_assert_max_num_queries):
    replied(row)
    call_to_make(row)
    officer = as_user(olivia)
    with django_assert_max_num_queries(7):
        answer = officer.get("/desk/counts/", headers=HTMX)
    for name in ("today", "inbox", "calls"):
        assertContains(answer, f"[data-count='{name}']\">1<")
    assertContains(as_user(carl).get("/desk/counts/", headers=HTMX), "[data-count='inbox']\">0<")
