"""Letting a batch go: only what waits, only what the person sees, and the day that is held moves as a whole."""

from datetime import timedelta

import pytest

from outreach.models import Enrollment, Mode, Touch
from outreach.services import releasing, sending, sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

SOON = FRIDAY + timedelta(minutes=1)


@pytest.fixture
def waiting(db, olivia, oscar, carl, cora) -> list[Touch]:
    """Two in Denver and one in Tampa; both branches review what goes out."""
    set_market()
    for branch in (olivia.branch, carl.branch):
        open_desk(branch, approver=cora, mode=Mode.REVIEW)
    for officer in (olivia, oscar, carl):
        worth_writing_to(officer, name=("Marisol", f"Vega {officer.pk}"))
    assert sweeping.sweep(FRIDAY).ready == []
    return list(Touch.objects.order_by("pk"))


def run(now) -> list[str]:
    return [sending.send(pk, now=now) for pk in sweeping.sweep(now).ready]


def test_nothing_goes_before_somebody_lets_it_go(waiting, ben):
    assert run(SOON) == []
    assert releasing.release(ben, now=SOON) == 2
    assert run(SOON) == ["accepted", "accepted"]
    let_go = Touch.objects.filter(released_by=ben, released_at=SOON, state="accepted")
    assert {touch.branch.name for touch in let_go} == {"Denver"}


def test_an_officer_lets_go_the_own_messages_only(waiting, olivia):
    assert releasing.release(olivia, now=SOON, only=[touch.pk for touch in waiting]) == 1
    assert Touch.objects.get(released_at__isnull=False).officer == olivia


def test_letting_go_twice_is_once(waiting, ben):
    releasing.release(ben, now=SOON)
    assert releasing.release(ben, now=SOON) == 0


def test_what_is_due_later_is_not_let_go_with_the_day(waiting, ben):
    Touch.objects.filter(officer__name="Oscar Lind").update(due_at=FRIDAY + timedelta(days=3))
    assert releasing.release(ben, now=SOON, until=FRIDAY + timedelta(hours=10)) == 1


def test_a_dropped_message_never_goes_and_the_conversation_goes_on(waiting, ben):
    mine = [touch.pk for touch in waiting if touch.officer.name == "Olivia Hart"]
    assert releasing.drop(ben, mine, "She called this morning", now=SOON) == 1
    touch = Touch.objects.get(pk=mine[0])
    assert (touch.state, touch.reason, touch.detail) == (
        "skipped",
        "dropped",
        "Dropped by Ben Castellano: She called this morning",
    )
    releasing.release(ben, now=SOON)
    assert len(run(SOON)) == 1
    assert Enrollment.objects.get(pk=touch.enrollment_id).state == "active"


def test_nobody_drops_what_they_do_not_see(waiting, mona):
    theirs = [touch.pk for touch in waiting if touch.branch.name == "Denver"]
    assert releasing.drop(mona, theirs, "Mine now", now=SOON) == 0
    assert not Touch.objects.filter(state="skipped").exists()


def test_a_message_that_was_taken_by_a_sender_is_left_to_it(waiting, ben):
    releasing.release(ben, now=SOON)
    sweeping.sweep(SOON)
    assert releasing.drop(ben, [touch.pk for touch in waiting], "Too late", now=SOON) == 0


def test_a_held_day_moves_to_monday_with_its_limits(waiting, ben):
    limits = {touch.pk: touch.not_after - touch.due_at for touch in waiting}
    assert releasing.hold_today(ben, now=SOON) == 2
    held = Touch.objects.filter(reason="held")
    assert {touch.branch.name for touch in held} == {"Denver"}
    for touch in held:
        # Friday is held, so Monday at nine in Denver.
        assert touch.due_at.isoformat() == "2026-04-27T15:00:00+00:00"
        assert touch.not_after - touch.due_at == limits[touch.pk]
    releasing.release(ben, now=SOON)
    assert run(SOON) == []
