"""The gate: whether one message may go out at this moment, and if not, the first reason why and what becomes of it.

Every message passes here, by the sequence or by hand. The order of the reasons is part of the promise: what stops a message
for good stands before what only delays it. The sending service asks; every answer is stored with its facts and can be replayed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from outreach.domain.gate_facts import Facts

CONVERSATION = timedelta(days=30)
"""How long after the borrower's own words an officer may answer on that channel without written consent."""


class Reason(StrEnum):
    """Why a message does not go out, in the order in which the gate asks."""

    KILL_SWITCH = "kill_switch"
    OUTREACH_MODE = "outreach_mode"
    PROVIDER_PAUSED = "provider_paused"
    ENROLLMENT_STOPPED = "enrollment_stopped"
    OPPORTUNITY_CLOSED = "opportunity_closed"
    SUPPRESSED = "suppressed"
    CONSENT_MISSING = "consent_missing"
    DO_NOT_CALL = "do_not_call"
    LICENSE = "license"
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    SENDER_DOMAIN_NOT_VERIFIED = "sender_domain_not_verified"
    QUIET_HOURS = "quiet_hours"
    FREQUENCY_CAP = "frequency_cap"
    DAILY_CEILING = "daily_ceiling"
    TOO_LATE = "too_late"

    @property
    def label(self) -> str:
        """As a page names it: "Kill switch"."""
        return "Do not call" if self is Reason.DO_NOT_CALL else self.value.replace("_", " ").capitalize()


class Then(StrEnum):
    """What becomes of the message: it goes, it never goes, it is asked again at an instant, or when something has changed."""

    SEND = "send"
    SKIP = "skip"
    DEFER = "defer"
    HOLD = "hold"


NOT_REACHED = "Not reached"


@dataclass(frozen=True)
class Check:
    """One reason asked about: whether it applies (None: not asked), what was known, and where that is written."""

    reason: Reason
    applies: bool | None
    known: str
    evidence: str = ""


@dataclass(frozen=True)
class Answer:
    """What the gate said. `reason` is None exactly where `send` is true; `defer_until` is set exactly where it is deferred."""

    send: bool
    reason: Reason | None
    checks: tuple[Check, ...]
    then: Then
    defer_until: datetime | None = None

    @property
    def sentence(self) -> str:
        """Why not, in a sentence; empty where it is sent."""
        return next((check.known for check in self.checks if check.applies), "")


@dataclass(frozen=True)
class Finding:
    """What one rule says: whether it applies, what was known, and what would follow."""

    applies: bool | None
    known: str
    then: Then = Then.SKIP
    until: datetime | None = None


def answer(facts: Facts) -> Answer:
    """Send, or the first reason that applies; every reason up to it answered, the later ones not reached."""
    checks: list[Check] = []
    stopped: tuple[Reason, Finding] | None = None
    for reason, rule in RULES.items():
        if stopped:
            checks.append(Check(reason, None, NOT_REACHED))
            continue
        finding = rule(facts)
        checks.append(Check(reason, finding.applies, finding.known, facts.evidence.get(reason.value, "")))
        if finding.applies:
            stopped = (reason, finding)
    if stopped is None:
        return Answer(True, None, tuple(checks), Then.SEND)
    reason, finding = stopped
    then, until = finding.then, finding.until
    if then is Then.DEFER and (until is None or (facts.not_after is not None and until > facts.not_after)):
        # There is no allowed instant, or none before its limit: waiting would only end in "too late".
        then, until = Then.SKIP, None
    return Answer(False, reason, tuple(checks), then, until)


def checks_as_json(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """A form that JSON can hold; `checks_from_json` gives back equal checks."""
    return [
        {"reason": check.reason.value, "applies": check.applies, "known": check.known, "evidence": check.evidence}
        for check in checks
    ]


def checks_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Check, ...]:
    """The checks that `checks_as_json` wrote. ValueError for a reason that does not exist, KeyError for a part missing."""
    return tuple(Check(Reason(row["reason"]), row["applies"], row["known"], row["evidence"]) for row in stored)


def _kill_switch(facts: Facts) -> Finding:
    if facts.kill_switch:
        return Finding(True, f"On: {facts.kill_switch}", Then.HOLD)
    return Finding(False, "Off")


def _outreach_mode(facts: Facts) -> Finding:
    if facts.kind != "sequence":
        return Finding(None, "Only what a sequence sends waits for the branch's mode")
    if facts.mode == "automatic":
        return Finding(False, "Automatic")
    if facts.mode == "review":
        if facts.released:
            return Finding(False, "Review; this one was let go")
        return Finding(True, "Review; nobody has let this one go yet", Then.HOLD)
    return Finding(True, "Off for the branch", Then.HOLD)


