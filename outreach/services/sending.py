"""Sending one touch: claim it, ask the gate, call the provider once, write down what came of it.

At most one call a touch. The claim is committed before the call, the outcome after it; what dies in between
stays `sending` until the sweep calls it `unknown`, and unknown is never sent again. Only what the provider proves not to have
taken goes back.
"""

import math
import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from accounts.models import Lender
from outreach.adapters.channel import Accepted, Outcome, OutgoingEmail, OutgoingText, ProviderError
from outreach.domain import liquid
from outreach.models import Channel, Touch, TouchState
from outreach.queries import contacts, message_reading
from outreach.services import channels, enrolling, filling, gate, settling
from outreach.services.filling import Filled
from outreach.services.gate import Asked, Then

log = structlog.get_logger(__name__)

CLAIM_SECONDS = 90
HOLD = timedelta(minutes=5)
"""How long a touch that waits for a person or a provider is left alone before the gate is asked again."""

# The database's clock alone decides how long a claim lasts; no worker's clock is compared with another's.
CLAIM = """
UPDATE outreach_touch SET state = 'sending', claim_token = %(token)s, claimed_at = %(now)s,
  claim_until = clock_timestamp() + make_interval(secs => %(seconds)s), tries = tries + 1, template_version_id = %(version)s,
  provider = %(provider)s
WHERE id = %(touch)s AND state = 'ready'
  AND (enrollment_id IS NULL OR EXISTS (SELECT FROM outreach_enrollment e WHERE e.id = enrollment_id AND e.state = 'active'))"""


def send(touch_id: uuid.UUID, *, now: datetime) -> str:
    """Sends a ready touch, or finds out why not; returns the state it is left in. A second caller finds nothing to do."""
    touch = message_reading.touch(touch_id)
    if touch.state != TouchState.READY:
        return touch.state
    lender = Lender.current()
    provider = channels.provider(touch.channel, lender)
    filled = None
    if touch.kind == "sequence":
        try:
            filled = filling.fill_best(touch, lender)
        except liquid.CannotRender as error:
            settling.cannot_fill(touch, str(error), now=now)
            return TouchState.FAILED
    token = _claim(touch, provider, filled, now)
    if token is None:
        return Touch.objects.values_list("state", flat=True).get(pk=touch_id)
    return _deliver(touch, token, provider, now=now, day=enrolling.day_began(now))


def _claim(touch: Touch, provider: str, filled: Filled | None, now: datetime) -> uuid.UUID | None:
    """ready → sending for exactly one caller, with what will be handed over and the attempt, committed before anything else."""
    token = uuid.uuid4()
    with transaction.atomic():
        if filled is not None:
            settling.store_message(touch, filled)
        values: dict[str, Any] = {
            "touch": touch.pk,
            "token": token,
            "now": now,
            "seconds": CLAIM_SECONDS,
            "version": touch.template_version_id,
            "provider": provider,
        }
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, values)
            if cursor.rowcount != 1:
                transaction.set_rollback(True)
                return None
        settling.begin_attempt(touch.pk, token, now)
    return token


def _deliver(touch: Touch, token: uuid.UUID, provider: str, *, now: datetime, day: datetime) -> str:
    keys = contacts.keys_of_send(touch.opportunity.loan_id, touch.address_lookup)
    try:
        with transaction.atomic():
            gate.lock(touch, keys)
            asked = gate.ask(touch.pk, now=now, day=day, provider=provider)
            return _act(touch, token, asked, now)
    except OperationalError:
        # Somebody held the contact longer than we wait; nothing was handed over.
        log.warning("contact busy touch=%s", touch.pk)
        return settling.give_back(touch.pk, token, TouchState.READY, reason="busy", now=now)


def _act(touch: Touch, token: uuid.UUID, asked: Asked, now: datetime) -> str:
    """Under the locks: the call, or the reason why none is made. Writes come after the call, so that it holds no row."""
    if not asked.reading.claim_holds or asked.reading.claim_token != token:
        return TouchState.UNKNOWN
    if not asked.answer.send:
        return _not_now(touch, token, asked, now)
    if asked.stale:
        return settling.give_back(touch.pk, token, TouchState.READY, reason="stale", now=now)
    try:
        accepted = _hand_over(touch, asked)
    except ProviderError as error:
        gate.keep(touch.pk, asked)
        return _failed(touch, token, error, asked, now)
    gate.keep(touch.pk, asked)
    return settling.accepted(touch, token, accepted, now=now)


