"""The inbox in SQL: one statement that keeps a batch, what waits, and what nobody could apply."""

from datetime import datetime

from django.db.models import Q, QuerySet

from outreach.models import InboxItem

MOST_TRIES = 10

# Whatever is known under either key is left out, also within the batch.
STORE = """
INSERT INTO outreach_inboxitem (source, kind, dedupe_key, semantic_key, urgent, payload, received_at, tries, outcome)
SELECT source, kind, dedupe_key, semantic_key, urgent, payload, %(now)s, 0, ''
FROM unnest(%(source)s::text[], %(kind)s::text[], %(dedupe_key)s::text[], %(semantic_key)s::text[], %(urgent)s::boolean[],
  %(payload)s::bytea[]) WITH ORDINALITY AS told(source, kind, dedupe_key, semantic_key, urgent, payload, place)
ORDER BY place
ON CONFLICT DO NOTHING"""


def waiting(now: datetime) -> QuerySet[InboxItem]:
    """What is to be applied now, stops before news of delivery, in the order in which it came."""
    due = Q(try_after__isnull=True) | Q(try_after__lte=now)
    return InboxItem.objects.filter(due, applied_at__isnull=True, tries__lt=MOST_TRIES).order_by("-urgent", "pk")


def given_up() -> QuerySet[InboxItem]:
    """What could not be applied in ten tries: a person has to look."""
    return InboxItem.objects.filter(applied_at__isnull=True, tries__gte=MOST_TRIES).order_by("pk")


def oldest_waiting() -> datetime | None:
    """Since when the oldest item waits that is still being tried."""
    rows = InboxItem.objects.filter(applied_at__isnull=True, tries__lt=MOST_TRIES).order_by("received_at")
    return rows.values_list("received_at", flat=True).first()
