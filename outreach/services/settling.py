"""What is written of a touch around its one call: the claim, the outcome, and what follows from it.

Whoever writes an outcome shows the token of the claim: a worker that was stopped for so long that its claim ran out changes
nothing any more, except to say what it knows of a touch that was called unknown meanwhile.
"""

import hashlib
import json
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from django.conf import settings
from django.db import connection

from loans.services import progress
from outreach.adapters.channel import Accepted
from outreach.models import CallReason, CallTask, Channel, ConsentSource, Message, ProviderPause, Touch, TouchState
from outreach.queries import planning
from outreach.queries import send_statements as statements
from outreach.services import consent
from outreach.services.filling import Filled
from outreach.services.gate import Asked

CLAIM_SECONDS = 90
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30, 3600


@dataclass(frozen=True)
class Claim:
    """One worker's right to send a touch, and the moment it was taken."""

    touch: Touch
    token: uuid.UUID
    now: datetime


def claim(touch: Touch, provider: str, filled: Filled | None, *, now: datetime) -> Claim | None:
    """For exactly one caller; what will be handed over and the attempt are committed with it. None for everybody else."""
    token = uuid.uuid4()
    values = {
        "touch": touch.pk,
        "token": token,
        "now": now,
        "seconds": CLAIM_SECONDS,
        "version": touch.template_version_id,
        "provider": provider,
        "lookup": touch.address_lookup,
        **_message(touch, filled),
    }
    return Claim(touch, token, now) if _one(statements.CLAIM, values) else None


def _message(touch: Touch, filled: Filled | None) -> dict[str, Any]:
    """The columns of the message, encrypted as its model does; nothing is stored where a person's words are there already."""
    keys = settings.FIELD_KEYS
    parts = (filled.subject, filled.html, filled.text) if filled else ("", "", "")
    to_address = touch.borrower.email if touch.channel == Channel.EMAIL else touch.borrower.phone
    return {
        "filled": filled is not None,
        "to_name": filled.to_name if filled else "",
        "to_address": keys.encrypt(str(to_address)),
        "from_name": filled.from_name if filled else "",
        "from_address": filled.from_address if filled else "",
        "reply_to": filled.reply_to if filled else "",
        "subject": keys.encrypt(parts[0]),
        "html": keys.encrypt(parts[1]),
        "text": keys.encrypt(parts[2]),
        "content_hash": content_hash(*parts),
        "basis": json.dumps(filled.basis if filled else {}),
    }


def store_message(touch: Touch, filled: Filled) -> Message:
    """Keeps a person's words with their touch, before it is sent."""
    columns = ("to_name", "from_name", "from_address", "reply_to", "subject", "html", "text", "basis")
    return Message.objects.create(
        touch=touch,
        to_address=touch.borrower.email if touch.channel == Channel.EMAIL else touch.borrower.phone,
        content_hash=content_hash(filled.subject, filled.html, filled.text),
        **{name: getattr(filled, name) for name in columns},
    )


def content_hash(subject: str, html: str, text: str) -> str:
    """SHA-256, in hex, of a message exactly as it is handed over."""
    return hashlib.sha256("\x1f".join((subject, html, text)).encode()).hexdigest()


def message_of(touch: Touch) -> Message:
    """What a touch says. Raises Message.DoesNotExist for one that was never filled."""
    return Message.objects.get(touch=touch)


def accepted(held: Claim, receipt: Accepted, asked: Asked) -> str:
    """The provider has it. Later steps count from the borrower's own day on which that first happened."""
    touch, now = held.touch, held.now
    values = {
        **_answer(held, asked, keep=True),
        "provider": receipt.provider,
        "provider_id": receipt.provider_id,
        "day": planning.local_date(touch, now),
    }
    if not _one(statements.ACCEPTED, values):
        return TouchState.UNKNOWN
    if touch.channel == Channel.CALL:
        reason = CallReason.CALLS_ONLY if touch.reason == "calls_only" else CallReason.STEP
        add_call(touch, reason, script=_script(touch), now=now)
    else:
        progress.contacted(touch.opportunity_id, at=now)
    return TouchState.ACCEPTED


def skip(held: Claim, reason: str, sentence: str, asked: Asked) -> str:
    """It will never go. Where a message may not reach somebody who may be called, the officer calls instead."""
    if _settle(held, TouchState.SKIPPED, reason, sentence, "skipped", asked) and reason in ("consent_missing", "suppressed"):
        call_instead(held.touch, reason, now=held.now)
    return TouchState.SKIPPED


def give_back(
    held: Claim,
    state: str,
    *,
    reason: str,
    detail: str = "",
    due_at: datetime | None = None,
    asked: Asked | None = None,
) -> str:
    """Nothing was handed over: the touch waits again, as ready, or as scheduled for `due_at`."""
    _settle(held, state, reason, detail, "not_sent", asked, back=True, due_at=due_at)
    return state


def failed(held: Claim, reason: str, sentence: str, asked: Asked) -> str:
    """The provider refused it for good."""
    if _settle(held, TouchState.FAILED, reason, sentence, "failed", asked):
        call_instead(held.touch, reason, now=held.now)
    return TouchState.FAILED


def unknown(held: Claim, sentence: str, asked: Asked) -> str:
    """It may have been taken: never sent again, looked up and waited for."""
    _settle(held, TouchState.UNKNOWN, "no_answer", sentence, "unknown", asked)
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


def pause_provider(provider: str, code: str, sentence: str, *, now: datetime) -> None:
    """Our account is refused: nothing more goes through this provider until a person has put it right."""
    ProviderPause.objects.get_or_create(
        provider=provider, defaults={"since": now, "code": code[:40], "sentence": sentence[:300]}
    )


def close_address(touch: Touch, source: str, *, now: datetime) -> None:
    """The provider says that the address is closed to us, or does not exist. The caller holds its lock."""
    if touch.address_lookup is not None:
        lookups = {touch.channel: bytes(touch.address_lookup)}
        consent.opt_out(lookups, source=ConsentSource(source), at=now, borrower=touch.borrower, touch=touch)


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


def _settle(
    held: Claim,
    state: str,
    reason: str,
    sentence: str,
    outcome: str,
    asked: Asked | None,
    *,
    back: bool = False,
    due_at: datetime | None = None,
) -> bool:
    # An answer that only repeats why the touch waits already is not written again every few minutes.
    repeated = back and asked is not None and not asked.answer.send and held.touch.reason == reason
    values = {
        **_answer(held, asked, keep=asked is not None and not repeated),
        "state": state,
        "why": reason[:40],
        "detail": sentence[:300],
        "code": reason[:40],
        "outcome": outcome,
        "back": back,
        "due_at": due_at,
    }
    return _one(statements.SETTLED, values)


def _answer(held: Claim, asked: Asked | None, *, keep: bool) -> dict[str, Any]:
    """The columns of the gate's answer, beside the claim."""
    kept = asked if keep else None
    return {
        "touch": held.touch.pk,
        "token": held.token,
        "now": held.now,
        "keep": kept is not None,
        "send": kept.answer.send if kept else False,
        "reason": (kept.answer.reason or "") if kept else "",
        "facts": json.dumps(kept.reading.facts.as_json()) if kept else "{}",
        "milliseconds": round(kept.milliseconds, 2) if kept else 0,
    }


def _one(sql: str, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.fetchone()[0])


def _script(touch: Touch) -> str:
    return str(Message.objects.filter(touch=touch).values_list("text", flat=True).first() or "")
