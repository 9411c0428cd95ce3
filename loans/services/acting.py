"""What a person does with an opportunity: archive, snooze, bring back, note. Each act is one claim and one event.

Every act starts by claiming the row in the state it expects, so that of two people who press at once one is told.
"""

from datetime import date, timedelta

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from loans.models import EventKind, Opportunity, OpportunityEvent, OpportunityStatus
from refidetect.kit import contact_locks

ARCHIVE_REASONS = {
    "not_interested": "Not interested",
    "not_now": "Not now",
    "not_this_year": "Not this year",
    "selling": "Selling the home",
    "refinanced_elsewhere": "Refinanced elsewhere",
    "does_not_qualify": "Would not qualify",
    "wrong_figures": "The figures are wrong",
    "never": "Never contact about refinancing",
}
"""Why a loan is taken out of the queue. "never" keeps the borrower out for good, on every loan; "not this year" for a year."""

NEVER, NOT_THIS_YEAR = "never", "not_this_year"
SLIP_OF_THE_HAND = timedelta(days=1)
LONGEST_SNOOZE_DAYS = 365
_BEFORE_SNOOZE = (OpportunityStatus.NEW, OpportunityStatus.CONTACTING, OpportunityStatus.ENGAGED, OpportunityStatus.APPOINTMENT)


class CannotAct(Exception):
    """The act does not fit the opportunity any more; the message says why."""


class WrongDay(CannotAct):
    """The day is none to snooze until, whatever the opportunity."""


def archive(opportunity: Opportunity, *, reason: str, by: User | None, today: date, text: str = "") -> None:
    """Takes an open opportunity out of the queue. Raises CannotAct where it is closed already or the reason is unknown.

    With `by` None it is the borrower's own word, which also holds for one that had expired or was archived.
    """
    if reason not in ARCHIVE_REASONS:
        raise CannotAct("Choose a reason.")
    _move(
        opportunity,
        OpportunityStatus.open() if by else (*OpportunityStatus.open(), OpportunityStatus.EXPIRED, OpportunityStatus.ARCHIVED),
        OpportunityStatus.ARCHIVED,
        EventKind.ARCHIVED,
        by=by,
        text=text or ARCHIVE_REASONS[reason],
        reason=reason,
        closed_on=today,
        snoozed_until=None,
        status_before_snooze="",
    )


def snooze(opportunity: Opportunity, *, until: date, by: User, today: date) -> None:
    """Out of the queue until a day, when it comes back by itself. Raises WrongDay for one not ahead or too far."""
    if not 0 < (until - today).days <= LONGEST_SNOOZE_DAYS:
        raise WrongDay("Choose a day from tomorrow to a year ahead.")
    _move(
        opportunity,
        _BEFORE_SNOOZE,
        OpportunityStatus.SNOOZED,
        EventKind.SNOOZED,
        by=by,
        text=f"Until {until:%B} {until.day}, {until.year}",
        snoozed_until=until,
        status_before_snooze=F("status"),
    )


def bring_back(opportunity: Opportunity, *, by: User) -> None:
    """Undoes a snooze or an archiving: the opportunity is again what it was, or new where it was snoozed when archived.

    Raises CannotAct where the loan has another open opportunity. "Never contact" is the borrower's word: only whoever
    archived so takes it back, within a day, for a slip of the hand.
    """
    if opportunity.status == OpportunityStatus.SNOOZED:
        _move(
            opportunity,
            (OpportunityStatus.SNOOZED,),
            opportunity.status_before_snooze,
            EventKind.WOKE,
            by=by,
            snoozed_until=None,
            status_before_snooze="",
        )
        return
    archived = opportunity.events.filter(kind=EventKind.ARCHIVED).order_by("-id").first()
    if opportunity.reason == NEVER and not _is_slip(archived, by):
        raise CannotAct("The borrower is never to be contacted about refinancing; that is not taken back here.")
    before = archived.from_status if archived else ""
    try:
        _move(
            opportunity,
            (OpportunityStatus.ARCHIVED,),
            before if before in OpportunityStatus.open() and before != OpportunityStatus.SNOOZED else OpportunityStatus.NEW,
            EventKind.REOPENED,
            by=by,
            reason="",
            closed_on=None,
        )
    except IntegrityError as error:
        opportunity.refresh_from_db()
        raise CannotAct("The loan has another open opportunity.") from error


def _is_slip(archived: OpportunityEvent | None, by: User) -> bool:
    return archived is not None and archived.by_id == by.pk and timezone.now() - archived.at < SLIP_OF_THE_HAND


def note(opportunity: Opportunity, *, text: str, by: User) -> None:
    """Adds a note to the history. Raises CannotAct for an empty or overlong one."""
    text = text.strip()
    if not 0 < len(text) <= 2000:
        raise CannotAct("Write a note of 1 to 2,000 characters.")
    OpportunityEvent.objects.create(opportunity=opportunity, kind=EventKind.NOTE, by=by, text=text)


def tell(opportunity_id: int, *, text: str, by: User) -> None:
    """A line of the history that an act wrote and nobody typed: it names the status, which stays as it is."""
    status = Opportunity.objects.values_list("status", flat=True).get(pk=opportunity_id)
    OpportunityEvent.objects.create(
        opportunity_id=opportunity_id, kind=EventKind.NOTE, by=by, from_status=status, to_status=status, text=text
    )


def _move(
    opportunity: Opportunity,
    expected: tuple[str, ...],
    status: str,
    kind: EventKind,
    *,
    by: User | None,
    text: str = "",
    **fields: object,
) -> None:
    """Claims the row in an expected state and tells it in the history; the instance is read again."""
    # Archiving and snoozing end sending: whoever sends holds the same lock, so nothing begins after this has committed.
    with contact_locks.contact_lock([contact_locks.loan(opportunity.loan_id)]):
        before = opportunity.status
        claimed = Opportunity.objects.filter(pk=opportunity.pk, status=before, status__in=expected)
        if before not in expected or claimed.update(status=status, **fields) != 1:
            opportunity.refresh_from_db()
            raise CannotAct(f"This opportunity is {opportunity.get_status_display().lower()} now.")
        OpportunityEvent.objects.create(
            opportunity=opportunity, kind=kind, by=by, from_status=before, to_status=status, text=text
        )
    opportunity.refresh_from_db()
