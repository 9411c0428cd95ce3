"""What the database refuses of thresholds, costs, windows and program values."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from loans.models import ClosingCost, InvestorWindow, Policy, ProgramValue, Threshold

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 24)
REFUSED = [
    (Threshold, {"spread": Decimal("-0.125")}),
    (Threshold, {"spread": Decimal("5.125")}),
    (Threshold, {"family": "heloc", "spread": Decimal("0.5")}),
    (Threshold, {"balance_from": 200_000, "balance_below": 200_000, "spread": Decimal("0.5")}),
    (ClosingCost, {"fixed": 2000}),
    (ClosingCost, {"percent": Decimal("1.000")}),
    (ClosingCost, {"fixed": -1, "percent": 1}),
    (ClosingCost, {"fixed": 1, "percent": 11}),
    (ClosingCost, {"state": "Co", "fixed": 1, "percent": 1}),
    (ClosingCost, {"program": "heloc", "fixed": 1, "percent": 1}),
    (InvestorWindow, {"investor": "", "days": 180, "premium_percent": 2}),
    (InvestorWindow, {"investor": "Fannie Mae", "days": 1096, "premium_percent": 2}),
    (InvestorWindow, {"investor": "Fannie Mae", "days": 180, "premium_percent": 11}),
    (InvestorWindow, {"investor": "Fannie Mae", "days": 180}),
    (InvestorWindow, {"investor": "Fannie Mae", "premium_percent": 2}),
    (ProgramValue, {"name": "va_recoupment_months", "value": -1, "source": "the statute"}),
    (ProgramValue, {"name": "va_recoupment_months", "value": 36, "source": ""}),
]


@pytest.mark.parametrize(("model", "columns"), REFUSED)
def test_a_number_that_makes_no_sense_is_refused(model, columns):
    with pytest.raises(IntegrityError):
        model.objects.create(effective_from=DAY, **columns)


@pytest.mark.parametrize("columns", [{"break_even_limit": 0}, {"break_even_limit": 481}, {"early_payoff_percent": 11}])
def test_a_policy_with_such_a_number_is_refused(columns):
    with pytest.raises(IntegrityError):
        Policy.objects.create(**columns)


def test_what_takes_an_earlier_one_back_has_no_number():
    assert Threshold.objects.create(effective_from=DAY).spread is None
    assert ClosingCost.objects.create(effective_from=DAY).fixed is None
    assert InvestorWindow.objects.create(effective_from=DAY, investor="Fannie Mae").days is None
