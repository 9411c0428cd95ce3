"""The demo's lender: as many in the queue on any day, invented people only, the same when it is run again."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Branch, Lender, User
from loans.models import Borrower, ImportBatch, Loan, MatchRun, Opportunity
from rates.models import Rate
from refidetect.management.demo import book, survey
from tests.loans.rows import make_loan

DAYS = (date(2026, 4, 24), date(2026, 12, 31), date(2027, 2, 28), date(2028, 2, 29), date(2027, 7, 1))
PAGES = (
    "loans:queue", "loans:portfolio", "loans:imports", "loans:runs", "loans:policy",
    "rates:rates", "accounts:people", "accounts:profile",
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def on(day: date):
    return time_machine.travel(datetime(day.year, day.month, day.day, 18, tzinfo=UTC), tick=True)


def queued() -> int:
    return Opportunity.objects.in_queue().count()


def everything() -> dict[str, list]:
    tables = (Lender, Branch, User, Loan, Borrower, Opportunity, Rate)
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_demo_has_300_loans_and_as_many_in_the_queue_on_any_day(day, capsys):
    with on(day):
        call_command("demo")
    assert (Loan.objects.count(), Branch.objects.count(), User.objects.filter(role="officer").count()) == (300, 3, 8)
    batch, run = ImportBatch.objects.get(), MatchRun.objects.get()
    assert (batch.created, batch.rejected, batch.warnings) == (300, 0, 0)
    assert (run.live, run.held, run.as_of) == (True, False, day)
    assert 40 <= queued() <= 50
    assert queued() == sum(kind.count for kind in book.KINDS[:5])
    # Every kind of out is there, but for a market without a rate.
    assert {rule for rule, count in run.excluded.items() if not count} == {"rate_available"}
    said = capsys.readouterr().out
    assert "Book: 300 loans, 0 rejected." in said
    assert "Source: Freddie Mac PMMS." in said
    assert said.count("@example.com") == 11


def test_the_demo_again_changes_nothing(capsys):
    with on(DAYS[0]):
        call_command("demo")
        before = everything()
        call_command("demo")
    assert everything() == before
    assert "Book: there already.\nMatch: 300 loans, 46 worth refinancing, 0 opened, 0 updated.\n" in capsys.readouterr().out


def test_the_demo_of_another_day_keeps_the_book_and_brings_the_rates_of_the_day():
    with on(DAYS[0]):
        call_command("demo")
    loans = list(Loan.objects.values_list("loan_number", "note_rate", "origination_date"))
    with on(DAYS[0] + timedelta(weeks=1)):
        call_command("demo")
    assert list(Loan.objects.values_list("loan_number", "note_rate", "origination_date")) == loans
    assert Rate.objects.filter(product="conventional_30").latest("as_of").as_of == DAYS[0] + timedelta(days=6)
    assert 40 <= queued() <= 55


def test_everybody_in_the_demo_is_invented():
    with on(DAYS[0]):
        call_command("demo")
    borrowers = list(Borrower.objects.all())
    addresses = {row.email for row in borrowers} | {user.email for user in User.objects.all()}
    assert all(address.endswith("@example.com") for address in addresses - {""})
    numbers = [row.phone for row in borrowers if row.phone] + [user.phone for user in User.objects.all() if user.phone]
    assert len(numbers) > 250
    assert [number for number in numbers if not re.fullmatch(r"(\+1|\()\d{3}(\) )?555-?01\d\d", number)] == []
    assert len({row.email for row in borrowers if row.email}) == len([row for row in borrowers if row.email])


@pytest.mark.parametrize("loans", [True, False], ids=["loans", "a name"])
def test_a_lenders_own_database_is_left_alone(loans):
    if loans:
        make_loan("OWN-1")
    else:
        Lender.objects.create(pk=1, name="Pine Street Lending")
    before = everything()
    with pytest.raises(CommandError, match=r"^This database is a lender's own; the demo leaves it alone\.") as refusal:
        call_command("demo")
    assert refusal.value.returncode == 1
    assert everything() == before


def test_an_administrator_who_was_there_first_is_no_obstacle(ada):
    with on(DAYS[0]):
        call_command("demo")
    assert User.objects.filter(pk=ada.pk).exists()
    assert Loan.objects.count() == 300


def test_every_page_says_that_it_is_a_demo_and_where_the_rates_come_from(as_user):
    with on(DAYS[0]):
        call_command("demo")
        notice = Lender.current().demo_notice
        assert notice == survey.notice(DAYS[0])
        assert notice.startswith("Demo. Borrowers and loans are invented. Rates are real Freddie Mac survey averages")
        assert "April 23, 2026" in notice
        browser = as_user(User.objects.get(role="administrator"))
        loan, row = Loan.objects.first(), Opportunity.objects.in_queue().first()
        addresses = [reverse(name) for name in PAGES]
        addresses += [reverse("loans:loan", args=[loan.loan_number]), reverse("loans:opportunity", args=[row.pk])]
        for address in addresses:
            answer = browser.get(address)
            assert (answer.status_code, notice in answer.content.decode()) == (200, True), address


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_replayed_survey_ends_in_the_week_of_the_day(day):
    last, thirty, fifteen = survey.replayed(day)[-1]
    assert (last.weekday(), 0 <= (day - last).days < 7) == (3, True)
    assert (thirty, fifteen) == survey.published()[-1][1:]
    assert survey.moved_by(day).days % 7 == 0
