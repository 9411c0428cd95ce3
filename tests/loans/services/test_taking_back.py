"""Taking costs and investors' windows back: what counts then, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from loans.domain.covering import CostRow, Window
from loans.models import ClosingCost, InvestorWindow
from loans.queries import rule_numbers as reading
from loans.queries import rule_rows
from loans.services import rule_numbers, taking_back
from loans.services.policies import CannotSave

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 24)
NEXT_WEEK = TODAY + timedelta(days=7)
TEXAS, LATER = CostRow(3500.0, 1.25, state="TX"), CostRow(4000.0, 1.0, state="TX")


@pytest.fixture
def entry(ada):
    def made(day: date = TODAY, note: str = "New price list", today: date = TODAY):
        return rule_numbers.Entry(ada, today, day, note)

    return made


@pytest.fixture
def texas(entry):
    return rule_numbers.set_cost(Decimal(3500), Decimal("1.250"), entry(), state="TX")


def test_what_counts_ends_today_and_stays_on_record(entry, texas):
    taking_back.take_back_cost(texas, entry(note="A typing mistake"))
    assert reading.costs(TODAY) == ()
    over = ClosingCost.objects.last()
    assert (over.fixed, over.percent, over.effective_from, over.note) == (None, None, TODAY, "A typing mistake")
    assert ClosingCost.objects.count() == 2


def test_what_has_begun_earlier_counts_for_the_days_before(entry, texas):
    tomorrow = TODAY + timedelta(days=1)
    taking_back.take_back_cost(texas, entry(note="Over", today=tomorrow))
    assert reading.costs(TODAY) == (TEXAS,)
    assert reading.costs(tomorrow) == ()


def test_what_has_not_begun_never_does_and_what_counts_goes_on(entry, texas):
    planned = rule_numbers.set_cost(Decimal(4000), Decimal(1), entry(NEXT_WEEK), state="TX")
    assert reading.costs(NEXT_WEEK) == (LATER,)
    taking_back.take_back_cost(planned, entry(note="Not this year"))
    assert reading.costs(TODAY) == reading.costs(NEXT_WEEK) == (TEXAS,)
    told = rule_rows.standing(ClosingCost.objects.order_by("effective_from", "id"), TODAY)
    assert (told.in_force, told.to_come, len(told.history)) == ([texas], [], 3)


def test_what_counts_and_has_a_successor_leaves_the_successor(entry, texas):
    rule_numbers.set_cost(Decimal(4000), Decimal(1), entry(NEXT_WEEK), state="TX")
    taking_back.take_back_cost(texas, entry())
    assert reading.costs(TODAY) == ()
    assert reading.costs(NEXT_WEEK) == (LATER,)


def test_a_planned_end_can_be_taken_back_too(entry, texas):
    end = rule_numbers.set_cost(None, None, entry(NEXT_WEEK), state="TX")
    assert reading.costs(NEXT_WEEK) == ()
    taking_back.take_back_cost(end, entry())
    assert reading.costs(NEXT_WEEK) == (TEXAS,)


def test_nothing_is_taken_back_twice_or_after_it_was_replaced(entry, texas):
    rule_numbers.set_cost(Decimal(4000), Decimal(1), entry(), state="TX")
    with pytest.raises(CannotSave, match="replaced"):
        taking_back.take_back_cost(texas, entry())
    newest = ClosingCost.objects.last()
    taking_back.take_back_cost(newest, entry())
    for row in (newest, ClosingCost.objects.last()):
        with pytest.raises(CannotSave, match="replaced"):
            taking_back.take_back_cost(row, entry())
    assert ClosingCost.objects.count() == 3


def test_a_reason_is_asked_and_nothing_is_added_without(entry, texas):
    with pytest.raises(CannotSave, match="Say why"):
        taking_back.take_back_cost(texas, entry(note=" "))
    assert ClosingCost.objects.get() == texas


def test_other_loans_keep_their_rows(entry, texas, denver):
    rule_numbers.set_cost(Decimal(1000), Decimal(0), entry(), branch=denver, state="TX")
    rule_numbers.set_cost(Decimal(5000), Decimal(0), entry())
    taking_back.take_back_cost(texas, entry())
    assert reading.costs(TODAY) == (CostRow(1000.0, 0.0, denver.pk, "TX"), CostRow(5000.0, 0.0))


def test_an_investors_window_is_found_by_its_name_in_any_letters(entry):
    rule_numbers.set_window("Acme Bank", 270, Decimal("2.5"), entry())
    later = rule_numbers.set_window("ACME BANK", 90, Decimal(1), entry(NEXT_WEEK))
    taking_back.take_back_window(later, entry())
    assert reading.windows(NEXT_WEEK) == {"acme bank": Window(270, 2.5)}
    taking_back.take_back_window(InvestorWindow.objects.order_by("pk").first(), entry())
    # The plan that was taken back named the numbers before it, from its day on: they must not return then.
    assert reading.windows(TODAY) == reading.windows(NEXT_WEEK) == {}