def _provider_paused(facts: Facts) -> Finding:
    if facts.channel == "call":
        return Finding(None, "A call is made by a person, not through a provider")
    if facts.provider_paused:
        return Finding(True, f"{facts.provider} is paused: {facts.provider_paused}", Then.HOLD)
    return Finding(False, f"{facts.provider} not paused")


def _enrollment_stopped(facts: Facts) -> Finding:
    if facts.kind != "sequence":
        return Finding(None, "Not part of a sequence")
    if facts.enrollment_state == "active":
        return Finding(False, "Running; no stop had been recorded")
    why = f": {facts.stop_reason}" if facts.stop_reason else ""
    if facts.enrollment_state == "paused":
        return Finding(True, f"Paused{why}", Then.HOLD)
    return Finding(True, f"{(facts.enrollment_state or 'no sequence').capitalize()}{why}")


def _opportunity_closed(facts: Facts) -> Finding:
    if not facts.officer_active and not facts.confirms:
        return Finding(True, f"{facts.officer_name} no longer works here; the loan needs another officer", Then.HOLD)
    if facts.kind != "sequence":
        return Finding(None, f"A person's own words need no open opportunity; status {facts.opportunity_status or 'none'}")
    if not facts.opportunity_open:
        return Finding(True, f"Closed, status {facts.opportunity_status or 'none'}")
    if facts.review:
        return Finding(True, "Open, but a person must look at the loan's figures first", Then.HOLD)
    return Finding(False, f"Open, status {facts.opportunity_status}")


def _suppressed(facts: Facts) -> Finding:
    if facts.confirms:
        return Finding(None, "One confirmation may follow an opt-out; it sells nothing")
    if facts.suppressed_since is None:
        return Finding(False, "Not on any list: phone, e-mail or borrower")
    why = f": {facts.suppression_reason}" if facts.suppression_reason else ""
    if facts.suppression_in_doubt:
        return Finding(True, f"Perhaps an opt-out on {_day(facts.suppressed_since)}{why}. A person must decide", Then.HOLD)
    return Finding(True, f"Since {_day(facts.suppressed_since)}{why}")


def _consent_missing(facts: Facts) -> Finding:
    if not facts.has_address:
        return Finding(True, "No e-mail address on file" if facts.channel == "email" else "No phone number on file")
    if facts.confirms:
        return Finding(None, "It answers the borrower's own text")
    if facts.channel == "email":
        return Finding(None, "E-mail needs no written consent")
    if facts.channel == "call":
        return Finding(None, "A person dials the number; that needs no written consent")
    if facts.sms_consent_at is not None and facts.sms_consent_at <= facts.now:
        source = f" ({facts.sms_consent_source})" if facts.sms_consent_source else ""
        return Finding(False, f"Written consent to texts, {_day(facts.sms_consent_at)}{source}{_ending(facts)}; never revoked")
    if facts.by_hand and _in_conversation(facts):
        return Finding(False, "No written consent, but the borrower wrote by text first; this answers them by hand")
    return Finding(True, f"No written consent to texts{_ending(facts)}")


def _do_not_call(facts: Facts) -> Finding:
    source = f": {facts.do_not_call_source}" if facts.do_not_call_source else ""
    if facts.channel == "email":
        return Finding(None, "The lists are about calls and texts")
    if facts.do_not_call is None:
        return Finding(False, "No do-not-call list on file")
    if not facts.do_not_call:
        return Finding(False, f"Not on a list{source}")
    if facts.channel == "sms":
        # Reached only with written consent or the borrower's own text: either is the permission that the list asks for.
        return Finding(False, f"On a list{source}. Written permission or the borrower's own text is relied on")
    return Finding(True, f"On a list{source}")


def _license(facts: Facts) -> Finding:
    if facts.confirms:
        return Finding(None, "A confirmation offers nothing")
    if facts.licensed is None:
        return Finding(False, "Licenses not on file")
    state = facts.license_state or "the property's state"
    if not facts.licensed:
        return Finding(True, f"{facts.officer_name} is not licensed in {state}")
    if facts.license_until is None:
        return Finding(False, f"{facts.officer_name} licensed in {state}")
    # The day in UTC is never behind a borrower's in the states, so a license that has ended is never stretched.
    if facts.license_until < facts.now.date():
        return Finding(True, f"{facts.officer_name}'s license in {state} ended {_day(facts.license_until)}")
    return Finding(False, f"{facts.officer_name} licensed in {state} to {_day(facts.license_until)}")


