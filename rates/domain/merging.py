"""What a pull changes: the values a source published, held against the stored ones. `rates.services.pulling` writes the result.

A value is judged by the guard where it is the newest of its series or at most 30 days old; older history needs the range only.
It is compared with the last value that was accepted before it, stored or from the same pull, so that a feed that broke two
days ago can't carry its second bad day in on the first. What a person decided stands: a later correction waits for a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rates.domain import guard
from rates.domain.published import EVERY_LOAN, Published, Refused, Series, Standing


class Key(NamedTuple):
    series: Series
    as_of: date


@dataclass(frozen=True)
class Stored:
    """A row of the table. `published` is what the source said last, `rate` what stands; `decided` by a person."""

    rate: Decimal
    published: Decimal
    apr: Decimal | None
    points: Decimal | None
    quotable: bool
    status: Standing
    awaiting: bool
    decided: bool

    @property
    def accepted(self) -> bool:
        return self.status is Standing.ACCEPTED

    @property
    def standing(self) -> Standing:
        """Of the published value: held while it waits, and refused where another one stands after all."""
        if self.awaiting:
            return Standing.HELD
        return self.status if self.rate == self.published else Standing.REJECTED


class Act(StrEnum):
    ADD = "add"
    """A new row, accepted."""
    ADD_HELD = "add_held"
    """A new row that waits for a person."""
    REVISE = "revise"
    """The value replaces the stored one, accepted."""
    REVISE_HELD = "revise_held"
    """The value replaces a stored one that was held itself, and waits as well."""
    PROPOSE = "propose"
    """The stored value stands; the new one waits for a person."""
    AMEND = "amend"
    """The same rate with another APR, points or `quotable`; what became of the rate stays."""


@dataclass(frozen=True)
class Change:
    act: Act
    value: Published
    reason: str = ""
    prior: Decimal | None = None
    """The rate the guard compared with."""


OUTCOMES = {
    Act.ADD: Standing.ACCEPTED,
    Act.REVISE: Standing.ACCEPTED,
    Act.ADD_HELD: Standing.HELD,
    Act.REVISE_HELD: Standing.HELD,
    Act.PROPOSE: Standing.HELD,
}


@dataclass
class Merge:
    """What to write, what was refused, and what became of the newest value of each series."""

    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unchanged: int = 0
    newest: dict[Series, tuple[Published, Standing]] = field(default_factory=dict)


class Against(NamedTuple):
    """What the first value of a series is judged by: another source's, and whether the same feed is doubted already."""

    other: Decimal | None
    doubted: bool


def merge(
    values: Iterable[Published], stored: Mapping[Key, Stored], today: date, others: Mapping[str, Decimal] | None = None
) -> Merge:
    """`stored` holds, for each series, every row from the first published date on, and the last accepted one before it.

    `others` is what other sources say of each product today: a series without a value of its own is judged by it.
    """
    published: dict[Series, dict[date, Published]] = {}
    for value in values:
        published.setdefault(value.series, {})[value.as_of] = value
    rows: dict[Series, dict[date, Stored]] = {}
    for key, row in stored.items():
        rows.setdefault(key.series, {})[key.as_of] = row
    result = Merge()
    # What is for every loan comes first: where it waits for a person, so does what is for some and has no day before.
    for series in sorted(published, key=lambda one: (one.product, one.bucket != EVERY_LOAN, str(one))):
        broad = result.newest.get(Series(series.product, EVERY_LOAN))
        doubted = series.bucket != EVERY_LOAN and broad is not None and broad[1] is not Standing.ACCEPTED
        against = Against((others or {}).get(series.product), doubted)
        _merge_series(series, published[series], rows.get(series, {}), today, result, against)
    return result


def _merge_series(
    series: Series,
    values: Mapping[date, Published],
    rows: Mapping[date, Stored],
    today: date,
    result: Merge,
    against: Against,
) -> None:
    newest = max(values)
    last: Decimal | None = None
    for as_of in sorted(values.keys() | rows.keys()):
        value, row = values.get(as_of), rows.get(as_of)
        stands = row.rate if row is not None and row.accepted else None
        if value is not None:
            judged = as_of == newest or not guard.is_history(as_of, today)
            change = _change(value, row, last, against, judged=judged)
            if change is None:
                result.unchanged += 1
            elif isinstance(change, Refused):
                result.refused.append(change)
            else:
                result.changes.append(change)
                stands = value.rate if change.act in (Act.ADD, Act.REVISE) else stands
            if as_of == newest:
                result.newest[series] = (value, _standing(change, row))
        last = stands if stands is not None else last


def _standing(change: Change | Refused | None, row: Stored | None) -> Standing:
    if isinstance(change, Refused):
        return Standing.REJECTED
    if change is not None and change.act in OUTCOMES:
        return OUTCOMES[change.act]
    return row.standing if row is not None else Standing.ACCEPTED


def _same(value: Published, row: Stored) -> bool:
    return (value.apr, value.points, value.quotable) == (row.apr, row.points, row.quotable)


def _change(
    value: Published, row: Stored | None, last: Decimal | None, against: Against, *, judged: bool
) -> Change | Refused | None:
    """None where the source says what it said before."""
    if row is not None and value.rate == row.published:
        return None if _same(value, row) else Change(Act.AMEND, value)
    first, last = last is None, against.other if last is None else last
    if judged:
        some = value.bucket != EVERY_LOAN
        reason = guard.reason_to_hold(value.rate, last, of_another_source=first, for_some_loans=some)
        reason = reason or (guard.WITH_THE_REST if first and against.doubted else None)
    else:
        reason = guard.outside_range(value.rate)
    if reason and not judged:
        return Refused(0, value.product, str(value.rate), f"{value.as_of.isoformat()}: {reason}")
    if row is not None and row.decided:
        stands = f"{row.rate:.3f}% stands" if row.accepted else f"{row.rate:.3f}% was refused"
        return Change(Act.PROPOSE, value, f"The source changed a value that a person had decided on; {stands}.", row.rate)
    if reason and row is not None and row.accepted:
        return Change(Act.PROPOSE, value, reason, last)
    if reason:
        return Change(Act.ADD_HELD if row is None else Act.REVISE_HELD, value, reason, last)
    return Change(Act.ADD if row is None else Act.REVISE, value)
