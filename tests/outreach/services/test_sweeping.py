"""A minute's work: what has lost its reason ends, what sleeps waits, what died is unknown, what is due becomes ready."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection

from loans.models import Borrower, Loan, MatchRun, Opportunity
from outreach.models import Attempt, BranchOutreach, CallTask, Enrollment, GateAnswer, Message, Touch
from outreach.services import presets, sending, sweeping
from tests.loans.rows import set_market
from tests.outreach.conversations import NOW, borrower, lender, touch, under_way
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def desk(olivia):
    """A conversation under way in a branch that sends: one message went out, a text waits and is due."""
    lender()
    BranchOutreach.objects.create(branch=olivia.branch, mode="automatic")
    row, sent, waiting = under_way(olivia)
    MatchRun.objects.update(live=False)
    return row, sent, waiting


def states(*touches: Touch) -> list[str]:
    return [Touch.objects.values_list("state", flat=True).get(pk=one.pk) for one in touches]


def run_of(row: Opportunity) -> Enrollment:
    return Enrollment.objects.get(opportunity=row)


def test_what_is_due_becomes_ready_once_and_is_told_once(desk):
    _, sent, waiting = desk
    early = touch(desk[0], state="scheduled", due_at=NOW + MINUTE)
    swept = sweeping.sweep(NOW)
    assert (swept.ready, swept.counts["ready"]) == ([waiting.pk], 1)
    assert states(sent, waiting, early) == ["accepted", "ready", "scheduled"]
    again = sweeping.sweep(NOW)
    assert (again.ready, set(again.counts.values())) == ([], {0})


def test_a_hint_that_nobody_followed_is_given_again_after_two_minutes(desk):
    *_, waiting = desk
    sweeping.sweep(NOW)
    assert sweeping.sweep(NOW + timedelta(seconds=119)).ready == []
    assert sweeping.sweep(NOW + timedelta(seconds=121)).ready == [waiting.pk]
    assert sweeping.sweep(NOW + timedelta(seconds=122)).ready == []


@pytest.mark.parametrize("change", ["another officer", "no officer", "left"])
def test_a_conversation_ends_where_its_officer_does(desk, oscar, change):
    row, sent, waiting = desk
    if change == "left":
        type(oscar).objects.filter(pk=row.loan.officer_id).update(is_active=False)
    else:
        Loan.objects.update(officer=oscar if change == "another officer" else None)
    task = CallTask.objects.create(touch=sent, opportunity=row, officer=row.loan.officer, reason="step", due_at=NOW)
    assert sweeping.sweep(NOW).counts["ended"] == 1
    run = run_of(row)
    assert (run.state, run.stop_reason, run.ended_at) == ("stopped", "officer_left", NOW)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason, waiting.detail) == ("skipped", "enrollment_stopped", "officer_left")
    task.refresh_from_db()
    assert (task.done_at, task.outcome) == (NOW, "stopped: officer_left")
    assert states(sent) == ["accepted"]


@pytest.mark.parametrize("status", ["engaged", "appointment", "application", "closed", "archived", "lost", "expired"])
@pytest.mark.parametrize("state", ["active", "paused"])
def test_a_conversation_ends_where_the_opportunity_went_on_without_it(desk, status, state):
    row, _, waiting = desk
    Enrollment.objects.update(state=state)
    Opportunity.objects.update(status=status, reason="not_now")
    sweeping.sweep(NOW)
    run = run_of(row)
    assert (run.state, run.stop_reason, run.stop_detail) == ("stopped", "opportunity_closed", status)
    assert states(waiting) == ["skipped"]


def test_a_stranger_is_not_ended_with_it(desk, olivia):
    other, _, still = under_way(olivia)
    Opportunity.objects.filter(pk=desk[0].pk).update(status="closed")
    sweeping.sweep(NOW)
    assert (run_of(other).state, states(still)) == ("active", ["ready"])


def test_a_snooze_pauses_and_what_was_missed_comes_when_it_wakes(desk):
    row, _, waiting = desk
    Opportunity.objects.update(status="snoozed", snoozed_until=date(2026, 5, 20), status_before_snooze="contacting")
    assert sweeping.sweep(NOW).counts["paused"] == 1
    assert (run_of(row).state, run_of(row).stop_detail) == ("paused", "snoozed")
    for days in (1, 5, 20):
        assert sweeping.sweep(NOW + days * DAY).ready == []
    assert states(waiting) == ["scheduled"]
    woke = NOW + 23 * DAY
    Opportunity.objects.update(status="contacting", snoozed_until=None)
    swept = sweeping.sweep(woke)
    assert (swept.counts["resumed"], swept.counts["late"], swept.ready) == (1, 0, [waiting.pk])
    waiting.refresh_from_db()
    assert waiting.not_after == woke + 2 * DAY
    assert (run_of(row).state, run_of(row).stop_detail) == ("active", "")


def test_what_a_person_paused_does_not_wake_by_itself(desk):
    row, _, waiting = desk
    Enrollment.objects.update(state="paused", stop_detail="On vacation")
    assert sweeping.sweep(NOW).ready == []
    assert (run_of(row).state, states(waiting)) == ("paused", ["scheduled"])


def test_what_nobody_let_go_in_time_is_too_late_and_says_why(desk):
    row, _, waiting = desk
    BranchOutreach.objects.update(mode="review")
    held = touch(row, state="scheduled", reason="provider_paused")
    assert sweeping.sweep(waiting.not_after).counts["late"] == 0
    assert sweeping.sweep(waiting.not_after + timedelta(seconds=1)).counts["late"] == 2
    for one, why in ((waiting, "Nobody let it go in time"), (held, "It waited too long: provider paused")):
        one.refresh_from_db()
        assert (one.state, one.reason, one.detail) == ("skipped", "too_late", why)


def test_in_review_only_what_was_released_becomes_ready(desk, ben):
    row, _, waiting = desk
    released = touch(row, state="scheduled", released_at=NOW, released_by=ben)
    BranchOutreach.objects.update(mode="review")
    assert sweeping.sweep(NOW).ready == [released.pk]
    assert states(waiting) == ["scheduled"]
    BranchOutreach.objects.update(mode="off")
    another = touch(row, state="scheduled", released_at=NOW, released_by=ben)
    assert sweeping.sweep(NOW + MINUTE).ready == []
    assert states(another) == ["scheduled"]


def test_what_a_person_wrote_waits_for_no_mode(desk):
    row, *_ = desk
    BranchOutreach.objects.update(mode="off")
    own = touch(row, state="scheduled", kind="by_hand", enrollment=None, step_n=None)
    assert sweeping.sweep(NOW).ready == [own.pk]


def claim_ran_out(row: Opportunity, hours: float = -0.1) -> Touch:
    one = touch(row, state="sending", sent_at=None, claimed_at=NOW)
    Attempt.objects.create(touch=one, token=one.claim_token, started_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outreach_touch SET claim_until = clock_timestamp() + make_interval(hours => 1) * %s WHERE id = %s",
            [hours, one.pk],
        )
    return one


def test_a_claim_that_ran_out_is_unknown_by_the_databases_clock_and_never_ready(desk):
    row, *_ = desk
    dead, alive = claim_ran_out(row), claim_ran_out(row, hours=1)
    # A worker whose clock is wrong by days changes nothing.
    assert sweeping.sweep(NOW - 9 * DAY).counts["unknown"] == 1
    dead.refresh_from_db()
    assert (dead.state, dead.reason) == ("unknown", "worker_lost")
    assert (Attempt.objects.get(touch=dead).outcome, Attempt.objects.get(touch=alive).ended_at) == ("unknown", None)
    assert states(alive) == ["sending"]
    for hours in (1, 12):
        assert dead.pk not in sweeping.sweep(NOW - 9 * DAY + timedelta(hours=hours)).ready
    assert sending.send(dead.pk, now=NOW) == "unknown"


def test_after_a_day_the_unknown_is_given_up_and_the_conversation_goes_on(olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    row = worth_writing_to(olivia)
    swept = sweeping.sweep(FRIDAY)
    first = Touch.objects.get(pk=swept.ready[0])
    token = uuid.uuid4()
    Touch.objects.filter(pk=first.pk).update(state="sending", claim_token=token, claim_until=FRIDAY, claimed_at=FRIDAY)
    Touch.objects.filter(pk=first.pk).update(state="unknown", settled_at=FRIDAY)
    sweeping.sweep(FRIDAY + DAY)
    assert (states(first), Touch.objects.count()) == (["unknown"], 1)
    swept = sweeping.sweep(FRIDAY + DAY + MINUTE)
    assert (swept.counts["abandoned"], swept.counts["dated"], swept.counts["planned"]) == (1, 1, 1)
    assert (states(first), run_of(row).day_one) == (["abandoned"], date(2026, 4, 24))
    text = Touch.objects.get(step_n=2)
    assert (text.day, text.state) == (4, "scheduled")
    assert sending.send(first.pk, now=FRIDAY + DAY + MINUTE) == "abandoned"


def test_a_step_that_fails_stops_no_other(desk):
    """Enrolling can't work without its table; what is due still becomes ready."""
    *_, waiting = desk
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_sequence RENAME TO outreach_sequence_away")
        swept = sweeping.sweep(NOW)
        cursor.execute("ALTER TABLE outreach_sequence_away RENAME TO outreach_sequence")
    assert swept.ready == [waiting.pk]
    assert "enrolled" not in swept.counts
    assert swept.counts["ready"] == 1


