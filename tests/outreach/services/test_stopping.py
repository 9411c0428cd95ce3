"""A stop ends the conversations of a household, takes back what waits, and waits for a call that is on its way."""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections

from loans.models import Loan
from loans.services import acting
from outreach.models import CallReason, CallTask, Enrollment, Touch
from outreach.queries import holds
from outreach.services import sending, stopping, sweeping
from rates.models import ConformingLimit
from tests.factories import BranchFactory, UserFactory
from tests.loans.rows import set_market
from tests.outreach.conversations import NOW, SENT, lookup, touch, under_way
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to
from tests.stand_ins import Behavior, SendGridStandIn

Why = stopping.Why


def states(*touches: Touch) -> list[str]:
    return [Touch.objects.values_list("state", flat=True).get(pk=one.pk) for one in touches]


def test_a_stop_ends_it_for_a_reason_and_takes_back_what_waits(olivia):
    row, sent, waiting = under_way(olivia)
    ready = touch(row, state="ready")
    done = stopping.stop([row.loan_id], Why.REPLY, at=NOW, detail="By text", by=olivia)
    run = Enrollment.objects.get()
    assert done == stopping.Stopped([run.pk], 2)
    assert (run.state, run.stop_reason, run.stop_detail, run.ended_at, run.ended_by) == (
        "stopped", "reply", "By text", NOW, olivia,
    )  # fmt: skip
    assert states(sent, waiting, ready) == ["accepted", "skipped", "skipped"]
    assert set(Touch.objects.filter(state="skipped").values_list("reason", "detail", "settled_at")) == {
        ("enrollment_stopped", "reply", NOW)
    }


def test_a_second_stop_finds_nothing_and_changes_nothing(olivia):
    row, *_ = under_way(olivia)
    stopping.stop([row.loan_id], Why.REPLY, at=NOW)
    before = list(Enrollment.objects.values()), list(Touch.objects.order_by("pk").values())
    assert stopping.stop([row.loan_id], Why.OPT_OUT, at=NOW + timedelta(hours=1)) == stopping.Stopped([], 0)
    assert (list(Enrollment.objects.values()), list(Touch.objects.order_by("pk").values())) == before


def test_a_household_stops_together_and_a_stranger_goes_on(olivia):
    row, *_ = under_way(olivia, email="vega@example.com")
    same, _, also = under_way(olivia, email="vega@example.com")
    stranger, _, still = under_way(olivia)
    assert len(stopping.stop([row.loan_id], Why.BOOKING, at=NOW).enrollments) == 2
    assert Enrollment.objects.get(opportunity=same).stop_reason == "booking"
    assert Enrollment.objects.get(opportunity=stranger).state == "active"
    assert states(also, still) == ["skipped", "scheduled"]


def test_a_paused_one_is_stopped_too_and_one_that_has_ended_is_left(olivia):
    paused, *_ = under_way(olivia)
    Enrollment.objects.update(state="paused")
    over, *_ = under_way(olivia)
    Enrollment.objects.filter(opportunity=over).update(state="completed", ended_at=SENT)
    stopping.stop([paused.loan_id, over.loan_id], Why.APPLICATION, at=NOW)
    assert set(Enrollment.objects.values_list("state", "ended_at")) == {("stopped", NOW), ("completed", SENT)}


def test_what_is_being_sent_or_unknown_is_left_to_its_sender(olivia):
    row, *_ = under_way(olivia)
    busy, lost = touch(row, state="sending", sent_at=None), touch(row, state="unknown", sent_at=None)
    stopping.stop([row.loan_id], Why.REPLY, at=NOW)
    assert states(busy, lost) == ["sending", "unknown"]


def test_calls_that_the_sequence_asked_for_are_over(olivia):
    row, sent, _ = under_way(olivia)
    values = {"opportunity": row, "officer": olivia, "due_at": NOW}
    asked = CallTask.objects.create(touch=sent, reason=CallReason.STEP, **values)
    own = CallTask.objects.create(reason=CallReason.REPLIED, **values)
    stopping.stop([row.loan_id], Why.REPLY, at=NOW)
    asked.refresh_from_db()
    own.refresh_from_db()
    assert (asked.done_at, asked.outcome) == (NOW, "stopped: reply")
    assert own.done_at is None


def test_pause_and_resume_fit_their_states(olivia):
    row, _, waiting = under_way(olivia)
    run = Enrollment.objects.get(opportunity=row)
    assert not stopping.resume(run.pk, by=olivia)
    assert stopping.pause(run.pk, by=olivia, detail="On vacation")
    assert not stopping.pause(run.pk, by=olivia)
    run.refresh_from_db()
    assert (run.state, run.stop_detail, states(waiting)) == ("paused", "On vacation", ["scheduled"])
    assert stopping.resume(run.pk, by=olivia)
    stopping.stop([row.loan_id], Why.BY_HAND, at=NOW)
    assert not stopping.pause(run.pk, by=olivia)
    assert not stopping.resume(run.pk, by=olivia)
    assert Enrollment.objects.get().state == "stopped"


