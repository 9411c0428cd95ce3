"""Writing what a source published: one transaction, a few statements, whatever the number of values.

Called by `rates.services.pulling`. What changes is decided by `rates.domain.merging`; here it is read and written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from rates.domain import merging, products, sources
from rates.domain.merging import Act, Change, Key, Merge, Stored
from rates.domain.published import EVERY_LOAN, Bucket, Published, Reading, Refused, Series, Standing
from rates.models import Pull, Rate, SourcePreference
from rates.queries import market

KEPT_ERRORS = 200
DAYS_AHEAD = 7
"""A sheet may be dated a little ahead; further is a typing error that would sit on top for years."""
BUCKET = ("ltv_over", "ltv_to", "score_from", "score_to")
STORED = (
    "product",
    *BUCKET,
    "as_of",
    "id",
    "rate",
    "published",
    "apr",
    "points",
    "quotable",
    "status",
    "awaiting",
    "decided_at",
)
CHANGING = (
    "rate",
    "published",
    "apr",
    "points",
    "quotable",
    "status",
    "awaiting",
    "reason",
    "prior",
    "decided_by",
    "decided_at",
    "pull",
)


@dataclass(frozen=True)
class Newest:
    """The newest value a pull held for a product, and what became of it."""

    rate: str
    as_of: date
    status: Standing


def record(pull: Pull, reading: Reading, *, today: date) -> dict[str, Newest]:
    """Writes the values up to `pull.as_of_cut`, fills in the pull's counts and saves it. The same again changes nothing."""
    values, refused = _taken(pull, reading, today)
    reference = min(today, pull.as_of_cut) if pull.as_of_cut else today
    with transaction.atomic():
        _one_at_a_time(pull.source)
        stored, ids = _stored(pull.source, values)
        merge = merging.merge(values, stored, reference, market.of_others(pull.source, reference))
        merge.refused[:0] = refused
        _count(pull, merge)
        pull.save()
        _write(pull, merge.changes, ids)
    return {
        series.product: Newest(str(value.rate), value.as_of, standing)
        for series, (value, standing) in sorted(merge.newest.items(), key=_place)
    }


def _place(item: tuple[Series, object]) -> tuple[int, bool]:
    """The order of the products; the value for every loan last, so that it is the one that is kept."""
    series, _ = item
    return list(products.PUBLISHED).index(series.product), series.bucket == EVERY_LOAN


def _taken(pull: Pull, reading: Reading, today: date) -> tuple[list[Published], list[Refused]]:
    """Without what comes after the cut, and without a sheet's dates that lie far ahead."""
    refused = list(reading.refused)
    if pull.as_of_cut is not None:
        return [value for value in reading.rows if value.as_of <= pull.as_of_cut], refused
    ahead = today + timedelta(days=DAYS_AHEAD)
    if sources.SOURCES[pull.source].network:
        return list(reading.rows), refused
    for value in reading.rows:
        if value.as_of > ahead:
            refused.append(Refused(0, value.product, value.as_of.isoformat(), f"is more than {DAYS_AHEAD} days ahead"))
    return [value for value in reading.rows if value.as_of <= ahead], refused


def _one_at_a_time(source: str) -> None:
    """Two pulls of one source wait for each other, so that each is held against what the other wrote."""
    preference, _ = SourcePreference.objects.get_or_create(
        source=source, defaults={"position": sources.ORDER.index(source) + 1}
    )
    SourcePreference.objects.select_for_update().get(pk=preference.pk)


