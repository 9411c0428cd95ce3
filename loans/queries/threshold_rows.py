"""The thresholds that were ever set: what counts for a scope today, what is to count, and the list of past changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import User
from loans.domain.tuning import Scope
from loans.models import Threshold
from loans.queries import rule_rows

SHOWN = 50
ORDER = ("effective_from", "id")


def of(scope: Scope) -> list[Threshold]:
    """Every row that was added for exactly these loans, in the order in which they were to count. One query."""
    rows = Threshold.objects.select_related("branch", "by").order_by(*ORDER)
    return list(
        rows.filter(
            branch=scope.branch_id,
            family=scope.family,
            balance_from=scope.balance_from,
            balance_below=scope.balance_below,
        )
    )


def scope_of(row: Threshold) -> Scope:
    return Scope(row.branch_id, row.family, row.balance_from, row.balance_below)


def spread(row: Threshold | None) -> Decimal | None:
    """What a row sets, in percentage points; none where it takes an earlier one back, or is none."""
    return row.spread if row else None


@dataclass(frozen=True)
class Standing:
    """How a scope stands: its own row that counts today, the change that is to come, and the newest row that was added."""

    own: Threshold | None
    pending: Threshold | None
    newest: int | None

    @property
    def spread(self) -> Decimal | None:
        return spread(self.own)


def standing(rows: Sequence[Threshold], today: date) -> Standing:
    """`rows` in the order in which they were to count."""
    newest = max((row.pk for row in rows), default=None)
    return Standing(rule_rows.counting(rows, today), _pending(rows, today), newest)


def _pending(rows: Sequence[Threshold], today: date) -> Threshold | None:
    """The next row that changes something; one that was taken back before its day changes nothing."""
    for day in sorted({row.effective_from for row in rows if row.effective_from > today}):
        then = rule_rows.counting(rows, day)
        if then and then.spread != before(rows, then):
            return then
    return None


def before(rows: Sequence[Threshold], row: Threshold) -> Decimal | None:
    """What counts for the scope on the day before a row begins; what the row changes."""
    return spread(rule_rows.counting(rows, row.effective_from - timedelta(days=1)))


@dataclass(frozen=True)
class Change:
    """One row of the past changes. `before` is what it replaced: none where the scope had no threshold of its own.

    `until` is its last day where another followed; `begun` is false for one that was replaced before it counted,
    `pending` true for the one that is to come.
    """

    row: Threshold
    before: Decimal | None
    until: date | None
    begun: bool
    pending: bool


def changes(user: User, today: date) -> list[Change]:
    """Those that concern loans the user may see, newest first. One query."""
    every = list(visible(user))
    together: dict[Scope, list[Threshold]] = {}
    for row in every:
        together.setdefault(scope_of(row), []).append(row)
    for same in together.values():
        same.sort(key=lambda row: (row.effective_from, row.pk))
    return [_told(row, together[scope_of(row)], today) for row in list(reversed(every))[:SHOWN]]


def visible(user: User) -> QuerySet[Threshold]:
    """Rows that concern loans of the branches the user may see, in the order in which they were added."""
    rows = Threshold.objects.select_related("branch", "by").order_by("pk")
    return rows if user.sees_every_branch else rows.filter(Q(branch=None) | Q(branch=user.branch_id))


def _told(row: Threshold, same: list[Threshold], today: date) -> Change:
    """`same` are the rows of its scope, in the order in which they were to count."""
    earlier = [one for one in same if one.pk < row.pk]
    follows = next(iter(same[same.index(row) + 1 :]), None)
    begun = follows is None or follows.effective_from > row.effective_from
    return Change(
        row=row,
        before=spread(rule_rows.counting(earlier, row.effective_from)),
        until=follows.effective_from - timedelta(days=1) if follows and begun else None,
        begun=begun,
        pending=row == standing(same, today).pending,
    )
