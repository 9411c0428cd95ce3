"""A rate sheet that the lender's pricing system posts."""

import json

import pytest
from django.test import Client

from accounts.services import keys
from rates.models import Pull, Rate

pytestmark = pytest.mark.django_db
RATES = "/api/v1/rates/"
ROWS = [
    {"as_of": "2026-04-23", "product": "conventional_30", "rate": "6.250", "apr": 6.41},
    {"as_of": "2026-04-23", "product": "va_30", "rate": 5.875, "score_from": 700, "quotable": True},
]
CSV = "as_of,product,rate\n2026-04-23,conventional_30,6.250\n2026-04-23,heloc,5\n"


@pytest.fixture
def post(ada, denver):
    def send(body, *, branch=None, kind="application/json"):
        text = keys.create("Pricing", branch_id=branch, expires_at=None, by=ada)[1]
        client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Api-Key {text}"})
        return client.post(RATES, body if isinstance(body, str | bytes) else json.dumps(body), content_type=kind)

    return send


def test_rates_of_a_list_are_stored_once(post):
    answer = post(ROWS)
    told = answer.json()
    assert (answer.status_code, told["source"], told["read"], told["added"], told["errors"]) == (200, "api", 2, 2, [])
    assert told["newest"]["conventional_30"] == {"rate": "6.250", "as_of": "2026-04-23", "status": "accepted"}
    again = post(ROWS).json()
    assert (again["added"], again["unchanged"], Rate.objects.count()) == (0, 2, 2)


def test_a_sheet_as_csv_is_read_and_its_bad_line_named(post):
    told = post(CSV, kind="text/csv").json()
    assert (told["source"], told["added"], told["rejected"]) == ("file", 1, 1)
    assert [(error["line"], error["column"], error["value"]) for error in told["errors"]] == [(3, "product", "heloc")]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("rate", "NaN"), ("rate", "a\x00b"), ("product", "\ud800"), ("score_from", "²"), ("as_of", {"a": 1}), ("rate", [["6"]])],
)
def test_a_cell_that_is_none_is_refused_and_the_others_are_stored(post, cell, value):
    told = post([ROWS[0], ROWS[1] | {cell: value}])
    assert told.status_code == 200
    assert (told.json()["added"], told.json()["errors"][0]["line"], told.json()["errors"][0]["column"]) == (1, 2, cell)


def test_a_score_in_raised_digits_is_refused_in_a_csv_too(post):
    told = post("as_of,product,rate,score_from\n2026-04-23,va_30,6,²\n", kind="text/csv")
    assert (told.status_code, told.json()["errors"][0]["column"]) == (200, "score_from")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({}, "application/json", 400),
        ([], "application/json", 400),
        ([1], "application/json", 400),
        ("{", "application/json", 400),
        ("", "text/csv", 400),
        ("rate\n6\n", "text/csv", 400),
        (b"as_of,product,rate\n\x00", "text/csv", 400),
        (b"as_of,product,rate\n\xb2", "text/csv", 400),
        ("as_of", "text/plain", 415),
    ],
)
def test_what_is_no_sheet_is_refused(post, body, kind, status):
    answer = post(body, kind=kind)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not Rate.objects.exists()


def test_a_sheet_that_cannot_be_read_is_on_the_page_of_pulls(post):
    post("rate\n6\n", kind="text/csv")
    assert [pull.outcome for pull in Pull.objects.all()] == ["failed"]


def test_a_key_of_one_branch_sets_nobodys_rates(post, denver):
    assert post(ROWS, branch=denver.pk).status_code == 403
    assert not Rate.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("ben", 200), ("ada", 200), ("olivia", 403), ("pia", 403), ("cora", 403)])
def test_people_load_what_they_may_load_on_the_page(as_user, request, who, status):
    answer = as_user(request.getfixturevalue(who)).post(RATES, json.dumps(ROWS), content_type="application/json")
    assert (answer.status_code, Rate.objects.count()) == (status, 2 if status == 200 else 0)


def test_without_a_key_nothing_is_stored(client):
    assert client.post(RATES, json.dumps(ROWS), content_type="application/json").status_code == 401
    assert not Rate.objects.exists()
