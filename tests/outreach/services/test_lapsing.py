"""What came to nothing leaves the queue 30 days after the last word, and only where the market has left it too."""

from datetime import timedelta

import pytest

from loans.models import Opportunity
from outreach.models import Enrollment
from outreach.services import lapsing
from tests.outreach import conversations
from tests.outreach.conversations import NOW, lender

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mountain_time(db):
    lender()


def without_an_answer(officer, **run) -> Opportunity:
    """Contacted, and nothing came of it; the market has risen since."""
    row = conversations.opportunity(officer)
    conversations.enrollment(row)
    Enrollment.objects.update(**run)
    Opportunity.objects.update(qualifies=False, last_contact_at=NOW - 33 * DAY)
    row.refresh_from_db()
    return row


@pytest.fixture
def silent(olivia):
    return without_an_answer(olivia, state="completed", ended_at=NOW - 31 * DAY)


def now(row: Opportunity) -> str:
    row.refresh_from_db()
    return row.status


def test_thirty_quiet_days_after_its_sequence_it_expires_once_and_the_history_says_so(silent):
    assert [lapsing.lapse(NOW), lapsing.lapse(NOW)] == [1, 0]
    assert (now(silent), str(silent.closed_on)) == ("expired", "2026-04-27")
    assert list(silent.events.values_list("kind", "from_status", "to_status")) == [("expired", "contacting", "expired")]


@pytest.mark.parametrize(
    "change",
    [
        {"qualifies": True},
        {"engaged_at": NOW - 29 * DAY},
        {"last_contact_at": NOW - 29 * DAY},
        {"status": "engaged"},
        {"status": "appointment"},
        {"status": "snoozed", "snoozed_until": NOW.date()},
    ],
    ids=str,
)
def test_what_still_qualifies_or_heard_a_word_or_is_further_stays(silent, change):
    Opportunity.objects.update(**change)
    before = now(silent)
    assert lapsing.lapse(NOW) == 0
    assert now(silent) == before


@pytest.mark.parametrize(
    "run",
    [{"state": "active"}, {"state": "paused"}, {"state": "completed", "ended_at": NOW - 30 * DAY + timedelta(minutes=1)}],
    ids=str,
)
def test_a_sequence_that_runs_or_has_just_ended_goes_on_although_rates_rose(olivia, run):
    """R14."""
    row = without_an_answer(olivia, **run)
    assert lapsing.lapse(NOW) == 0
    assert now(row) == "contacting"


def test_a_message_still_to_come_is_waited_for(silent):
    conversations.touch(silent, state="scheduled")
    assert lapsing.lapse(NOW) == 0
    assert now(silent) == "contacting"


def test_what_was_only_called_is_no_different(olivia):
    row = conversations.opportunity(olivia)
    Opportunity.objects.update(qualifies=False, last_contact_at=NOW - 31 * DAY)
    assert lapsing.lapse(NOW) == 1
    assert now(row) == "expired"


def test_the_day_is_the_lenders(silent):
    assert lapsing.lapse(NOW.replace(hour=3)) == 1
    assert (now(silent), str(silent.closed_on)) == ("expired", "2026-04-26")
