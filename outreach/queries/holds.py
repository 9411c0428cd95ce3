"""When a conversation was paused and resumed, and by whom: lines in the history of its opportunity."""

from django.db.models import F, QuerySet

from loans.models import EventKind, OpportunityEvent

PAUSED, RESUMED = "Conversation paused.", "Conversation resumed."
"""What the lines say; `stopping` writes them."""


def of(opportunity_id: int) -> QuerySet[OpportunityEvent]:
    """The lines of an opportunity, newest first, with whoever it was. A note that somebody typed is none of them."""
    lines = OpportunityEvent.objects.filter(opportunity=opportunity_id, kind=EventKind.NOTE, text__in=(PAUSED, RESUMED))
    # A typed note names no status.
    return lines.filter(from_status=F("to_status")).exclude(to_status="").select_related("by")


def is_one(event: OpportunityEvent) -> bool:
    """Whether a line of the history is one of these."""
    typed = not event.to_status
    return event.kind == EventKind.NOTE and not typed and event.text in (PAUSED, RESUMED)
