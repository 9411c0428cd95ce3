"""Sending one touch: claim it, ask the gate, call the provider once, write down what came of it.

At most one call a touch. The claim is committed before the call, the outcome after it; what dies in between stays `sending`
until the sweep calls it `unknown`, and unknown is never sent again. Only what the provider proves not to have taken goes back.
"""

import math
import uuid
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from outreach.adapters.channel import Accepted, Outcome, OutgoingEmail, OutgoingText, ProviderError
from outreach.adapters.happenings import Happening, Kind
from outreach.domain import liquid
from outreach.models import Channel, Message, Touch, TouchState
from outreach.queries import contacts, touch_reading
from outreach.services import channels, enrolling, filling, gate, inbox, settling
from outreach.services.filling import Filled
from outreach.services.gate import Asked, Then
from outreach.services.settling import Claim

log = structlog.get_logger(__name__)

HOLD = timedelta(minutes=5)
"""How long a touch that waits for a person or a provider is left alone before the gate is asked again."""


def send(touch_id: uuid.UUID, *, now: datetime) -> str:
    """Sends a ready touch, or finds out why not; returns the state it is left in. A second caller finds nothing to do."""
    touch = touch_reading.touch(touch_id)
    if touch.state != TouchState.READY:
        return str(touch.state)
    lender = touch.lender
    provider = channels.provider(touch.channel, lender)
    filled = None
    if touch.kind == "sequence":
        try:
            filled = filling.fill_best(touch, lender)
        except liquid.CannotRender as error:
            settling.cannot_fill(touch, str(error), now=now)
            return TouchState.FAILED
        # A file may have brought another address since it was planned; what is asked about is where it goes.
        touch.address_lookup = touch.borrower.email_lookup if touch.channel == Channel.EMAIL else touch.borrower.phone_lookup
    held = settling.claim(touch, provider, filled, now=now)
    if held is None:
        return str(Touch.objects.values_list("state", flat=True).get(pk=touch_id))
    return _deliver(held, filled, provider, day=enrolling.day_began(now, lender))


def _deliver(held: Claim, filled: Filled | None, provider: str, *, day: datetime) -> str:
    touch = held.touch
    keys = contacts.keys_of_send(touch)
    try:
        with transaction.atomic():
            gate.lock(touch, keys)
            asked = gate.ask(touch.pk, now=held.now, day=day, provider=provider)
            return _act(held, filled, asked)
    except gate.Busy:
        # Only this proves that nothing was handed over: a database that fails later leaves the touch to be called unknown.
        log.warning("contact busy", touch=str(touch.pk))
        return settling.give_back(held, TouchState.READY, reason="busy")


def _act(held: Claim, filled: Filled | None, asked: Asked) -> str:
    """Under the locks: the call, or the reason why none is made. Writes come after the call, so that it holds no row."""
    if not asked.reading.claim_holds or asked.reading.claim_token != held.token:
        return TouchState.UNKNOWN
    if not asked.answer.send:
        return _not_now(held, asked)
    if asked.stale:
        return settling.give_back(held, TouchState.READY, reason="stale")
    try:
        accepted = _hand_over(held.touch, filled, asked)
    except ProviderError as error:
        return _failed(held, error, asked)
    return settling.accepted(held, accepted, asked)


def _hand_over(touch: Touch, filled: Filled | None, asked: Asked) -> Accepted:
    """The one call. A call task has no provider: a person makes it."""
    facts, to_address = asked.reading.facts, asked.reading.to_address
    if touch.channel == Channel.CALL:
        return Accepted(channels.PEOPLE, "")
    message = filled or settling.message_of(touch)
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


def _email(touch: Touch, message: Filled | Message, to_address: str) -> OutgoingEmail:
    return OutgoingEmail(
        touch_id=str(touch.pk),
        to_address=to_address,
        to_name=message.to_name,
        from_address=message.from_address,
        from_name=message.from_name,
        reply_to=message.reply_to,
        subject=str(message.subject),
        html=str(message.html),
        text=str(message.text),
        unsubscribe_url=filling.unsubscribe_url(touch),
        unsubscribe_mailto=filling.unsubscribe_mailto(touch),
    )


def sample(touch_id: uuid.UUID) -> OutgoingEmail:
    """What would be handed over for an e-mail of a sequence, without sending it or writing anything."""
    touch = touch_reading.touch(touch_id)
    filled = filling.fill_best(touch, touch.lender)
    if filled is None:
        raise liquid.CannotRender("No template is approved.")
    return _email(touch, filled, str(touch.borrower.email))


def _tell_the_inbox(touch: Touch, error: ProviderError, *, now: datetime) -> None:
    """The carrier says that the person opted out: every conversation with them ends, as if its callback had told us.

    By the inbox, because a stop takes more locks than a send holds, and in one order.
    """
    key = f"refused:{touch.pk}"
    told = Happening(Kind.OPTED_OUT, channels.TWILIO, now, key, key, touch_id=str(touch.pk), code=error.code, detail=str(error))
    inbox.keep([inbox.told(told)], now)


def _not_now(held: Claim, asked: Asked) -> str:
    """The gate's reason, and what follows from it."""
    answer = asked.answer
    reason = answer.reason.value if answer.reason else ""
    if answer.then == Then.SKIP:
        return settling.skip(held, reason, answer.sentence, asked)
    until = answer.defer_until if answer.then == Then.DEFER and answer.defer_until else held.now + HOLD
    return settling.give_back(held, TouchState.SCHEDULED, reason=reason, detail=answer.sentence, due_at=until, asked=asked)


def _failed(held: Claim, error: ProviderError, asked: Asked) -> str:
    """What an error proves decides: back to the queue, for good not, or unknown."""
    touch, sentence, code = held.touch, str(error), error.code
    log.warning("send failed", touch=str(touch.pk), outcome=error.outcome, code=code)
    if error.outcome == Outcome.LATER:
        wait = settling.backoff(touch.tries + 1, error.retry_after)
        if held.now + wait > touch.not_after:
            return settling.failed(held, "too_late", sentence, asked)
        return settling.give_back(
            held, TouchState.SCHEDULED, reason="try_again", detail=sentence, due_at=held.now + wait, asked=asked
        )
    if error.outcome == Outcome.PAUSE:
        settling.pause_provider(asked.reading.facts.provider, code, sentence, now=held.now)
        return settling.give_back(
            held, TouchState.SCHEDULED, reason="provider_paused", detail=sentence, due_at=held.now + HOLD, asked=asked
        )
    if error.outcome == Outcome.UNKNOWN:
        return settling.unknown(held, sentence, asked)
    if error.outcome == Outcome.OPTED_OUT:
        settling.close_address(touch, "carrier", now=held.now)
        _tell_the_inbox(touch, error, now=held.now)
    elif error.outcome == Outcome.BAD_ADDRESS:
        settling.close_address(touch, "bounce", now=held.now)
    return settling.failed(held, code or error.outcome.value, sentence, asked)
