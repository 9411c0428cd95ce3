"""Stories through all floors: a rate drop opens an opportunity, messages go out by the vendors' protocols, the borrower acts.

The real SendGrid and Twilio clients speak with stand-ins on this machine, which keep a ledger of what they took; webhooks come
in signed, as the vendors sign them. R45 to R54, R89, R91, R95 to R97, R107, R153.
"""

import re
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.services import people
from loans.models import Loan, Opportunity
from loans.services import acting, matching
from outreach.models import Alert, CallTask, Consent, Desk, Enrollment, InboxItem, Reply, Touch
from outreach.services import alerting, applying, sending, sweeping
from refidetect.kit import clock
from tests.loans.rows import make_loan, set_market
from tests.outreach.rows import FRIDAY, borrower_of, consent_to_texts, open_desk
from tests.stand_ins import SendGridStandIn, TwilioStandIn

MONDAY = datetime(2026, 4, 27, 16, 5, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def vendors(settings):
    """SendGrid and Twilio on loopback, with our keys, and a mail server for officers that keeps what it gets."""
    with SendGridStandIn() as sendgrid, TwilioStandIn() as twilio:
        settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL = "SG.story", sendgrid.base_url
        settings.SENDGRID_WEBHOOK_PUBLIC_KEY = sendgrid.public_key
        settings.TWILIO_BASE_URL = twilio.base_url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = twilio.account_sid, twilio.auth_token
        settings.TWILIO_MESSAGING_SERVICE_SID = twilio.messaging_service_sid
        settings.REPLY_DOMAIN, settings.SMTP_HOST = "reply.example.com", "localhost"
        settings.PUBLIC_BASE_URL = "http://testserver"
        yield SimpleNamespace(sendgrid=sendgrid, twilio=twilio)


@pytest.fixture
def story(vendors, olivia, cora, monkeypatch):
    """Friday: the market falls below Marisol's rate. The clock of the story is everybody's, the database's too."""
    monkeypatch.setattr(clock, "now", timezone.now)
    with time_machine.travel(FRIDAY - timedelta(days=1), tick=False):
        set_market(date(2026, 4, 23), conventional_30="7.100", conventional_15="6.400")
        open_desk(olivia.branch, approver=cora)
        attest_texts(cora)
        loan = make_loan(
            "HP-1", name=("Marisol", "Vega"), email="marisol.vega@example.com", phone="+13035550142", officer=olivia,
            branch=olivia.branch, property_zip="80203", property_city="Denver",
        )  # fmt: skip
        consent_to_texts(loan)
        matching.run()
        minute()
        assert Opportunity.objects.count() == 0
    with time_machine.travel(FRIDAY, tick=False):
        set_market()
        matching.run()
        minute()
        assert told(vendors) == (1, 0)
        yield SimpleNamespace(vendors=vendors, loan=loan, officer=olivia, row=Opportunity.objects.get())


def attest_texts(by) -> None:
    Desk.objects.update_or_create(pk=1, defaults={"texts_attested_at": FRIDAY, "texts_attested_by": by, "campaign_id": "C1"})


def minute() -> None:
    """What beat starts each minute, at the moment the clock shows."""
    now = timezone.now()
    for touch_id in sweeping.sweep(now).ready:
        sending.send(touch_id, now=now)
    alerting.mail_waiting(now)


def told(vendors) -> tuple[int, int]:
    """How many e-mails and texts the vendors took."""
    return len(vendors.sendgrid.calls), len(vendors.twilio.calls)


def until_day_four():
    traveller = time_machine.travel(MONDAY, tick=False)
    traveller.start()
    minute()
    return traveller


def days_go_by(days: int = 20) -> None:
    start = timezone.now()
    for hours in range(0, days * 24, 12):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            minute()


def events(story, *named) -> int:
    body, headers = story.vendors.sendgrid.signed_events(named)
    url = reverse("webhook_sendgrid_events")
    return Client().post(url, body, content_type="application/json", headers=headers).status_code


def text_back(story, words: str, sid: str = "SM1", **more) -> int:
    """The borrower's text, as Twilio posts it."""
    params = {"MessageSid": sid, "From": "+13035550142", "To": "+13035550100", "Body": words, "NumMedia": "0", **more}
    url = reverse("webhook_twilio_inbound")
    headers = story.vendors.twilio.signed_form(f"http://testserver{url}", params)
    return post_form(url, params, headers)


def post_form(url: str, params: dict[str, str], headers: dict[str, str]) -> int:
    body = urlencode(params)
    return Client().post(url, body, content_type="application/x-www-form-urlencoded", headers=headers).status_code


@pytest.fixture
def day_four(story):
    """Monday: the text has gone out after the e-mail."""
    traveller = until_day_four()
    assert told(story.vendors) == (1, 1)
    yield story
    traveller.stop()


def test_left_alone_the_borrower_hears_three_times(day_four):
    days_go_by()
    assert told(day_four.vendors) == (2, 1)
    assert list(Touch.objects.order_by("day").values_list("day", "channel", "state")) == [
        (1, "email", "accepted"), (4, "sms", "accepted"), (10, "email", "accepted"),
    ]  # fmt: skip
    first = day_four.vendors.sendgrid.calls[0].body
    assert first["from"]["email"] == day_four.officer.email
    assert first["personalizations"][0]["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "marisol" not in str(first["personalizations"][0]["custom_args"]).lower()
    assert Enrollment.objects.get().state == "completed"


def test_a_reply_stops_and_the_officer_knows_at_once(day_four):
    events(day_four, day_four.vendors.sendgrid.event("delivered", str(Touch.objects.get(day=1).pk)))
    assert text_back(day_four, "Hi, is this real? What would closing costs be?") == 200
    minute()
    assert Enrollment.objects.get().stop_reason == "reply"
    row = Opportunity.objects.get()
    assert (row.status, row.get_engagement_display()) == ("engaged", "Replied")
    assert Reply.objects.get().text == "Hi, is this real? What would closing costs be?"
    alert = Alert.objects.get()
    assert (alert.officer, alert.mail) == (day_four.officer, "sent")
    assert [message.to for message in mail.outbox] == [[day_four.officer.email]]
    assert "What would closing costs be?" in mail.outbox[0].body
    days_go_by()
    assert told(day_four.vendors) == (1, 1)


def test_a_repeated_webhook_counts_once(day_four):
    for _ in range(3):
        text_back(day_four, "Call me please")
        minute()
    assert (InboxItem.objects.count(), Reply.objects.count(), Alert.objects.count()) == (1, 1, 1)


def test_a_forged_webhook_is_refused_and_leaves_nothing(day_four):
    body, headers = day_four.vendors.sendgrid.signed_events(
        [day_four.vendors.sendgrid.event("unsubscribe", str(Touch.objects.get(day=1).pk))]
    )
    before = (InboxItem.objects.count(), Consent.objects.count())
    url = reverse("webhook_sendgrid_events")
    client = Client()
    assert (
        client.post(url, body.replace(b"unsubscribe", b"spamreport0"), "application/json", headers=headers).status_code == 401
    )
    params = {"MessageSid": "SM1", "From": "+13035550142", "To": "+13035550100", "Body": "STOP"}
    forged = {"X-Twilio-Signature": "AAAA"}
    assert post_form(reverse("webhook_twilio_inbound"), params, forged) == 401
    minute()
    assert (InboxItem.objects.count(), Consent.objects.count()) == before
    assert Enrollment.objects.get().state == "active"


def test_a_booking_stops_and_no_text_follows(story):
    """R54: nobody who booked a call receives the Day 4 text."""
    page = reverse("borrower:estimate", args=[Touch.objects.get().link_token])
    shown = Client().get(page).content.decode()
    slot = re.search(r'name="time" value="([^"]+)"', shown)[1]
    answer = Client().post(page + "book/", {"time": slot})
    assert answer.status_code in (200, 302, 303)
    minute()
    assert Opportunity.objects.get().status == "appointment"
    assert Alert.objects.filter(kind="booked", mail="sent").count() == 1
    days_go_by()
    assert told(story.vendors) == (1, 0)


def test_a_one_click_unsubscribe_ends_it(story):
    link = reverse("borrower:unsubscribe", args=[Touch.objects.get().link_token])
    assert Client().get(link).status_code == 200
    assert Consent.objects.filter(act="revoked").count() == 0
    assert Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Consent.objects.filter(act="revoked", channel="email").count() == 1
    days_go_by()
    assert told(story.vendors) == (1, 0)


@pytest.mark.parametrize("words", ["STOP", "please quit texting me", "Don’t text me anymore"])
def test_words_that_mean_stop_end_the_texts_and_the_sequence(day_four, words):
    text_back(day_four, words)
    minute()
    assert Consent.objects.filter(act="revoked", channel="sms").count() == 1
    assert Enrollment.objects.get().stop_reason == "opt_out"
    assert Alert.objects.get().kind == "opted_out"
    # One confirmation may follow, and sells nothing.
    minute()
    texts = [call.body["Body"] for call in day_four.vendors.twilio.calls]
    assert len(texts) == 2
    assert "no more texts" in texts[1]
    days_go_by()
    assert told(day_four.vendors) == (1, 2)


def test_an_application_in_the_los_ends_it(day_four, settings):
    """R53, R90."""
    secret = "whsec_" + b64encode(b"0" * 32).decode()
    settings.LOS_WEBHOOK_SECRET = secret
    body = '{"type": "application.submitted", "data": {"loan_number": "HP-1"}}'
    signature = Webhook(secret).sign("msg_1", timezone.now(), body)
    headers = {
        "webhook-id": "msg_1", "webhook-timestamp": str(int(timezone.now().timestamp())), "webhook-signature": signature,
    }  # fmt: skip
    answer = Client().post(reverse("webhook_los"), body, content_type="application/json", headers=headers)
    assert answer.status_code == 202
    applying.apply_waiting(timezone.now())
    assert Opportunity.objects.get().status == "application"
    assert Loan.objects.get().status == "in_application"
    assert Enrollment.objects.get().stop_reason == "application"
    days_go_by()
    assert told(day_four.vendors) == (1, 1)


def test_an_archived_opportunity_is_written_to_no_more(story):
    """R153."""
    acting.archive(story.row, reason="not_interested", by=story.officer, today=FRIDAY.date())
    days_go_by()
    assert told(story.vendors) == (1, 0)
    assert Enrollment.objects.get().stop_reason == "opportunity_closed"


def test_nothing_goes_out_in_the_name_of_somebody_who_left(story, ada):
    people.deactivate(story.officer, ada, now=FRIDAY)
    days_go_by()
    assert told(story.vendors) == (1, 0)
    assert Enrollment.objects.get().stop_reason == "officer_left"


def test_a_hard_bounce_closes_the_address_and_the_officer_calls(story):
    bounce = story.vendors.sendgrid.event("bounce", str(Touch.objects.get().pk), type="bounce", status="5.1.1", reason="550")
    assert events(story, bounce) in (200, 202, 204)
    minute()
    assert Touch.objects.get(day=1).state == "bounced"
    assert Consent.objects.get(act="revoked").source == "bounce"
    days_go_by()
    # No text speaks of an e-mail that did not arrive, and none goes to the address again: calls take their place.
    assert told(story.vendors) == (1, 0)
    assert CallTask.objects.count() == 3
    assert borrower_of(story.loan).email == "marisol.vega@example.com"
