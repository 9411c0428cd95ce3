"""Acts of a person on an opportunity: each fits some states, is claimed by one, and is told in the history."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from loans.models import EventKind, Opportunity, OpportunityEvent, OpportunityStatus, Policy
from loans.models.runs import MatchRun
from loans.services import acting
from loans.services.acting import CannotAct
from tests.loans.rows import make_loan

TODAY = date(2026, 4, 24)
S = OpportunityStatus


def opportunity(status: str = S.NEW, loan=None, **columns) -> Opportunity:
    loan = loan or make_loan()
    run = MatchRun.objects.create(as_of=TODAY, policy=Policy.objects.first() or Policy.objects.create())
    needed = {S.SNOOZED: {"snoozed_until": TODAY + timedelta(days=9), "status_before_snooze": "contacting"}}
    needed[S.ARCHIVED] = {"reason": "not_now", "closed_on": TODAY}
    return Opportunity.objects.create(
        loan=loan, loan_number=loan.loan_number, status=status, opened_on=TODAY, opened_run=run, as_of=TODAY, note_rate="7.5",
        product="conventional_30", months_remaining=337, **(needed.get(status, {}) | columns),
    )  # fmt: skip


def told(row: Opportunity) -> list[tuple]:
    return list(row.events.order_by("id").values_list("kind", "from_status", "to_status", "text", "by__name"))


ACTS = {
    "archive": (lambda row, by: acting.archive(row, reason="not_now", by=by, today=TODAY), S.ARCHIVED, set(S.open())),
    "snooze": (
        lambda row, by: acting.snooze(row, until=TODAY + timedelta(days=7), by=by, today=TODAY),
        S.SNOOZED,
        {S.NEW, S.CONTACTING, S.ENGAGED, S.APPOINTMENT},
    ),
    "bring back": (lambda row, by: acting.bring_back(row, by=by), None, {S.SNOOZED, S.ARCHIVED}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", S.values)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_fits_some_states_and_is_refused_in_the_others(act, status, olivia):
    row = opportunity(status)
    before = Opportunity.objects.values().get()
    do, becomes, fits = ACTS[act]
    if status in fits:
        do(row, olivia)
        row = Opportunity.objects.get()
        expected = becomes or {S.SNOOZED: S.CONTACTING, S.ARCHIVED: S.NEW}[status]
        assert row.status == expected
        assert [(kind, old, new, by) for kind, old, new, _, by in told(row)] == [
            (told(row)[0][0], status, expected, "Olivia Hart"),
        ]
    else:
        with pytest.raises(CannotAct, match=f"^This opportunity is {S(status).label.lower()} now\\.$"):
            do(row, olivia)
        assert Opportunity.objects.values().get() == before
        assert not OpportunityEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("reason", acting.ARCHIVE_REASONS)
def test_archiving_keeps_the_reason_and_the_day(reason, olivia):
    row = opportunity(S.SNOOZED)
    acting.archive(row, reason=reason, by=olivia, today=TODAY, text="Said so by phone")
    assert (row.status, row.reason, row.closed_on, row.snoozed_until, row.status_before_snooze) == (
        S.ARCHIVED, reason, TODAY, None, "",
    )  # fmt: skip
    assert told(row) == [(EventKind.ARCHIVED, S.SNOOZED, S.ARCHIVED, "Said so by phone", "Olivia Hart")]


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "because", "NEVER"])
def test_a_reason_nobody_knows_archives_nothing(reason, olivia):
    row = opportunity()
    with pytest.raises(CannotAct, match=r"^Choose a reason\.$"):
        acting.archive(row, reason=reason, by=olivia, today=TODAY)
    assert (Opportunity.objects.get().status, OpportunityEvent.objects.count()) == (S.NEW, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_snooze_is_for_tomorrow_to_a_year_ahead(days, olivia):
    row = opportunity()
    with pytest.raises(CannotAct, match=r"^Choose a day from tomorrow to a year ahead\.$"):
        acting.snooze(row, until=TODAY + timedelta(days=days), by=olivia, today=TODAY)
    assert (Opportunity.objects.get().status, OpportunityEvent.objects.count()) == (S.NEW, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [1, 365])
def test_a_snooze_remembers_what_the_opportunity_was(days, olivia):
    row, until = opportunity(S.ENGAGED), TODAY + timedelta(days=days)
    acting.snooze(row, until=until, by=olivia, today=TODAY)
    assert (row.status, row.snoozed_until, row.status_before_snooze) == (S.SNOOZED, until, S.ENGAGED)
    assert told(row)[0][3] == f"Until {until:%B} {until.day}, {until.year}"
    acting.bring_back(row, by=olivia)
    assert (row.status, row.snoozed_until, row.status_before_snooze) == (S.ENGAGED, None, "")
    assert [event[0] for event in told(row)] == [EventKind.SNOOZED, EventKind.WOKE]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("was", "is_again"), [(S.NEW, S.NEW), (S.APPOINTMENT, S.APPOINTMENT), (S.APPLICATION, S.APPLICATION), (S.SNOOZED, S.NEW)]
)
def test_an_archived_one_comes_back_as_what_it_was(was, is_again, olivia):
    row = opportunity(was)
    acting.archive(row, reason="not_now", by=olivia, today=TODAY)
    acting.bring_back(row, by=olivia)
    assert (row.status, row.reason, row.closed_on) == (is_again, "", None)
    assert told(row)[-1] == (EventKind.REOPENED, S.ARCHIVED, is_again, "", "Olivia Hart")


@pytest.mark.django_db
def test_a_loan_never_gets_a_second_open_opportunity(olivia):
    archived = opportunity(S.ARCHIVED)
    opportunity(S.NEW, loan=archived.loan)
    with pytest.raises(CannotAct, match=r"^The loan has another open opportunity\.$"):
        acting.bring_back(archived, by=olivia)
    assert (archived.status, archived.reason) == (S.ARCHIVED, "not_now")
    assert not OpportunityEvent.objects.exists()


@pytest.mark.django_db
def test_never_is_taken_back_by_whoever_slipped_and_by_nobody_else(olivia, ben):
    row = opportunity(S.CONTACTING)
    acting.archive(row, reason="never", by=olivia, today=TODAY)
    with pytest.raises(CannotAct, match="never to be contacted"):
        acting.bring_back(row, by=ben)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)), pytest.raises(CannotAct, match="never"):
        acting.bring_back(row, by=olivia)
    assert (Opportunity.objects.get().status, Opportunity.objects.get().reason) == (S.ARCHIVED, "never")
    acting.bring_back(row, by=olivia)
    assert Opportunity.objects.get().status == S.CONTACTING


@pytest.mark.django_db
def test_a_page_that_was_open_too_long_is_told(olivia, ben):
    seen_by_ben, seen_by_olivia = opportunity(), Opportunity.objects.get()
    acting.archive(seen_by_olivia, reason="selling", by=olivia, today=TODAY)
    with pytest.raises(CannotAct, match=r"^This opportunity is archived now\.$"):
        acting.snooze(seen_by_ben, until=TODAY + timedelta(days=1), by=ben, today=TODAY)
    assert seen_by_ben.status == S.ARCHIVED
    assert OpportunityEvent.objects.get().by == olivia


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["archive", "bring back"])
def test_of_two_who_press_at_once_one_is_told(act, olivia, ben):
    opportunity(S.NEW if act == "archive" else S.ARCHIVED)
    start, refused = threading.Barrier(2), []

    def press(by) -> None:
        row = Opportunity.objects.get()
        start.wait(10)
        try:
            ACTS[act][0](row, by)
        except CannotAct as refusal:
            refused.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(by,)) for by in (olivia, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == [f"This opportunity is {'archived' if act == 'archive' else 'new'} now."]
    assert OpportunityEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", S.values)
def test_a_note_can_be_added_in_every_state(status, olivia):
    row = opportunity(status)
    acting.note(row, text="  Rings after six.  ", by=olivia)
    assert told(row) == [(EventKind.NOTE, "", "", "Rings after six.", "Olivia Hart")]
    assert Opportunity.objects.get().status == status


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   \n", "x" * 2001])
def test_a_note_has_1_to_2000_characters(text, olivia):
    row = opportunity()
    with pytest.raises(CannotAct, match=r"^Write a note of 1 to 2,000 characters\.$"):
        acting.note(row, text=text, by=olivia)
    assert not OpportunityEvent.objects.exists()
    acting.note(row, text="x" * 2000, by=olivia)
