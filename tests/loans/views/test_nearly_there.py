"""Nearly there as a page and as a file: who sees which rows, tabs, filters, pages, and what an empty list says."""

import csv
import io
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains
from structlog.testing import capture_logs

from loans.services import matching
from tests.loans.rows import AS_OF, make_loan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, EXPORT = "/nearly-there/", "/nearly-there.csv"


@pytest.fixture
def book(market, olivia, oscar, carl):
    """At 6.23 the loans at 6.75, 6.625 and 6.375 percent open when the market falls by 1/8, 1/4 and 1/2."""
    denver = olivia.branch
    make_loan("N-1", officer=olivia, branch=denver, note_rate=Decimal("6.750"), name=("Ana", "Ames"))
    make_loan("N-2", officer=oscar, branch=denver, note_rate=Decimal("6.625"), name=("Bo", "Bell"))
    make_loan("N-3", branch=denver, note_rate=Decimal("6.375"), name=("=Cy", "Cole"), original_amount=600_000)
    make_loan("N-4", officer=carl, branch=carl.branch, note_rate=Decimal("6.750"), name=("Di", "Dunn"))
    make_loan("open", officer=olivia, branch=denver)
    matching.run(AS_OF)


def shown(client, **asked) -> list[str]:
    return [row.loan.loan_number for row in client.get(PAGE, asked).context["rows"]]


def exported(client, **asked) -> list[dict[str, str]]:
    answer = client.get(EXPORT, asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.mark.parametrize(
    ("who", "eighth", "half"),
    [
        ("olivia", ["N-1"], ["N-1"]),
        ("oscar", [], ["N-2"]),
        ("ben", ["N-1"], ["N-1", "N-2", "N-3"]),
        ("pia", ["N-1"], ["N-1", "N-2", "N-3"]),
        ("carl", ["N-4"], ["N-4"]),
        ("cora", ["N-1", "N-4"], ["N-1", "N-4", "N-2", "N-3"]),
        ("ada", ["N-1", "N-4"], ["N-1", "N-4", "N-2", "N-3"]),
    ],
)
def test_everybody_sees_their_own_rows_by_interest_saved(as_user, request, book, who, eighth, half):
    client = as_user(request.getfixturevalue(who))
    assert shown(client) == shown(client, fall="1/8") == eighth
    found = exported(client, fall="1/2")
    assert sorted(shown(client, fall="1/2")) == sorted(half)
    assert [row["loan_number"] for row in found] == shown(client, fall="1/2")
    savings = [Decimal(row["total_interest_savings"]) for row in found]
    assert savings == sorted(savings, reverse=True)


def test_somebody_signed_out_is_asked_to_sign_in(client, book):
    assert [client.get(path).status_code for path in (PAGE, EXPORT)] == [302, 302]


def test_nothing_is_changed_by_a_post(as_user, ada, book):
    assert as_user(ada).post(PAGE).status_code == 405


def test_the_tabs_say_how_many_and_a_row_at_which_rate(as_user, ben, book):
    page = as_user(ben).get(PAGE, {"fall": "1/4"})
    assert page.context["falls"] == [("1/8", 1), ("1/4", 2), ("1/2", 3)]
    assertContains(page, "6.125%")
    assertContains(page, "6.000%")
    assertContains(page, "Conv 30 6.23 to 5.98%")
    assertContains(page, "Ana Ames")
    assertNotContains(page, "Di Dunn")


def test_filters(as_user, ada, olivia, oscar, book):
    client = as_user(ada)
    assert shown(client, fall="1/2", officer=oscar.pk) == ["N-2"]
    assert shown(client, fall="1/2", officer="none") == ["N-3"]
    assert shown(client, fall="1/2", program="va") == []
    assert [row["loan_number"] for row in exported(client, fall="1/2", officer=oscar.pk)] == ["N-2"]
    assert dict(client.get(PAGE, {"officer": oscar.pk}).context["falls"]) == {"1/8": 0, "1/4": 1, "1/2": 1}
    assertContains(client.get(PAGE, {"program": "va"}), "No loan with these filters opens")


def test_filters_do_not_open_other_rows(as_user, olivia, carl, book):
    client = as_user(olivia)
    assert shown(client, officer=carl.pk) == ["N-1"]
    assertNotContains(client.get(PAGE), 'name="officer"')


@pytest.mark.parametrize("asked", [{"fall": "2"}, {"fall": ""}, {"officer": "x"}, {"program": "heloc"}, {"page": "99"}])
def test_words_that_mean_nothing_are_left_out(as_user, ben, book, asked):
    assert shown(as_user(ben), **asked) == ["N-1"]


def test_the_file_has_no_contacts_and_runs_nothing(as_user, ada, book):
    rows = {row["loan_number"]: row for row in exported(as_user(ada), fall="1/2")}
    assert not {"email", "phone"} & set(rows["N-1"])
    assert rows["N-3"]["borrower"] == "'=Cy Cole"
    first = rows["N-1"]
    assert (first["note_rate"], first["market_rate"], first["market_after_the_fall"], first["opens_at_rate"]) == (
        "6.750", "6.230", "5.730", "6.125",
    )  # fmt: skip
    assert (first["officer"], first["branch"], first["product"], first["proxy"]) == (
        "Olivia Hart",
        "Denver",
        "Conv 30",
        "false",
    )


def test_an_export_is_logged_without_names(as_user, ada, book):
    with capture_logs() as lines:
        exported(as_user(ada), fall="1/4", officer="none")
    (line,) = [line for line in lines if line["event"] == "nearly there exported"]
    assert line == {
        "event": "nearly there exported", "log_level": "info", "user": ada.pk, "fall": "1/4", "filtered": True,
    }  # fmt: skip


def test_pages(as_user, ada, olivia, market):
    for number in range(51):
        make_loan(f"P-{number:02}", officer=olivia, branch=olivia.branch, note_rate=Decimal("6.750"))
    client = as_user(ada)
    assert [len(shown(client)), len(shown(client, page=2))] == [50, 1]
    assert shown(client, page=2) == ["P-50"]
    assertContains(client.get(PAGE), "1 to 50 of 51")


def test_an_empty_list_says_why(as_user, ada, olivia, market):
    assertContains(as_user(ada).get(PAGE), "No loan opens if the market falls by 1/8.")


def test_without_a_rate_it_says_so(as_user, ada, db):
    assertContains(as_user(ada).get(PAGE), "No rate is current.")


def test_queue_and_portfolio_lead_here(as_user, olivia, book):
    for path in ("/queue/", "/portfolio/"):
        assertContains(as_user(olivia).get(path), f'href="{PAGE}"')


def test_htmx_gets_the_part(as_user, ada, book):
    assertNotContains(as_user(ada).get(PAGE, headers={"HX-Request": "true"}), "<html")
