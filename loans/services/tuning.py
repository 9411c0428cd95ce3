"""Setting the threshold of a scope from a day on, and taking back what has not begun: a row is added, and none is removed."""

from decimal import Decimal

from django.db import connection, transaction

from accounts.models import Branch
from loans.domain.tuning import Scope
from loans.models import Threshold
from loans.queries import threshold_rows
from loans.services import rule_numbers
from loans.services.policies import CannotSave

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('loans.threshold', 0))"
CHANGED = "Somebody has changed this threshold meanwhile. Look at it, and apply again."
NOTHING = "That is what counts already."
OVER = "It has begun, or somebody has taken it back already."


@transaction.atomic
def apply(spread: Decimal | None, scope: Scope, entry: rule_numbers.Entry, *, seen: int | None) -> Threshold:
    """Adds a threshold for the scope, in percentage points; none lets the wider rule count again.

    `seen` is the newest row of the scope that the person had before them, none where there was none. Raises CannotSave where
    somebody added another meanwhile, a change is pending, nothing differs, the note lacks or the day is over.
    """
    _one_at_a_time()
    now = threshold_rows.standing(threshold_rows.of(scope), entry.today)
    if now.newest != seen:
        raise CannotSave(CHANGED)
    if now.pending:
        day = now.pending.effective_from
        raise CannotSave(f"A change is to count from {day:%B} {day.day}. Take it back first.")
    if now.spread == spread:
        raise CannotSave(NOTHING)
    return _set(spread, scope, entry)


@transaction.atomic
def take_back(row: Threshold, entry: rule_numbers.Entry) -> Threshold:
    """What counted before goes on from the day on which the row was to begin; of the entry's day only today is read.

    Raises CannotSave where the row is not the change that is to come.
    """
    _one_at_a_time()
    scope = threshold_rows.scope_of(row)
    rows = threshold_rows.of(scope)
    if threshold_rows.standing(rows, entry.today).pending != row:
        raise CannotSave(OVER)
    on_its_day = rule_numbers.Entry(entry.by, entry.today, row.effective_from, entry.note)
    return _set(threshold_rows.before(rows, row), scope, on_its_day)


def _set(spread: Decimal | None, scope: Scope, entry: rule_numbers.Entry) -> Threshold:
    branch = None if scope.branch_id is None else Branch.objects.get(pk=scope.branch_id)
    return rule_numbers.set_threshold(
        spread, entry, branch=branch, family=scope.family, balance_from=scope.balance_from, balance_below=scope.balance_below
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
