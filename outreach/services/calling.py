"""What came of a call that somebody made, and taking it back where it was a slip of the hand."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from loans.services import acting, progress
from outreach.models import CallTask, Channel, ConsentSource
from outreach.queries import call_list, consents, past_calls
from outreach.services import consent

OUTCOMES = {
    "reached": "Reached",
    "voicemail": "Left a voicemail",
    "no_answer": "No answer",
    "wrong_number": "Wrong number",
    "no_more_calls": "Asked not to be called",
}
"""What can come of a call. The last two close the number: whoever answers there does not want us."""
CLOSE_THE_NUMBER = ("wrong_number", "no_more_calls")


class CannotRecord(Exception):
    """The outcome does not fit the call any more; the message says why."""


def record(task: Any, outcome: str, *, by: User, now: datetime) -> None:
    """Writes down what came of a call that waits. Raises CannotRecord where somebody has done so already."""
    _known(outcome)
    who = call_list.callee(task)
    with transaction.atomic():
        if outcome in CLOSE_THE_NUMBER:
            # The stop in it closes every call that waits, this one too, so it is claimed after.
            _close(task.opportunity_id, who, outcome, by, now)
            _claim(task, outcome, by, now, done_by_a_stop=True)
        else:
            _claim(task, outcome, by, now)
        progress.contacted(task.opportunity_id, at=now)


def log(row: Any, borrower: Any, outcome: str, *, by: User, now: datetime, text: str = "") -> None:
    """A call that nobody had planned: a note of it, and the contact. Calls that wait for the opportunity are done with it."""
    _known(outcome)
    with transaction.atomic():
        if outcome in CLOSE_THE_NUMBER:
            _close(row.pk, borrower, outcome, by, now)
        waiting = CallTask.objects.filter(opportunity=row, done_at=None, due_at__lte=now)
        waiting.update(done_at=now, done_by=by, outcome=OUTCOMES[outcome])
        note = f"{past_calls.CALLED}{OUTCOMES[outcome].lower()}." + (f" {text.strip()}" if text.strip() else "")
        acting.note(row, text=note[:2000], by=by)
        progress.contacted(row.pk, at=now)


def undo(task: Any, *, by: User) -> bool:
    """The call waits again. False for what somebody else wrote down, and for a number that was closed by it."""
    closed = [OUTCOMES[outcome] for outcome in CLOSE_THE_NUMBER]
    mine = CallTask.objects.filter(pk=task.pk, done_by=by).exclude(outcome__in=closed)
    return mine.update(done_at=None, done_by=None, outcome="") == 1


def _known(outcome: str) -> None:
    if outcome not in OUTCOMES:
        raise CannotRecord("Choose what came of the call.")


def _claim(task: Any, outcome: str, by: User, now: datetime, *, done_by_a_stop: bool = False) -> None:
    rows = CallTask.objects.filter(pk=task.pk, done_by=None)
    rows = rows if done_by_a_stop else rows.filter(done_at=None)
    if rows.update(done_at=now, done_by=by, outcome=OUTCOMES[outcome]) != 1:
        raise CannotRecord("Somebody has written down this call already.")


def _close(opportunity_id: int, borrower: Any, outcome: str, by: User, now: datetime) -> None:
    """Neither calls nor texts go to the number any more, and every conversation with it stops."""
    if borrower is None:
        return
    lookups = consents.lookups(borrower, (Channel.SMS, Channel.CALL))
    words = f"{OUTCOMES[outcome]}, told by phone."
    consent.revoke(lookups, source=ConsentSource.OFFICER, at=now, borrower=borrower, words=words, by=by)
    waiting = CallTask.objects.filter(opportunity_id=opportunity_id, done_at=None)
    waiting.update(done_at=now, outcome="The number is closed")
