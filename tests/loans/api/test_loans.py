import json

import pytest
from django.core.management import call_command
from django.test import Client

from tests.loans.rows import make_loan

pytestmark = pytest.mark.django_db
LOANS = "/api/v1/loans/"


def numbers(answer) -> list[str]:
    return [loan["loan_number"] for loan in answer.json()["results"]]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("olivia", ["HP-1", "HP-2"]),
        ("ben", ["HP-1", "HP-2", "HP-3"]),
        ("pia", ["HP-1", "HP-2", "HP-3"]),
        ("carl", ["TP-4"]),
        ("mona", ["TP-4"]),
        ("cora", ["HP-1", "HP-2", "HP-3", "TP-4"]),
        ("ada", ["HP-1", "HP-2", "HP-3", "TP-4"]),
    ],
)
def test_everybody_gets_their_own_rows(as_user, request, book, who, sees):
    client = as_user(request.getfixturevalue(who))
    assert numbers(client.get(LOANS)) == sees
    for number in ("HP-1", "HP-2", "HP-3", "TP-4"):
        status = 200 if number in sees else 404
        assert client.get(f"{LOANS}{number}/").status_code == status
        assert client.get(f"{LOANS}{number}/explanation/").status_code == status


@pytest.mark.parametrize("path", ["", "HP-1/", "HP-1/explanation/"])
def test_nobody_else_does(client, book, path):
    answer = client.get(LOANS + path)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "not_authenticated"


def test_somebody_who_left_gets_nothing(as_user, olivia, book):
    client = as_user(olivia)
    olivia.is_active = False
    olivia.save()
    assert client.get(LOANS).status_code == 401


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_loans_are_read_or_posted_as_a_list_and_nothing_else(as_user, ada, book, method):
    for path in (LOANS, f"{LOANS}HP-1/"):
        assert getattr(as_user(ada), method)(path, {}).status_code == 405
    assert as_user(ada).post(f"{LOANS}HP-1/", {}).status_code == 405


def test_a_loan_in_the_words_of_the_contract(as_user, olivia, book):
    loan = as_user(olivia).get(f"{LOANS}HP-1/").json()
    kept = (
        "loan_number",
        "borrower",
        "officer",
        "branch",
        "note_rate",
        "original_amount",
        "upb",
        "term_months",
        "origination_date",
    )
    assert [loan[name] for name in kept] == [
        "HP-1", "Ana Ames", "olivia.hart@example.com", "Denver", "7.500", "456000.00", None, 360, "2024-04-17",
    ]  # fmt: skip
    assert loan["open_opportunity"] == book["HP-1"].pk
    assert loan["borrowers"] == [{"position": 1, "first_name": "Ana", "last_name": "Ames"}]
    assert "ana@example.com" not in json.dumps(loan)


def test_a_loan_without_officer_and_branch(as_user, ada):
    make_loan("L-1")
    loan = as_user(ada).get(f"{LOANS}L-1/").json()
    assert (loan["officer"], loan["branch"], loan["open_opportunity"]) == (None, None, None)


def test_a_number_with_a_slash(as_user, ada):
    make_loan("24/117")
    assert as_user(ada).get(f"{LOANS}24/117/").json()["loan_number"] == "24/117"
    assert as_user(ada).get(f"{LOANS}24/117/explanation/").json()["loan_number"] == "24/117"


def test_the_explanation_is_what_the_command_prints_and_the_early_payoff_and_the_score(as_user, olivia, book, capsys):
    call_command("explain", "HP-1", "--json")
    printed = json.loads(capsys.readouterr().out)
    answer = as_user(olivia).get(f"{LOANS}HP-1/explanation/").json()
    assert {name: answer[name] for name in printed} == printed
    assert answer.keys() - printed.keys() == {"early_payoff", "score"}
    assert answer["early_payoff"] == {"ends": "2024-10-14", "cost": "0.00"}
    assert (answer["score"]["score"], answer["score"]["approach"]) == (str(book["HP-1"].score), "proactive")
    assert as_user(olivia).get(f"{LOANS}HP-2/explanation/").json()["score"] is None


