"""Whom a conversation begins with: each condition, each household once, so many a day, the same however often asked."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from loans.models import Borrower, Loan, MatchRun, Opportunity
from outreach.models import BranchOutreach, Enrollment, Sequence, Touch
from outreach.services import enrolling, presets, sending, stopping, sweeping
from outreach.services.enrolling import CannotEnroll
from tests.factories import BranchFactory, UserFactory
from tests.loans.rows import set_market
from tests.outreach.conversations import lender, lookup, opportunity
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to
from tests.stand_ins import SendGridStandIn

SATURDAY = FRIDAY + timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(olivia):
    """A branch that is switched on, and the sequences that ship with the product."""
    lender()
    presets.install(FRIDAY)
    return BranchOutreach.objects.create(branch=olivia.branch, mode="automatic")


def worth(officer, savings: int = 10_000, **columns) -> Opportunity:
    """An open live opportunity that would save so much."""
    row = opportunity(officer, status="new", **columns)
    Opportunity.objects.filter(pk=row.pk).update(
        total_interest_savings=savings, spread=Decimal("1.270"), optimal_bp=90.0, qualifies=True
    )
    row.refresh_from_db()
    return row


def enrolled() -> set[int]:
    return set(Enrollment.objects.values_list("opportunity_id", flat=True))


def test_an_open_live_opportunity_is_enrolled_once(desk, olivia):
    row = worth(olivia)
    assert [enrolling.enroll(FRIDAY) for _ in range(3)] == [1, 0, 0]
    run = Enrollment.objects.get()
    assert (run.opportunity, run.loan, run.officer, run.branch) == (row, row.loan, olivia, olivia.branch)
    assert (run.state, run.run_no, run.started_at, run.started_by, run.day_one) == ("active", 1, FRIDAY, None, None)
    assert (run.sequence.slug, run.version) == (enrolling.DEFAULT_SEQUENCE, run.sequence.newest)
    assert Touch.objects.count() == 0


OPPORTUNITY = {
    "proxy": {"proxy": True},
    "a person must look": {"review": "rate_jump"},
    "does not qualify any more": {"qualifies": False},
    "snoozed": {"status": "snoozed", "snoozed_until": "2026-06-01"},
    "engaged": {"status": "engaged"},
    "closed": {"status": "closed"},
}
LOAN = {
    "not in the last file": {"not_in_last_file": True},
    "without an officer": {"officer": None},
    "without a branch": {"branch": None},
    "paid off": {"status": "paid_off"},
}


@pytest.mark.parametrize("change", [*OPPORTUNITY, *LOAN])
def test_who_may_not_be_written_to_is_not_enrolled(desk, olivia, change):
    row, other = worth(olivia), worth(olivia)
    Opportunity.objects.filter(pk=row.pk).update(**OPPORTUNITY.get(change, {"as_of": row.as_of}))
    Loan.objects.filter(pk=row.loan_id).update(**LOAN.get(change, {"lien_position": 1}))
    assert enrolling.enroll(FRIDAY) == 1
    assert enrolled() == {other.pk}


def test_an_officer_who_left_begins_nothing(desk, olivia):
    worth(olivia)
    type(olivia).objects.filter(pk=olivia.pk).update(is_active=False)
    assert enrolling.enroll(FRIDAY) == 0


@pytest.mark.parametrize(
    ("live", "decision", "count"),
    [
        (False, "", 0),
        (True, "waiting", 0),
        (True, "dismissed", 0),
        (True, "released", 1),
        (True, "", 1),
        (False, "released", 0),
    ],
)
def test_only_a_live_run_that_nobody_holds_begins_anything(desk, olivia, live, decision, count):
    worth(olivia)
    MatchRun.objects.update(live=live, decision=decision)
    assert enrolling.enroll(FRIDAY) == count


def test_a_held_run_waits_and_enrolls_after_its_release(desk, olivia):
    row = worth(olivia)
    MatchRun.objects.update(decision="waiting")
    assert enrolling.enroll(FRIDAY) == 0
    MatchRun.objects.update(decision="released")
    assert enrolling.enroll(FRIDAY + timedelta(minutes=1)) == 1
    assert enrolled() == {row.pk}


def test_a_branch_that_is_off_or_that_nobody_set_begins_nothing(desk, olivia, carl):
    worth(olivia)
    worth(carl)
    BranchOutreach.objects.update(mode="off")
    assert enrolling.enroll(FRIDAY) == 0
    BranchOutreach.objects.update(mode="review")
    assert enrolling.enroll(FRIDAY) == 1
    assert Enrollment.objects.get().officer == olivia


def test_a_branch_may_begin_only_what_is_worth_acting_on_now(desk, olivia):
    now, later, unknown = worth(olivia), worth(olivia), worth(olivia)
    Opportunity.objects.filter(pk=now.pk).update(spread="0.900")
    Opportunity.objects.filter(pk=later.pk).update(spread="0.899")
    Opportunity.objects.filter(pk=unknown.pk).update(optimal_bp=None)
    BranchOutreach.objects.update(enrolls="act_now")
    enrolling.enroll(FRIDAY)
    assert enrolled() == {now.pk}


def test_an_officer_begins_so_many_a_day_and_the_rest_comes_next_day_by_worth(desk, olivia, oscar):
    rows = [worth(olivia, savings) for savings in (100, 300, 200, 500, 400)]
    theirs = worth(oscar, 1)
    BranchOutreach.objects.update(capacity=2)
    assert enrolling.enroll(FRIDAY) == 3
    assert enrolled() == {rows[3].pk, rows[4].pk, theirs.pk}
    # Denver's Friday ends at six in the morning, UTC.
    assert enrolling.enroll(datetime(2026, 4, 25, 5, 59, tzinfo=UTC)) == 0
    assert enrolling.enroll(datetime(2026, 4, 25, 6, 0, tzinfo=UTC)) == 2
    assert enrolled() == {rows[3].pk, rows[4].pk, theirs.pk, rows[1].pk, rows[2].pk}
    assert enrolling.enroll(SATURDAY + timedelta(days=1)) == 1


def test_what_was_begun_by_hand_takes_no_room(desk, olivia):
    first, second = worth(olivia, 200), worth(olivia, 100)
    BranchOutreach.objects.update(capacity=1)
    enrolling.start(second.pk, by=olivia, now=FRIDAY)
    assert enrolling.enroll(FRIDAY) == 1
    assert enrolled() == {first.pk, second.pk}


def test_without_room_nothing_begins(desk, olivia):
    worth(olivia)
    BranchOutreach.objects.update(capacity=0)
    assert enrolling.enroll(FRIDAY) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "vega@example.com"}, {"email": "vega@example.com", "name": ("Luis", "Ode")}),
        ({"phone": "+13035550142"}, {"phone": "+13035550142", "name": ("Luis", "VEGA")}),
        ({"street": "12 Juniper Way"}, {"street": "12 Juniper Way", "name": ("Luis", "Vega")}),
    ],
    ids=["by e-mail", "by phone and last name", "by street and ZIP"],
)
def test_of_a_household_the_loan_that_saves_most_speaks(desk, olivia, oscar, one, other):
    rows = []
    for officer, savings, person in ((olivia, 200, one), (oscar, 300, other)):
        person = dict(person)
        street = person.pop("street", "")
        home = {"property_street_lookup": lookup(street), "property_zip": "80203"} if street else {}
        rows.append(worth(officer, savings, **home, **person))
    stranger = worth(olivia, 100, phone="+13035550143", name=("Ann", "Ode"))
    assert enrolling.enroll(FRIDAY) == 2
    assert enrolled() == {rows[1].pk, stranger.pk}
    # While it is under way, the other loan is left alone.
    assert enrolling.enroll(SATURDAY) == 0


def test_mail_that_goes_to_the_house_of_a_namesake_makes_one_household(desk, olivia, oscar):
    here = worth(olivia, 200, property_street_lookup=lookup("12 Juniper Way"), property_zip="80203", name=("Ana", "Vega"))
    there = worth(oscar, 300, name=("Luis", "Vega"))
    Borrower.objects.filter(loan=there.loan).update(mailing_street_lookup=lookup("12 Juniper Way"), mailing_zip="80203")
    assert enrolling.enroll(FRIDAY) == 1
    assert enrolled() == {there.pk}
    assert here.pk not in enrolled()


def test_equal_savings_are_decided_by_the_loan_number(desk, olivia):
    rows = [worth(olivia, 100, email="vega@example.com", number=number) for number in ("B-2", "A-1")]
    enrolling.enroll(FRIDAY)
    assert enrolled() == {rows[1].pk}


def test_the_same_number_of_another_name_is_another_household(desk, olivia):
    worth(olivia, phone="+13035550142")
    worth(olivia, phone="+13035550142", name=("Ann", "Ode"))
    assert enrolling.enroll(FRIDAY) == 2


@pytest.mark.parametrize(
    ("status", "columns", "left_alone"),
    [
        ("contacting", {}, True),
        ("engaged", {}, True),
        ("appointment", {}, True),
        ("application", {}, True),
        ("archived", {"reason": "never", "closed_on": "2026-04-01"}, True),
        ("archived", {"reason": "not_now", "closed_on": "2026-04-01"}, False),
        ("closed", {"closed_on": "2026-04-01"}, False),
    ],
)
def test_a_household_in_conversation_or_that_wants_none_is_left_alone(desk, olivia, status, columns, left_alone):
    other = worth(olivia, 1, email="vega@example.com")
    Opportunity.objects.filter(pk=other.pk).update(status=status, **columns)
    row = worth(olivia, 900, email="vega@example.com")
    assert enrolling.enroll(FRIDAY) == (0 if left_alone else 1)
    assert enrolled() == (set() if left_alone else {row.pk})


def test_a_conversation_that_was_stopped_does_not_begin_again_by_itself(desk, olivia):
    row = worth(olivia)
    enrolling.enroll(FRIDAY)
    stopping.stop([row.loan_id], stopping.Why.BY_HAND, at=FRIDAY)
    assert enrolling.enroll(SATURDAY) == 0
    again = enrolling.start(row.pk, by=olivia, now=SATURDAY)
    assert (again.run_no, again.started_by, again.state) == (2, olivia, "active")
    assert Enrollment.objects.get(run_no=1).state == "stopped"


def test_a_branch_may_follow_another_sequence_and_one_that_is_put_away_begins_nothing(desk, olivia):
    worth(olivia)
    other = Sequence.objects.get(slug="3-in-5-days-refinance")
    BranchOutreach.objects.update(sequence=other)
    Sequence.objects.filter(pk=other.pk).update(active=False)
    assert enrolling.enroll(FRIDAY) == 0
    Sequence.objects.filter(pk=other.pk).update(active=True)
    assert enrolling.enroll(FRIDAY) == 1
    assert Enrollment.objects.get().sequence == other


@pytest.mark.django_db(transaction=True)
def test_two_at_once_enroll_once_and_keep_to_the_capacity():
    branch = BranchFactory(name="Denver", time_zone="America/Denver")
    officer = UserFactory(name="Olivia Hart", branch=branch)
    lender()
    presets.install(FRIDAY)
    BranchOutreach.objects.create(branch=branch, mode="automatic", capacity=5)
    for savings in range(12):
        worth(officer, savings)
    start, counts = threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait(20)
            counts.append(enrolling.enroll(FRIDAY))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(counts) == [0, 0, 0, 5]
    assert Enrollment.objects.count() == 5


def test_beginning_by_hand_needs_no_turn_and_no_capacity(desk, olivia):
    row = worth(olivia)
    BranchOutreach.objects.update(capacity=0, enrolls="act_now")
    MatchRun.objects.update(decision="waiting")
    run = enrolling.start(row.pk, by=olivia, now=FRIDAY)
    assert (run.started_by, run.run_no, run.officer) == (olivia, 1, olivia)


@pytest.mark.parametrize(
    ("opportunity_is", "loan_is", "says"),
    [
        ({"status": "archived", "reason": "not_now"}, {}, "This opportunity is closed."),
        ({"status": "snoozed", "snoozed_until": "2026-06-01"}, {}, "This opportunity is snoozed. Bring it back first."),
        ({"status": "engaged"}, {}, "A sequence speaks only until the borrower has answered. Write by hand."),
        ({"status": "application"}, {}, "A sequence speaks only until the borrower has answered. Write by hand."),
        ({}, {"officer": None}, "The loan has no officer in whose name to write."),
        ({}, {"branch": None}, "The loan belongs to no branch."),
    ],
)
def test_beginning_by_hand_is_refused_with_a_reason(desk, olivia, opportunity_is, loan_is, says):
    row = worth(olivia)
    Opportunity.objects.filter(pk=row.pk).update(**({"proxy": False} | opportunity_is))
    Loan.objects.filter(pk=row.loan_id).update(**({"lien_position": 1} | loan_is))
    with pytest.raises(CannotEnroll) as refusal:
        enrolling.start(row.pk, by=olivia, now=FRIDAY)
    assert str(refusal.value) == says
    assert Enrollment.objects.count() == 0


def test_beginning_by_hand_is_refused_where_the_branch_is_off_or_the_officer_left(desk, olivia, carl):
    row, theirs = worth(olivia), worth(carl)
    BranchOutreach.objects.update(mode="off")
    for one in (row, theirs):
        with pytest.raises(CannotEnroll, match="Outreach is off for the branch"):
            enrolling.start(one.pk, by=olivia, now=FRIDAY)
    type(olivia).objects.filter(pk=olivia.pk).update(is_active=False)
    with pytest.raises(CannotEnroll, match="no officer"):
        enrolling.start(row.pk, by=olivia, now=FRIDAY)
    assert Enrollment.objects.count() == 0


def test_beginning_twice_is_refused_also_by_another_sequence(desk, olivia):
    row = worth(olivia)
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    BranchOutreach.objects.update(sequence=Sequence.objects.get(slug="3-in-5-days-refinance"))
    with pytest.raises(CannotEnroll, match="under way already"):
        enrolling.start(row.pk, by=olivia, now=FRIDAY)
    assert Enrollment.objects.count() == 1


def test_without_any_sequence_nothing_can_begin(olivia):
    lender()
    BranchOutreach.objects.create(branch=olivia.branch, mode="automatic")
    row = worth(olivia)
    assert enrolling.enroll(FRIDAY) == 0
    with pytest.raises(CannotEnroll, match="No sequence is installed"):
        enrolling.start(row.pk, by=olivia, now=FRIDAY)


def test_the_first_keys_and_the_first_import_send_nothing_until_somebody_switches_a_branch_on(olivia, cora, settings):
    set_market()
    with SendGridStandIn() as vendor:
        settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL = "SG.first", vendor.base_url
        open_desk(olivia.branch, approver=cora)
        BranchOutreach.objects.all().delete()
        worth_writing_to(olivia)
        for hours in (0, 1, 26, 80):
            now = FRIDAY + timedelta(hours=hours)
            assert [sending.send(pk, now=now) for pk in sweeping.sweep(now).ready] == []
        assert (vendor.requests, Enrollment.objects.count(), Touch.objects.count()) == ([], 0, 0)
        BranchOutreach.objects.create(branch=olivia.branch, mode="automatic")
        monday = datetime(2026, 4, 27, 16, 0, tzinfo=UTC)
        assert [sending.send(pk, now=monday) for pk in sweeping.sweep(monday).ready] == ["accepted"]
        assert len(vendor.calls) == 1


def test_the_lenders_day_begins_at_its_own_midnight_also_when_clocks_change():
    lender()
    for instant, began in (
        (datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC)),
        (datetime(2026, 3, 9, 12, tzinfo=UTC), datetime(2026, 3, 9, 6, tzinfo=UTC)),
        (datetime(2028, 2, 29, 5, tzinfo=UTC), datetime(2028, 2, 28, 7, tzinfo=UTC)),
        (datetime(2028, 2, 29, 8, tzinfo=UTC), datetime(2028, 2, 29, 7, tzinfo=UTC)),
    ):
        assert enrolling.day_began(instant) == began
