"""GET reports/weekly/: the numbers of the page, for analytics."""

import csv
import io

import pytest
import time_machine
from django.test import Client

from accounts.models import Lender
from accounts.services import keys
from outreach.models import Sequence
from tests.loans.rows import set_market
from tests.reports import rows
from tests.reports.rows import PREPARED, WEDNESDAY

pytestmark = pytest.mark.django_db
API, PAGE = "/api/v1/reports/weekly/", "/reports/weekly/"


@pytest.fixture(autouse=True)
def _monday_morning(db):
    Lender.objects.update_or_create(pk=1, defaults={"name": "Harbor Pine", "time_zone": "America/Denver"})
    with time_machine.travel(PREPARED, tick=False):
        yield


@pytest.fixture
def week(olivia, carl):
    for officer in (olivia, olivia, carl):
        row = rows.opened(officer)
        rows.sent(row, run=rows.enrolled(row, rows.sequence()))
        rows.replied(row, WEDNESDAY)


def numbers(answer):
    return {stage["name"]: stage["week"] for stage in answer.json()["stages"]}


def test_it_says_what_the_page_says(as_user, ben, week):
    client = as_user(ben)
    answer, page = client.get(API), client.get(PAGE)
    assert answer.status_code == 200
    shown = {
        stage.name: cell.text for stage, cell in zip(page.context["stages"], page.context["numbers"][0].cells, strict=True)
    }
    assert {name: str(numbers(answer)[name]) for name in shown} == shown
    said = answer.json()
    assert (said["week"], said["from"], said["to"], said["complete"]) == ("2026-W17", "2026-04-20", "2026-04-26", True)
    assert said["changed"] == list(page.context["report"].changed)
    assert (said["sequences"][0]["borrowers"], said["sequences"][0]["opt_out_rate"]) == (2, "too few to say")


def test_unknown_is_null_and_rates_are_strings(as_user, ben, week):
    first = as_user(ben).get(API).json()
    assert first["stages"][0]["week_before"] is None
    assert first["rates"] == [None] * 12
    set_market(rows.MONDAY, conventional_30="6.230")
    assert as_user(ben).get(API).json()["rates"] == [None] * 11 + ["6.230"]
    assert as_user(ben).get(API).json()["stages"][1]["of_the_stage_before"]["week"] == {"of": 2, "among": 2}


def test_everybody_gets_what_they_see(as_user, olivia, ben, carl, ada, week):
    seen = {person: numbers(as_user(person).get(API))["identified"] for person in (olivia, ben, carl, ada)}
    assert seen == {olivia: 2, ben: 2, carl: 1, ada: 3}


def test_another_branch_than_the_own_is_refused_and_not_counted_as_nothing(as_user, carl, ben, ada, denver, week):
    secret = keys.create("Analytics", branch_id=carl.branch_id, expires_at=None, by=ada)[1]
    by_key = Client(headers={"Authorization": f"Api-Key {secret}"})
    for client in (as_user(carl), by_key):
        answer = client.get(f"{API}?branch={denver.pk}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "branch")
        assert "Denver" not in answer.content.decode()
        assert client.get(f"{API}?branch={carl.branch_id}").json()["about"].startswith("Tampa")
    assert as_user(ada).get(f"{API}?branch=99999").status_code == 400
    assert (by_key.get(API).json()["about"], numbers(by_key.get(API))["identified"]) == ("Tampa", 1)


@pytest.mark.parametrize(
    ("who", "query", "about"),
    [
        ("ada", "", "All branches"),
        ("ben", "", "Denver"),
        ("olivia", "", "Olivia Hart"),
        ("ben", "threshold=0.625", "Denver, threshold 0.625"),
        ("ada", "band=4&program=conventional", "All branches, spread 0.875 to 0.999, Conventional"),
        ("ada", "branch=0&officer=0&sequence=0", "No branch, No officer, by hand, or not written to"),
    ],
)
def test_it_says_whose_numbers_these_are_as_the_page_and_the_csv_do(as_user, request, week, who, query, about):
    client = as_user(request.getfixturevalue(who))
    assert client.get(f"{API}?{query}").json()["about"] == about
    assert client.get(f"{PAGE}?{query}").context["about"] == about
    lines = csv.DictReader(io.StringIO(b"".join(client.get(f"/reports/weekly.csv?{query}").streaming_content).decode()))
    assert {line["about"] for line in lines} == {about}


def test_what_it_is_narrowed_to_is_named_and_who_is_out_of_sight_is_not(as_user, ben, olivia, carl, week):
    one = Sequence.objects.get()
    client = as_user(ben)
    about = client.get(f"{API}?officer={olivia.pk}&sequence={one.pk}").json()["about"]
    assert about == f"Denver, Olivia Hart, {one.title}"
    hidden = client.get(f"{API}?officer={carl.pk}").json()
    assert hidden["about"] == "Denver, an officer whose loans you do not see"
    assert carl.name not in str(hidden)


def test_another_week_is_asked_for_by_its_name(as_user, ben, week):
    client = as_user(ben)
    assert numbers(client.get(f"{API}?week=2026-W16"))["identified"] == 0
    assert client.get(f"{API}?week=2026-W18").json()["complete"] is False
    assert client.get(f"{API}?week=2026-W18").json()["stages"][0]["week_before"] == 2


@pytest.mark.parametrize("query", ["week=2026-W99", "branch=x", "band=40", "program=crypto", "officer=-1"])
def test_what_is_not_understood_is_refused(as_user, ben, query):
    answer = as_user(ben).get(f"{API}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr" if "attr" in answer.json()["errors"][0] else "field"] == query.partition("=")[0]


def test_a_processor_may_not_nor_a_stranger_and_nobody_writes(as_user, client, pia, ada, week):
    assert as_user(pia).get(API).status_code == 403
    assert client.get(API).status_code == 401
    assert as_user(ada).post(API, {}).status_code == 405


def test_a_loan_without_a_branch_goes_by_the_lenders_clock(as_user, ada):
    row = rows.opened(None)
    rows.replied(row, PREPARED - 6 * rows.timedelta(hours=1) - rows.timedelta(hours=1, minutes=1))
    assert numbers(as_user(ada).get(API))["replied"] == 1
    assert numbers(as_user(ada).get(f"{API}?week=2026-W16"))["replied"] == 0
