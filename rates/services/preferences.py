"""Changing which source is asked first and which products may borrow a conventional rate. Called by the settings page."""

from django.db import transaction

from rates.domain import sources
from rates.models import SourcePreference, StandIn
from rates.queries import preferences


@transaction.atomic
def move(source: str, *, up: bool) -> None:
    """One place up or down; at the end nothing happens."""
    rows = _locked()
    place = next(index for index, row in enumerate(rows) if row.source == source)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, 1):
        row.position = position
    SourcePreference.objects.bulk_update(rows, ["position"])


@transaction.atomic
def enable(source: str, *, on: bool) -> None:
    """Whether a source is pulled by the clock and counts."""
    row = next(row for row in _locked() if row.source == source)
    row.enabled = on
    row.save(update_fields=["enabled"])


def allow_stand_in(product: str, *, on: bool) -> None:
    """Whether conventional of the same term stands in for a product without a rate of its own."""
    StandIn.objects.update_or_create(product=product, defaults={"enabled": on})


def _locked() -> list[SourcePreference]:
    """All of them, stored and locked, in order."""
    SourcePreference.objects.bulk_create(
        [SourcePreference(source=source, position=place) for place, source in enumerate(sources.ORDER, 1)],
        ignore_conflicts=True,
    )
    list(SourcePreference.objects.select_for_update().order_by("source"))
    return preferences.ordered()
