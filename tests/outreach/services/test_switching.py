"""Switches: what a halt promises, what a branch's mode begins, and who decided what when."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from outreach.models import BranchOutreach, Change, Desk, Enrollment, Enrolls, Mode, ProviderPause, SenderDomain, Touch
from outreach.services import gate, sending, sweeping, switching
from outreach.services.switching import BranchChoice
from refidetect.kit import contact_locks
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

LATER = FRIDAY + timedelta(minutes=7)


def choice(mode: Mode = Mode.AUTOMATIC, **different) -> BranchChoice:
    return BranchChoice(**({"mode": mode, "enrolls": Enrolls.EVERY, "capacity": 10, "sequence": None} | different))


@pytest.fixture
def row(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia)


def run(now) -> list[str]:
    return [sending.send(pk, now=now) for pk in sweeping.sweep(now).ready]


def test_nothing_goes_out_while_everything_is_halted_and_it_goes_at_once_afterwards(row, ben):
    assert switching.halt(by=ben, because="A wrong rate", now=FRIDAY)
    assert run(FRIDAY) == ["scheduled"]
    held = Touch.objects.get()
    assert (held.reason, held.detail) == ("kill_switch", "On: A wrong rate")
    assert held.due_at > FRIDAY
    later = FRIDAY + timedelta(minutes=2)
    assert run(later) == []
    assert switching.resume(by=ben, now=later)
    assert run(later) == ["accepted"]


def test_who_halted_and_who_let_go_is_kept(row, ben, cora):
    switching.halt(by=ben, because="A wrong rate", now=FRIDAY)
    desk = Desk.current()
    assert (desk.halted_by, desk.halted_at, desk.halted_because) == (ben, FRIDAY, "A wrong rate")
    switching.resume(by=cora, now=LATER)
    assert not Desk.current().halted
    assert [(change.kind, change.by, change.at) for change in Change.objects.all()] == [
        ("resumed", cora, LATER),
        ("halted", ben, FRIDAY),
    ]


def test_halting_twice_and_letting_go_twice_change_nothing_more(row, ben, cora):
    assert switching.halt(by=ben, because="First", now=FRIDAY)
    assert not switching.halt(by=cora, because="Second", now=LATER)
    assert Desk.current().halted_because == "First"
    assert switching.resume(by=cora, now=LATER)
    assert not switching.resume(by=cora, now=LATER)
    assert Change.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("throw", ["halt", "branch off"])
def test_a_switch_waits_for_the_send_that_is_on_its_way_and_none_begins_after_it(olivia, cora, ben, throw):
    set_market()
    open_desk(olivia.branch, approver=cora)
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    touch = Touch.objects.get()
    switched, order = threading.Event(), []

    def switch():
        try:
            if throw == "halt":
                switching.halt(by=ben, because="Stop", now=FRIDAY)
            else:
                switching.set_branch(olivia.branch, choice(Mode.OFF), by=ben, now=FRIDAY)
            order.append("switched")
            switched.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=switch)
    with transaction.atomic():
        # A sender that has asked the gate and is calling its provider.
        gate.lock(touch, [contact_locks.loan(1)])
        thread.start()
        assert not switched.wait(0.7)
        order.append("call ended")
    thread.join(20)
    assert order == ["call ended", "switched"]
    assert sending.send(touch.pk, now=FRIDAY) == "scheduled"
    touch.refresh_from_db()
    assert touch.reason == ("kill_switch" if throw == "halt" else "outreach_mode")
    assert touch.sent_at is None


def test_switching_a_branch_on_begins_what_waited_and_says_what_changed(db, olivia, cora, ben):
    set_market()
    open_desk(olivia.branch, approver=cora, mode=Mode.OFF)
    worth_writing_to(olivia)
    assert run(FRIDAY) == []
    said = switching.set_branch(olivia.branch, choice(Mode.AUTOMATIC, capacity=12), by=ben, now=FRIDAY)
    assert said == "Mode Off → Automatic; new conversations an officer a day 10 → 12"
    assert run(FRIDAY) == ["accepted"]
    row = BranchOutreach.objects.get()
    assert (row.changed_by, row.changed_at) == (ben, FRIDAY)
    assert Change.objects.get().branch == olivia.branch


def test_saving_the_same_again_leaves_no_line_of_history(row, olivia, ben):
    assert switching.set_branch(olivia.branch, choice(), by=ben, now=FRIDAY) == ""
    assert not Change.objects.exists()


def test_the_preview_counts_what_would_begin_and_begins_nothing(db, olivia, oscar, cora):
    set_market()
    open_desk(olivia.branch, approver=cora, mode=Mode.OFF)
    for officer in (olivia, olivia, olivia, oscar):
        worth_writing_to(officer, name=("Marisol", f"Vega {officer.pk}"))
    found = switching.preview(olivia.branch, choice(capacity=2), now=FRIDAY)
    assert (found.conversations, found.today, found.officers) == (4, 3, 2)
    assert not Enrollment.objects.exists()
    assert BranchOutreach.objects.get().mode == Mode.OFF
    assert switching.preview(olivia.branch, choice(Mode.OFF), now=FRIDAY).conversations == 0


def test_the_preview_takes_off_what_was_begun_today_already(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=1)
    worth_writing_to(olivia)
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    found = switching.preview(olivia.branch, choice(capacity=1), now=LATER)
    assert (found.conversations, found.today) == (1, 0)


def test_an_officer_of_calls_only_gets_calls_for_what_waited(row, olivia, ben):
    sweeping.sweep(FRIDAY - timedelta(hours=3))
    assert Touch.objects.get().channel == "email"
    switching.set_officer(olivia, calls_only=True, ceiling=5, by=ben, now=FRIDAY)
    touch = Touch.objects.get()
    assert (touch.channel, touch.reason) == ("call", "calls_only")
    assert bytes(touch.address_lookup) == bytes(touch.borrower.phone_lookup)
    assert olivia.outreach.ceiling == 5
    assert Change.objects.get().sentence == "Calls only no → yes; most messages a day as the lender → 5"


def test_a_ceiling_of_the_desk_binds_at_the_next_send(row, olivia, ben):
    switching.set_ceilings(lender=0, officer=40, by=ben, now=FRIDAY)
    run(FRIDAY)
    assert Touch.objects.get().reason == "daily_ceiling"


def asked_through_twilio(touch: Touch):
    with transaction.atomic():
        return gate.ask(touch.pk, now=FRIDAY, day=FRIDAY, provider="twilio")


def test_texts_through_a_carrier_are_held_until_somebody_attests(row, ben):
    sweeping.sweep(FRIDAY)
    Touch.objects.update(channel="sms")
    touch = Touch.objects.get()
    answer = asked_through_twilio(touch).answer
    assert (answer.reason, answer.sentence) == ("provider_paused", "twilio is paused: texts are not attested")
    switching.attest_texts("CXXXXXX1", by=ben, now=FRIDAY)
    assert asked_through_twilio(touch).answer.reason != "provider_paused"
    switching.withdraw_texts(by=ben, now=LATER)
    assert asked_through_twilio(touch).answer.reason == "provider_paused"


def test_the_sandbox_needs_no_attestation(row):
    sweeping.sweep(FRIDAY)
    Touch.objects.update(channel="sms")
    with transaction.atomic():
        answer = gate.ask(Touch.objects.get().pk, now=FRIDAY, day=FRIDAY, provider="sandbox").answer
    assert answer.reason != "provider_paused"


def test_a_provider_goes_on_once_somebody_has_put_it_right(row, ben):
    ProviderPause.objects.create(provider="sandbox", since=FRIDAY, sentence="The key was refused")
    assert run(FRIDAY) == ["scheduled"]
    assert switching.resume_provider("sandbox", by=ben, now=LATER)
    assert not switching.resume_provider("sandbox", by=ben, now=LATER)
    assert run(LATER) == ["accepted"]


def test_a_domain_is_verified_by_somebody_and_distrusted_by_somebody(row, ben, cora):
    switching.distrust_domain("example.com", by=ben, now=FRIDAY)
    assert SenderDomain.objects.get().verified_at is None
    switching.verify_domain("example.com", by=cora, now=LATER)
    assert SenderDomain.objects.get().verified_by == cora
    assert [change.about for change in Change.objects.all()] == ["example.com", "example.com"]


def test_the_history_can_neither_be_changed_nor_taken_away(row, ben):
    switching.halt(by=ben, because="Stop", now=FRIDAY)
    for act in (lambda: Change.objects.update(sentence="Nothing"), lambda: Change.objects.all().delete()):
        with pytest.raises(Exception, match="written for good"), transaction.atomic():
            act()
    assert Change.objects.get().sentence == "Stop"
