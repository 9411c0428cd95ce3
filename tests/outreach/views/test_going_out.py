"""Going out: what the page foretells is what the gate then says, in few queries, and nobody sees another branch's batch."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import License
from outreach.models import BranchOutreach, Desk, GateAnswer, Mode, Touch
from outreach.queries import going_out
from outreach.services import enrolling, releasing, sending, sweeping, switching
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

SANDBOX = {"email": "sandbox", "sms": "sandbox", "call": "people"}


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def desk(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora, mode=Mode.REVIEW)


def looked(user, **asked):
    day = enrolling.day_began(FRIDAY)
    return going_out.batch(user, begins=asked.pop("begins", day), now=FRIDAY, day=day, providers=SANDBOX, **asked)


def test_an_empty_day_says_so(as_user, olivia, db):
    assertContains(as_user(olivia).get("/going-out/"), "Nothing waits for today.")


def test_the_batch_says_what_will_go_and_what_waits_for_a_click(as_user, desk, olivia, ben):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    page = as_user(ben).get("/going-out/")
    assertContains(page, "Waits to be let go")
    assertContains(page, "Let all 1 go")
    as_user(ben).post("/going-out/release/", {"all": "yes"})
    assertContains(as_user(ben).get("/going-out/"), "Will go")
    assertNotContains(as_user(ben).get("/going-out/"), "Let all")


def test_what_the_page_foretells_is_what_the_gate_then_answers(desk, olivia, oscar, ben):
    for officer in (olivia, oscar):
        worth_writing_to(officer, name=("Marisol", f"Vega {officer.pk}"))
    License.objects.create(officer=oscar, state="TX", expires_on="2027-12-31")
    sweeping.sweep(FRIDAY)
    foretold = {row.touch.pk: (row.goes, row.answer.sentence) for row in looked(ben).rows}
    releasing.release(ben, now=FRIDAY)
    for pk in sweeping.sweep(FRIDAY).ready:
        sending.send(pk, now=FRIDAY)
    told = {answer.touch_id: (answer.send, answer.touch.detail) for answer in GateAnswer.objects.select_related("touch")}
    assert told == foretold
    assert sorted(send for send, _ in told.values()) == [False, True]


def test_the_reasons_are_counted_in_words(as_user, desk, olivia, ben):
    worth_writing_to(olivia)
    License.objects.create(officer=olivia, state="TX", expires_on="2027-12-31")
    sweeping.sweep(FRIDAY)
    batch = looked(ben)
    assert batch.reasons == [("No license for the state on file", 1)]
    assert (batch.going, batch.not_going) == (0, 1)
    assertContains(as_user(ben).get("/going-out/"), "No license for the state on file")


def test_a_ceiling_counts_those_before_it_in_the_same_batch(desk, olivia, ben):
    Desk.objects.update_or_create(pk=1, defaults={"officer_ceiling": 2})
    for n in range(4):
        worth_writing_to(olivia, name=("Marisol", f"Vega {n}"))
    sweeping.sweep(FRIDAY)
    batch = looked(ben)
    assert (batch.going, batch.reasons) == (2, [("Over the day's limit", 2)])
    assert batch.lines[0].channels["email"] == 2


def test_looking_writes_nothing_and_sends_nothing(as_user, desk, olivia):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    before = list(Touch.objects.values())
    as_user(olivia).get("/going-out/")
    as_user(olivia).get("/going-out/?day=tomorrow")
    assert list(Touch.objects.values()) == before
    assert not GateAnswer.objects.exists()


def test_tomorrow_shows_only_what_is_due_then(as_user, desk, olivia, ben):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    day = enrolling.day_began(FRIDAY) + timedelta(days=1)
    assert looked(ben, begins=day, not_before=True).rows == []
    Touch.objects.update(due_at=day + timedelta(hours=10))
    assert len(looked(ben, begins=day, not_before=True).rows) == 1
    assertContains(as_user(ben).get("/going-out/?day=tomorrow"), "New conversations that begin tomorrow")


def test_before_a_weekend_monday_can_be_looked_at_and_let_go_too(as_user, desk, olivia, ben):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    monday = enrolling.day_began(FRIDAY) + timedelta(days=3)
    Touch.objects.update(due_at=monday + timedelta(hours=10))
    assertContains(as_user(ben).get("/going-out/"), ">Monday</a>")
    assertContains(as_user(ben).get("/going-out/?day=next"), "Monday, April 27: <strong>1</strong> message")
    BranchOutreach.objects.update(mode=Mode.REVIEW)
    released = as_user(ben).post("/going-out/release/", {"all": "yes", "day": "tomorrow"}, follow=True)
    assertContains(released, "Nothing waited to be let go.")
    assertContains(as_user(ben).post("/going-out/release/", {"all": "yes", "day": "next"}, follow=True), "1 let go.")


def test_before_a_business_day_there_is_no_third_day(as_user, desk, ben):
    with time_machine.travel(FRIDAY - timedelta(days=1), tick=False):
        page = as_user(ben).get("/going-out/?day=next")
    assertNotContains(page, "?day=next")
    assertContains(page, "Thursday, April 23")


def test_a_halt_stands_at_the_top_and_keeps_everything(as_user, desk, olivia, ben):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    switching.halt(by=ben, because="Stop", now=FRIDAY)
    page = as_user(ben).get("/going-out/")
    assertContains(page, "Everything is halted")
    assert looked(ben).going == 0


def test_another_branch_sees_and_moves_nothing(as_user, desk, olivia, carl, mona):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    for other in (carl, mona):
        client = as_user(other)
        assertContains(client.get("/going-out/"), "Nothing waits for today.")
        client.post("/going-out/release/", {"all": "yes"})
        client.post("/going-out/drop/", {"pk": str(Touch.objects.get().pk), "because": "Mine"})
        client.post("/going-out/hold/")
    touch = Touch.objects.get()
    assert (touch.released_at, touch.state, touch.reason) == (None, "scheduled", "")


@pytest.mark.parametrize("who", ["cora", "pia"])
def test_compliance_and_processors_read_the_batch_and_let_nothing_go(as_user, request, desk, olivia, who):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    client = as_user(request.getfixturevalue(who))
    assertNotContains(client.get("/going-out/"), "Let all")
    for act in ("release", "drop", "hold"):
        assert client.post(f"/going-out/{act}/", {"all": "yes"}).status_code == 403
    assert Touch.objects.get().released_at is None


def test_a_message_is_dropped_with_a_reason_and_not_without(as_user, desk, olivia):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    client, pk = as_user(olivia), str(Touch.objects.get().pk)
    client.post("/going-out/drop/", {"pk": pk})
    client.post("/going-out/drop/", {"pk": "no id", "because": "x"})
    assert Touch.objects.get().state == "scheduled"
    client.post("/going-out/drop/", {"pk": pk, "because": "She called"})
    assert Touch.objects.get().detail == "Dropped by Olivia Hart: She called"


def test_the_day_is_held_after_a_question(as_user, desk, olivia):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    client = as_user(olivia)
    assertContains(client.get("/going-out/hold/"), "1 message and calls of today")
    assert Touch.objects.get().reason == ""
    client.post("/going-out/hold/")
    assert Touch.objects.get().reason == "held"


def test_as_many_queries_for_many_messages_as_for_one(as_user, desk, olivia, oscar, django_assert_max_num_queries):
    for n in range(8):
        worth_writing_to((olivia, oscar)[n % 2], name=("Marisol", f"Vega {n}"))
    sweeping.sweep(FRIDAY)
    client = as_user(olivia)
    with django_assert_max_num_queries(13):
        client.get("/going-out/")
