"""What came of a call: written down once, taken back, or the end of calls to a number."""

from datetime import timedelta

import pytest

from loans.models import EventKind, Opportunity, OpportunityEvent
from outreach.models import CallReason, CallTask, Consent, Enrollment, Suppression
from outreach.services import calling, enrolling
from outreach.services.calling import CannotRecord
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, borrower_of, open_desk, worth_writing_to


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia, "T-1")


@pytest.fixture
def task(row, olivia) -> CallTask:
    return CallTask.objects.create(opportunity=row, officer=olivia, reason=CallReason.REPLIED, due_at=FRIDAY)


def test_a_call_is_written_down_and_counts_as_contact(task, row, olivia):
    calling.record(task, "voicemail", by=olivia, now=FRIDAY)
    task.refresh_from_db()
    row.refresh_from_db()
    assert (task.done_by, task.done_at, task.outcome) == (olivia, FRIDAY, "Left a voicemail")
    assert (row.status, row.last_contact_at) == ("contacting", FRIDAY)
    assert Suppression.objects.count() == 0


def test_of_two_the_second_is_told(task, olivia, ben):
    calling.record(task, "reached", by=olivia, now=FRIDAY)
    with pytest.raises(CannotRecord, match="already"):
        calling.record(task, "no_answer", by=ben, now=FRIDAY)
    task.refresh_from_db()
    assert (task.done_by, task.outcome) == (olivia, "Reached")


def test_an_unknown_outcome_is_refused(task, olivia):
    with pytest.raises(CannotRecord):
        calling.record(task, "married", by=olivia, now=FRIDAY)
    task.refresh_from_db()
    assert task.done_at is None


@pytest.mark.parametrize("outcome", calling.CLOSE_THE_NUMBER)
def test_whoever_wants_no_calls_gets_neither_calls_nor_texts(task, row, olivia, outcome):
    run = enrolling.start(row.pk, by=olivia, now=FRIDAY)
    other = CallTask.objects.create(opportunity=row, officer=olivia, reason=CallReason.QUESTION, due_at=FRIDAY)
    calling.record(task, outcome, by=olivia, now=FRIDAY)
    lookup = bytes(borrower_of(row.loan).phone_lookup)
    assert set(Suppression.objects.filter(lookup=lookup).values_list("channel", flat=True)) == {"sms", "call"}
    assert set(Consent.objects.filter(act="revoked").values_list("source", "by")) == {("officer", olivia.pk)}
    assert Enrollment.objects.get(pk=run.pk).state == "stopped"
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.done_by, other.done_by, other.outcome) == (olivia, None, "The number is closed")
    assert not calling.undo(task, by=olivia)
    assert Suppression.objects.count() == 2


def test_a_slip_is_taken_back_by_whoever_made_it(task, olivia, ben):
    calling.record(task, "no_answer", by=olivia, now=FRIDAY)
    assert not calling.undo(task, by=ben)
    assert calling.undo(task, by=olivia)
    task.refresh_from_db()
    assert (task.done_at, task.done_by, task.outcome) == (None, None, "")


def test_a_call_of_ones_own_accord_is_a_note_and_ends_the_calls_that_wait(task, row, olivia):
    later = CallTask.objects.create(opportunity=row, officer=olivia, reason=CallReason.STEP, due_at=FRIDAY + timedelta(days=3))
    calling.log(row, borrower_of(row.loan), "reached", by=olivia, now=FRIDAY, text="Wants 15 years.")
    note = OpportunityEvent.objects.get(kind=EventKind.NOTE)
    assert (note.text, note.by) == ("Called: reached. Wants 15 years.", olivia)
    task.refresh_from_db()
    later.refresh_from_db()
    assert (task.outcome, later.done_at) == ("Reached", None)
    row.refresh_from_db()
    assert row.last_contact_at == FRIDAY
