"""The ledger's pages: an opt-out told to somebody counts at once, and only the person's own written word opens an address."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains

from outreach.models import Consent, Enrollment, Suppression, Touch
from outreach.services import sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

OPT_OUT = {"loan": "T-9", "position": "1", "channels": ["email", "sms"], "words": "Take me off your list"}


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia, "T-9", phone="+13035550188", email="m.vega@example.com")


def test_an_empty_ledger_and_list_say_so(as_user, olivia):
    assertContains(as_user(olivia).get("/consents/"), "The ledger is empty.")
    assertContains(as_user(olivia).get("/do-not-contact/"), "No address is closed.")


def test_an_opt_out_told_on_the_phone_counts_at_once(as_user, olivia, row):
    sweeping.sweep(FRIDAY)
    assert Touch.objects.get().state in ("scheduled", "ready")
    client = as_user(olivia)
    page = client.post("/consents/new/", OPT_OUT, follow=True)
    assertContains(page, "Take me off your list")
    assert Touch.objects.get().state == "skipped"
    assert Enrollment.objects.get().state == "stopped"
    assert {closed.channel for closed in Suppression.objects.all()} == {"email", "sms"}
    lines = Consent.objects.filter(act="revoked")
    assert {(line.source, line.by, line.words) for line in lines} == {("officer", olivia, "Take me off your list")}
    assertContains(client.get("/do-not-contact/"), "Told to somebody here")


@pytest.mark.parametrize("who", ["carl", "mona", "oscar"])
def test_others_see_and_close_nothing(as_user, request, row, who):
    client = as_user(request.getfixturevalue(who))
    assertContains(client.post("/consents/new/", OPT_OUT), "No such loan")
    assert not Suppression.objects.exists()
    assertNotContains(client.get("/consents/"), "Marisol")


def test_the_ledger_is_found_by_name_loan_address_and_ending(as_user, cora, row):
    client = as_user(cora)
    for words in ("vega", "T-9", "0188", "(303) 555-0188"):
        assertContains(client.get("/consents/", {"q": words}), "ending 0188")
    for words in ("nobody", "0189", "other@example.com"):
        assertNotContains(client.get("/consents/", {"q": words}), "ending 0188")


def test_a_whole_number_is_never_on_the_page(as_user, cora, row):
    assertNotContains(as_user(cora).get("/consents/"), "5550188")


def closed(client) -> Suppression:
    client.post("/consents/new/", OPT_OUT)
    return Suppression.objects.get(channel="email")


def test_an_address_is_opened_by_a_document_and_a_date_after_the_opt_out(as_user, cora, olivia, row):
    one = closed(as_user(olivia))
    url = f"/do-not-contact/{one.pk}/lift/"
    with time_machine.travel(datetime(2026, 5, 4, 16, 0, tzinfo=UTC), tick=False):
        client = as_user(cora)
        client.post(url, {"document": "", "on": "2026-05-01", "words": "Please write again"})
        client.post(url, {"document": "letter.pdf", "on": "", "words": "Please write again"})
        assertContains(
            client.post(url, {"document": "letter.pdf", "on": "2026-04-20", "words": "Write"}), "written before the opt-out"
        )
        assertContains(client.post(url, {"document": "letter.pdf", "on": "2026-05-09", "words": "Write"}), "has not come yet")
        assert Suppression.objects.filter(pk=one.pk).exists()
        client.post(url, {"document": "letter.pdf", "on": "2026-05-01", "words": "Please write again"})
    assert not Suppression.objects.filter(pk=one.pk).exists()
    line = Consent.objects.latest("pk")
    assert (line.act, line.document, line.by) == ("granted", "letter.pdf", cora)
    assert Suppression.objects.get().channel == "sms"


@pytest.mark.parametrize("who", ["olivia", "ben", "pia"])
def test_only_compliance_and_administrators_open_an_address(as_user, request, olivia, row, who):
    one = closed(as_user(olivia))
    client = as_user(request.getfixturevalue(who))
    assertNotContains(client.get("/do-not-contact/"), "Open again")
    answer = client.post(f"/do-not-contact/{one.pk}/lift/", {"document": "x", "on": "2026-04-24", "words": "x"})
    assert answer.status_code == 403
    assert Suppression.objects.filter(pk=one.pk).exists()


def test_a_file_lands_line_by_line_and_says_what_it_rejects(as_user, ben, row):
    text = (
        "loan_number,channel,act,at,words\n"
        "T-9,email,revoked,2026-04-20T10:00:00-06:00,No more\n"
        "T-9,fax,revoked,2026-04-20T10:00:00-06:00,No more\n"
        "NONE,email,revoked,2026-04-20T10:00:00-06:00,No more\n"
    )
    client = as_user(ben)
    page = client.post("/consents/file/", {"file": SimpleUploadedFile("c.csv", text.encode())})
    assertContains(page, "1 added, 0 known already, 2 rejected.")
    assertContains(page, "Line 3")
    assert Suppression.objects.get().channel == "email"
    page = client.post("/consents/file/", {"file": SimpleUploadedFile("c.csv", text.encode())})
    assertContains(page, "0 added, 1 known already")


def test_a_file_without_the_columns_is_refused(as_user, ben, row):
    page = as_user(ben).post("/consents/file/", {"file": SimpleUploadedFile("c.csv", b"a,b\n1,2\n")})
    assertContains(page, "no column loan_number, channel, act, at")
    page = as_user(ben).post("/consents/file/", {"file": SimpleUploadedFile("c.csv", b"\xff\xfe\x00")})
    assertContains(page, "not text in UTF-8")


def test_an_officer_imports_no_file(as_user, olivia, row):
    assert as_user(olivia).post("/consents/file/", {}).status_code == 403


def test_the_pages_need_few_queries(as_user, olivia, row, django_assert_max_num_queries):
    client = as_user(olivia)
    closed(client)
    for url in ("/consents/", "/do-not-contact/"):
        with django_assert_max_num_queries(8):
            client.get(url)