def test_a_borrower_with_neither_address_nor_number_hears_nothing_and_the_conversation_ends(olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    row = worth_writing_to(olivia, email="", phone="")
    assert borrower(row).email_lookup is None
    for hours in range(0, 24 * 30, 6):
        now = FRIDAY + timedelta(hours=hours)
        for pk in sweeping.sweep(now).ready:
            assert sending.send(pk, now=now) in ("skipped", "failed")
    assert list(Touch.objects.order_by("step_n").values_list("channel", "state", "reason")) == [
        ("email", "skipped", "consent_missing"),
        # Its words are about the e-mail before it, and there was none.
        ("sms", "failed", "cannot_fill"),
        ("email", "skipped", "consent_missing"),
    ]
    run = run_of(row)
    assert (run.state, run.day_one, CallTask.objects.count()) == ("completed", None, 0)
    assert Opportunity.objects.get().last_contact_at is None
    assert GateAnswer.objects.filter(send=True).count() == 0


def test_an_opportunity_without_a_branch_is_never_begun(olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    worth_writing_to(olivia, branch=None)
    for hours in (0, 1, 72):
        assert sweeping.sweep(FRIDAY + timedelta(hours=hours)).ready == []
    assert (Enrollment.objects.count(), Touch.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_an_empty_desk_has_nothing_to_do():
    lender()
    presets.install(NOW)
    swept = sweeping.sweep(NOW)
    assert (swept.ready, set(swept.counts.values()), Borrower.objects.count()) == ([], {0}, 0)
    assert {"applied", "enrolled", "planned", "left_out", "ready"} <= swept.counts.keys()
