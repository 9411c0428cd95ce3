"""The count of each choice is what a match with that threshold really opens (R5 to R8)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings

from accounts.models import Branch
from loans.domain.tuning import CHOICES, Scope
from loans.models import ClosingCost, Loan, MatchRun, Opportunity, OpportunityEvent, Policy, Threshold
from loans.queries import counting, tuning
from loans.queries.terms import terms
from loans.services import matching
from rates.models import Rate
from rates.queries import market
from tests.loans import drawn
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{AS_OF}T16:00Z", tick=True):
        yield


def the_book(scope: Scope) -> tuning.Book:
    return tuning.book(scope, terms(AS_OF, Policy.current(), market.applying(AS_OF)))


def set_threshold(scope: Scope, spread: Decimal) -> Threshold:
    return Threshold.objects.create(
        branch_id=scope.branch_id,
        family=scope.family,
        balance_from=scope.balance_from,
        balance_below=scope.balance_below,
        spread=spread,
        effective_from=AS_OF,
    )


def start_again() -> None:
    for model in (OpportunityEvent, Opportunity, MatchRun, Threshold, Loan):
        model.objects.all().delete()


def qualifying_in(scope: Scope) -> int:
    """Loans of the scope that the newest run found eligible; none was closed before."""
    rows = Opportunity.objects.filter(qualifies=True)
    if scope.branch_id is not None:
        rows = rows.filter(loan__branch=scope.branch_id)
    if scope.family:
        rows = rows.filter(product__in=(f"{scope.family}_30", f"{scope.family}_15"))
    if scope.balance_from is not None:
        rows = rows.filter(upb__gte=scope.balance_from)
    if scope.balance_below is not None:
        rows = rows.filter(upb__lt=scope.balance_below)
    return rows.count()


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(book=drawn.books)
def test_each_count_is_that_of_a_match_with_the_threshold_really_set(book, django_db_blocker):
    start_again()
    branches = [Branch.objects.get_or_create(name=name)[0] for name in ("Denver", "Tampa")]
    if not Rate.objects.exists():
        set_market(**drawn.MARKET)
    drawn.save(book, branches=branches)
    denver = branches[0].pk
    # Somebody has rules of their own already: the choice does not move those loans.
    set_threshold(Scope(denver, "va"), Decimal("0.250"))
    set_threshold(Scope(family="jumbo"), Decimal("1.000"))
    scopes = (
        (Scope(), ("0.375", "1.000")),
        (Scope(family="conventional"), ("0.500", "1.250")),
        (Scope(denver), ("0.375",)),
        (Scope(denver, "va"), ("0.875",)),
        (Scope(family="fha", balance_from=Decimal(200_000), balance_below=Decimal(500_000)), ("1.125",)),
    )
    for scope, spreads in scopes:
        for spread in map(Decimal, spreads):
            OpportunityEvent.objects.all().delete()
            Opportunity.objects.all().delete()
            first = matching.run(AS_OF)
            counted = the_book(scope)
            assert counted.now == qualifying_in(scope)
            row = set_threshold(scope, spread)
            second = matching.run(AS_OF)
            assert counted.qualifying(spread) == qualifying_in(scope), (scope, spread)
            assert counted.qualifying(spread) - counted.now == second.matched - first.matched
            assert counted.expiring(spread) == second.expired
            row.delete()
    assert the_book(Scope()).now == matching.run(AS_OF).matched


def test_what_is_open_and_contacted_goes_on_and_what_is_new_expires(olivia):
    set_market()
    for number, note_rate in (("N-1", "6.875"), ("N-2", "6.875"), ("N-3", "7.500")):
        make_loan(number, note_rate=Decimal(note_rate))
    matching.run(AS_OF)
    Opportunity.objects.filter(loan_number="N-2").update(status="contacting")
    book = the_book(Scope(family="conventional"))
    assert [book.qualifying(spread) for spread in (None, Decimal("0.625"), Decimal("0.750"), Decimal("1.250"))] == [3, 3, 1, 1]
    assert (book.expiring(Decimal("0.750")), book.going_on(Decimal("0.750"))) == (1, 1)
    assert (book.expiring(Decimal("0.625")), book.going_on(Decimal("0.625"))) == (0, 0)
    assert (book.active, book.elsewhere, book.thresholds) == (3, 0, [Decimal("0.625")])


def test_the_medians_are_of_active_loans_of_the_scope_alone(denver, tampa):
    set_market()
    for number, amount in enumerate((200_000, 300_000, 700_000)):
        make_loan(f"M-{number}", branch=denver, upb=amount, upb_as_of=AS_OF, note_rate=Decimal("6.000"))
    make_loan("M-paid", branch=denver, upb=800_000, upb_as_of=AS_OF, status="paid_off")
    make_loan("M-tampa", branch=tampa, upb=800_000, upb_as_of=AS_OF)
    book = the_book(Scope(denver.pk, "conventional"))
    assert (book.active, book.balance, book.months, book.now) == (3, 300_000, 337, 0)


def test_a_scope_without_loans_has_the_threshold_of_the_rules(db):
    set_market()
    today = tuning.today(Scope(family="jumbo"), AS_OF, counting.Counter(None, None))
    assert (today.book.active, today.book.now, today.thresholds, today.typical) == (0, 0, [Decimal("0.875")], None)
    assert [choice.outcome for choice in today.choices()] == [None] * len(CHOICES)


def test_months_to_earn_back_come_from_the_branchs_own_costs(denver, tampa):
    """R8: a branch that asks more earns it back later."""
    set_market()
    for branch in (denver, tampa):
        make_loan(branch=branch, upb=385_000, upb_as_of=AS_OF)
    ClosingCost.objects.create(branch=tampa, fixed=6000, percent=2, effective_from=AS_OF - timedelta(days=1))
    counter = counting.Counter(None, None)
    months = [
        tuning.today(Scope(branch.pk, "conventional"), AS_OF, counter).outcome(Decimal("0.625")).break_even_months
        for branch in (denver, tampa)
    ]
    assert months == [38, 89]


def test_the_counts_are_one_statement(denver, django_assert_num_queries):
    set_market()
    make_loan(branch=denver)
    run = terms(AS_OF, Policy.current(), market.applying(AS_OF))
    # Beside it a savepoint, the settings of the transaction, and the savepoint's end.
    with django_assert_num_queries(4):
        tuning.book(Scope(denver.pk), run)
