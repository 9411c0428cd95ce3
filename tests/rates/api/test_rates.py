from datetime import timedelta

import pytest

from tests.rates.conftest import THURSDAY

pytestmark = pytest.mark.django_db
RATES = "/api/v1/rates/"


@pytest.fixture
def survey(put):
    for week, rate in enumerate(("6.23", "6.30", "6.37")):
        put("conventional_30", THURSDAY - timedelta(weeks=week), rate)
    put("conventional_15", THURSDAY, "5.58")


@pytest.mark.parametrize("who", ["olivia", "ben", "pia", "cora", "ada"])
def test_everybody_who_is_signed_in_reads_them_newest_first(as_user, request, survey, who):
    rows = as_user(request.getfixturevalue(who)).get(RATES).json()["results"]
    assert [row["rate"] for row in rows if row["product"] == "conventional_30"] == ["6.230", "6.300", "6.370"]
    assert rows[0]["as_of"] == "2026-04-23"
    assert rows[0]["citation"].startswith("Source: Freddie Mac")


def test_nobody_else_does(client, survey):
    assert client.get(RATES).status_code == 401


def test_filters_and_pages(as_user, olivia, survey):
    client = as_user(olivia)
    assert len(client.get(RATES, {"product": "conventional_15"}).json()["results"]) == 1
    assert len(client.get(RATES, {"since": "2026-04-16"}).json()["results"]) == 3
    first = client.get(RATES, {"limit": 3}).json()
    assert len(client.get(first["next"]).json()["results"]) == 1
    assert client.get(RATES, {"source": "nobody"}).json()["errors"][0]["field"] == "source"
