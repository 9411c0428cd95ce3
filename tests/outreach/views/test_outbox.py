"""The outbox: every message as the borrower sees it, in a frame that can do nothing, for those who see the loan."""

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from outreach.models import Enrollment, Message, Touch
from outreach.services import sending, sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, borrower_of, open_desk, worth_writing_to


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia)


@pytest.fixture
def sent(row) -> Touch:
    for pk in sweeping.sweep(FRIDAY).ready:
        sending.send(pk, now=FRIDAY)
    return Touch.objects.get()


def test_an_empty_outbox_says_so(as_user, olivia):
    assertContains(as_user(olivia).get("/outbox/"), "Nothing has gone out yet.")


@pytest.mark.parametrize("who", ["olivia", "ben", "pia", "cora", "ada"])
def test_whoever_sees_the_loan_sees_what_was_said(as_user, request, sent, who):
    client = as_user(request.getfixturevalue(who))
    assertContains(client.get("/outbox/"), "Marisol Vega")
    page = client.get(f"/outbox/{sent.pk}/")
    assertContains(page, "Sandbox: kept here, sent to nobody.")
    assertContains(page, f'src="/outbox/{sent.pk}/body/" sandbox title')


@pytest.mark.parametrize("who", ["carl", "mona", "oscar"])
def test_others_see_nothing_of_it(as_user, request, sent, who):
    client = as_user(request.getfixturevalue(who))
    assertNotContains(client.get("/outbox/"), "Marisol")
    for url in (f"/outbox/{sent.pk}/", f"/outbox/{sent.pk}/body/"):
        assert client.get(url).status_code == 404


def test_the_frame_can_run_nothing_and_load_nothing(as_user, olivia, sent):
    answer = as_user(olivia).get(f"/outbox/{sent.pk}/body/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.rstrip().endswith("sandbox")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert Message.objects.get().html.partition("<head>")[2] in answer.content.decode()
    assertContains(answer, '<base target="_blank">')


def test_plain_text_and_headers_have_their_tabs(as_user, olivia, sent):
    client = as_user(olivia)
    text = client.get(f"/outbox/{sent.pk}/?view=text")
    assertContains(text, '<pre class="plain">')
    headers = client.get(f"/outbox/{sent.pk}/?view=headers")
    assertContains(headers, "List-Unsubscribe=One-Click")
    assertContains(headers, borrower_of(sent.opportunity.loan).email)


def test_a_text_is_a_bubble(as_user, olivia, row):
    sweeping.sweep(FRIDAY)
    Touch.objects.update(channel="sms", step_n=2)
    Enrollment.objects.update(day_one="2026-04-24")
    touch = Touch.objects.get()
    page = as_user(olivia).get(f"/outbox/{touch.pk}/")
    assertContains(page, '<p class="bubble">')
    assertNotContains(page, "<iframe")


def test_one_that_waits_is_shown_filled_and_not_saved(as_user, olivia, row):
    sweeping.sweep(FRIDAY.replace(hour=11))
    touch = Touch.objects.get()
    page = as_user(olivia).get(f"/outbox/{touch.pk}/")
    assertContains(page, "Not sent yet.")
    assertContains(as_user(olivia).get(f"/outbox/{touch.pk}/body/"), "Marisol")
    assertNotContains(as_user(olivia).get("/outbox/"), "Marisol")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("channel=email", True),
        ("channel=sms", False),
        ("state=accepted", True),
        ("state=failed", False),
        ("day=2026-04-24", True),
        ("day=2026-04-23", False),
        ("officer=0", True),
        ("officer=999999", False),
        ("branch=999999", False),
        ("state=scheduled&day=nonsense", True),
    ],
)
def test_filters_narrow_and_nonsense_is_ignored(as_user, ada, sent, asked, found):
    page = as_user(ada).get(f"/outbox/?{asked}")
    (assertContains if found else assertNotContains)(page, "Marisol Vega")


def test_a_list_needs_few_queries(as_user, ada, sent, django_assert_max_num_queries):
    client = as_user(ada)
    with django_assert_max_num_queries(9):
        client.get("/outbox/")
