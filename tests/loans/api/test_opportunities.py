from decimal import Decimal

import pytest
from django.test import Client

from loans.models import Opportunity, OpportunityEvent
from loans.services import acting
from tests.loans.api.test_loans import walk

pytestmark = pytest.mark.django_db
ROWS = "/api/v1/opportunities/"
ACTS = {"snooze": {"until": "2026-05-24"}, "archive": {"reason": "selling"}, "note": {"text": "Called at noon."}}


def numbers(answer) -> list[str]:
    return [row["loan_number"] for row in answer.json()["results"]]


def facts() -> list[dict]:
    return [*Opportunity.objects.order_by("pk").values(), *OpportunityEvent.objects.order_by("pk").values()]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("olivia", ["HP-1"]),
        ("ben", ["HP-3", "HP-1"]),
        ("pia", ["HP-3", "HP-1"]),
        ("mona", ["TP-4"]),
        ("cora", ["TP-4", "HP-3", "HP-1"]),
        ("ada", ["TP-4", "HP-3", "HP-1"]),
    ],
)
def test_everybody_gets_their_own_rows_ranked(as_user, request, book, who, sees):
    client = as_user(request.getfixturevalue(who))
    assert numbers(client.get(ROWS)) == sees
    for number, row in book.items():
        assert client.get(f"{ROWS}{row.pk}/").status_code == (200 if number in sees else 404)


def test_nobody_else_does(client, book):
    assert client.get(ROWS).status_code == 401
    assert client.get(f"{ROWS}{book['HP-1'].pk}/").status_code == 401


def test_money_and_rates_are_strings_unknown_is_null(as_user, olivia, book):
    row = as_user(olivia).get(f"{ROWS}{book['HP-1'].pk}/").json()
    kept = ("borrower", "product", "note_rate", "market_rate", "spread", "status", "last_contact", "proxy", "break_even_months")
    assert [row[name] for name in kept] == [
        "Ana Ames", "conventional_30", "7.500", "6.230", "1.270", "new", None, False, book["HP-1"].break_even_months,
    ]  # fmt: skip
    assert (row["timing"], row["act_at_rate"]) == ("act_now", "6.410")
    assert row["monthly_savings"] == str(book["HP-1"].monthly_savings)
    assert [(event["kind"], event["by"]) for event in row["events"]] == [("opened", None)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "ames"}, ["HP-1"]),
        ({"status": "in_queue"}, ["TP-4", "HP-3"]),
        ({"status": "open"}, ["TP-4", "HP-3"]),
        ({"status": "archived"}, ["HP-1"]),
        ({"spread_from": "1.7"}, ["TP-4"]),
        ({"qualifies": "true"}, ["TP-4", "HP-3", "HP-1"]),
        ({"qualifies": "false"}, []),
        ({"opened_from": "2026-04-25"}, []),
        ({"product": "fha_30"}, []),
        ({"timing": "act_now"}, ["TP-4", "HP-3", "HP-1"]),
        ({"timing": "wait"}, []),
        ({"ordering": "-total_interest"}, ["HP-1", "HP-3", "TP-4"]),
        ({"ordering": "rate"}, ["TP-4", "HP-1", "HP-3"]),
        ({"ordering": "timing"}, ["TP-4", "HP-3", "HP-1"]),
        ({"ordering": "-timing"}, ["HP-1", "HP-3", "TP-4"]),
        ({"approach": "proactive"}, ["TP-4", "HP-3", "HP-1"]),
        ({"approach": "nurture"}, []),
    ],
)
def test_filters_and_order(as_user, ada, book, asked, found):
    acting.archive(book["HP-1"], reason="selling", by=ada, today=book["HP-1"].as_of)
    assert numbers(as_user(ada).get(ROWS, asked)) == found


def test_what_nobody_knows_is_refused(as_user, ada, book):
    assert as_user(ada).get(ROWS, {"timing": "soon"}).status_code == 400
    assert as_user(ada).get(ROWS, {"approach": "shy"}).status_code == 400
    assert as_user(ada).get(ROWS, {"ordering": "luck"}).status_code == 400


def test_the_score_its_parts_and_what_it_speaks_for(as_user, olivia, book):
    """R29"""
    Opportunity.objects.filter(pk=book["HP-1"].pk).update(engagement=3, score="70.5")
    row = as_user(olivia).get(f"{ROWS}{book['HP-1'].pk}/").json()
    assert (row["score"], row["approach"]) == ("70.5", "proactive")
    assert [(part["name"], part["points"], part["weight"]) for part in row["score_parts"]] == [
        ("savings", "50.0", 50), ("equity", "0.0", 15), ("age", "8.0", 10), ("engagement", "12.5", 25),
    ]  # fmt: skip
    Opportunity.objects.update(score=None)
    row = as_user(olivia).get(f"{ROWS}{book['HP-1'].pk}/").json()
    assert (row["score"], row["approach"], row["score_parts"]) == (None, None, [])


def test_until_when_an_early_payoff_costs_and_how_much(as_user, olivia, book):
    row = as_user(olivia).get(f"{ROWS}{book['HP-1'].pk}/").json()
    assert (row["early_payoff_ends"], row["early_payoff_cost"]) == ("2024-10-14", "0.00")
    Opportunity.objects.update(early_payoff_ends="2026-06-30", early_payoff_cost=Decimal("8953.14"))
    row = as_user(olivia).get(ROWS).json()["results"][0]
    assert (row["early_payoff_ends"], row["early_payoff_cost"]) == ("2026-06-30", "8953.14")


