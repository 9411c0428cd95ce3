"""What is written of a touch around its one call: the message, the attempt, the outcome. Every step is a conditional update.

Whoever writes an outcome shows the token of the claim: a worker that was stopped for so long that its claim ran out changes
nothing any more, except to say what it knows of a touch that was called unknown meanwhile.
"""

import hashlib
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from django.db.models import Q

from loans.services import progress
from outreach.adapters.channel import Accepted
from outreach.models import (
    Attempt,
    CallReason,
    CallTask,
    Channel,
    ConsentSource,
    Enrollment,
    Message,
    ProviderPause,
    Touch,
    TouchState,
)
from outreach.queries import planning
from outreach.services import consent
from outreach.services.filling import Filled

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30, 3600


def store_message(touch: Touch, filled: Filled) -> None:
    """Keeps what will be handed over; a touch that is asked again later is filled with the figures of that day."""
    parts = (filled.subject, filled.html, filled.text)
    Message.objects.update_or_create(
        touch=touch,
        defaults={
            "to_name": filled.to_name,
            "to_address": touch.borrower.email if touch.channel == Channel.EMAIL else touch.borrower.phone,
            "from_name": filled.from_name,
            "from_address": filled.from_address,
            "reply_to": filled.reply_to,
            "subject": filled.subject,
            "html": filled.html,
            "text": filled.text,
            "content_hash": hashlib.sha256("\x1f".join(parts).encode()).hexdigest(),
            "basis": filled.basis,
        },
    )


def message_of(touch: Touch) -> Message:
    """What a touch says. Raises Message.DoesNotExist for one that was never filled."""
    return Message.objects.get(touch=touch)


def begin_attempt(touch_id: uuid.UUID, token: uuid.UUID, now: datetime) -> None:
    Attempt.objects.create(touch_id=touch_id, token=token, started_at=now)


def accepted(touch: Touch, token: uuid.UUID, receipt: Accepted, *, now: datetime) -> str:
    """The provider has it. Later steps count from the first day on which that happened."""
    rows = _claimed(touch.pk, token)
    if not rows.update(
        state=TouchState.ACCEPTED,
        provider=receipt.provider,
        provider_id=receipt.provider_id,
        sent_at=now,
        settled_at=now,
        reason="",
        detail="",
    ):
        return TouchState.UNKNOWN
    _end_attempt(token, "accepted", now)
    if touch.enrollment_id is not None:
        day = planning.local_date(touch, now)
        Enrollment.objects.filter(pk=touch.enrollment_id, day_one=None).update(day_one=day)
    if touch.channel == Channel.CALL:
        add_call(touch, call_reason(touch), script=_script(touch), now=now)
    else:
        progress.contacted(touch.opportunity_id, at=now)
    return TouchState.ACCEPTED


def skip(touch: Touch, token: uuid.UUID, reason: str, sentence: str, *, now: datetime) -> str:
    """It will never go. Where a message may not reach somebody who may be called, the officer calls instead."""
    rows = Touch.objects.filter(pk=touch.pk, state=TouchState.SENDING, claim_token=token)
    if rows.update(state=TouchState.SKIPPED, reason=reason, detail=sentence[:300], settled_at=now):
        _end_attempt(token, "skipped", now, reason)
        if reason in ("consent_missing", "suppressed"):
            call_instead(touch, reason, now=now)
    return TouchState.SKIPPED


def give_back(
    touch_id: uuid.UUID,
    token: uuid.UUID,
    state: str,
    *,
    reason: str,
    now: datetime,
    detail: str = "",
    due_at: datetime | None = None,
) -> str:
    """Nothing was handed over: the touch waits again."""
    fields: dict[str, Any] = {"claim_token": None, "claim_until": None, "claimed_at": None, "queued_at": None}
    fields |= {"due_at": due_at} if due_at is not None else {}
    rows = Touch.objects.filter(pk=touch_id, state=TouchState.SENDING, claim_token=token)
    if rows.update(state=state, reason=reason, detail=detail[:300], **fields):
        _end_attempt(token, "not_sent", now, reason, detail)
    return state


