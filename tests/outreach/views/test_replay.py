"""Message replay: the gate's answer asked again, who may read it, that every reading is kept, and what an examiner gets."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import License
from outreach.domain.gate import Reason
from outreach.models import Appointment, GateAnswer, RecordRead, Touch
from outreach.queries import replaying
from outreach.services import sending, stopping, sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


def run() -> Touch:
    for pk in sweeping.sweep(FRIDAY).ready:
        sending.send(pk, now=FRIDAY)
    return Touch.objects.get()


@pytest.fixture
def row(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia, "T-77", name=("=Marisol", "Vega"))


@pytest.fixture
def sent(row) -> Touch:
    return run()


@pytest.fixture
def refused(row, olivia) -> Touch:
    License.objects.create(officer=olivia, state="TX", expires_on="2027-12-31")
    return run()


def test_the_record_says_who_paused_the_conversation_and_who_resumed_it(as_user, cora, olivia, ben, sent):
    page = as_user(cora).get(f"/replay/{sent.pk}/")
    assertNotContains(page, "Conversation paused")
    stopping.pause(sent.enrollment_id, by=olivia)
    stopping.resume(sent.enrollment_id, by=ben)
    told = {line.title: (line.at, line.detail) for line in replaying.record(cora, sent.pk).happened}
    assert told["Conversation paused"] == (FRIDAY, "By Olivia Hart")
    assert told["Conversation resumed"] == (FRIDAY, "By Ben Castellano")
    assertContains(as_user(cora).get(f"/replay/{sent.pk}/"), "By Olivia Hart")


def test_the_record_shows_every_reason_and_the_same_answer_again(as_user, cora, sent):
    page = as_user(cora).get(f"/replay/{sent.pk}/")
    assertContains(page, "Why this e-mail was sent")
    for reason in Reason:
        assertContains(page, reason.label)
    assertContains(page, "Asked again: the same answer")
    assertContains(page, "equal to what is stored")
    assertContains(page, "Approved by</dt><dd>Cora Shah")
    assertContains(page, "<dt>Spread</dt><dd>1.270 points</dd>")
    assertNotContains(page, "nothing was written")
    checks = page.context["record"].asked.checks
    assert [number for number, _, _ in checks] == list(range(1, 16))
    assert "Yes" not in [word for _, _, word in checks]


def test_a_refusal_ends_the_list_at_its_reason(as_user, cora, refused):
    page = as_user(cora).get(f"/replay/{refused.pk}/")
    assertContains(page, "was not sent")
    words = {check.reason: word for _, check, word in page.context["record"].asked.checks}
    assert words[Reason.LICENSE] == "Yes"
    assert words[Reason.QUIET_HOURS] == "Not reached"
    assert words[Reason.KILL_SWITCH] == "No"
    assert page.context["record"].asked.same


def test_what_a_booking_ended_is_told_in_words_and_in_the_borrowers_time(as_user, cora, row):
    sweeping.sweep(FRIDAY)
    noon = datetime(2026, 4, 28, 18, tzinfo=UTC)
    Appointment.objects.create(
        opportunity=row, officer=row.loan.officer, starts_at=noon, ends_at=noon + timedelta(minutes=15),
        booked_at=FRIDAY, source="page", external_id="a-1",
    )  # fmt: skip
    stopping.stop([row.loan_id], stopping.Why.BOOKING, at=FRIDAY)
    skipped = Touch.objects.get(state="skipped")
    page = as_user(cora).get(f"/replay/{skipped.pk}/")
    assertContains(page, "The gate was not asked: a call is booked.")
    assertContains(page, "Tuesday, April 28, 12:00 PM")
    assertContains(page, "<dt>Spread</dt><dd>Not recorded: nothing was written</dd>")
    assertNotContains(page, "Not known")
    assertNotContains(page, " UTC")
    assertNotContains(page, "the way out stood in the message")


def test_asking_again_says_so_and_writes_no_answer(as_user, cora, sent):
    client = as_user(cora)
    page = client.post(f"/replay/{sent.pk}/ask/", follow=True)
    assertContains(page, "the same answer, send")
    assert GateAnswer.objects.count() == 1


def test_facts_of_another_version_say_so(as_user, cora, sent):
    facts = GateAnswer.objects.get().facts | {"version": 99}
    GateAnswer.objects.create(touch=sent, at=FRIDAY, send=True, facts=facts)
    page = as_user(cora).get(f"/replay/{sent.pk}/")
    assertContains(page, "These facts were written in another version.")
    assertNotContains(page, "the same answer")


def test_every_opening_is_kept(as_user, cora, ben, sent):
    as_user(cora).get(f"/replay/{sent.pk}/")
    as_user(ben).get(f"/replay/{sent.pk}/")
    assert [(read.kind, read.by) for read in RecordRead.objects.order_by("pk")] == [("opened", cora), ("opened", ben)]
    with pytest.raises(Exception, match="written for good"), transaction.atomic():
        RecordRead.objects.all().delete()


@pytest.mark.parametrize(("who", "status"), [("olivia", 403), ("pia", 403), ("mona", 404)])
def test_others_read_no_record_and_nothing_is_logged(as_user, request, sent, who, status):
    client = as_user(request.getfixturevalue(who))
    assert client.get(f"/replay/{sent.pk}/").status_code == status
    assert client.post(f"/replay/{sent.pk}/export/").status_code == status
    assert not RecordRead.objects.exists()


def test_the_examiner_gets_a_zip_that_stands_alone(as_user, cora, sent):
    answer = as_user(cora).post(f"/replay/{sent.pk}/export/")
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == ["gate.csv", "history.csv", "message.html", "record.html", "record.json"]
    record = json.loads(archive.read("record.json"))
    assert (record["loan"], record["gate"]["send"], record["gate"]["same_when_asked_again"]) == ("T-77", True, True)
    assert record["message"]["sha256_holds"] is True
    gate_rows = list(csv.DictReader(io.StringIO(archive.read("gate.csv").decode())))
    assert [each["reason not to send"] for each in gate_rows] == [reason.label for reason in Reason]
    page = archive.read("record.html").decode()
    assert "Exported by Cora Shah" in page
    assert "href=" not in page
    assert RecordRead.objects.get().kind == "exported"


def test_a_message_is_found_by_name_loan_officer_and_day(as_user, ada, olivia, oscar, sent):
    client = as_user(ada)
    for found in ("q=vega", "q=T-77", f"officer={olivia.pk}", "first=2026-04-24&last=2026-04-24"):
        assertContains(client.get(f"/replay/?{found}"), f"/replay/{sent.pk}/")
    for nothing in ("q=nobody", f"officer={oscar.pk}", "first=2026-04-25", "last=2026-04-23"):
        assertNotContains(client.get(f"/replay/?{nothing}"), f"/replay/{sent.pk}/")


def test_a_period_is_exported_with_cells_made_safe_and_the_export_kept(as_user, cora, sent):
    answer = as_user(cora).post("/replay/messages.csv", {"first": "2026-04-01", "last": "2026-04-30"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 1
    assert (rows[0]["loan"], rows[0]["to"], rows[0]["officer nmls"]) == ("T-77", "'=Marisol Vega", "9900417")
    assert rows[0]["content hash"] == sent.message.content_hash
    assert (RecordRead.objects.get().kind, RecordRead.objects.get().detail) == ("period", "2026-04-01 to 2026-04-30")


def test_a_manager_exports_the_own_branch_only(as_user, mona, ben, sent):
    period = {"first": "2026-04-01", "last": "2026-04-30"}
    for somebody, count in ((mona, 0), (ben, 1)):
        answer = as_user(somebody).post("/replay/messages.csv", period)
        rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
        assert len(list(rows)) == count


@pytest.mark.parametrize(
    "period",
    [{"first": "2026-04-30", "last": "2026-04-01"}, {"first": "2020-01-01", "last": "2026-04-30"}, {"first": "2026-04-01"}],
)
def test_a_period_that_is_none_is_refused(as_user, cora, sent, period):
    assert as_user(cora).post("/replay/messages.csv", period).status_code == 302
    assert not RecordRead.objects.exists()


def test_a_changed_message_would_show(sent, cora):
    found = replaying.record(cora, sent.pk)
    assert found.hash_holds
    found.message.text += "."
    assert not found.hash_holds


def test_a_record_needs_few_queries(as_user, cora, sent, django_assert_max_num_queries):
    client = as_user(cora)
    with django_assert_max_num_queries(20):
        client.get(f"/replay/{sent.pk}/")
