import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains
from redis import Redis

from accounts.models import Lender
from rates.models import Pull, Rate
from rates.queries import preferences
from rates.services import preferences as changing
from tests.rates.conftest import FRIDAY, THURSDAY

PAGE = "/rates/"
HELD = {"status": "held", "awaiting": True, "prior": Decimal("6.30"), "reason": "7.800% is 1.500 points above the last value."}
EVERYBODY = ("olivia", "ben", "pia", "cora", "ada")


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def survey(put):
    for week, rates in enumerate((("6.23", "5.58"), ("6.30", "5.65"), ("6.37", "5.74"))):
        for product, rate in zip(("conventional_30", "conventional_15"), rates, strict=True):
            put(product, THURSDAY - timedelta(weeks=week), rate)


@pytest.fixture(params=EVERYBODY)
def somebody(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("name", ["rates", "history", "sources", "limits"])
def test_everybody_who_is_signed_in_may_look(as_user, survey, somebody, name):
    assert as_user(somebody).get(reverse(f"rates:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["rates", "history", "export", "sources", "limits", "sheet"])
def test_nobody_else_may(client, db, name):
    answer = client.get(reverse(f"rates:{name}"))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


def test_the_page_names_rate_move_owner_and_date(as_user, survey, olivia):
    page = as_user(olivia).get(PAGE)
    assertContains(page, "The 30-year average fell 0.07 to 6.23% on Apr 23, 2026.")
    assertContains(page, "Source: Freddie Mac PMMS")
    assertContains(page, "An average, never an offer.")


def test_the_page_says_that_the_weekly_survey_is_a_proxy(as_user, survey, olivia):
    """R3"""
    page = as_user(olivia).get(PAGE)
    assertContains(page, "A weekly survey stands in for the market: a proxy, less granular")
    assertContains(page, "Proxy", count=8 + 1)


def test_the_daily_index_is_cited_as_its_owner_wants_it(as_user, put, olivia):
    put("va_30", THURSDAY, "5.827", source="fred")
    page = as_user(olivia).get(PAGE)
    assertContains(page, "Source: Optimal Blue, retrieved from FRED")
    assertNotContains(page, "A weekly survey")


def test_a_stale_market_is_an_amber_line(as_user, put, olivia):
    put("conventional_30", date(2026, 4, 9), "6.37")
    page = as_user(olivia).get(PAGE)
    assertContains(page, "notice-warn")
    assertContains(page, "No rate is current: the newest is of Apr 9, 2026.")
    assertContains(page, "stale since Apr 9")


def test_a_current_market_has_no_amber_line(as_user, survey, olivia):
    assertNotContains(as_user(olivia).get(PAGE), "notice-warn")


def test_a_product_without_stand_in_says_that_nothing_opens(as_user, survey, olivia):
    changing.allow_stand_in("va_30", on=False)
    assertContains(as_user(olivia).get(PAGE), "No rate, nothing opens", count=1)


def test_without_rates_the_page_says_what_to_do_next(as_user, ben, olivia):
    assertContains(as_user(ben).get(PAGE), "No rates yet.")
    assertContains(as_user(ben).get(PAGE), reverse("rates:sheet"))
    assertContains(as_user(olivia).get(PAGE), "A manager or an administrator can pull them.")


def chart(page) -> dict:
    text = page.content.decode()
    return json.loads(text.split('<script id="chart-rates" type="application/json">')[1].split("</script>")[0])


def test_the_chart_has_two_years_and_both_terms(as_user, put, survey, olivia):
    put("conventional_30", THURSDAY - timedelta(days=700), "7.10")
    put("conventional_30", THURSDAY - timedelta(days=800), "7.20")
    data = chart(as_user(olivia).get(PAGE))
    assert [series["name"] for series in data["series"]] == ["Conv 30", "Conv 15"]
    assert data["unit"] == "percent"
    assert (data["labels"][0], data["series"][0]["values"][0], data["series"][1]["values"][0]) == ("2024-05-23", 7.1, None)
    assert chart(as_user(olivia).get(PAGE, {"span": "1y"}))["labels"][0] == "2026-04-09"
    assert chart(as_user(olivia).get(PAGE, {"span": "all"}))["labels"][0] == "2024-02-13"


def test_the_chart_shows_another_family_where_there_is_one(as_user, put, survey, olivia):
    put("fha_30", THURSDAY, "6.05", source="fred")
    page = as_user(olivia).get(PAGE, {"group": "government"})
    assert [series["name"] for series in chart(page)["series"]] == ["FHA 30"]
    assertContains(page, "retrieved from FRED")


def test_words_the_page_does_not_know_fall_back(as_user, survey, olivia):
    page = as_user(olivia).get(PAGE, {"group": "x", "source": "y", "span": "z", "pulls-page": "999"})
    assert page.status_code == 200
    assert len(chart(page)["labels"]) == 3


def test_the_page_asks_as_many_queries_with_many_rates_as_with_few(as_user, put, survey, ben, django_assert_max_num_queries):
    pull = put("conventional_30", THURSDAY, "6.31", source="fred").pull
    days = (THURSDAY - timedelta(days=day) for day in range(1, 1500))
    Rate.objects.bulk_create(
        Rate(product=product, source="fred", as_of=day, rate=6, published=6, pull=pull)
        for day in days
        for product in ("conventional_30", "fha_30", "va_30")
    )
    put("fha_30", THURSDAY, "7.80", source="fred", **HELD)
    browser = as_user(ben)
    browser.get(PAGE)
    with django_assert_max_num_queries(14):
        browser.get(PAGE)


def test_a_held_value_stands_first_with_old_new_and_reason(as_user, put, survey, olivia):
    put("fha_30", THURSDAY, "7.80", source="fred", **HELD)
    page = as_user(olivia).get(PAGE)
    for words in ("Held for a decision", "6.30%", "7.80%", HELD["reason"]):
        assertContains(page, words)
    assert page.content.index(b"Held for a decision") < page.content.index(b"Newest rates")
    assertNotContains(page, "Accept")


@pytest.mark.parametrize("who", ["ben", "ada"])
@pytest.mark.parametrize(("decision", "status"), [("accept", "accepted"), ("keep", "rejected")])
def test_a_manager_or_an_administrator_decides(as_user, put, request, who, decision, status):
    user, held = request.getfixturevalue(who), put("fha_30", THURSDAY, "7.80", **HELD)
    answer = as_user(user).post(reverse("rates:decide", args=[held.pk]), {"decision": decision, "value": "7.800"})
    assert (answer.status_code, answer.url) == (302, PAGE)
    held.refresh_from_db()
    assert (held.status, held.decided_by, held.decided_at) == (status, user, FRIDAY)


@pytest.mark.parametrize("who", ["olivia", "pia", "cora"])
def test_others_may_not_decide_and_nothing_changes(as_user, put, request, who):
    held = put("fha_30", THURSDAY, "7.80", **HELD)
    answer = as_user(request.getfixturevalue(who)).post(
        reverse("rates:decide", args=[held.pk]), {"decision": "accept", "value": "7.8"}
    )
    assert answer.status_code == 403
    held.refresh_from_db()
    assert (held.status, held.decided_by) == ("held", None)


def test_a_decision_on_a_value_that_changed_is_told_and_does_nothing(as_user, put, ben):
    held = put("fha_30", THURSDAY, "7.80", **HELD)
    answer = as_user(ben).post(reverse("rates:decide", args=[held.pk]), {"decision": "accept", "value": "7.1"}, follow=True)
    assertContains(answer, "Look again.")
    held.refresh_from_db()
    assert held.status == "held"


def test_a_value_that_is_no_rate_cannot_be_accepted_on_the_page(as_user, put, ben):
    held = put("fha_30", THURSDAY, "62.3", **HELD)
    answer = as_user(ben).post(reverse("rates:decide", args=[held.pk]), {"decision": "accept", "value": "62.3"}, follow=True)
    assertContains(answer, "keep the old one")


@pytest.mark.parametrize("data", [{}, {"decision": "maybe", "value": "7.8"}, {"decision": "accept", "value": "x"}])
def test_a_decision_of_another_shape_is_a_bad_request(as_user, put, ben, data):
    held = put("fha_30", THURSDAY, "7.80", **HELD)
    assert as_user(ben).post(reverse("rates:decide", args=[held.pk]), data).status_code == 400


@pytest.mark.parametrize("name", ["pull_now", "decide", "move", "enable", "stand_in"])
def test_what_changes_something_is_never_a_get(as_user, put, ada, name):
    args = {"decide": [put("fha_30", THURSDAY, "7.8", **HELD).pk], "move": ["pmms"], "enable": ["pmms"], "stand_in": ["va_30"]}
    assert as_user(ada).get(reverse(f"rates:{name}", args=args.get(name, []))).status_code == 405


def test_a_sheet_is_loaded_and_its_bad_lines_are_listed(as_user, ben, sample):
    sheet = SimpleUploadedFile("sheet.csv", sample("sheet.csv"), "text/csv")
    page = as_user(ben).post(reverse("rates:sheet"), {"sheet": sheet}, follow=True)
    for words in ("is not a number", "2026-04-31", "heloc", "sheet.csv", "Ben Castellano"):
        assertContains(page, words)
    assert Rate.objects.filter(source="file", status="accepted").count() == 4


def test_a_file_that_is_no_sheet_comes_back_with_a_sentence(as_user, ben):
    answer = as_user(ben).post(reverse("rates:sheet"), {"sheet": SimpleUploadedFile("rates.pdf", b"%PDF-1.7")})
    assertContains(answer, "rates.pdf is a PDF", status_code=422)
    assert Rate.objects.count() == 0


@pytest.mark.parametrize("who", ["olivia", "pia", "cora"])
def test_others_may_not_upload_or_pull(as_user, request, who):
    browser = as_user(request.getfixturevalue(who))
    sheet = SimpleUploadedFile("sheet.csv", b"as_of,product,rate\n2026-04-23,fha_30,6\n")
    assert browser.post(reverse("rates:sheet"), {"sheet": sheet}).status_code == 403
    assert browser.post(reverse("rates:pull_now")).status_code == 403
    assert (Rate.objects.count(), Pull.objects.count()) == (0, 0)


def test_pull_now_hands_the_pull_to_a_worker_with_who_asked(as_user, ben, valkey):
    answer = as_user(ben).post(reverse("rates:pull_now"), follow=True)
    assertContains(answer, "The worker is asking the sources.")
    with Redis.from_url(valkey) as client:
        headers = [json.loads(message)["headers"] for message in client.lrange("work", 0, -1)]
    assert f"({ben.pk},)" in [found["argsrepr"] for found in headers if found["task"] == "rates.tasks.pull_rates"]


def test_pull_now_says_so_where_the_queue_is_down(as_user, ben, broker_down):
    answer = as_user(ben).post(reverse("rates:pull_now"), follow=True)
    assertContains(answer, "Nothing was pulled")


def test_a_demo_desk_has_no_pull_button_and_pulls_nothing(as_user, ben):
    Lender.objects.create(pk=1, demo=True)
    assertNotContains(as_user(ben).get(PAGE), "Pull now")
    assertContains(as_user(ben).post(reverse("rates:pull_now"), follow=True), "demo desk")


def test_pulls_are_rows_with_pages(as_user, put, olivia):
    for day in range(12):
        put("fha_30", THURSDAY - timedelta(days=day), "6.00", source="file")
    first = as_user(olivia).get(PAGE)
    assertContains(first, "1 to 10 of 12")
    assertContains(as_user(olivia).get(PAGE, {"pulls-page": 2}), "11 to 12 of 12")
    assertContains(as_user(olivia).get(reverse("rates:pull", args=[Pull.objects.last().pk])), "Rate sheet")


def test_the_history_is_filtered_and_paged(as_user, put, survey, olivia):
    put("va_30", THURSDAY, "5.8", source="file")
    browser = as_user(olivia)
    assertContains(browser.get("/rates/history/", {"product": "va_30"}), "5.80%", count=1)
    assertNotContains(browser.get("/rates/history/", {"source": "pmms"}), "5.80%")
    assertContains(browser.get("/rates/history/", {"status": "rejected"}), "No rate matches status rejected.")
    assertNotContains(browser.get("/rates/history/", {"since": "2026-04-20"}), "6.30%")
    assert browser.get("/rates/history/", {"product": "nonsense", "since": "soon"}).status_code == 200


def test_htmx_gets_the_table_alone(as_user, survey, olivia):
    part = as_user(olivia).get("/rates/history/", headers={"HX-Request": "true"})
    assertNotContains(part, "<h1>")
    assertContains(part, "6.23%")


def test_the_export_is_csv_with_the_same_filters_and_safe_cells(as_user, put, survey, ben, olivia):
    ben.name = "=HYPERLINK(1)"
    ben.save()
    put("fha_30", THURSDAY, "7.80", status="rejected", decided_by=ben, decided_at=FRIDAY)
    answer = as_user(olivia).get("/rates/history.csv", {"product": "fha_30"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [(row["rate"], row["status"], row["decided_by"]) for row in rows] == [("7.800", "rejected", "'=HYPERLINK(1)")]
    everything = b"".join(as_user(olivia).get("/rates/history.csv").streaming_content).decode()
    assert len(everything.splitlines()) == 1 + 7


def test_an_administrator_orders_and_switches_sources_and_stand_ins(as_user, ada):
    browser = as_user(ada)
    browser.post(reverse("rates:move", args=["pmms"]), {"direction": "up"})
    browser.post(reverse("rates:enable", args=["api"]), {"on": "0"})
    browser.post(reverse("rates:stand_in", args=["va_30"]), {"on": "0"})
    assert preferences.enabled() == ["file", "pmms", "fred", "fredgraph"]
    assert "va_30" not in preferences.may_borrow()


@pytest.mark.parametrize("who", ["olivia", "ben", "cora"])
def test_others_change_no_settings(as_user, request, who):
    browser = as_user(request.getfixturevalue(who))
    assert browser.post(reverse("rates:move", args=["pmms"]), {"direction": "up"}).status_code == 403
    assert browser.post(reverse("rates:enable", args=["api"]), {"on": "0"}).status_code == 403
    assert browser.post(reverse("rates:stand_in", args=["va_30"]), {"on": "0"}).status_code == 403
    assert preferences.enabled() == ["file", "api", "fred", "pmms", "fredgraph"]
    assert "va_30" in preferences.may_borrow()


@pytest.mark.parametrize(
    ("name", "arg", "data"),
    [
        ("move", "bloomberg", {"direction": "up"}),
        ("enable", "pmms", {"on": "maybe"}),
        ("stand_in", "conventional_30", {"on": "0"}),
    ],
)
def test_a_setting_that_does_not_exist_is_not_found(as_user, ada, name, arg, data):
    assert as_user(ada).post(reverse(f"rates:{name}", args=[arg]), data).status_code == 404


def test_columns_of_the_history_sort_without_loading_the_page(as_user, put, olivia):
    put("conventional_30", THURSDAY, "6.23")
    page = as_user(olivia).get(reverse("rates:history")).content.decode()
    assert 'hx-get="?sort=rate" hx-target="#history"' in page
