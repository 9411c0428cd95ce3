"""Where rows stand in a ranked queue: one page of it, and what stands before and after one row.

The rows that come in here are lean: visible, filtered, nothing joined. The planner then ranks ids alone, and only the rows that
are shown are read with their loan, officer and client.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

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


def place(rows: Rows, order: str, row: Opportunity) -> Place:
    """Three queries. Works for a row that has left the queue: its neighbors are those of its figures."""
    before, after = _beyond(row, order, ahead=True), _beyond(row, order, ahead=False)
    counts = rows.aggregate(all=Count("pk"), ahead=Count("pk", filter=before), among=Count("pk", filter=Q(pk=row.pk)))
    return Place(
        rank=counts["ahead"] + 1 if counts["among"] else None,
        count=counts["all"],
        previous=opportunities.ordered(rows.filter(before), order).reverse().first(),
        next=opportunities.ordered(rows.filter(after), order).first(),
    )


def _beyond(row: Opportunity, order: str, *, ahead: bool) -> Q:
    """The condition on rows that stand ahead of the row, or behind it."""
    column, name = opportunities.order_by(order), opportunities.order_column(order)
    value = getattr(row, name)
    tie = Q(**{f"loan_number__{'lt' if ahead else 'gt'}": row.loan_number})
    unknown = Q(**{f"{name}__isnull": True})
    unknown_ahead = bool(column.nulls_first)
    if value is None:
        others = ~unknown if ahead != unknown_ahead else Q(pk__in=())
        return others | (unknown & tie)
    larger = column.descending == ahead
    beyond = Q(**{f"{name}__{'gt' if larger else 'lt'}": value}) | (Q(**{name: value}) & tie)
    return beyond | unknown if ahead == unknown_ahead else beyond
