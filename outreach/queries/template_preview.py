"""The loans that a template can be tried on: those of the reader's own rows, as a message would be filled from them."""

from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import License, User
from loans.models import EventKind, MatchRun, Opportunity, OpportunityEvent
from loans.queries import opportunities
from outreach.models import Touch

CHOICES = 25
NO_MESSAGE = "preview"
"""Stands in links where a message has its own token; no page answers to it."""


def choices(user: User) -> list[Opportunity]:
    """The first opportunities of the reader's queue, to choose an example from."""
    return list(opportunities.queue(user)[:CHOICES])


def stand_in(user: User, opportunity_id: int) -> Any:
    """A touch that is never saved, with what filling reads of it, for an opportunity the reader sees. None for any other."""
    of_the_day = MatchRun.objects.filter(as_of=OuterRef("as_of")).order_by("-pk")
    licensed = License.objects.filter(officer=OuterRef("loan__officer"), state=OuterRef("loan__property_state"))
    handed_over = OpportunityEvent.objects.filter(opportunity__loan=OuterRef("loan"), kind=EventKind.REASSIGNED)
    row = (
        Opportunity.objects.visible_to(user)
        .select_related("loan__officer")
        .annotate(
            run_rates=Subquery(of_the_day.values("rates")[:1]),
            licensed_in=Subquery(licensed.values("state")[:1]),
            handed_over=Exists(handed_over),
        )
        .filter(pk=opportunity_id)
        .first()
    )
    borrower = row.loan.borrowers.order_by("position").first() if row else None
    if row is None or borrower is None:
        return None
    # A loan without an officer is the manager's; whoever looks stands in.
    touch: Any = Touch(opportunity=row, borrower=borrower, officer=row.loan.officer or user, link_token=NO_MESSAGE)
    touch.run_rates, touch.licensed_in, touch.handed_over = row.run_rates, row.licensed_in, row.handed_over
    return touch