def test_the_explanation_of_another_day(as_user, olivia, book):
    client = as_user(olivia)
    assert client.get(f"{LOANS}HP-1/explanation/", {"as_of": "2026-04-01"}).json()["as_of"] == "2026-04-01"
    assert client.get(f"{LOANS}HP-1/explanation/", {"as_of": "soon"}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "cole"}, ["HP-3"]),
        ({"rate_from": "7.500", "rate_to": "7.5"}, ["HP-1", "HP-3"]),
        ({"originated_from": "2024-04-18"}, []),
        ({"program": "va"}, []),
        ({"status": "active", "view": "missing"}, []),
        ({"officer": "none"}, []),
        ({"ordering": "-note_rate"}, ["TP-4", "HP-1", "HP-3", "HP-2"]),
    ],
)
def test_filters_and_order(as_user, ada, book, asked, found):
    assert numbers(as_user(ada).get(LOANS, asked)) == found


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"rate_from": "abc"}, "rate_from"),
        ({"originated_to": "2024-13-01"}, "originated_to"),
        ({"program": "heloc"}, "program"),
        ({"branch": "Denver"}, "branch"),
        ({"officer": "1 OR 1"}, "officer"),
        ({"q": "a\x00b"}, "q"),
        ({"ordering": "borrower"}, "ordering"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "²"}, "limit"),
        ({"cursor": "!!"}, "cursor"),
        ({"cursor": "bnVsbA"}, "cursor"),
        ({"cursor": "WyJsb2FuX251bWJlciJd"}, "cursor"),
        ({"cursor": "WyJub3RlX3JhdGUiLCI2Il0"}, "cursor"),
        ({"cursor": "WyJsb2FuX251bWJlciIsIlx1MDAwMCJd"}, "cursor"),
    ],
)
def test_a_wrong_word_is_a_problem_with_its_field(as_user, ada, book, asked, field):
    answer = as_user(ada).get(LOANS, asked)
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Bad Request", 400)
    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_loan_that_is_not_there_is_a_problem(as_user, ada, book):
    for number in ("NOPE", "a%00b"):
        answer = as_user(ada).get(f"{LOANS}{number}/")
        assert answer.json() == {
            "type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not found.", "code": "not_found",
        }  # fmt: skip


def walk(client: Client, path: str) -> list[dict]:
    """Every row of a list, page after page."""
    found = []
    while path:
        answer = client.get(path).json()
        found += answer["results"]
        path = answer["next"]
    return found


@pytest.mark.parametrize("ordering", ["loan_number", "-loan_number", "note_rate", "-note_rate", "origination_date"])
def test_pages_lose_and_repeat_no_loan(as_user, ada, ordering):
    for number in range(23):
        make_loan(f"L-{number:02}", note_rate=6 + number % 3)
    client = as_user(ada)
    rows = walk(client, f"{LOANS}?limit=5&ordering={ordering}")
    whole = client.get(LOANS, {"limit": 100, "ordering": ordering}).json()
    assert whole["next"] is None
    assert rows == whole["results"]
    assert len({row["loan_number"] for row in rows}) == 23


def test_a_page_does_not_shift_when_a_loan_is_added(as_user, ada):
    for number in range(4):
        make_loan(f"L-{number}")
    client = as_user(ada)
    first = client.get(LOANS, {"limit": 2}).json()
    make_loan("A-0")
    assert numbers(client.get(first["next"])) == ["L-2", "L-3"]


def test_the_list_costs_the_same_for_many(as_user, ada, book, django_assert_max_num_queries):
    for number in range(40):
        make_loan(f"L-{number}")
    client = as_user(ada)
    with django_assert_max_num_queries(5):
        assert len(client.get(LOANS, {"limit": 40}).json()["results"]) == 40


# The schema and its page


def test_the_schema_names_every_address_and_is_for_people_who_are_signed_in(as_user, client, olivia):
    assert client.get("/api/v1/schema/").status_code == 401
    schema = as_user(olivia).get("/api/v1/schema/?format=json").json()
    assert set(schema["paths"]) == {
        "/api/v1/consents/",
        "/api/v1/events/",
        "/api/v1/loans/",
        "/api/v1/loans/{loan_number}/",
        "/api/v1/loans/{loan_number}/explanation/",
        "/api/v1/opportunities/",
        "/api/v1/opportunities/{id}/",
        "/api/v1/opportunities/{id}/archive/",
        "/api/v1/opportunities/{id}/note/",
        "/api/v1/opportunities/{id}/outcome/",
        "/api/v1/opportunities/{id}/pause/",
        "/api/v1/opportunities/{id}/resume/",
        "/api/v1/opportunities/{id}/snooze/",
        "/api/v1/rates/",
        "/api/v1/reports/weekly/",
    }
    answers = schema["paths"]["/api/v1/opportunities/{id}/snooze/"]["post"]["responses"]
    assert set(answers) == {"200", "400", "401", "403", "404", "409", "413", "415", "422"}
    assert "application/problem+json" in answers["409"]["content"]
    ordering = next(
        word for word in schema["paths"]["/api/v1/opportunities/"]["get"]["parameters"] if word["name"] == "ordering"
    )
    assert "-total_interest" in ordering["schema"]["enum"]


def test_the_page_of_the_schema_keeps_the_strict_policy(as_user, client, olivia):
    assert client.get("/api/v1/docs/").status_code == 302
    answer = as_user(olivia).get("/api/v1/docs/")
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
