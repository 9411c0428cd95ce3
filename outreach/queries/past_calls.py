"""Booked calls whose time is over: whether somebody has noted what came of them, and which rows are done with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from loans.models import Engagement, EventKind, Opportunity, OpportunityEvent
from outreach.models import Appointment, AppointmentState, CallTask

CALLED = "Called: "
"""How the note of a call begins that nobody had planned; `calling` writes it."""
STAYS = timedelta(days=1)


def less_those_done(rows: QuerySet[Opportunity], now: datetime) -> QuerySet[Opportunity]:
    """Without those whose booked call ended a day ago and has its outcome, unless the borrower has acted since."""
    newest = Appointment.objects.filter(opportunity=OuterRef("pk"), state=AppointmentState.BOOKED).order_by("-starts_at")
    told = OpportunityEvent.objects.filter(
        opportunity=OuterRef("pk"), kind=EventKind.NOTE, text__startswith=CALLED, at__gte=OuterRef("call_began")
    )
    done = CallTask.objects.filter(opportunity=OuterRef("pk"), done_by__isnull=False, done_at__gte=OuterRef("call_began"))
    # The database looks at the parts in this order, and at the calls only of who booked one.
    is_over = (
        Q(engagement=Engagement.BOOKED)
        & Q(call_ended__lt=now - STAYS)
        & (Q(engaged_at__isnull=True) | Q(engaged_at__lte=F("call_ended")))
    )
    return rows.alias(
        call_began=Subquery(newest.values("starts_at")[:1]), call_ended=Subquery(newest.values("ends_at")[:1])
    ).filter(
        Case(
            When(is_over & (Exists(told) | Exists(done)), then=Value(False)),
            default=Value(True),
            output_field=BooleanField(),
        )
    )


def without_outcome(booked: Iterable[Appointment], now: datetime) -> set[int]:
    """The opportunities whose call is over and of which nobody has noted what came of it. Two queries, or none."""
    passed = {one.opportunity_id: one.starts_at for one in booked if one.ends_at < now}
    if not passed:
        return set()
    told = OpportunityEvent.objects.filter(opportunity__in=passed, kind=EventKind.NOTE, text__startswith=CALLED)
    done = CallTask.objects.filter(opportunity__in=passed, done_by__isnull=False, done_at__isnull=False)
    noted = [*told.values_list("opportunity_id", "at"), *done.values_list("opportunity_id", "done_at")]
    return passed.keys() - {pk for pk, at in noted if at is not None and at >= passed[pk]}