def failed(touch: Touch, token: uuid.UUID, reason: str, sentence: str, *, now: datetime) -> str:
    """The provider refused it for good."""
    if _claimed(touch.pk, token).update(state=TouchState.FAILED, reason=reason[:40], detail=sentence[:300], settled_at=now):
        _end_attempt(token, "failed", now, reason, sentence)
        call_instead(touch, reason, now=now)
    return TouchState.FAILED


def unknown(touch_id: uuid.UUID, token: uuid.UUID, sentence: str, *, now: datetime) -> str:
    """It may have been taken: never sent again, looked up and waited for."""
    rows = Touch.objects.filter(pk=touch_id, state=TouchState.SENDING, claim_token=token)
    if rows.update(state=TouchState.UNKNOWN, reason="no_answer", detail=sentence[:300], settled_at=now):
        _end_attempt(token, "unknown", now, "no_answer", sentence)
    return TouchState.UNKNOWN


def cannot_fill(touch: Touch, sentence: str, *, now: datetime) -> None:
    """A template needs what is not known of this loan: the others go on, this one is shown with what is missing."""
    rows = Touch.objects.filter(pk=touch.pk, state=TouchState.READY)
    if rows.update(state=TouchState.FAILED, reason="cannot_fill", detail=sentence[:300], settled_at=now):
        call_instead(touch, "cannot_fill", now=now)


def call_instead(touch: Touch, reason: str, *, now: datetime) -> None:
    """A call in place of a message that can't go, where the borrower has a number and the message was a step."""
    if touch.kind != "sequence" or touch.channel == Channel.CALL or not touch.borrower.phone:
        return
    why = CallReason.NO_TEXT_CONSENT if touch.channel == Channel.SMS and reason == "consent_missing" else CallReason.UNREACHED
    add_call(touch, why, script="", now=now)


def add_call(touch: Touch, reason: CallReason, *, script: str, now: datetime) -> None:
    """A call for the officer, once a touch."""
    CallTask.objects.get_or_create(
        touch=touch,
        defaults={
            "opportunity_id": touch.opportunity_id,
            "officer_id": touch.officer_id,
            "reason": reason,
            "script": script,
            "due_at": now,
        },
    )


def call_reason(touch: Touch) -> CallReason:
    return CallReason.STEP if touch.reason != "calls_only" else CallReason.CALLS_ONLY


def pause_provider(provider: str, code: str, sentence: str, *, now: datetime) -> None:
    """Our account is refused: nothing more goes through this provider until a person has put it right."""
    ProviderPause.objects.get_or_create(
        provider=provider, defaults={"since": now, "code": code[:40], "sentence": sentence[:300]}
    )


def close_address(touch: Touch, source: str, *, now: datetime) -> None:
    """The provider says that the address is closed to us, or does not exist. The caller holds its lock."""
    if touch.address_lookup is not None:
        consent.opt_out(
            {touch.channel: bytes(touch.address_lookup)},
            source=ConsentSource(source),
            at=now,
            borrower=touch.borrower,
            touch=touch,
        )


def backoff(tries: int, retry_after: float | None) -> timedelta:
    """How long to wait before try number `tries` + 1: what the provider asks, or twice as long each time, spread a little."""
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, 1.0), LONGEST_WAIT_SECONDS))
    seconds = min(FIRST_WAIT_SECONDS * 2 ** max(0, tries - 1), LONGEST_WAIT_SECONDS)
    return timedelta(seconds=seconds * random.uniform(1.0, 1.25))  # noqa: S311  spreads load


def e164(number: str) -> str:
    """+13035550142. The number was checked when it was imported; one that is none goes as it is, for the provider to refuse."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _claimed(touch_id: uuid.UUID, token: uuid.UUID) -> Any:
    return Touch.objects.filter(Q(state=TouchState.SENDING) | Q(state=TouchState.UNKNOWN), pk=touch_id, claim_token=token)


def _end_attempt(token: uuid.UUID, outcome: str, now: datetime, code: str = "", sentence: str = "") -> None:
    Attempt.objects.filter(token=token, ended_at=None).update(
        ended_at=now, outcome=outcome, code=code[:40], sentence=sentence[:300]
    )


def _script(touch: Touch) -> str:
    return str(Message.objects.filter(touch=touch).values_list("text", flat=True).first() or "")