def _hand_over(touch: Touch, asked: Asked) -> Accepted:
    """The one call. A call task has no provider: a person makes it."""
    facts, to_address = asked.reading.facts, asked.reading.to_address
    if touch.channel == Channel.CALL:
        return Accepted(channels.PEOPLE, "")
    message = settling.message_of(touch)
    if touch.channel == Channel.EMAIL:
        return channels.email(facts.provider).send(_email(touch, message, to_address))
    closes = facts.window.closes_at
    seconds = 600 if closes is None else max(1, math.floor((closes - facts.now).total_seconds()))
    return channels.text(facts.provider).send(
        OutgoingText(
            touch_id=str(touch.pk),
            to_number=settling.e164(to_address),
            body=message.text,
            status_callback=f"{settings.PUBLIC_BASE_URL.rstrip('/')}/webhooks/twilio/status/?touch={touch.pk}",
            valid_seconds=seconds,
        )
    )


def _email(touch: Touch, message: Any, to_address: str) -> OutgoingEmail:
    return OutgoingEmail(
        touch_id=str(touch.pk),
        to_address=to_address,
        to_name=message.to_name,
        from_address=message.from_address,
        from_name=message.from_name,
        reply_to=message.reply_to,
        subject=message.subject,
        html=message.html,
        text=message.text,
        unsubscribe_url=filling.unsubscribe_url(touch),
        unsubscribe_mailto=filling.unsubscribe_mailto(touch),
    )


def sample(touch_id: uuid.UUID) -> OutgoingEmail:
    """What would be handed over for an e-mail of a sequence, without sending it or writing anything."""
    touch = message_reading.touch(touch_id)
    filled = filling.fill_best(touch, Lender.current())
    if filled is None:
        raise liquid.CannotRender("No template is approved.")
    return _email(touch, filled, touch.borrower.email)


def _not_now(touch: Touch, token: uuid.UUID, asked: Asked, now: datetime) -> str:
    """The gate's reason, and what follows from it."""
    answer = asked.answer
    reason = answer.reason.value if answer.reason else ""
    gate.keep(touch.pk, asked, repeated=touch.reason == reason and answer.then in (Then.HOLD, Then.DEFER))
    if answer.then == Then.SKIP:
        return settling.skip(touch, token, reason, answer.sentence, now=now)
    until = answer.defer_until if answer.then == Then.DEFER and answer.defer_until else now + HOLD
    return settling.give_back(
        touch.pk, token, TouchState.SCHEDULED, reason=reason, detail=answer.sentence, due_at=until, now=now
    )


def _failed(touch: Touch, token: uuid.UUID, error: ProviderError, asked: Asked, now: datetime) -> str:
    """What an error proves decides: back to the queue, for good not, or unknown."""
    sentence, code = str(error), error.code
    log.warning("send failed touch=%s outcome=%s code=%s", touch.pk, error.outcome, code)
    if error.outcome == Outcome.LATER:
        wait = settling.backoff(touch.tries + 1, error.retry_after)
        if now + wait <= touch.not_after:
            return settling.give_back(
                touch.pk, token, TouchState.SCHEDULED, reason="try_again", detail=sentence, due_at=now + wait, now=now
            )
        return settling.failed(touch, token, "too_late", sentence, now=now)
    if error.outcome == Outcome.PAUSE:
        settling.pause_provider(asked.reading.facts.provider, code, sentence, now=now)
        return settling.give_back(
            touch.pk, token, TouchState.SCHEDULED, reason="provider_paused", detail=sentence, due_at=now + HOLD, now=now
        )
    if error.outcome == Outcome.UNKNOWN:
        return settling.unknown(touch.pk, token, sentence, now=now)
    if error.outcome == Outcome.OPTED_OUT:
        settling.close_address(touch, "carrier", now=now)
    elif error.outcome == Outcome.BAD_ADDRESS:
        settling.close_address(touch, "bounce", now=now)
    return settling.failed(touch, token, code or error.outcome.value, sentence, now=now)
