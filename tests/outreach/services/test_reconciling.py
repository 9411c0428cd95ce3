"""A text of which nobody knows whether it went out is looked up once at the carrier, and never sent again."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.models import Enrollment, InboxItem, Message, Touch
from outreach.services import applying, reconciling
from tests.outreach.conversations import enrollment, lender, opportunity, touch
from tests.stand_ins import Behavior, Call, TwilioStandIn

pytestmark = pytest.mark.django_db
WORDS = "Hi Marisol, this is Olivia. Reply STOP to end texts."


@pytest.fixture
def now() -> datetime:
    """The carrier's own clock dates what it has."""
    return datetime.now(UTC)


@pytest.fixture
def twilio(settings):
    with TwilioStandIn() as stand_in:
        settings.TWILIO_BASE_URL = stand_in.base_url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = stand_in.account_sid, stand_in.auth_token
        settings.TWILIO_MESSAGING_SERVICE_SID = stand_in.messaging_service_sid
        yield stand_in


def lost(officer, now: datetime, *, minutes: int = 16, channel: str = "sms", **columns) -> Touch:
    """A touch that was called unknown so many minutes ago."""
    lender()
    row = opportunity(officer)
    enrollment(row)
    before = now - timedelta(minutes=minutes)
    one = touch(row, channel, "unknown", sent_at=None, claimed_at=before, settled_at=before, provider_id="", **columns)
    address = one.borrower.email if channel == "email" else one.borrower.phone
    Message.objects.create(touch=one, to_address=address, text=WORDS, content_hash="-")
    return one


def has(twilio: TwilioStandIn, of: Touch, at: datetime, words: str = WORDS) -> None:
    """The carrier has it, though its receipt was lost."""
    call = Call("", str(of.borrower.phone), {"Body": words}, 0.0, {}, True, f"SM{of.pk.hex}", at)
    twilio.requests.append(call)


def state(of: Touch) -> tuple[str, str]:
    return Touch.objects.values_list("state", "reason").get(pk=of.pk)


def test_what_the_carrier_has_went_out(twilio, olivia, now):
    one = lost(olivia, now)
    has(twilio, one, now - timedelta(minutes=16))
    assert reconciling.reconcile(now) == 1
    # It enters by the inbox, as if the carrier had told us.
    assert state(one)[0] == "unknown"
    applying.apply_waiting(now)
    one.refresh_from_db()
    assert (one.state, one.provider_id, one.sent_at) == ("accepted", f"SM{one.pk.hex}", one.claimed_at)
    assert Enrollment.objects.get().day_one is not None
    assert reconciling.reconcile(now) == 0
    assert len(twilio.requests) == 1


def test_what_it_does_not_have_is_asked_about_once_and_stays_unknown(twilio, olivia, now):
    one = lost(olivia, now)
    has(twilio, one, now - timedelta(minutes=16), words="Other words")
    has(twilio, one, now - timedelta(days=2))
    assert reconciling.reconcile(now) == 0
    assert state(one) == ("unknown", "looked_up")
    has(twilio, one, now)
    assert reconciling.reconcile(now + timedelta(minutes=1)) == 0
    assert InboxItem.objects.count() == 0


def test_before_a_quarter_of_an_hour_nobody_is_asked(twilio, olivia, now):
    one = lost(olivia, now, minutes=14)
    has(twilio, one, now - timedelta(minutes=14))
    assert reconciling.reconcile(now) == 0
    assert state(one)[1] == ""
    assert reconciling.reconcile(now + timedelta(minutes=2)) == 1


def test_a_carrier_that_does_not_answer_is_asked_again(twilio, olivia, now):
    one = lost(olivia, now)
    has(twilio, one, now - timedelta(minutes=16))
    twilio.then(Behavior(status=500))
    assert reconciling.reconcile(now) == 0
    assert state(one) == ("unknown", "")
    assert reconciling.reconcile(now + timedelta(minutes=1)) == 1


def test_asking_twice_before_it_is_applied_is_told_once(twilio, olivia, now):
    one = lost(olivia, now)
    has(twilio, one, now - timedelta(minutes=16))
    reconciling.reconcile(now)
    reconciling.reconcile(now)
    assert InboxItem.objects.count() == 1


def test_mail_and_the_sandbox_have_no_such_look_up(twilio, olivia, now):
    mail = lost(olivia, now, channel="email")
    sandbox = lost(olivia, now, provider="sandbox")
    assert reconciling.reconcile(now) == 0
    assert state(mail) == state(sandbox) == ("unknown", "")


def test_one_that_fails_holds_up_no_other(twilio, olivia, now):
    first, second = lost(olivia, now, minutes=30), lost(olivia, now)
    has(twilio, second, now - timedelta(minutes=16))
    twilio.then(Behavior(status=503))
    assert reconciling.reconcile(now) == 1
    assert state(first) == ("unknown", "")