def _template_not_approved(facts: Facts) -> Finding:
    if facts.by_hand:
        return Finding(None, "Typed by hand, no template")
    if facts.confirms:
        return Finding(None, "The system's own words")
    if facts.channel == "call" and not facts.template:
        return Finding(None, "No call script")
    version = "" if facts.template_version is None else f", version {facts.template_version}"
    template = f"{facts.template or 'No template'}{version}"
    if not facts.template_approved:
        return Finding(True, f"{template}, not approved", Then.HOLD)
    by = f" by {facts.template_approved_by}" if facts.template_approved_by else ""
    if not facts.hash_equal:
        return Finding(True, f"{template}, approved{by}; the content is not the one approved", Then.HOLD)
    return Finding(False, f"{template}, approved{by}; content hash equal")


def _sender_domain(facts: Facts) -> Finding:
    if facts.channel == "sms":
        return Finding(None, "Texts have no sender domain")
    if facts.channel == "call":
        return Finding(None, "Calls have no sender domain")
    if facts.domain_verified is None:
        return Finding(None, "The sandbox sends nothing to anybody")
    if not facts.domain_verified:
        return Finding(True, f"{facts.sender_domain or 'The sender domain'} is not verified", Then.HOLD)
    return Finding(False, f"{facts.sender_domain} verified")


def _quiet_hours(facts: Facts) -> Finding:
    if facts.confirms:
        return Finding(None, "It answers the borrower's own text at once")
    return Finding(not facts.window.allowed, facts.window.sentence, Then.DEFER, facts.window.opens_at)


def _frequency_cap(facts: Facts) -> Finding:
    if facts.kind != "sequence":
        return Finding(None, "Only what a sequence sends is spaced")
    if facts.last_touch_at is None:
        return Finding(False, "No touch before")
    before = f"Last touch {_span(facts.now - facts.last_touch_at)} before"
    if facts.hot_signal:
        return Finding(False, f"{before}; a hot signal lifts the {facts.cap_hours} h")
    free_at = facts.last_touch_at + timedelta(hours=facts.cap_hours)
    return Finding(facts.now < free_at, f"{before}; at least {facts.cap_hours} h needed", Then.DEFER, free_at)


def _daily_ceiling(facts: Facts) -> Finding:
    if facts.kind != "sequence":
        return Finding(None, "Only what a sequence sends is limited by day")
    officer, lender = _of(facts.officer_sent, facts.officer_ceiling), _of(facts.lender_sent, facts.lender_ceiling)
    full = any(
        most is not None and sent >= most
        for sent, most in ((facts.officer_sent, facts.officer_ceiling), (facts.lender_sent, facts.lender_ceiling))
    )
    return Finding(full, f"Officer {officer}; lender {lender}", Then.DEFER, facts.ceiling_resets_at)


def _too_late(facts: Facts) -> Finding:
    if facts.not_after is None:
        return Finding(None, "No limit")
    due = facts.due_at or facts.now
    late = f"{_span(facts.now - due)} after it was due" if facts.now >= due else f"{_span(due - facts.now)} before it was due"
    return Finding(facts.now > facts.not_after, f"{late}; limit {_span(facts.not_after - due)}")


RULES: Mapping[Reason, Callable[[Facts], Finding]] = {
    Reason.KILL_SWITCH: _kill_switch,
    Reason.OUTREACH_MODE: _outreach_mode,
    Reason.PROVIDER_PAUSED: _provider_paused,
    Reason.ENROLLMENT_STOPPED: _enrollment_stopped,
    Reason.OPPORTUNITY_CLOSED: _opportunity_closed,
    Reason.SUPPRESSED: _suppressed,
    Reason.CONSENT_MISSING: _consent_missing,
    Reason.DO_NOT_CALL: _do_not_call,
    Reason.LICENSE: _license,
    Reason.TEMPLATE_NOT_APPROVED: _template_not_approved,
    Reason.SENDER_DOMAIN_NOT_VERIFIED: _sender_domain,
    Reason.QUIET_HOURS: _quiet_hours,
    Reason.FREQUENCY_CAP: _frequency_cap,
    Reason.DAILY_CEILING: _daily_ceiling,
    Reason.TOO_LATE: _too_late,
}
"""One rule a reason, asked from the top."""


def _in_conversation(facts: Facts) -> bool:
    wrote = facts.borrower_wrote_at
    return wrote is not None and timedelta(0) <= facts.now - wrote <= CONVERSATION


def _ending(facts: Facts) -> str:
    return f", number ending {facts.address_hint}" if facts.address_hint else ""


def _of(sent: int, most: int | None) -> str:
    return f"{sent:,}, no limit" if most is None else f"{sent:,} of {most:,}"


def _day(moment: datetime | Any) -> str:
    """2 Nov 2022."""
    return f"{moment.day} {moment:%b} {moment.year}"


def _span(length: timedelta) -> str:
    """A length of time in words: "9 minutes", "72 h 8 min", "24 hours"."""
    minutes = max(0, int(length.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return "1 minute" if rest == 1 else f"{rest} minutes"
    if rest:
        return f"{hours} h {rest} min"
    return "1 hour" if hours == 1 else f"{hours} hours"
