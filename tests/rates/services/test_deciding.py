from decimal import Decimal

import pytest

from rates.models import Rate
from rates.services import deciding
from tests.rates.conftest import FRIDAY, THURSDAY

HELD = {"status": "held", "awaiting": True, "prior": Decimal("6.30"), "reason": "moved"}


def test_an_accepted_value_counts_with_who_and_when(put, ben):
    held = put("conventional_30", THURSDAY, "7.10", **HELD)
    assert deciding.approve(held.pk, value=Decimal("7.1"), by=ben.pk, now=FRIDAY)
    held.refresh_from_db()
    assert (held.status, held.rate, held.awaiting) == ("accepted", Decimal("7.100"), False)
    assert (held.decided_by, held.decided_at) == (ben, FRIDAY)


def test_a_decision_counts_once(put, ben, ada):
    held = put("conventional_30", THURSDAY, "7.10", **HELD)
    assert deciding.reject(held.pk, value=Decimal("7.1"), by=ben.pk, now=FRIDAY)
    assert not deciding.approve(held.pk, value=Decimal("7.1"), by=ada.pk, now=FRIDAY)
    held.refresh_from_db()
    assert (held.status, held.decided_by) == ("rejected", ben)


def test_a_value_that_changed_under_the_reader_is_not_decided(put, ben):
    held = put("conventional_30", THURSDAY, "7.10", **HELD)
    Rate.objects.filter(pk=held.pk).update(published=Decimal("7.90"))
    assert not deciding.approve(held.pk, value=Decimal("7.1"), by=ben.pk, now=FRIDAY)
    held.refresh_from_db()
    assert (held.status, held.decided_by) == ("held", None)


def test_an_accepted_correction_replaces_the_value_that_stood(put, ben):
    row = put("conventional_30", THURSDAY, "6.23", published=Decimal("6.99"), awaiting=True)
    assert deciding.approve(row.pk, value=Decimal("6.99"), by=ben.pk, now=FRIDAY)
    row.refresh_from_db()
    assert (row.status, row.rate) == ("accepted", Decimal("6.990"))


def test_a_refused_correction_leaves_the_value_that_stood(put, ben):
    row = put("conventional_30", THURSDAY, "6.23", published=Decimal("6.99"), awaiting=True)
    assert deciding.reject(row.pk, value=Decimal("6.99"), by=ben.pk, now=FRIDAY)
    row.refresh_from_db()
    assert (row.status, row.rate, row.awaiting) == ("accepted", Decimal("6.230"), False)


@pytest.mark.parametrize("value", ["62.3", "0", "-6.23", "25"])
def test_what_is_no_rate_at_all_cannot_be_accepted(put, ben, value):
    held = put("conventional_30", THURSDAY, value, **HELD)
    with pytest.raises(deciding.CannotAccept, match="keep the old one"):
        deciding.approve(held.pk, value=Decimal(value), by=ben.pk, now=FRIDAY)
    held.refresh_from_db()
    assert held.status == "held"