def test_the_history_says_who_paused_and_who_resumed_and_nothing_of_what_was_refused(olivia, ben):
    row, *_ = under_way(olivia)
    run = Enrollment.objects.get()
    stopping.resume(run.pk, by=ben)
    assert not row.events.filter(kind="note").exists()
    stopping.pause(run.pk, by=olivia)
    stopping.pause(run.pk, by=ben)
    stopping.resume(run.pk, by=ben)
    told = list(row.events.filter(kind="note").order_by("pk").values_list("text", "by", "from_status", "to_status"))
    assert told == [
        ("Conversation paused.", olivia.pk, row.status, row.status),
        ("Conversation resumed.", ben.pk, row.status, row.status),
    ]
    row.refresh_from_db()
    assert row.status == told[0][2]


def test_a_typed_note_in_the_same_words_is_no_pause(olivia):
    row, *_ = under_way(olivia)
    acting.note(row, text=holds.PAUSED, by=olivia)
    assert not holds.of(row.pk).exists()
    assert not holds.is_one(row.events.get(kind="note"))
    stopping.pause(Enrollment.objects.get().pk, by=olivia)
    assert [holds.is_one(event) for event in holds.of(row.pk)] == [True]


def test_what_waits_for_an_address_is_taken_back_on_its_channels_only(olivia):
    row, _, text = under_way(olivia, phone="+17205550142")
    _, _, other = under_way(olivia)
    mail = touch(row, state="scheduled")
    answer = touch(row, "sms", "ready", kind="confirmation", enrollment=None, step_n=None)
    assert stopping.take_back_for_address(lookup("+17205550142"), ["sms"], at=NOW) == 1
    assert states(text, mail, other, answer) == ["skipped", "scheduled", "scheduled", "ready"]
    assert Enrollment.objects.get(opportunity=row).state == "active"


@pytest.fixture
def on_its_way(transactional_db, settings):
    """A send that is inside its call to the provider for a second and a half."""
    set_market()
    ConformingLimit.objects.get_or_create(year=2026, area="", defaults={"amount": 832_750})
    olivia = UserFactory(name="Olivia Hart", branch=BranchFactory(name="Denver", time_zone="America/Denver"), nmls_id="9900417")
    open_desk(olivia.branch, approver=UserFactory(name="Cora Shah", branch=None, role="compliance"))
    row = worth_writing_to(olivia)
    ready = Touch.objects.get(pk=sweeping.sweep(FRIDAY).ready[0])
    with SendGridStandIn(Behavior(delay=1.5)) as vendor:
        settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL = "SG.test", vendor.base_url
        sender = threading.Thread(target=_send, args=(ready.pk,))
        sender.start()
        end = time.monotonic() + 20
        while not vendor.calls and time.monotonic() < end:
            time.sleep(0.01)
        assert vendor.calls, Touch.objects.values("state", "reason", "detail").get(pk=ready.pk)
        yield row, ready, vendor
        sender.join(30)


def _send(pk) -> None:
    try:
        # What a worker's own log would tell, where its session is ended.
        with contextlib.suppress(OperationalError):
            sending.send(pk, now=FRIDAY)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_stop_waits_for_the_call_that_is_on_its_way_and_nothing_follows(on_its_way):
    row, ready, vendor = on_its_way
    waiting = touch(row, "sms", "scheduled")
    stopping.stop([row.loan_id], Why.REPLY, at=FRIDAY)
    # It is back only after the provider had answered and the outcome was written down.
    assert states(ready, waiting) == ["accepted", "skipped"]
    assert Enrollment.objects.get().state == "stopped"
    assert sending.send(waiting.pk, now=FRIDAY) == "skipped"
    assert len(vendor.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_a_stop_that_may_not_wait_says_so_and_changes_nothing(on_its_way):
    row, *_ = on_its_way
    with pytest.raises(OperationalError):
        stopping.stop([row.loan_id], Why.REPLY, at=FRIDAY, wait_seconds=0.1)
    assert Enrollment.objects.get().state == "active"
    stranger = Loan.objects.create(
        loan_number="S-1", note_rate="7", origination_date="2024-04-17", first_payment_date="2024-06-01", term_months=360,
        original_amount="100000",
    )  # fmt: skip
    assert stopping.stop([stranger.pk], Why.REPLY, at=FRIDAY, wait_seconds=0.1) == stopping.Stopped([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_stop_for_the_address_alone_waits_for_the_same_call(on_its_way):
    _, ready, _ = on_its_way
    with pytest.raises(OperationalError):
        stopping.stop([], Why.OPT_OUT, at=FRIDAY, lookups=[bytes(ready.address_lookup)], wait_seconds=0.1)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_fails_during_the_call_never_makes_it_go_twice(on_its_way):
    """The call was made; who can't write down its outcome may not put the touch back."""
    _, ready, vendor = on_its_way
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE state = 'idle in transaction' "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    time.sleep(2.5)
    assert states(ready) == ["sending"]
    assert sending.send(ready.pk, now=FRIDAY) == "sending"
    assert len(vendor.calls) == 1
