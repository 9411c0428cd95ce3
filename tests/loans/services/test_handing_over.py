"""The hand-over of an officer's loans: all of them, with their branch, told in the history, and all or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import people
from loans.models import EventKind, Loan, OpportunityEvent, OpportunityStatus
from loans.services import handing_over
from loans.services.handing_over import CannotHandOver
from tests.loans.rows import make_loan
from tests.loans.services.test_acting import opportunity

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 24, 16, 0, tzinfo=UTC)


@pytest.fixture
def book(olivia, oscar, denver) -> dict[str, Loan]:
    """Two loans of Olivia's, one with an open opportunity and one with an archived, and one of Oscar's with an open one."""
    made = {
        name: make_loan(officer=officer, branch=denver)
        for name, officer in (("open", olivia), ("shut", olivia), ("his", oscar))
    }
    opportunity(OpportunityStatus.ENGAGED, loan=made["open"])
    opportunity(OpportunityStatus.ARCHIVED, loan=made["shut"])
    opportunity(loan=made["his"])
    return made


def owners(book: dict[str, Loan]) -> dict[str, tuple]:
    return {name: (row.officer, str(row.branch)) for name, loan in book.items() for row in [Loan.objects.get(pk=loan.pk)]}


def hand_over(leaver, successor, by, **options):
    return handing_over.hand_over(leaver, successor, by=by, **({"deactivate": False, "now": NOW} | options))


def test_every_loan_moves_to_a_colleague_and_takes_that_branch(book, olivia, oscar, carl, ben):
    assert hand_over(olivia, carl, ben) == 2
    assert owners(book) == {"open": (carl, "Tampa"), "shut": (carl, "Tampa"), "his": (oscar, "Denver")}
    event = OpportunityEvent.objects.get()
    assert (event.opportunity.loan, event.kind, event.by) == (book["open"], EventKind.REASSIGNED, ben)
    assert event.text == "From Olivia Hart to Carl Reyes"
    olivia.refresh_from_db()
    assert olivia.is_active


def test_without_a_successor_the_loans_are_the_branch_managers(book, olivia, oscar, ben, ada):
    assert hand_over(olivia, None, ada) == 2
    assert owners(book) == {"open": (None, "Denver"), "shut": (None, "Denver"), "his": (oscar, "Denver")}
    assert OpportunityEvent.objects.get().text == "From Olivia Hart to the branch manager"
    assert set(Loan.objects.visible_to(ben)) == set(book.values())
    assert not Loan.objects.visible_to(olivia).exists()


def test_a_successor_without_a_branch_leaves_the_loans_theirs(book, olivia, ada, cora):
    hand_over(olivia, cora, ada)
    assert owners(book)["open"] == (cora, "Denver")


def test_whoever_leaves_can_not_sign_in_any_more(book, olivia, oscar, ada):
    hand_over(olivia, oscar, ada, deactivate=True)
    olivia.refresh_from_db()
    assert (olivia.is_active, olivia.left_at, olivia.has_usable_password()) == (False, NOW, False)


@pytest.mark.parametrize("deactivate", [True, False])
def test_a_hand_over_to_oneself_or_to_somebody_who_left_is_refused(book, olivia, oscar, ada, deactivate):
    before = owners(book)
    seen_before_he_left = User.objects.get(pk=oscar.pk)
    people.deactivate(oscar, ada, now=timezone.now())
    for successor in (olivia, User.objects.get(pk=oscar.pk), seen_before_he_left):
        with pytest.raises(CannotHandOver, match=r"^Choose an active colleague\.$"):
            hand_over(olivia, successor, ada, deactivate=deactivate)
    assert owners(book) == before
    assert not OpportunityEvent.objects.exists()
    olivia.refresh_from_db()
    assert olivia.is_active


def test_a_deactivation_that_fails_moves_nothing(book, olivia, oscar):
    before = owners(book)
    with pytest.raises(people.CannotChange, match="You can't end your own access"):
        hand_over(olivia, oscar, olivia, deactivate=True)
    assert owners(book) == before
    assert not OpportunityEvent.objects.exists()


def test_the_last_administrator_keeps_the_loans(ada, olivia, denver):
    make_loan(officer=ada, branch=denver)
    with pytest.raises(people.CannotChange, match="last administrator"):
        hand_over(ada, olivia, olivia, deactivate=True)
    assert Loan.objects.get().officer == ada


def test_a_hand_over_of_nothing_is_none(olivia, oscar, ada):
    assert hand_over(olivia, oscar, ada, now=NOW + timedelta(days=1)) == 0
