"""Applying a threshold from a day on and taking it back: rows are added, the history stays, and the runs go by it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from loans.domain.tuning import Scope
from loans.models import Policy, Threshold
from loans.queries import rule_numbers as reading
from loans.queries import threshold_rows
from loans.queries.terms import terms
from loans.services import tuning
from loans.services.policies import CannotSave
from loans.services.rule_numbers import Entry
from rates.queries import market

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 24)


@pytest.fixture
def scope(denver) -> Scope:
    return Scope(denver.pk, "conventional")


@pytest.fixture
def entry(ben):
    def made(days: int = 1, note: str = "Fewer, better calls", today: date = TODAY) -> Entry:
        return Entry(ben, today, today + timedelta(days=days), note)

    return made


def spreads_on(*days: int) -> list[list[Decimal]]:
    return [[row.spread for row in reading.thresholds(TODAY + timedelta(days=day))] for day in days]


def standing(scope: Scope, today: date = TODAY) -> threshold_rows.Standing:
    return threshold_rows.standing(threshold_rows.of(scope), today)


def test_a_threshold_counts_from_its_day_and_the_run_goes_by_it(scope, entry, ben):
    row = tuning.apply(Decimal("0.750"), scope, entry(), seen=None)
    assert (row.branch, row.family, row.by, row.note) == (ben.branch, "conventional", ben, "Fewer, better calls")
    assert standing(scope).pending == row
    assert standing(scope).spread is None
    assert spreads_on(0, 1, 30) == [[], [Decimal("0.750")], [Decimal("0.750")]]
    tomorrow = TODAY + timedelta(days=1)
    assert terms(tomorrow, Policy.current(), market.applying(tomorrow)).threshold_rows == (scope.row(Decimal("0.750")),)
    assert standing(scope, tomorrow) == threshold_rows.Standing(row, None, row.pk)


def test_today_is_allowed_and_a_day_that_is_over_is_not(scope, entry):
    assert tuning.apply(Decimal("0.750"), scope, entry(0), seen=None).effective_from == TODAY
    with pytest.raises(CannotSave, match="not from a day that is over"):
        tuning.apply(Decimal("0.500"), Scope(), entry(-1), seen=None)
    with pytest.raises(CannotSave, match="Say why"):
        tuning.apply(Decimal("0.500"), Scope(), entry(note=" "), seen=None)
    assert Threshold.objects.count() == 1


def test_a_change_that_has_not_begun_is_taken_back_and_both_rows_stay(scope, entry, ben):
    first = tuning.apply(Decimal("0.750"), scope, entry(0), seen=None)
    second = tuning.apply(Decimal("1.000"), scope, entry(3), seen=first.pk)
    back = tuning.take_back(second, entry(note="Taken back"))
    assert (back.spread, back.effective_from) == (Decimal("0.750"), second.effective_from)
    assert spreads_on(0, 2, 3, 30) == [[Decimal("0.750")]] * 4
    assert standing(scope).pending is None
    assert Threshold.objects.count() == 3
    told = [(change.before, change.row.spread, change.begun, change.until) for change in threshold_rows.changes(ben, TODAY)]
    on_its_day = second.effective_from
    assert told == [
        (Decimal("1.000"), Decimal("0.750"), True, None),
        (Decimal("0.750"), Decimal("1.000"), False, None),
        (None, Decimal("0.750"), True, on_its_day - timedelta(days=1)),
    ]


def test_where_nothing_counted_before_the_wider_rule_goes_on(scope, entry):
    row = tuning.apply(Decimal("1.000"), scope, entry(), seen=None)
    assert tuning.take_back(row, entry(note="Taken back")).spread is None
    assert spreads_on(0, 1, 30) == [[], [], []]
    again = tuning.apply(Decimal("0.875"), scope, entry(), seen=standing(scope).newest)
    assert spreads_on(0, 1) == [[], [Decimal("0.875")]]
    assert standing(scope).pending == again


def test_what_has_begun_or_was_taken_back_already_can_not_be_taken_back(scope, entry):
    begun = tuning.apply(Decimal("0.750"), scope, entry(0), seen=None)
    later = tuning.apply(Decimal("1.000"), scope, entry(), seen=begun.pk)
    tuning.take_back(later, entry(note="Taken back"))
    for row in (begun, later):
        with pytest.raises(CannotSave, match="It has begun"):
            tuning.take_back(row, entry())
    with pytest.raises(CannotSave, match="It has begun"):
        tuning.take_back(later, entry(0, today=TODAY + timedelta(days=1)))
    assert Threshold.objects.count() == 3


def test_a_threshold_of_its_own_ends_and_the_wider_rule_counts_again(scope, entry):
    first = tuning.apply(Decimal("0.750"), scope, entry(0), seen=None)
    tuning.apply(None, scope, entry(2), seen=first.pk)
    assert spreads_on(0, 1, 2) == [[Decimal("0.750")], [Decimal("0.750")], []]


def test_one_change_at_a_time(scope, entry):
    row = tuning.apply(Decimal("0.750"), scope, entry(), seen=None)
    attempts = {
        "Somebody has changed": lambda: tuning.apply(Decimal("1.000"), scope, entry(), seen=None),
        "A change is to count from April 25": lambda: tuning.apply(Decimal("1.000"), scope, entry(), seen=row.pk),
        "counts already": lambda: tuning.apply(None, Scope(), entry(), seen=None),
    }
    for says, attempt in attempts.items():
        with pytest.raises(CannotSave, match=says):
            attempt()
    assert Threshold.objects.get() == row
    # Other loans are another matter.
    tuning.apply(Decimal("1.000"), Scope(scope.branch_id, "va"), entry(), seen=None)


def test_a_manager_reads_the_changes_of_the_own_branch_and_of_every_branch(entry, ben, mona, ada):
    tuning.apply(Decimal("0.750"), Scope(ben.branch_id), entry(), seen=None)
    tuning.apply(Decimal("0.875"), Scope(mona.branch_id), entry(), seen=None)
    tuning.apply(Decimal("1.000"), Scope(), entry(), seen=None)
    seen = {user: [change.row.spread for change in threshold_rows.changes(user, TODAY)] for user in (ben, mona, ada)}
    assert seen == {
        ben: [Decimal("1.000"), Decimal("0.750")],
        mona: [Decimal("1.000"), Decimal("0.875")],
        ada: [Decimal("1.000"), Decimal("0.875"), Decimal("0.750")],
    }
