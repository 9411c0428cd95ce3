"""The match as a service: live, preview and held runs, what opens, what is refreshed, what expires and what opens again."""

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from loans.models import EventKind, Loan, MatchRun, Opportunity, OpportunityEvent, OpportunityStatus, RunDecision
from loans.services import acting, matching
from rates.models import Rate
from tests.loans.rows import AS_OF, make_loan, set_market

NOON = datetime(2026, 4, 24, 16, 0, tzinfo=timezone.get_fixed_timezone(0))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOON, tick=True):
        yield


def on(day: date):
    """The clock at noon of another day."""
    return time_machine.travel(NOON + (day - AS_OF), tick=True)


def the_only() -> Opportunity:
    return Opportunity.objects.get()


def test_a_live_run_opens_an_opportunity_with_figures_an_officer_can_redo() -> None:
    make_loan()
    set_market()
    result = matching.run()
    assert (result.live, result.preview, result.held) == (True, False, False)
    assert (result.loans, result.matched, result.opened, result.updated, result.expired) == (1, 1, 1, 0, 0)
    row = the_only()
    assert (row.status, row.opened_on, row.qualifies) == ("new", AS_OF, True)
    assert (row.note_rate, row.market_rate, row.spread, row.threshold) == tuple(map(Decimal, ("7.5", "6.23", "1.27", "0.625")))
    # 456,000 at 7.5% over 360; 23 payments are due by April 24, 2026; the rest at 6.23% over the same 337 months. Found by
    # running the schedule month by month and bisecting for the payment, not by the closed form.
    assert (row.months_remaining, row.current_payment, row.upb) == (337, Decimal("3188.42"), Decimal("447657.10"))
    assert row.new_payment == Decimal("2815.82")
    assert row.monthly_savings == row.current_payment - row.new_payment
    assert row.total_interest_savings == row.monthly_savings * 337
    assert row.closing_costs == Decimal("6476.57")
    assert row.break_even_months == 18
    assert row.optimal_bp == 109
    assert OpportunityEvent.objects.get().kind == EventKind.OPENED


def test_running_again_the_same_day_changes_nothing() -> None:
    make_loan()
    make_loan(note_rate=Decimal("6.5"))
    set_market()
    matching.run()
    before = list(Opportunity.objects.values())
    again = matching.run()
    assert (again.opened, again.updated, again.expired) == (0, 0, 0)
    assert list(Opportunity.objects.values()) == before
    assert OpportunityEvent.objects.count() == 1


def test_from_day_to_day_nothing_is_updated_until_a_payment_is_due() -> None:
    make_loan()
    set_market()
    matching.run()
    before = the_only().optimal_bp
    with on(AS_OF + timedelta(days=3)):
        assert matching.run().updated == 0
    with on(date(2026, 5, 1)):
        assert matching.run().updated == 1
    assert the_only().months_remaining == 336
    assert before == the_only().optimal_bp == 109


def test_a_row_of_before_the_optimal_differential_was_kept_gets_it_with_the_next_run() -> None:
    make_loan()
    set_market()
    matching.run()
    Opportunity.objects.update(optimal_bp=None)
    assert matching.run().updated == 1
    assert the_only().optimal_bp == 109


def test_a_run_before_the_newest_is_a_preview_and_writes_nothing() -> None:
    make_loan()
    set_market(AS_OF - timedelta(days=1), conventional_30="6.300")
    set_market()
    matching.run()
    Opportunity.objects.all().delete()
    result = matching.run(AS_OF - timedelta(days=1))
    assert (result.preview, result.live, result.opened, result.run) == (True, False, 1, None)
    assert result.rates["conventional_30"]["rate"] == "6.300"
    assert not Opportunity.objects.exists()
    assert MatchRun.objects.count() == 1


def test_a_preview_counts_what_would_be_updated_and_would_expire() -> None:
    make_loan()
    make_loan(note_rate=Decimal("6.875"))
    set_market(AS_OF - timedelta(days=1), conventional_30="6.300")
    set_market()
    matching.run()
    result = matching.run(AS_OF - timedelta(days=1))
    assert (result.opened, result.updated, result.expired) == (0, 1, 1)
    assert set(Opportunity.objects.values_list("market_rate", flat=True)) == {Decimal("6.230")}


def test_the_first_run_on_an_empty_book_may_be_of_any_day_and_is_not_live() -> None:
    make_loan()
    set_market(date(2025, 12, 4), conventional_30="6.190")
    result = matching.run(date(2025, 12, 6))
    assert (result.live, result.preview, result.opened) == (False, False, 1)
    assert MatchRun.objects.get().as_of == date(2025, 12, 6)