def test_a_branch_and_an_officer(as_user, ada, book, oscar, tampa):
    client = as_user(ada)
    assert numbers(client.get(ROWS, {"officer": oscar.pk})) == ["HP-3"]
    assert numbers(client.get(ROWS, {"branch": tampa.pk})) == ["TP-4"]


@pytest.mark.parametrize(
    "ordering",
    [
        "total_interest",
        "-total_interest",
        "break_even",
        "last_contact",
        "-last_contact",
        "opened",
        "timing",
        "-timing",
        "score",
        "-score",
    ],
)
def test_pages_lose_and_repeat_nothing_with_figures_unknown(as_user, ada, book, ordering):
    """Rows whose figures are null stand together, at the end or the beginning, and pages cut through them."""
    row = book["HP-1"]
    row.status, row.reason = "archived", "selling"
    row.save()
    for number in range(9):
        row.pk = None
        row.total_interest_savings = None if number % 2 else Decimal(1000 * (number % 3))
        row.break_even_months = None if number % 3 else number
        row.optimal_bp = None if number % 2 else 100 + number % 3
        row.score = None if number % 4 == 3 else Decimal(number % 3)
        row.save()
    client = as_user(ada)
    rows = walk(client, f"{ROWS}?limit=2&ordering={ordering}")
    whole = client.get(ROWS, {"limit": 100, "ordering": ordering}).json()["results"]
    assert [one["id"] for one in rows] == [one["id"] for one in whole]
    assert len({one["id"] for one in rows}) == 12


def test_the_list_costs_the_same_for_many(as_user, ada, book, django_assert_max_num_queries):
    client = as_user(ada)
    with django_assert_max_num_queries(5):
        client.get(ROWS)


# Acts


@pytest.mark.parametrize(
    ("act", "status", "kind"),
    [("snooze", "snoozed", "snoozed"), ("archive", "archived", "archived"), ("note", "new", "note")],
)
def test_olivia_acts_on_her_own(as_user, olivia, book, act, status, kind):
    answer = as_user(olivia).post(f"{ROWS}{book['HP-1'].pk}/{act}/", ACTS[act], content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert (kind, olivia.email) in {(event["kind"], event["by"]) for event in answer.json()["events"]}
    book["HP-1"].refresh_from_db()
    assert book["HP-1"].status == status


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("oscar", 404), ("carl", 404), ("mona", 404), ("cora", 403), ("ben", 200), ("ada", 200)],
)
def test_who_may_act(as_user, request, book, act, who, status):
    before = facts()
    answer = as_user(request.getfixturevalue(who)).post(
        f"{ROWS}{book['HP-1'].pk}/{act}/", ACTS[act], content_type="application/json"
    )
    assert answer.status_code == status
    assert (facts() == before) == (status != 200)


@pytest.mark.parametrize(("act", "status"), [("snooze", 403), ("archive", 403), ("note", 200)])
def test_a_processor_only_notes(as_user, pia, book, act, status):
    assert (
        as_user(pia).post(f"{ROWS}{book['HP-1'].pk}/{act}/", ACTS[act], content_type="application/json").status_code == status
    )


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_without_signing_in_or_without_the_token(client, olivia, book, act):
    before = facts()
    address = f"{ROWS}{book['HP-1'].pk}/{act}/"
    assert client.post(address, ACTS[act]).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(olivia, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(address, ACTS[act]).status_code == 403
    assert facts() == before


@pytest.mark.parametrize(
    ("act", "words", "status", "field"),
    [
        ("snooze", {}, 400, "until"),
        ("snooze", {"until": "soon"}, 400, "until"),
        ("snooze", {"until": "2026-04-23"}, 400, "until"),
        ("snooze", {"until": "2026-04-24"}, 400, "until"),
        ("snooze", {"until": "2028-01-01"}, 400, "until"),
        ("archive", {"reason": "because"}, 400, "reason"),
        ("archive", {"reason": "selling", "text": "x" * 2001}, 400, "text"),
        ("archive", {"reason": "selling", "text": 5}, 400, "text"),
        ("note", {"text": "  "}, 400, "text"),
        ("note", {"text": 5}, 400, "text"),
        ("note", {"text": 1.5}, 400, "text"),
        ("note", {"text": True}, 400, "text"),
        ("note", {"text": ["Called"]}, 400, "text"),
        ("note", {"text": "a\x00b"}, 400, "text"),
    ],
)
def test_words_that_do_not_fit(as_user, olivia, book, act, words, status, field):
    before = facts()
    answer = as_user(olivia).post(f"{ROWS}{book['HP-1'].pk}/{act}/", words, content_type="application/json")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"], problem["status"]) == (status, "application/problem+json", status)
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])
    assert facts() == before


def test_a_day_that_is_past_says_which_days_can_be_chosen(as_user, olivia, book):
    address = f"{ROWS}{book['HP-1'].pk}/snooze/"
    answer = as_user(olivia).post(address, {"until": "2026-04-23"}, content_type="application/json")
    assert answer.json()["errors"] == [
        {"field": "until", "code": "invalid", "detail": "Choose a day from tomorrow to a year ahead."}
    ]


def test_what_is_closed_is_a_conflict(as_user, olivia, book):
    client, address = as_user(olivia), f"{ROWS}{book['HP-1'].pk}/archive/"
    assert client.post(address, ACTS["archive"], content_type="application/json").status_code == 200
    before = facts()
    again = client.post(address, ACTS["archive"], content_type="application/json")
    assert (again.status_code, again.json()["title"]) == (409, "Conflict")
    assert again.json()["detail"] == "This opportunity is archived now."
    assert facts() == before


def test_broken_json_is_a_problem(as_user, olivia, book):
    answer = as_user(olivia).post(f"{ROWS}{book['HP-1'].pk}/note/", "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