def _stored(source: str, values: Sequence[Published]) -> tuple[dict[Key, Stored], dict[Key, int]]:
    """Every row from the first of these dates on, and of each series the last accepted one before it."""
    stored: dict[Key, Stored] = {}
    ids: dict[Key, int] = {}
    if not values:
        return stored, ids
    rows = Rate.objects.filter(source=source, product__in={value.product for value in values}).order_by()
    first = min(value.as_of for value in values)
    earlier = rows.filter(as_of__lt=first, status=Rate.Status.ACCEPTED)
    for queryset in (
        rows.filter(as_of__gte=first),
        earlier.order_by("product", *BUCKET, "-as_of").distinct("product", *BUCKET),
    ):
        for key, row_id, row in _read(queryset):
            stored[key], ids[key] = row, row_id
    return stored, ids


def _read(queryset: QuerySet[Rate]) -> Iterable[tuple[Key, int, Stored]]:
    for product, over, to, low, high, as_of, row_id, *terms in queryset.values_list(*STORED):
        rate, published, apr, points, quotable, status, awaiting, decided_at = terms
        key = Key(Series(product, Bucket(over, to, low, high)), as_of)
        yield key, row_id, Stored(rate, published, apr, points, quotable, Standing(status), awaiting, decided_at is not None)


def _count(pull: Pull, merge: Merge) -> None:
    acts = [change.act for change in merge.changes]
    pull.added = acts.count(Act.ADD)
    pull.revised = acts.count(Act.REVISE) + acts.count(Act.AMEND)
    pull.held = len(acts) - pull.added - pull.revised
    pull.unchanged = merge.unchanged
    pull.rejected = len(merge.refused)
    pull.read = len(acts) + pull.unchanged + pull.rejected
    pull.errors = [asdict(refused) for refused in merge.refused[:KEPT_ERRORS]]
    pull.outcome = Pull.Outcome.HELD if pull.held else Pull.Outcome.PARTLY if pull.rejected else Pull.Outcome.DONE
    pull.message = _sentence(pull, merge)


def _sentence(pull: Pull, merge: Merge) -> str:
    if not pull.read:
        return f"Nothing on or before {pull.as_of_cut.isoformat()}." if pull.as_of_cut else "Nothing new since the last pull."
    newest = max((value.as_of for value, _ in merge.newest.values()), default=None)
    parts = [f"{pull.added:,} new, {pull.revised:,} revised, {pull.unchanged:,} unchanged."]
    if newest:
        parts.append(f"Newest {newest:%b} {newest.day}, {newest.year}.")
    if pull.held:
        parts.append(f"{pull.held:,} held for a person; the old rate stands.")
    if pull.rejected:
        parts.append(f"{pull.rejected:,} rejected, first {merge.refused[0]}.")
    return " ".join(parts)


def _write(pull: Pull, changes: Sequence[Change], ids: dict[Key, int]) -> None:
    existing = {Key(change.value.series, change.value.as_of): change for change in changes if _key(change) in ids}
    added = [_row(pull, change) for change in changes if _key(change) not in ids]
    Rate.objects.bulk_create(added, ignore_conflicts=True)
    rows = Rate.objects.in_bulk([ids[key] for key in existing])
    for key, change in existing.items():
        _apply(rows[ids[key]], change, pull)
    if rows:
        Rate.objects.bulk_create(rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=CHANGING)


def _key(change: Change) -> Key:
    return Key(change.value.series, change.value.as_of)


def _row(pull: Pull, change: Change) -> Rate:
    value = change.value
    row = Rate(product=value.product, as_of=value.as_of, source=pull.source, **value.bucket._asdict())
    _apply(row, change, pull)
    return row


def _apply(row: Rate, change: Change, pull: Pull) -> None:
    value, act = change.value, change.act
    row.pull = pull
    row.apr, row.points, row.quotable = value.apr, value.points, value.quotable
    if act is Act.AMEND:
        return
    row.published = value.rate
    row.reason, row.prior = change.reason, change.prior
    row.awaiting = act in (Act.ADD_HELD, Act.REVISE_HELD, Act.PROPOSE)
    if act is not Act.PROPOSE:
        row.rate = value.rate
        row.status = Rate.Status.HELD if row.awaiting else Rate.Status.ACCEPTED
