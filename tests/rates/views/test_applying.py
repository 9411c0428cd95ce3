"""What the pages say of narrower rates and of the conforming limits."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from rates.models import ConformingLimit
from tests.rates.conftest import THURSDAY


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield


def test_the_page_shows_the_rates_by_ltv_and_score_with_whose_they_are(as_user, put, olivia):
    put("conventional_30", THURSDAY, "6.345", source="fred")
    put("conventional_30", THURSDAY, "6.281", source="fred", ltv_to=Decimal(80), score_from=740)
    page = as_user(olivia).get("/rates/")
    assertContains(page, "By LTV and score")
    assertContains(page, "LTV to 80, score from 740")
    assertContains(page, "6.281%")
    assertContains(page, "Source: Optimal Blue, retrieved from FRED", count=3)


def test_without_such_rates_the_page_has_no_word_of_them(as_user, put, olivia):
    put("conventional_30", THURSDAY, "6.345", source="fred")
    assertNotContains(as_user(olivia).get("/rates/"), "By LTV and score")


def test_the_limits_of_this_year_are_shown_with_their_source(as_user, olivia):
    page = as_user(olivia).get("/rates/limits/")
    assertContains(page, "$832,750")
    assertContains(page, "Denver County, CO")
    assertContains(page, "$862,500")
    assertContains(page, "FHFA, by county")
    assertNotContains(page, "$806,500")
    names = [row.name for row in page.context["limits"].areas if row.area.isdigit()]
    states = [name.rpartition(", ")[2] for name in names]
    assert states == sorted(states)


@pytest.mark.parametrize(
    ("asked", "shown"), [("2025", 2025), ("1999", 2026), ("soon", 2026), ("", 2026), ("99999999999", 2026)]
)
def test_another_year_is_a_choice_and_what_is_no_year_on_file_falls_back(as_user, olivia, asked, shown):
    assert as_user(olivia).get("/rates/limits/", {"year": asked}).context["limits"].year == shown


def test_without_limits_the_page_says_what_puts_them_back(as_user, olivia):
    ConformingLimit.objects.all().delete()
    assertContains(as_user(olivia).get("/rates/limits/"), "No limits on file")
