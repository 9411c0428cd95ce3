"""The inbox: exact words, decisions, and whose words they are where no loan fits."""

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Opportunity
from outreach.models import Alert, CallTask, InboxItem, Reply, Suppression
from outreach.services import consent, enrolling
from tests.loans.rows import set_market
from tests.outreach.desk_rows import replied
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
INBOX = "/replies/"


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    return worth_writing_to(olivia, "T-1")


@pytest.fixture
def unmatched(db) -> Reply:
    lookup = settings.FIELD_KEYS.lookup("stranger@example.com")
    return Reply.objects.create(
        channel="email", text="Is my old loan any good?", sender="stranger@example.com", sender_lookup=lookup, at=FRIDAY
    )


@pytest.fixture
def doubtful(row) -> Reply:
    item = InboxItem.objects.create(source="twilio", kind="replied", dedupe_key="doubt", received_at=FRIDAY)
    reply = replied(row, "Please stop emailing my wife.", reading="doubtful", item=item)
    consent.doubt({"email": bytes(reply.borrower.email_lookup)}, at=FRIDAY, reply=reply)
    return reply


def test_the_words_stand_as_they_were_written(as_user, row, olivia):
    replied(row, "Is this <real>?\nI'm free after 9.")
    page = as_user(olivia).get(INBOX)
    assertContains(page, "Is this &lt;real&gt;?<br>I&#x27;m free after 9.")
    assertContains(page, "10:30 AM, now 10:30 AM there")
    assertContains(page, reverse("outreach:write", args=[row.pk, "sms"]))


def test_what_asks_for_nothing_does_not_wait(as_user, row, olivia):
    replied(row, "I am away until Monday.", reading="automatic")
    replied(row, "STOP", reading="opt_out")
    assertContains(as_user(olivia).get(INBOX), "No reply waits")


@pytest.mark.parametrize("who", ["oscar", "carl", "mona"])
def test_the_words_of_others_borrowers_are_not_shown(request, as_user, row, who):
    reply = replied(row, "Is this real?")
    stranger = as_user(request.getfixturevalue(who))
    assertNotContains(stranger.get(INBOX), "Is this real?")
    for act in ("reply_done", "reply_undone", "reply_settle"):
        assert stranger.post(reverse(f"outreach:{act}", args=[reply.pk]), {"answer": "stop"}).status_code == 404
    reply.refresh_from_db()
    assert reply.handled_at is None


@pytest.mark.parametrize("who", ["pia", "cora"])
def test_those_who_read_decide_nothing(request, as_user, doubtful, who):
    reader = as_user(request.getfixturevalue(who))
    assertContains(reader.get(INBOX), "Please stop emailing my wife.")
    for act in ("reply_done", "reply_undone", "reply_settle", "reply_place"):
        assert reader.post(reverse(f"outreach:{act}", args=[doubtful.pk]), {"answer": "keep"}).status_code == 403
    assert Suppression.objects.get().doubtful


def test_done_and_undone(as_user, row, olivia):
    reply, officer = replied(row), as_user(olivia)
    officer.post(reverse("outreach:reply_done", args=[reply.pk]))
    reply.refresh_from_db()
    assert reply.handled_by == olivia
    assertNotContains(officer.get(INBOX), "Is this real?")
    assertContains(officer.get(INBOX, {"view": "handled"}), "Done by Olivia Hart")
    officer.post(reverse("outreach:reply_undone", args=[reply.pk]))
    reply.refresh_from_db()
    assert reply.handled_at is None


def test_a_doubt_is_no_done(as_user, doubtful, olivia):
    as_user(olivia).post(reverse("outreach:reply_done", args=[doubtful.pk]))
    doubtful.refresh_from_db()
    assert doubtful.handled_at is None


def test_stop_both_closes_every_channel(as_user, doubtful, olivia):
    page = as_user(olivia).post(reverse("outreach:reply_settle", args=[doubtful.pk]), {"answer": "stop"}, follow=True)
    assertContains(page, "Nothing more goes to this borrower on any channel.")
    closed = Suppression.objects.filter(doubtful=False).values_list("channel", flat=True)
    assert set(closed) == {"email", "sms", "call"}


def test_keep_opens_what_was_held(as_user, doubtful, olivia):
    officer = as_user(olivia)
    officer.post(reverse("outreach:reply_settle", args=[doubtful.pk]), {"answer": "keep"})
    assert Suppression.objects.count() == 0
    doubtful.refresh_from_db()
    assert (doubtful.reading, doubtful.handled_by) == ("words", olivia)
    again = officer.post(reverse("outreach:reply_settle", args=[doubtful.pk]), {"answer": "stop"}, follow=True)
    assertContains(again, "Somebody has decided it already.")


def test_no_answer_decides_nothing(as_user, doubtful, olivia):
    as_user(olivia).post(reverse("outreach:reply_settle", args=[doubtful.pk]), {"answer": "perhaps"})
    assert Suppression.objects.get().doubtful


def test_words_of_nobody_are_for_managers(as_user, unmatched, olivia, ben, cora):
    assertNotContains(as_user(olivia).get(INBOX), "old loan")
    assert as_user(olivia).post(reverse("outreach:reply_place", args=[unmatched.pk])).status_code == 403
    assertContains(as_user(ben).get(INBOX), "Find the loan")
    page = as_user(cora).get(INBOX)
    assertContains(page, "old loan")
    assertNotContains(page, "Find the loan")


def test_a_manager_says_whose_words_they_are(as_user, row, unmatched, olivia, ben, mona):
    run = enrolling.start(row.pk, by=olivia, now=FRIDAY)
    address = reverse("outreach:reply_place", args=[unmatched.pk])
    assert as_user(mona).post(address, {"opportunity": row.pk}).status_code == 404
    assertNotContains(as_user(mona).get(address, {"q": "T-1"}), "Marisol")
    manager = as_user(ben)
    assertContains(manager.get(address, {"q": "vega"}), "T-1")
    assert manager.post(address, {"opportunity": row.pk}).status_code == 302
    for found in (unmatched, run, row):
        found.refresh_from_db()
    assert (unmatched.opportunity, run.state, row.status) == (row, "stopped", "engaged")
    assert Alert.objects.get().officer == olivia
    assert CallTask.objects.filter(opportunity=row).count() <= 1
    manager.post(address, {"opportunity": row.pk})
    assert Alert.objects.count() == 1


def test_many_replies_cost_no_more_queries(as_user, row, olivia, django_assert_max_num_queries):
    officer = as_user(olivia)
    replied(row)
    with django_assert_max_num_queries(10) as few:
        officer.get(INBOX)
    for _ in range(15):
        replied(row)
    with django_assert_max_num_queries(len(few)):
        officer.get(INBOX)
