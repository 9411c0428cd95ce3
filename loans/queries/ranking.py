"""Where rows stand in a ranked queue: one page of it, and what stands before and after one row.

The rows that come in here are lean: visible, filtered, nothing joined. The planner then ranks ids alone, and only the rows that
are shown are read with their loan, officer and client.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from loans.models import Opportunity
from loans.queries import opportunities

Rows = QuerySet[Opportunity]


def page(user: User, rows: Rows, order: str, *, start: int, size: int, count: int) -> list[Opportunity]:
    """Of `count` rows those from `start`, ranked, with what the queue shows of them. The far half is read from the end."""
    ranked = opportunities.ordered(rows, order).values("pk")
    end = min(start + size, count)
    ids = ranked[start:end] if start <= count // 2 else ranked.reverse()[count - end : count - start]
    return list(opportunities.ordered(opportunities.visible(user).filter(pk__in=ids), order)) if count else []


@dataclass(frozen=True)
class Place:
    """Where one row stands: `rank` is None where it is not among the rows."""

    rank: int | None
    count: int
    previous: Opportunity | None
    next: Opportunity | None


def place(rows: Rows, order: str, row: Opportunity, *, count: int) -> Place:
    """Among `count` rows. Works for a row that has left the queue too: its neighbors are those of its figures."""
    ahead, behind = _beyond(row, order, ahead=True), _beyond(row, order, ahead=False)
    among = rows.filter(pk=row.pk).exists()
    ranked = opportunities.ordered(rows, order)
    return Place(
        rank=sum(rows.filter(part).count() for part in ahead) + 1 if among else None,
        count=count,
        previous=_first(ranked.reverse(), ahead),
        next=_first(ranked, behind),
    )


def _first(ranked: Rows, parts: list[Q]) -> Opportunity | None:
    found = (ranked.filter(part).first() for part in parts)
    return next((row for row in found if row is not None), None)


def _beyond(row: Opportunity, order: str, *, ahead: bool) -> list[Q]:
    """What stands ahead of the row, or behind it, the nearer part first. Each part is a range that an index can answer."""
    column, name = opportunities.order_by(order), opportunities.order_column(order)
    value = getattr(row, name)
    tie = Q(**{f"loan_number__{'lt' if ahead else 'gt'}": row.loan_number})
    unknown = Q(**{f"{name}__isnull": True})
    unknown_are_there = ahead == bool(column.nulls_first)
    if value is None:
        return [unknown & tie] if unknown_are_there else [unknown & tie, ~unknown]
    larger = "gt" if column.descending == ahead else "lt"
    # The first condition says nothing new; it is what makes a range of the rest.
    nearer = Q(**{f"{name}__{larger}e": value}) & (Q(**{f"{name}__{larger}": value}) | tie)
    return [nearer, unknown] if unknown_are_there else [nearer]