def test_a_day_to_come_is_refused() -> None:
    with pytest.raises(matching.NoRun, match="still to come"):
        matching.run(AS_OF + timedelta(days=1))
    assert not MatchRun.objects.exists()


@pytest.mark.parametrize(("opening", "others", "held"), [(51, 0, True), (50, 0, False), (51, 969, False), (51, 968, True)])
def test_a_run_that_opens_more_than_five_percent_and_more_than_fifty_waits_for_a_person(
    opening: int, others: int, held: bool
) -> None:
    Loan.objects.bulk_create(
        Loan(
            loan_number=f"L{number}",
            note_rate=Decimal("7.5") if number < opening else Decimal("5"),
            origination_date=date(2024, 4, 17),
            first_payment_date=date(2024, 6, 1),
            term_months=360,
            original_amount=300_000,
        )
        for number in range(opening + others)
    )
    set_market()
    result = matching.run()
    assert (result.opened, result.held) == (opening, held)


def test_a_held_run_is_decided_once(ada) -> None:
    run = MatchRun.objects.create(
        as_of=AS_OF, live=True, decision=RunDecision.WAITING, policy=matching._policy_in_force(save=True)
    )
    assert matching.decide(run, release=True, by=ada) is True
    assert matching.decide(run, release=False, by=ada) is False
    run.refresh_from_db()
    assert (run.decision, run.decided_by) == (RunDecision.RELEASED, ada)


def test_a_new_one_that_no_longer_qualifies_expires_and_what_was_started_goes_on() -> None:
    lapsing, contacting = make_loan(), make_loan()
    set_market()
    matching.run()
    Opportunity.objects.filter(loan=contacting).update(status=OpportunityStatus.CONTACTING)
    tomorrow = AS_OF + timedelta(days=1)
    set_market(tomorrow, source="file", conventional_30="6.900")
    with on(tomorrow):
        result = matching.run()
    assert (result.opened, result.expired, result.matched) == (0, 1, 0)
    assert Opportunity.objects.get(loan=lapsing).status == "expired"
    started = Opportunity.objects.get(loan=contacting)
    assert (started.status, started.qualifies, started.market_rate) == ("contacting", False, Decimal("6.900"))


def test_without_a_current_rate_nothing_opens_and_nothing_expires() -> None:
    make_loan()
    set_market()
    matching.run()
    make_loan("later")
    eleven_days = AS_OF + timedelta(days=11)
    with on(eleven_days):
        result = matching.run()
    assert result.rates == {}
    assert (result.opened, result.updated, result.expired, result.excluded["rate_available"]) == (0, 0, 0, 2)
    assert the_only().market_rate == Decimal("6.230")


def test_a_held_rate_opens_nothing() -> None:
    make_loan()
    set_market()
    Rate.objects.update(status=Rate.Status.HELD, awaiting=True)
    assert matching.run().opened == 0


def test_a_loan_that_was_paid_off_expires_even_without_a_rate() -> None:
    loan = make_loan()
    set_market()
    matching.run()
    Rate.objects.all().delete()
    Loan.objects.filter(pk=loan.pk).update(status="paid_off")
    assert matching.run().expired == 1


def test_a_snoozed_one_comes_back_by_itself(ada) -> None:
    make_loan()
    set_market()
    matching.run()
    acting.snooze(the_only(), until=AS_OF + timedelta(days=3), by=ada, today=AS_OF)
    with on(AS_OF + timedelta(days=2)):
        matching.run()
        assert the_only().status == "snoozed"
    with on(AS_OF + timedelta(days=3)):
        matching.run()
    row = the_only()
    assert (row.status, row.snoozed_until, row.status_before_snooze) == ("new", None, "")
    assert OpportunityEvent.objects.filter(kind=EventKind.WOKE).count() == 1


@pytest.mark.parametrize(
    ("days", "market", "opens"),
    [
        (8, "6.230", False),
        (8, "5.990", False),
        (8, "5.980", True),  # a quarter below the rate at which it opened
        (180, "6.230", True),
        (179, "6.230", False),
    ],
)
def test_an_archived_loan_opens_again_only_later_or_in_a_better_market(ada, days: int, market: str, opens: bool) -> None:
    make_loan()
    set_market()
    matching.run()
    acting.archive(the_only(), reason="not_now", by=ada, today=AS_OF)
    then = AS_OF + timedelta(days=days)
    set_market(then, source="file", conventional_30=market)
    with on(then):
        assert matching.run().opened == int(opens)


