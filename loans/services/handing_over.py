"""Who looks after a loan: the hand-over of an officer's loans, with or without the officer leaving."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import people
from loans.models import EventKind, Loan, Opportunity, OpportunityEvent
from refidetect.kit import contact_locks


class CannotHandOver(Exception):
    """The hand-over makes no sense; the message says why."""


def hand_over(leaver: User, successor: User | None, *, by: User, deactivate: bool, now: datetime) -> int:
    """Gives every loan of an officer to another, or with None to the branch manager; returns how many.

    The loans keep their branch unless the successor works in another. With `deactivate` the officer can't sign in any more, and
    both happen or neither.
    """
    with transaction.atomic():
        # What is on its way in the leaver's name is waited for; nothing in that name begins after this.
        contact_locks.close(contact_locks.officer(leaver.pk))
        if successor is not None:
            # Whoever is let go of at this very moment is waited for.
            successor = User.objects.select_for_update(of=("self",)).filter(pk=successor.pk, is_active=True).first()
            if successor is None or successor.pk == leaver.pk:
                raise CannotHandOver("Choose an active colleague.")
        open_ones = Opportunity.objects.open().filter(loan__officer=leaver).order_by("pk").select_for_update(of=("self",))
        to = str(successor) if successor else "the branch manager"
        OpportunityEvent.objects.bulk_create(
            [
                OpportunityEvent(opportunity_id=pk, kind=EventKind.REASSIGNED, by=by, text=f"From {leaver} to {to}")
                for pk in open_ones.values_list("pk", flat=True)
            ],
            batch_size=5000,
        )
        fields: dict[str, object] = {"officer": successor}
        if successor is not None and successor.branch_id is not None:
            fields["branch"] = successor.branch_id
        moved = Loan.objects.filter(officer=leaver).update(**fields)
        if deactivate:
            people.deactivate(leaver, by, now=now)
    return moved
