"""What each answer of a provider proves decides what becomes of a touch, and there is never a second call for the same one.

The real clients speak with stand-ins on this machine.
"""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings

from accounts.models import License
from loans.models import Borrower, Opportunity
from outreach.adapters.channel import READ_SECONDS
from outreach.domain import gate
from outreach.domain.gate_facts import Facts
from outreach.models import (
    Alert,
    Attempt,
    CallTask,
    Consent,
    Desk,
    Enrollment,
    GateAnswer,
    Message,
    ProviderPause,
    Suppression,
    TemplateVersion,
    Touch,
)
from outreach.services import sending, settling, stopping, sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to
from tests.stand_ins import Behavior, SendGridStandIn, TwilioStandIn, closed_address

MONDAY = datetime(2026, 4, 27, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(olivia, cora, settings):
    """SendGrid and Twilio with our keys, and one borrower worth writing to."""
    set_market()
    open_desk(olivia.branch, approver=cora)
    Desk.objects.create(pk=1, texts_attested_at=FRIDAY, texts_attested_by=cora, campaign_id="C1")
    with SendGridStandIn() as sendgrid, TwilioStandIn() as twilio:
        settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL = "SG.outcomes", sendgrid.base_url
        settings.TWILIO_BASE_URL = twilio.base_url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = twilio.account_sid, twilio.auth_token
        settings.TWILIO_MESSAGING_SERVICE_SID = twilio.messaging_service_sid
        yield SimpleNamespace(sendgrid=sendgrid, twilio=twilio, row=worth_writing_to(olivia), officer=olivia, settings=settings)


def minute(now: datetime) -> list[str]:
    return [sending.send(pk, now=now) for pk in sweeping.sweep(now).ready]


def mail() -> Touch:
    return Touch.objects.get(day=1)


def text_of(desk) -> Touch:
    """The text of day 4, ready to be sent, after the e-mail of day 1."""
    assert minute(FRIDAY) == ["accepted"]
    sweeping.sweep(FRIDAY + timedelta(minutes=1))
    sweeping.sweep(MONDAY)
    return Touch.objects.get(channel="sms", state="ready")


@pytest.mark.parametrize(
    ("behavior", "state", "reason"),
    [
        (Behavior(status=429), "scheduled", "try_again"),
        (Behavior(status=400, fault="personalizations.0.to.0.email"), "failed", "400"),
        (Behavior(status=400, fault="from.email"), "failed", "400"),
        (Behavior(status=413), "failed", "413"),
        (Behavior(status=401), "scheduled", "provider_paused"),
        (Behavior(status=403), "scheduled", "provider_paused"),
        (Behavior(status=302), "scheduled", "provider_paused"),
        (Behavior(status=500), "unknown", "no_answer"),
        (Behavior(status=503, html=True), "unknown", "no_answer"),
        (Behavior(status=408), "unknown", "no_answer"),
        (Behavior(drop=True), "unknown", "no_answer"),
    ],
    ids=lambda value: (
        f"{value.status}{value.fault or ''}{'drop' if value.drop else ''}" if isinstance(value, Behavior) else value
    ),
)
def test_what_an_answer_proves_decides_and_nobody_calls_again(desk, behavior, state, reason):
    desk.sendgrid.then(behavior)
    assert minute(FRIDAY) == [state]
    touch = mail()
    assert (touch.state, touch.reason, touch.tries) == (state, reason, 1)
    assert (touch.sent_at, touch.provider_id) == (None, "")
    attempt = Attempt.objects.get()
    assert attempt.ended_at == FRIDAY
    assert attempt.outcome == {"scheduled": "not_sent"}.get(state, state)
    assert len(desk.sendgrid.requests) == 1
    # Whoever asks for it again at once finds nothing to do.
    assert sending.send(touch.pk, now=FRIDAY) == state
    assert len(desk.sendgrid.requests) == 1
    assert Enrollment.objects.get().day_one is None
    assert Opportunity.objects.get().last_contact_at is None


def test_too_many_requests_wait_as_long_as_the_provider_asks(desk):
    desk.sendgrid.then(Behavior(status=429, headers={"Retry-After": "240"}))
    minute(FRIDAY)
    touch = mail()
    assert (touch.due_at, touch.claim_token) == (FRIDAY + timedelta(seconds=240), None)
    assert minute(FRIDAY + timedelta(seconds=239)) == []
    assert minute(FRIDAY + timedelta(seconds=240)) == ["accepted"]
    assert (len(desk.sendgrid.requests), len(desk.sendgrid.calls)) == (2, 1)
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["not_sent", "accepted"]


def test_without_a_word_from_the_provider_the_waits_double_until_it_is_too_late(desk):
    desk.sendgrid.always = Behavior(status=429)
    now, waits = FRIDAY, []
    while mail_or_none() is None or mail().state != "failed":
        minute(now)
        waits.append((mail().due_at - now).total_seconds())
        now = max(mail().due_at, now + timedelta(seconds=1))
        assert len(waits) < 200
    assert [30 <= waits[0] <= 37.5, 60 <= waits[1] <= 75, 120 <= waits[2] <= 150] == [True] * 3
    assert max(waits) <= 3600 * 1.25 + 3 * 86400
    assert mail().reason == "too_late"
    assert now <= mail().not_after + timedelta(hours=2)
    assert desk.sendgrid.calls == []


def mail_or_none() -> Touch | None:
    return Touch.objects.filter(day=1).first()


def test_a_refused_connection_goes_back_and_the_next_try_goes_out(desk):
    desk.settings.SENDGRID_BASE_URL = closed_address()
    assert minute(FRIDAY) == ["scheduled"]
    assert (mail().reason, Attempt.objects.get().outcome) == ("try_again", "not_sent")
    desk.settings.SENDGRID_BASE_URL = desk.sendgrid.base_url
    assert minute(mail().due_at) == ["accepted"]
    assert len(desk.sendgrid.requests) == 1


def test_an_answer_that_does_not_come_in_time_is_unknown_and_taken_once(desk):
    desk.sendgrid.then(Behavior(delay=READ_SECONDS + 0.3))
    assert minute(FRIDAY) == ["unknown"]
    for hours in (1, 23, 30, 60):
        minute(FRIDAY + timedelta(hours=hours))
    assert [call.touch_id for call in desk.sendgrid.calls if call.touch_id == str(mail().pk)] == [str(mail().pk)]
    assert mail().state == "abandoned"


def test_a_refused_account_pauses_the_provider_and_holds_everybody(desk, olivia):
    other = worth_writing_to(olivia)
    desk.sendgrid.then(Behavior(status=401))
    assert minute(FRIDAY) == ["scheduled", "scheduled"]
    pause = ProviderPause.objects.get()
    assert (pause.provider, pause.code, pause.since) == ("sendgrid", "401", FRIDAY)
    assert len(desk.sendgrid.requests) == 1
    assert set(Touch.objects.values_list("reason", flat=True)) == {"provider_paused"}
    for hours in (1, 2, 20):
        minute(FRIDAY + timedelta(hours=hours))
    assert len(desk.sendgrid.requests) == 1
    ProviderPause.objects.all().delete()
    assert minute(MONDAY) == ["accepted", "accepted"]
    assert Touch.objects.filter(opportunity=other, state="accepted").exists()


def test_a_pause_is_answered_once_however_long_it_lasts(desk):
    ProviderPause.objects.create(provider="sendgrid", since=FRIDAY, code="401", sentence="SendGrid answered 401.")
    for minutes in range(0, 60, 5):
        minute(FRIDAY + timedelta(minutes=minutes))
    assert mail().tries == 12
    assert GateAnswer.objects.filter(touch=mail(), send=False, reason="provider_paused").count() == 1
    Desk.objects.update(halted_at=FRIDAY, halted_because="A wrong rate")
    minute(FRIDAY + timedelta(hours=1))
    minute(FRIDAY + timedelta(hours=2))
    assert list(GateAnswer.objects.values_list("reason", flat=True)) == ["provider_paused", "kill_switch"]
    assert desk.sendgrid.requests == []


def test_a_bad_address_is_closed_and_the_officer_calls(desk):
    desk.sendgrid.then(Behavior(status=400, fault="personalizations.0.to.0.email"))
    minute(FRIDAY)
    closed = Suppression.objects.get()
    assert (closed.channel, closed.reason, closed.doubtful) == ("email", "bounce", False)
    assert bytes(closed.lookup) == bytes(mail().address_lookup)
    assert CallTask.objects.get().reason == "unreached"
    # The conversation goes on where it still can.
    assert Enrollment.objects.get().state == "active"


def test_another_fault_of_ours_closes_no_address(desk):
    desk.sendgrid.then(Behavior(status=400, fault="from.email"))
    minute(FRIDAY)
    assert (Suppression.objects.count(), Consent.objects.filter(act="revoked").count()) == (0, 0)
    assert CallTask.objects.get().reason == "unreached"


def test_a_number_that_opted_out_with_the_carrier_ends_the_conversation(desk):
    """As if the carrier's own callback had told us: R47."""
    text = text_of(desk)
    desk.twilio.then(Behavior(status=400, code=21610))
    assert sending.send(text.pk, now=MONDAY) == "failed"
    text.refresh_from_db()
    assert (text.reason, text.tries) == ("21610", 1)
    closed = Suppression.objects.get()
    assert (closed.channel, closed.reason) == ("sms", "carrier")
    minute(MONDAY + timedelta(minutes=1))
    run = Enrollment.objects.get()
    assert (run.state, run.stop_reason) == ("stopped", "opt_out")
    assert Alert.objects.get().kind == "opted_out"
    assert Consent.objects.filter(act="revoked").count() == 1
    for days in range(1, 15):
        assert minute(MONDAY + timedelta(days=days)) == []
    assert (len(desk.sendgrid.calls), len(desk.twilio.requests)) == (1, 1)


@pytest.mark.parametrize(
    ("behavior", "state", "reason", "closed"),
    [
        (Behavior(status=400, code=21211), "failed", "21211", "bounce"),
        (Behavior(status=400, code=21614), "failed", "21614", "bounce"),
        (Behavior(status=400, code=21408), "failed", "21408", ""),
        (Behavior(status=429, code=20429), "scheduled", "try_again", ""),
        (Behavior(status=401, code=20003), "scheduled", "provider_paused", ""),
        (Behavior(status=500, code=20500), "unknown", "no_answer", ""),
        (Behavior(drop=True), "unknown", "no_answer", ""),
    ],
    ids=lambda value: str(value.code or "drop") if isinstance(value, Behavior) else None,
)
def test_what_twilio_answers_decides_alike(desk, behavior, state, reason, closed):
    text = text_of(desk)
    desk.twilio.then(behavior)
    assert sending.send(text.pk, now=MONDAY) == state
    text.refresh_from_db()
    assert (text.state, text.reason) == (state, reason)
    assert list(Suppression.objects.values_list("channel", "reason")) == ([("sms", closed)] if closed else [])
    assert len(desk.twilio.requests) == 1
    minute(MONDAY + timedelta(seconds=20))
    assert len(desk.twilio.requests) == 1
    assert Enrollment.objects.get().state == "active"
    assert ProviderPause.objects.filter(provider="twilio").exists() is (reason == "provider_paused")


def test_a_text_asks_for_news_and_ends_with_its_hours(desk):
    text = text_of(desk)
    sending.send(text.pk, now=MONDAY)
    body = desk.twilio.calls[0].body
    assert body["StatusCallback"].endswith(f"/webhooks/twilio/status/?touch={text.pk}")
    # Ten in Denver, and texts of a sequence end at eight at the latest: the vendor's own most is ten hours.
    assert 0 < int(body["ValidityPeriod"]) <= 36_000


def test_the_gates_answer_is_kept_and_gives_the_same_answer_again(desk):
    minute(FRIDAY)
    kept = GateAnswer.objects.get()
    again = gate.answer(Facts.from_json(kept.facts))
    assert (kept.send, kept.reason, again.send, again.reason) == (True, "", True, None)
    assert [check.reason for check in again.checks] == list(gate.Reason)
    for secret in (mail().borrower.email, mail().borrower.phone):
        assert str(secret) not in str(kept.facts)


def test_a_no_of_the_gate_is_kept_and_no_call_is_made(desk, olivia):
    License.objects.create(officer=olivia, state="AZ", expires_on="2027-01-01")
    assert minute(FRIDAY) == ["skipped"]
    kept = GateAnswer.objects.get()
    assert (kept.send, kept.reason, mail().reason) == (False, "license", "license")
    assert gate.answer(Facts.from_json(kept.facts)).reason == gate.Reason.LICENSE
    assert desk.sendgrid.requests == []
    assert Attempt.objects.get().outcome == "skipped"


def test_a_file_that_brings_another_address_moves_the_message_there(desk):
    """What is asked about, what is locked and what is written to is one and the same address."""
    sweeping.sweep(FRIDAY)
    new = "new.address@example.com"
    Borrower.objects.update(email=new, email_lookup=django_settings.FIELD_KEYS.lookup(new))
    assert sending.send(mail().pk, now=FRIDAY) == "accepted"
    assert [call.to for call in desk.sendgrid.calls] == [new]
    assert bytes(mail().address_lookup) == django_settings.FIELD_KEYS.lookup(new)
    assert Message.objects.get().to_address == new


def test_a_file_that_brings_an_address_that_had_opted_out_brings_no_message_there(desk):
    sweeping.sweep(FRIDAY)
    new = "opted.out@example.com"
    keys = django_settings.FIELD_KEYS.lookup(new)
    stop = Consent.objects.create(channel="email", act="revoked", lookup=keys, source="one_click", at=FRIDAY)
    Suppression.objects.create(channel="email", lookup=keys, since=FRIDAY, reason="one_click", consent=stop)
    Borrower.objects.update(email=new, email_lookup=keys)
    assert sending.send(mail().pk, now=FRIDAY) == "skipped"
    assert mail().reason == "suppressed"
    assert desk.sendgrid.requests == []


def test_a_template_that_can_not_be_filled_fails_alone(desk, olivia, cora):
    other = worth_writing_to(olivia)
    row = TemplateVersion.objects.get(template__slug="day-1-email", state="approved")
    TemplateVersion.objects.filter(state="approved", template__slug__startswith="day-1").update(state="retired")
    TemplateVersion.objects.create(
        template=row.template, number=9, state="approved", subject="{{ no_such_field }}", body=row.body, text=row.text,
        content_hash="x", decided_by=cora, decided_at=FRIDAY,
    )  # fmt: skip
    assert minute(FRIDAY) == ["failed", "failed"]
    assert set(Touch.objects.values_list("reason", flat=True)) == {"cannot_fill"}
    assert "no_such_field" in Touch.objects.filter(opportunity=other).get().detail
    assert CallTask.objects.count() == 2
    assert (desk.sendgrid.requests, Attempt.objects.count()) == ([], 0)


def test_a_stop_before_the_claim_leaves_nothing_to_send(desk):
    sweeping.sweep(FRIDAY)
    stopping.stop([desk.row.loan_id], stopping.Why.REPLY, at=FRIDAY)
    assert sending.send(mail().pk, now=FRIDAY) == "skipped"
    assert (desk.sendgrid.requests, Attempt.objects.count()) == ([], 0)


def test_a_pause_before_the_claim_leaves_it_ready(desk, olivia):
    sweeping.sweep(FRIDAY)
    stopping.pause(Enrollment.objects.get().pk, by=olivia)
    assert sending.send(mail().pk, now=FRIDAY) == "ready"
    stopping.resume(Enrollment.objects.get().pk, by=olivia)
    assert sending.send(mail().pk, now=FRIDAY) == "accepted"
    assert len(desk.sendgrid.calls) == 1


def test_a_touch_that_there_is_not_is_an_error(db):
    with pytest.raises(Touch.DoesNotExist):
        sending.send(uuid.uuid4(), now=FRIDAY)


def test_waits_are_bounded_whatever_a_provider_asks():
    assert settling.backoff(1, 0.0) == timedelta(seconds=1)
    assert settling.backoff(1, 10.0**9) == timedelta(hours=1)
    for tries in range(40):
        assert timedelta(seconds=30) <= settling.backoff(tries, None) <= timedelta(hours=1.25)
