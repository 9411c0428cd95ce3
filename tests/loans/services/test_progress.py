"""How far an opportunity comes: each act fits some states, happens once, and is a line of the history."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loans.models import Engagement, Loan, LoanStatus, MatchRun, Opportunity, OpportunityStatus, Policy
from loans.services import progress
from tests.loans.rows import make_loan

NOW = datetime(2026, 4, 24, 16, 30, tzinfo=UTC)
TODAY = date(2026, 4, 24)
S = OpportunityStatus
pytestmark = pytest.mark.django_db


def opportunity(status: str = S.NEW, **columns) -> Opportunity:
    loan = make_loan()
    run = MatchRun.objects.create(as_of=TODAY, policy=Policy.objects.first() or Policy.objects.create())
    needed = {
        S.SNOOZED: {"snoozed_until": TODAY + timedelta(days=9), "status_before_snooze": "contacting"},
        S.ARCHIVED: {"reason": "not_now", "closed_on": TODAY},
    }
    return Opportunity.objects.create(
        loan=loan, loan_number=loan.loan_number, status=status, opened_on=TODAY, opened_run=run, as_of=TODAY, note_rate="7.5",
        product="conventional_30", months_remaining=337, **(needed.get(status, {}) | columns),
    )  # fmt: skip


def told(row: Opportunity) -> list[tuple[str, str, str]]:
    return list(row.events.order_by("id").values_list("kind", "from_status", "to_status"))


def status_of(row: Opportunity) -> str:
    return Opportunity.objects.values_list("status", flat=True).get(pk=row.pk)


ACTS = {
    "engaged": (lambda row: progress.engaged(row.pk, Engagement.REPLIED, at=NOW), S.ENGAGED, {S.NEW, S.CONTACTING}),
    "booked": (lambda row: progress.booked(row.pk, at=NOW), S.APPOINTMENT, {S.NEW, S.CONTACTING, S.ENGAGED}),
    "canceled": (lambda row: progress.canceled(row.pk), S.ENGAGED, {S.APPOINTMENT}),
    "applied": (
        lambda row: progress.applied(row.loan, at=NOW),
        S.APPLICATION,
        {S.NEW, S.CONTACTING, S.ENGAGED, S.APPOINTMENT, S.SNOOZED},
    ),
    "closed": (lambda row: progress.closed(row.loan, on=TODAY), S.CLOSED, set(S.open())),
    "lost": (lambda row: progress.lost(row.loan, on=TODAY), S.LOST, set(S.open())),
}


@pytest.mark.parametrize("status", S.values)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_fits_some_states_and_changes_nothing_in_the_others(act, status):
    row = opportunity(status)
    do, becomes, fits = ACTS[act]
    for _ in range(2):
        do(row)
    if status in fits:
        assert status_of(row) == becomes
        assert told(row) == [(act, status, becomes)]
    else:
        assert status_of(row) == status
        assert told(row) == []


def test_a_first_contact_is_told_once_and_the_last_one_is_kept():
    row = opportunity()
    for hours in (0, 5, 2):
        progress.contacted(row.pk, at=NOW + timedelta(hours=hours))
    row.refresh_from_db()
    assert (row.status, row.engagement, row.last_contact_at) == ("contacting", Engagement.SENT, NOW + timedelta(hours=5))
    assert told(row) == [("contacted", "new", "contacting")]


@pytest.mark.parametrize("status", sorted(set(S.values) - {S.NEW}))
def test_a_contact_moves_no_other_state(status):
    row = opportunity(status)
    progress.contacted(row.pk, at=NOW)
    assert (status_of(row), told(row)) == (status, [])


def test_engagement_never_goes_back():
    row = opportunity(S.CONTACTING)
    progress.engaged(row.pk, Engagement.REPLIED, at=NOW)
    progress.noticed(row.pk, Engagement.OPENED, at=NOW + timedelta(days=1))
    progress.contacted(row.pk, at=NOW + timedelta(days=1))
    row.refresh_from_db()
    assert (row.engagement, row.engaged_at) == (Engagement.REPLIED, NOW)


def test_what_somebody_noticed_leaves_the_state_alone():
    row = opportunity(S.CONTACTING)
    progress.noticed(row.pk, Engagement.OPENED, at=NOW)
    row.refresh_from_db()
    assert (row.status, row.engagement, row.engaged_at, told(row)) == ("contacting", Engagement.OPENED, NOW, [])


def test_an_application_ends_a_snooze_and_moves_the_loan():
    row = opportunity(S.SNOOZED)
    assert progress.applied(row.loan, at=NOW) == row.pk
    row.refresh_from_db()
    assert (row.status, row.snoozed_until, row.status_before_snooze) == ("application", None, "")
    assert Loan.objects.get().status == LoanStatus.IN_APPLICATION


def test_an_application_for_a_loan_without_opportunity_moves_the_loan_alone():
    loan = make_loan()
    assert progress.applied(loan, at=NOW) is None
    assert Loan.objects.get().status == LoanStatus.IN_APPLICATION
    assert Opportunity.objects.count() == 0


def test_a_loan_that_is_paid_off_does_not_come_back_by_a_late_application():
    row = opportunity(S.APPLICATION)
    assert progress.closed(row.loan, on=TODAY) == row.pk
    assert progress.applied(row.loan, at=NOW) is None
    loan = Loan.objects.get()
    assert (loan.status, loan.last_refinanced_on) == (LoanStatus.PAID_OFF, TODAY)
    assert status_of(row) == "closed"


def test_a_payoff_elsewhere_is_no_refinance_of_ours():
    row = opportunity(S.ENGAGED)
    assert progress.lost(row.loan, on=date(2028, 2, 29)) == row.pk
    assert progress.closed(row.loan, on=date(2028, 3, 1)) is None
    row.refresh_from_db()
    loan = Loan.objects.get()
    assert (row.status, row.closed_on) == ("lost", date(2028, 2, 29))
    assert (loan.status, loan.last_refinanced_on) == (LoanStatus.PAID_OFF, None)
