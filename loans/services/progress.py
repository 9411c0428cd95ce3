"""How far an opportunity has come: contacted, engaged, appointment, application, closed, lost. Called by whoever hears of it.

Each act is one conditional update and one line of the history, in the caller's transaction; told twice, it happens once. Acts
that end sending are called by somebody who holds the loan's lock (`refidetect.kit.contact_locks`).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Value, When
from django.db.models.functions import Greatest

from accounts.models import User
from loans.models import Engagement, EventKind, Loan, LoanStatus, Opportunity, OpportunityEvent, OpportunityStatus
from loans.queries import scoring

S = OpportunityStatus
_TALKING = (S.NEW.value, S.CONTACTING.value)
_BEFORE_APPOINTMENT = (*_TALKING, S.ENGAGED.value)
_BEFORE_APPLICATION = (*_BEFORE_APPOINTMENT, S.APPOINTMENT.value, S.SNOOZED.value)
_BEFORE_END = (*_BEFORE_APPLICATION, S.APPLICATION.value)


_CONTACTED = """
WITH before AS (SELECT id, status FROM loans_opportunity WHERE id = %(id)s FOR UPDATE),
row AS (
  UPDATE loans_opportunity o SET last_contact_at = greatest(o.last_contact_at, %(at)s), engagement = greatest(o.engagement, 1),
    status = CASE WHEN o.status = 'new' THEN 'contacting' ELSE o.status END
  FROM before WHERE o.id = before.id
)
INSERT INTO loans_opportunityevent (opportunity_id, kind, at, from_status, to_status, text)
SELECT id, 'contacted', %(at)s, 'new', 'contacting', '' FROM before WHERE status = 'new'"""


# Whoever has answered since it was chosen is further than contacting, and stays.
_LAPSED = """
WITH expired AS (
  UPDATE loans_opportunity SET status = 'expired', closed_on = %(on)s WHERE id = ANY(%(ids)s) AND status = 'contacting'
  RETURNING id
)
INSERT INTO loans_opportunityevent (opportunity_id, kind, at, from_status, to_status, text)
SELECT id, 'expired', now(), 'contacting', 'expired', '' FROM expired"""


def contacted(opportunity_id: int, *, at: datetime) -> None:
    """Something went out, or somebody called. A new one becomes contacting. One statement, as every message makes it.

    What we do earns no points of the score, so that stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTED, {"id": opportunity_id, "at": at})


def noticed(opportunity_id: int, engagement: Engagement, *, at: datetime) -> None:
    """A person opened or read something; the status stays."""
    behind = Opportunity.objects.filter(pk=opportunity_id, engagement__lt=engagement)
    behind.update(engagement=engagement, engaged_at=at, score=_score(Value(engagement.value)))


def engaged(opportunity_id: int, engagement: Engagement, *, at: datetime, text: str = "") -> bool:
    """The borrower acted: replied, asked, looked at times. False where the opportunity was further already."""
    _engagement(opportunity_id, engagement, at)
    return _advance(opportunity_id, _TALKING, S.ENGAGED, EventKind.ENGAGED, text=text)


def booked(opportunity_id: int, *, at: datetime, text: str = "") -> bool:
    """A call was agreed on."""
    _engagement(opportunity_id, Engagement.BOOKED, at)
    return _advance(opportunity_id, _BEFORE_APPOINTMENT, S.APPOINTMENT, EventKind.BOOKED, text=text)


def canceled(opportunity_id: int, *, text: str = "") -> bool:
    """The call was called off and not moved: engaged again."""
    return _advance(opportunity_id, (S.APPOINTMENT.value,), S.ENGAGED, EventKind.CANCELED, text=text)


def applied(loan: Loan, *, at: datetime, by: User | None = None, text: str = "") -> int | None:
    """The LOS has an application of the loan's borrower; returns the opportunity it belongs to, if one is open."""
    Loan.objects.filter(pk=loan.pk, status=LoanStatus.ACTIVE).update(status=LoanStatus.IN_APPLICATION)
    row = Opportunity.objects.open().filter(loan=loan).first()
    if row is None:
        return None
    _engagement(row.pk, Engagement.APPLIED, at)
    _advance(row.pk, _BEFORE_APPLICATION, S.APPLICATION, EventKind.APPLIED, by=by, text=text)
    return row.pk


def closed(loan: Loan, *, on: date, by: User | None = None, text: str = "") -> int | None:
    """We refinanced the loan; returns the opportunity it closes, if one is open. The old loan is paid off by it."""
    Loan.objects.filter(pk=loan.pk).exclude(status=LoanStatus.PAID_OFF).update(
        status=LoanStatus.PAID_OFF, last_refinanced_on=Greatest("last_refinanced_on", Value(on))
    )
    return _end(loan, S.CLOSED, EventKind.CLOSED, on=on, by=by, text=text)


def lost(loan: Loan, *, on: date, by: User | None = None, text: str = "") -> int | None:
    """The loan was paid off, and not by us; returns the opportunity it ends, if one is open."""
    Loan.objects.filter(pk=loan.pk).exclude(status=LoanStatus.PAID_OFF).update(status=LoanStatus.PAID_OFF)
    return _end(loan, S.LOST, EventKind.LOST, on=on, by=by, text=text)


def lapsed(ids: Iterable[int], *, on: date) -> int:
    """The conversation came to nothing and the loan is not worth refinancing any more; returns how many expired."""
    with connection.cursor() as cursor:
        cursor.execute(_LAPSED, {"ids": list(ids), "on": on})
        return int(cursor.rowcount)


def _end(loan: Loan, status: OpportunityStatus, kind: EventKind, *, on: date, by: User | None, text: str) -> int | None:
    row = Opportunity.objects.open().filter(loan=loan).first()
    if row is None:
        return None
    cleared = {"closed_on": on, "snoozed_until": None, "status_before_snooze": ""}
    _advance(row.pk, _BEFORE_END, status, kind, by=by, text=text, **cleared)
    return row.pk


def _engagement(opportunity_id: int, engagement: Engagement, at: datetime) -> None:
    furthest = Greatest("engagement", engagement)
    Opportunity.objects.filter(pk=opportunity_id).update(
        engagement=furthest, engaged_at=Greatest("engaged_at", Value(at)), score=_score(furthest)
    )


def _score(engagement: Any) -> Any:
    """By what the borrower has done by now; one that no match has scored waits for the next."""
    scored = scoring.column(scoring.weights(), engagement=engagement)
    return Case(When(score__isnull=False, then=scored), default=None)


def _advance(
    opportunity_id: int,
    expected: tuple[str, ...],
    status: OpportunityStatus,
    kind: EventKind,
    *,
    by: User | None = None,
    text: str = "",
    **fields: object,
) -> bool:
    row = Opportunity.objects.select_for_update().filter(pk=opportunity_id, status__in=expected).first()
    if row is None:
        return False
    if status == S.APPLICATION:
        fields |= {"snoozed_until": None, "status_before_snooze": ""}
    Opportunity.objects.filter(pk=row.pk).update(status=status, **fields)
    OpportunityEvent.objects.create(
        opportunity=row, kind=kind, by=by, from_status=row.status, to_status=status, text=text[:2000]
    )
    return True