def test_one_archived_for_good_stays_out_also_where_nobody_knows_how_to_reach_the_borrower(ada) -> None:
    make_loan(name=("", ""))
    set_market()
    matching.run()
    acting.archive(the_only(), reason="never", by=ada, today=AS_OF)
    later = AS_OF + timedelta(days=400)
    with on(later):
        set_market(later, conventional_30="5.500", conventional_15="5.000")
        run = matching.run()
    assert (run.opened, run.excluded["do_not_solicit"]) == (0, 1)


def test_one_archived_for_good_never_opens_again_nor_does_another_loan_of_the_borrower(ada) -> None:
    make_loan(email="m@example.com")
    set_market()
    matching.run()
    acting.archive(the_only(), reason="never", by=ada, today=AS_OF)
    make_loan("second", email="m@example.com")
    then = AS_OF + timedelta(days=400)
    set_market(then, source="file", conventional_30="4.000")
    with on(then):
        result = matching.run()
    assert (result.opened, result.excluded["do_not_solicit"]) == (0, 2)


@pytest.mark.parametrize(("months", "opens"), [(23, False), (25, True)])
def test_a_closed_one_stays_closed_for_24_months(months: int, opens: bool) -> None:
    make_loan()
    set_market()
    matching.run()
    Opportunity.objects.update(status=OpportunityStatus.CLOSED, closed_on=AS_OF)
    then = AS_OF + timedelta(days=round(months * 30.5))
    set_market(then, source="file", conventional_30="4.000")
    with on(then):
        assert matching.run().opened == int(opens)


def test_one_that_expired_without_contact_opens_again_at_once() -> None:
    make_loan()
    set_market()
    matching.run()
    for day, market in ((1, "6.900"), (2, "6.230")):
        set_market(AS_OF + timedelta(days=day), source="file", conventional_30=market)
        with on(AS_OF + timedelta(days=day)):
            matching.run()
    assert sorted(Opportunity.objects.values_list("status", flat=True)) == ["expired", "new"]


def test_the_database_keeps_a_second_open_opportunity_out() -> None:
    make_loan()
    set_market()
    matching.run()
    row = the_only()
    row.pk = None
    with pytest.raises(IntegrityError, match="one_open_opportunity_a_loan"), transaction.atomic():
        row.save()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_open_each_loan_once() -> None:
    for _ in range(20):
        make_loan()
    set_market()
    results, gate = [], threading.Barrier(2)

    def match() -> None:
        gate.wait()
        try:
            results.append(matching.run().opened)
        finally:
            connection.close()

    threads = [threading.Thread(target=match) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 20]
    assert Opportunity.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_run_waits_for_the_one_before_it() -> None:
    make_loan()
    set_market()
    other = connection.copy()
    try:
        with other.cursor() as holder:
            holder.execute("SELECT pg_advisory_lock(hashtextextended('loans.match', 0))")
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                matching.run()
            assert not MatchRun.objects.exists()
    finally:
        other.close()
        connection.close()


def test_a_run_takes_the_same_few_statements_whatever_the_size_of_the_book(django_assert_max_num_queries) -> None:
    set_market()
    for _ in range(3):
        make_loan()
    with django_assert_max_num_queries(32):
        matching.run()


def test_a_queue_that_looks_empty_to_the_planner_is_not_read_again_for_each_loan() -> None:
    set_market()
    for _ in range(30):
        make_loan()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE loans_opportunity")
        asked = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'loans_opportunity'"
        cursor.execute(asked)
        (before,) = cursor.fetchone()
        assert matching.run().opened == 30
        cursor.execute(asked)
        (after,) = cursor.fetchone()
    assert after - before <= 10


def test_a_portfolio_in_slices_opens_each_loan_once_and_finds_nothing_new_then(monkeypatch) -> None:
    set_market()
    for _ in range(7):
        make_loan()
    monkeypatch.setattr(matching, "SLICE", 2)
    assert [(done.opened, done.updated) for done in (matching.run(), matching.run())] == [(7, 0), (0, 0)]
    assert Opportunity.objects.open().values("loan").distinct().count() == 7
    assert OpportunityEvent.objects.filter(kind=EventKind.OPENED).count() == 7
    Opportunity.objects.update(upb=1)
    assert matching.run().updated == 7


def test_what_a_run_opens_is_checked_before_the_next_slice_rather_than_kept_until_the_end() -> None:
    set_market()
    make_loan()
    matching.run()
    # Deferred, this row would stand until the transaction ends.
    with pytest.raises(IntegrityError), transaction.atomic():
        OpportunityEvent.objects.create(opportunity_id=-1, kind=EventKind.OPENED, at=timezone.now())
