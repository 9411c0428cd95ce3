"""The calls that wait: their order, the borrower's hours, and what came of them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Borrower, Opportunity
from outreach.models import CallReason
from outreach.queries import call_list
from tests.loans.rows import set_market
from tests.outreach.desk_rows import call_to_make
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
CALLS = "/calls/"


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    return worth_writing_to(olivia, "T-1")


def test_who_replied_comes_first_then_the_larger_saving(as_user, row, olivia):
    large = worth_writing_to(olivia, "T-2", original_amount=700_000)
    step, larger, asked = (
        call_to_make(row, reason=CallReason.STEP), call_to_make(large, reason=CallReason.STEP),
        call_to_make(row, reason=CallReason.QUESTION),
    )  # fmt: skip
    call_to_make(large, due_at=FRIDAY + timedelta(hours=1))
    assert [call.task for call in call_list.page(olivia, FRIDAY)] == [asked, larger, step]


def test_the_number_and_until_when_stand_beside_it(as_user, row, olivia):
    call_to_make(row, script="Hi Marisol.\n\nYou asked about costs.")
    page = as_user(olivia).get(CALLS)
    assertContains(page, "Denver, CO, 10:30 AM. Calls until")
    assertContains(page, 'href="tel:+1303555')
    assertContains(page, "You asked about costs.")


def test_at_night_the_number_does_not_dial(as_user, row, olivia):
    call_to_make(row)
    with time_machine.travel(datetime(2026, 4, 25, 5, 0, tzinfo=UTC), tick=False):
        page = as_user(olivia).get(CALLS)
    assertContains(page, "Calls from")
    assertNotContains(page, 'href="tel:')


def test_who_is_on_the_list_is_not_dialed(as_user, row, olivia):
    Borrower.objects.update(do_not_call=True)
    call_to_make(row)
    page = as_user(olivia).get(CALLS)
    assertContains(page, "Do not call")
    assertNotContains(page, 'href="tel:')


def test_an_outcome_takes_it_off_the_list_and_can_be_taken_back(as_user, row, olivia):
    task, officer = call_to_make(row), as_user(olivia)
    page = officer.post(reverse("outreach:call_outcome", args=[task.pk]), {"outcome": "no_answer"}, follow=True)
    assertContains(page, "No call waits")
    undo = reverse("outreach:call_undo", args=[task.pk])
    assertContains(page, f'action="{undo}"')
    officer.post(undo)
    task.refresh_from_db()
    assert task.done_at is None


def test_back_leads_only_to_pages_of_ours(as_user, row, olivia):
    task, officer = call_to_make(row), as_user(olivia)
    address = reverse("outreach:call_outcome", args=[task.pk])
    assert officer.post(address, {"outcome": "reached", "back": "//evil.example.com/"}).url == CALLS
    assert officer.post(address, {"outcome": "reached", "back": "https://evil.example.com/"}).url == CALLS
    assert officer.post(address, {"outcome": "reached", "back": "/today/"}).url == "/today/"


@pytest.mark.parametrize(("who", "status"), [("oscar", 404), ("carl", 404), ("mona", 404), ("pia", 403), ("cora", 403)])
def test_others_write_nothing_down(request, as_user, row, who, status):
    task = call_to_make(row)
    other = as_user(request.getfixturevalue(who))
    assert other.post(reverse("outreach:call_outcome", args=[task.pk]), {"outcome": "reached"}).status_code == status
    assert other.post(reverse("outreach:call_undo", args=[task.pk])).status_code == status
    task.refresh_from_db()
    assert task.done_at is None
    if status == 404:
        assertContains(other.get(CALLS), "No call waits")


def test_a_call_of_ones_own_accord_is_logged(as_user, row, olivia):
    officer, address = as_user(olivia), reverse("outreach:call_log", args=[row.pk])
    assert officer.post(address, {}).status_code == 422
    assert officer.post(address, {"outcome": "reached", "text": "Wants 15 years."}).status_code == 302
    assert row.events.filter(kind="note", text="Called: reached. Wants 15 years.").count() == 1


def test_many_calls_cost_no_more_queries(as_user, row, olivia, django_assert_max_num_queries):
    officer = as_user(olivia)
    call_to_make(row)
    with django_assert_max_num_queries(8) as few:
        officer.get(CALLS)
    for _ in range(15):
        call_to_make(row)
    with django_assert_max_num_queries(len(few)):
        officer.get(CALLS)
