"""What counts although nobody has verified it: numbers of programs and the states' hours, as the settings and `doctor` say."""

from datetime import date
from decimal import Decimal

import pytest

from loans.domain import programs
from loans.services import rule_numbers
from outreach.domain import state_windows
from outreach.queries import readiness

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 24)


def test_numbers_and_hours_that_nobody_has_read_are_named_and_hold_nothing_back():
    found = readiness.unverified(TODAY)
    assert {one.name for one in found.numbers} == {one.name for one in programs.SHIPPED if not one.verified}
    assert "va_rate_drop" not in {one.name for one in found.numbers}
    assert {window.state for window in found.hours} == {one.state for one in state_windows.WINDOWS if not one.verified}
    assert "US" not in {window.state for window in found.hours}
    assert [finding.blocks for finding in found.findings] == [False, False]
    assert f"{len(found.numbers)} of {len(programs.SHIPPED)} numbers" in found.findings[0].sentence
    assert "AL, CT, FL" in found.findings[1].sentence


def test_a_law_that_is_not_in_force_yet_is_not_named():
    before = {window.state for window in readiness.unverified(date(2021, 6, 30)).hours}
    assert not before & {"FL", "OK", "MD"}
    assert "AL" in before


def test_a_number_that_somebody_has_read_is_not_named_any_more(ada):
    entry = rule_numbers.Entry(ada, TODAY, TODAY, "Read in the source")
    for one in programs.SHIPPED:
        if not one.verified:
            rule_numbers.set_program_value(one.name, one.value or Decimal(0), entry, verified=True)
    found = readiness.unverified(TODAY)
    assert found.numbers == []
    assert len(found.findings) == 1
    assert len(readiness.unverified(date(2026, 4, 23)).findings) == 2


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("TX", "Mon to Sat 9 AM to 9 PM, Sun 12 PM to 9 PM"),
        ("AL", "Mon to Sat 8 AM to 8 PM, Sun none, none on federal holidays"),
        ("CT", "every day 9 AM to 8 PM"),
    ],
)
def test_hours_are_said_by_days_of_the_same_hours(state, said):
    assert [window.said for window in state_windows.WINDOWS if window.state == state] == [said]
