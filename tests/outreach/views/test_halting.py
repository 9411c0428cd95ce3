"""The kill switch: who may throw it, what every page says of it, and that a denial changes nothing."""

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outreach.models import Change, Desk
from outreach.services import sending, sweeping, switching
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to


@pytest.mark.parametrize("who", ["ben", "cora", "ada"])
def test_managers_compliance_and_administrators_halt_with_a_reason(as_user, request, who):
    somebody = request.getfixturevalue(who)
    client = as_user(somebody)
    assertContains(client.get("/halt/"), "Halt everything that goes out?")
    page = client.post("/halt/", {"because": "A wrong rate"}, follow=True)
    assertContains(page, "Everything is halted")
    desk = Desk.current()
    assert (desk.halted_by, desk.halted_because) == (somebody, "A wrong rate")


def test_no_reason_no_halt(as_user, ben):
    as_user(ben).post("/halt/", {"because": " "})
    assert not Desk.current().halted


@pytest.mark.parametrize("who", ["olivia", "pia"])
def test_officers_and_processors_neither_halt_nor_let_go(as_user, request, who, ben):
    client = as_user(request.getfixturevalue(who))
    assert client.post("/halt/", {"because": "Mine"}).status_code == 403
    assert not Desk.current().halted
    switching.halt(by=ben, because="Stop", now=FRIDAY)
    assert client.post("/halt/resume/").status_code == 403
    assert Desk.current().halted
    assert Change.objects.count() == 1


def test_every_page_asks_for_the_state_and_offers_the_switch_to_those_who_may(as_user, ben, olivia):
    page = as_user(ben).get("/queue/")
    assertContains(page, 'hx-get="/halt/state/"')
    assertContains(page, 'href="/halt/"')
    assertNotContains(as_user(olivia).get("/queue/"), 'href="/halt/"')


def test_the_state_is_quiet_while_sending_is_on_and_loud_when_it_is_not(as_user, olivia, ben, django_assert_num_queries):
    client = as_user(olivia)
    page = client.get("/halt/state/")
    assertContains(page, "Sending on")
    assertNotContains(page, "halted")
    switching.halt(by=ben, because="A wrong rate", now=FRIDAY)
    # Session, user, branch for the clock, the desk.
    with django_assert_num_queries(4):
        page = client.get("/halt/state/")
    assertContains(page, "by Ben Castellano since")
    assertContains(page, "A wrong rate")
    assertNotContains(page, "Let sending go on")
    assertContains(as_user(ben).get("/halt/state/"), "Let sending go on")


def test_letting_go_asks_first_and_then_what_waited_goes(as_user, olivia, cora, ben):
    set_market()
    open_desk(olivia.branch, approver=cora)
    worth_writing_to(olivia)
    with time_machine.travel(FRIDAY, tick=False):
        client = as_user(ben)
        client.post("/halt/", {"because": "Wait"})
        assert [sending.send(pk, now=FRIDAY) for pk in sweeping.sweep(FRIDAY).ready] == ["scheduled"]
        assertContains(client.get("/halt/resume/"), "Let sending go on?")
        assert Desk.current().halted
        page = client.get("/halt/resume/")
        assertNotContains(page, "backup")
        assertRedirects(client.post("/halt/resume/"), "/outreach/", fetch_redirect_response=False)
        assert [sending.send(pk, now=FRIDAY) for pk in sweeping.sweep(FRIDAY).ready] == ["accepted"]


def test_after_a_restore_the_question_says_what_is_not_known_and_one_clock_tells_the_time(as_user, ben):
    because = "Restored from the backup of 2026-04-23T20:55:55+00:00"
    Desk.objects.create(pk=1, halted_at=FRIDAY, halted_because=because)
    client = as_user(ben)
    made = "Apr 23, 2026, 2:55 PM"
    for path in ("/halt/", "/halt/resume/", "/halt/state/"):
        page = client.get(path)
        assertContains(page, f"restored from the backup of {made}")
        assertNotContains(page, "20:55")
    assertContains(client.get("/halt/resume/"), f"messages that went out since {made} are not known here")
    assertNotContains(client.get("/halt/state/"), "not known here")


@pytest.mark.parametrize(
    "because", ["A test", "Restored from the backup of last night", "Restored from the backup of 2026-04-23"]
)
def test_a_reason_that_names_no_backup_stands_as_it_was_written(as_user, ben, because):
    Desk.objects.create(pk=1, halted_at=FRIDAY, halted_because=because)
    page = as_user(ben).get("/halt/resume/")
    assertContains(page, because)
    assertNotContains(page, "not known here")


def test_nobody_reads_the_state_without_signing_in(client, db):
    assert client.get("/halt/state/").status_code == 302
