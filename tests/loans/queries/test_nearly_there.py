"""What is listed for a fall of the market is what the match of that market newly opens."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings

from accounts.models import Branch, User
from loans.domain.opening import FALLS
from loans.models import Loan, MatchRun, Opportunity, OpportunityEvent, Policy
from loans.queries import counting, explaining, nearly_there
from loans.services import matching
from rates.models import Rate
from tests.loans import drawn
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{AS_OF}T16:00Z", tick=True):
        yield


def the_list(user: User, filters: nearly_there.Filters | None = None) -> nearly_there.Nearby:
    return nearly_there.nearby(user, filters or nearly_there.Filters(), AS_OF, counting.Counter(user, None))


def numbers(rows) -> list[str]:
    return [row.loan.loan_number for row in rows]


def fall(points: Decimal) -> None:
    for rate in Rate.objects.all():
        Rate.objects.filter(pk=rate.pk).update(rate=rate.rate - points)


def failing_rates(number: str) -> list[Decimal | None]:
    """Of each rule that keeps the loan out today, the rate at which it would open."""
    explained = explaining.explain(Loan.objects.get(loan_number=number), AS_OF)
    return [rule.opens_at_rate for rule in explained.rules if rule.excludes]


def assert_as_explained(row: nearly_there.Row, points: Decimal) -> None:
    """Where every rule that is in the way names a rate, the lowest of them opens the loan; otherwise it is no higher."""
    assert row.market_rate - points == row.fallen_rate <= row.opens_at < row.market_rate
    rates = failing_rates(row.loan.loan_number)
    assert rates, row
    if None in rates:
        assert row.opens_at <= min(filter(None, rates), default=row.market_rate), row
    else:
        assert row.opens_at == min(rates), row


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(book=drawn.books)
def test_what_is_listed_is_what_a_match_of_the_fallen_market_newly_opens(book, django_db_blocker):
    for model in (OpportunityEvent, Opportunity, MatchRun, Policy, Rate, Loan):
        model.objects.all().delete()
    Policy.objects.create(break_even_limit=40)
    cora, _ = User.objects.get_or_create(email="cora@example.com", role="compliance")
    branches = [Branch.objects.get_or_create(name=name)[0] for name in ("Denver", "Tampa")]
    set_market(**drawn.MARKET)
    drawn.save(book, branches=branches)
    matching.run(AS_OF)
    open_today = set(Opportunity.objects.values_list("loan_number", flat=True))
    found = the_list(cora)
    counts, listed = found.counts(), {name: list(found.every(name)) for name in FALLS}
    for name, points in FALLS.items():
        for row in listed[name]:
            assert_as_explained(row, points)
    fallen = Decimal(0)
    for name, points in FALLS.items():
        fall(points - fallen)
        fallen = points
        matching.run(AS_OF)
        opened = set(Opportunity.objects.values_list("loan_number", flat=True)) - open_today
        assert set(numbers(listed[name])) == opened, name
        assert counts[name] == len(opened)
        figures = {row.loan_number: row for row in Opportunity.objects.filter(loan_number__in=opened)}
        for row in listed[name]:
            opportunity = figures[row.loan.loan_number]
            assert row.monthly_savings == opportunity.monthly_savings
            assert row.total_interest_savings == opportunity.total_interest_savings
        assert [row.total_interest_savings or 0 for row in listed[name]] == sorted(
            (row.total_interest_savings or 0 for row in listed[name]), reverse=True
        )


def test_at_the_rate_named_the_loan_opens_and_a_thousandth_above_it_does_not(ada):
    """A VA loan whose costs must come back within 36 months: no formula tells the rate, the match does."""
    set_market(va_30="6.230")
    make_loan("VA-1", program="va", note_rate=Decimal("6.875"), original_amount=250_000, va_funding_fee_exempt=True)
    matching.run(AS_OF)
    assert not Opportunity.objects.exists()
    (row,) = the_list(ada).page("1/2", start=0, size=50)
    assert row.fallen_rate < row.opens_at < Decimal("6.230")
    for rate, opens in ((row.opens_at + Decimal("0.001"), False), (row.opens_at, True)):
        Rate.objects.update(rate=rate)
        assert (matching.run(AS_OF).opened == 1) is opens


def test_a_loan_that_something_else_keeps_out_or_that_is_open_is_not_listed(ada):
    set_market()
    make_loan("near", note_rate=Decimal("6.750"))
    make_loan("open")
    make_loan("flagged", note_rate=Decimal("6.750"), do_not_solicit="litigation")
    make_loan("young", note_rate=Decimal("6.750"), origination_date=AS_OF - timedelta(days=30))
    make_loan("far", note_rate=Decimal("6.000"))
    make_loan("not matched yet")
    Opportunity.objects.all().delete()
    matching.run(AS_OF)
    Opportunity.objects.filter(loan_number="not matched yet").delete()
    assert numbers(the_list(ada).every("1/2")) == ["near"]
    (row,) = the_list(ada).every("1/8")
    assert (row.note_rate, row.market_rate, row.fallen_rate, row.opens_at) == tuple(
        map(Decimal, ("6.750", "6.230", "6.105", "6.125"))
    )


def test_who_was_archived_lately_is_listed_only_where_the_match_would_open_it_again(ada):
    set_market()
    make_loan("late", note_rate=Decimal("6.875"))
    matching.run(AS_OF)
    Opportunity.objects.update(status="archived", reason="wrong_number", closed_on=AS_OF - timedelta(days=10))
    fall(Decimal("-0.125"))
    assert the_list(ada).counts() == {"1/8": 0, "1/4": 0, "1/2": 1}
    assert numbers(the_list(ada).every("1/4")) == []


def test_everybody_sees_their_own_rows_and_filters_narrow_them(olivia, oscar, ben, carl, ada):
    set_market()
    near = Decimal("6.750")
    make_loan("O-1", officer=olivia, branch=olivia.branch, note_rate=near, original_amount=300_000)
    make_loan("O-2", officer=oscar, branch=oscar.branch, note_rate=near, original_amount=500_000)
    make_loan("B-3", branch=ben.branch, note_rate=near, original_amount=400_000)
    make_loan("T-4", officer=carl, branch=carl.branch, note_rate=near, original_amount=200_000)
    seen = {user: numbers(the_list(user).every("1/4")) for user in (olivia, oscar, ben, carl, ada)}
    assert list(seen.values()) == [["O-1"], ["O-2"], ["O-2", "B-3", "O-1"], ["T-4"], ["O-2", "B-3", "O-1", "T-4"]]
    filtered = [the_list(ada, nearly_there.Filters(officer=officer)) for officer in (str(oscar.pk), "none")]
    assert [numbers(found.every("1/4")) for found in filtered] == [["O-2"], ["B-3"]]
    assert [found.counts()["1/4"] for found in filtered] == [1, 1]
    assert the_list(ada, nearly_there.Filters(program="va")).counts()["1/4"] == 0
    assert numbers(the_list(olivia, nearly_there.Filters(officer=str(carl.pk))).every("1/4")) == []


def test_without_a_rate_nothing_is_near(ada):
    make_loan(note_rate=Decimal("6.750"))
    found = the_list(ada)
    assert not found.has_rates
    assert found.counts() == {"1/8": 0, "1/4": 0, "1/2": 0}
    assert found.page("1/2", start=0, size=50) == []


def test_the_queries_do_not_grow_with_the_list(ada, django_assert_num_queries):
    set_market()
    for _ in range(5):
        make_loan(note_rate=Decimal("6.750"))
    found = the_list(ada)
    # The statement beside a savepoint and the settings of its transaction.
    with django_assert_num_queries(4):
        assert found.counts()["1/4"] == 5
    # The same for the loans that are shown, and the loans themselves.
    with django_assert_num_queries(5):
        assert len(found.page("1/4", start=0, size=50)) == 5
