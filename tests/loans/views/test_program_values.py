"""The pages of the programs' numbers: which are verified, and who may confirm or change one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.domain import programs
from loans.models import ProgramValue
from loans.queries import rule_numbers as reading
from loans.services import rule_numbers
from loans.services.policies import CannotSave
from tests.loans.rows import AS_OF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE = "/settings/program-values/"
ONE = f"{PAGE}fha_upfront_percent/"
EDIT = f"{ONE}change/"
READ = "Handbook 4000.1 of January 2026, Appendix 1.0"
ASKED = {"value": "1.75", "effective_from": "2026-04-24", "note": READ, "verified": "on"}


@pytest.mark.parametrize(
    ("who", "looks", "edits"),
    [("olivia", 403, 403), ("pia", 403, 403), ("ben", 200, 403), ("cora", 200, 200), ("ada", 200, 200)],
)
def test_compliance_and_administrators_answer_for_the_numbers(as_user, request, who, looks, edits):
    client = as_user(request.getfixturevalue(who))
    assert [client.get(path).status_code for path in (PAGE, ONE, EDIT)] == [looks, looks, edits]
    assert client.post(EDIT, ASKED).status_code == (302 if edits == 200 else 403)
    assert ProgramValue.objects.count() == (edits == 200)
    if looks == 200 and edits == 403:
        assertNotContains(client.get(ONE), EDIT)


def test_somebody_signed_out_is_asked_to_sign_in(client, db):
    assert [client.get(path).status_code for path in (PAGE, ONE, EDIT)] == [302] * 3
    assert client.post(EDIT, ASKED).status_code == 302
    assert not ProgramValue.objects.exists()


def test_every_shipped_number_stands_with_value_source_and_whether_it_was_read(as_user, cora):
    page = as_user(cora).get(PAGE)
    assert [row.name for row in page.context["rows"]] == [one.name for one in programs.SHIPPED]
    for one in programs.SHIPPED:
        assertContains(page, one.label)
        assertContains(page, one.said)
    waiting = sum(not one.verified for one in programs.SHIPPED)
    assertContains(page, f"{waiting} of {len(programs.SHIPPED)} numbers have not been read")
    assertContains(page, "Not verified</span>", count=waiting)


def test_only_those_that_are_not_verified(as_user, cora):
    page = as_user(cora).get(PAGE, {"only": "unverified"})
    assert {row.name for row in page.context["rows"]} == {one.name for one in programs.SHIPPED if not one.verified}
    assertNotContains(page, "VA: costs come back within")


def test_a_number_that_does_not_exist_is_not_found(as_user, ada):
    client = as_user(ada)
    assert [client.get(f"{PAGE}{path}").status_code for path in ("nothing/", "nothing/change/")] == [404, 404]
    assert client.post(f"{PAGE}nothing/change/", ASKED).status_code == 404
    assert not ProgramValue.objects.exists()


def test_confirming_says_who_read_it_where_from_when(as_user, cora):
    client = as_user(cora)
    page = client.post(EDIT, ASKED, follow=True)
    assertContains(page, "Saved. It counts from Apr 24, 2026.")
    assertContains(page, READ)
    assertContains(page, "Cora Shah")
    assertContains(page, "1.750 percent, Mortgagee Letter 2012-04, not verified")
    assert "fha_upfront_percent" not in {one.name for one in reading.unverified(AS_OF)}
    row = next(one for one in client.get(PAGE).context["rows"] if one.name == "fha_upfront_percent")
    assert (row.verified, row.since, row.by, row.source) == (True, AS_OF, cora, READ)


def test_another_value_counts_from_its_day_and_unread_it_stays_unverified(as_user, ada):
    later = date(2026, 5, 1)
    as_user(ada).post(EDIT, ASKED | {"value": "1.5", "effective_from": "2026-05-01", "verified": ""})
    assert reading.program_values(AS_OF)["fha_upfront_percent"] == Decimal("1.750")
    assert reading.program_values(later)["fha_upfront_percent"] == Decimal("1.500")
    assert "fha_upfront_percent" in {one.name for one in reading.unverified(later)}
    assertContains(as_user(ada).get(ONE), "1.500")
    assertContains(as_user(ada).get(ONE), "1.750 percent, <span")


def test_a_table_is_confirmed_as_a_whole(as_user, cora):
    path = f"{PAGE}fha_annual_table/change/"
    client = as_user(cora)
    assertNotContains(client.get(path), 'name="value"')
    assertContains(client.post(path, ASKED | {"verified": ""}), "This field is required", status_code=422)
    assert not ProgramValue.objects.exists()
    assertRedirects(client.post(path, ASKED), f"{PAGE}fha_annual_table/")
    assert "fha_annual_table" not in {one.name for one in reading.unverified(AS_OF)}


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("fha_upfront_percent", {"note": ""}, "This field is required"),
        ("fha_upfront_percent", {"value": ""}, "This field is required"),
        ("fha_upfront_percent", {"value": "175"}, "from 0 to 100 is asked, in percent"),
        ("fha_upfront_percent", {"value": "-1"}, "from 0 to 100 is asked"),
        ("fha_upfront_percent", {"value": "1.7555"}, "no more than 3 decimal places"),
        ("fha_upfront_percent", {"effective_from": "2026-04-23"}, "not from a day that is over"),
        ("va_recoupment_months", {"value": "36.5"}, "Months are counted whole"),
        ("va_rate_drop", {"value": "50"}, "from 0 to 5 is asked, in points"),
    ],
)
def test_what_can_not_be_saved(as_user, ada, name, change, says):
    assertContains(as_user(ada).post(f"{PAGE}{name}/change/", ASKED | change), says, status_code=422)
    assert not ProgramValue.objects.exists()


@pytest.mark.parametrize("value", ["1.75", "1.750"])
def test_the_same_value_without_the_tick_is_no_change_and_the_form_says_so(as_user, cora, value):
    page = as_user(cora).post(EDIT, ASKED | {"value": value, "verified": ""}, follow=True)
    says = "Nothing differs: change the value, or tick that you have verified it."
    assertContains(page, says, status_code=422)
    assertNotContains(page, "Saved.", status_code=422)
    assert not ProgramValue.objects.exists()


def test_what_differs_is_judged_on_the_day_from_which_it_counts(as_user, cora):
    """A value that is to come is taken back by the one that counts now, also unread."""
    client, later = as_user(cora), {"effective_from": "2026-05-01", "verified": ""}
    client.post(EDIT, ASKED | later | {"value": "1.5"})
    assert client.post(EDIT, ASKED | later | {"value": "1.5"}).status_code == 422
    assertRedirects(client.post(EDIT, ASKED | later), ONE)
    assert reading.program_values(date(2026, 5, 1))["fha_upfront_percent"] == Decimal("1.750")


@pytest.mark.parametrize(("name", "value"), [("fha_upfront_percent", Decimal("1.75")), ("fha_annual_table", Decimal(0))])
def test_the_service_adds_no_row_that_says_nothing_new(ada, name, value):
    with pytest.raises(CannotSave, match="Nothing differs"):
        rule_numbers.set_program_value(name, value, rule_numbers.Entry(ada, AS_OF, AS_OF, READ), verified=False)
    assert not ProgramValue.objects.exists()


def test_the_service_refuses_a_slip_of_the_hand_too(ada):
    entry = rule_numbers.Entry(ada, AS_OF, AS_OF + timedelta(days=1), READ)
    with pytest.raises(CannotSave, match="from 0 to 5"):
        rule_numbers.set_program_value("va_rate_drop", Decimal(50), entry, verified=True)
    assert not ProgramValue.objects.exists()


def test_every_shipped_number_would_be_accepted_again():
    assert [one.name for one in programs.SHIPPED if one.value is not None and programs.unfit(one, one.value)] == []


def test_the_form_starts_from_the_number_in_force(as_user, ada):
    values = [
        as_user(ada).get(f"{PAGE}{name}/change/").context["form"]["value"].value()
        for name in ("va_recoupment_months", "va_rate_drop")
    ]
    assert [str(value) for value in values] == ["36", "0.500"]
