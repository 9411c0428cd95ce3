"""The record of one message for somebody who asks why it was sent: facts, the gate's answer, people, what followed."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import User
from outreach.domain import gate, slots
from outreach.domain.gate_facts import Facts
from outreach.models import Appointment, Consent, GateAnswer, Message, RecordRead, Reply, Touch, TouchEvent
from outreach.queries import going_out, holds, local_time, outbox, timeline

LABELS = {True: "Yes", False: "No", None: "Not asked"}


@dataclass(frozen=True)
class Asked:
    """One answer of the gate as it was kept, and as the same rules give it again from the same facts."""

    row: GateAnswer
    again: gate.Answer | None
    trouble: str = ""

    @property
    def same(self) -> bool:
        """Whether asking again gives what was answered then."""
        return self.again is not None and (self.again.send, self.again.reason or "") == (self.row.send, self.row.reason)

    @property
    def checks(self) -> list[tuple[int, gate.Check, str]]:
        """The reasons in the gate's order, each with its number and "No", "Yes", "Not asked" or "Not reached"."""
        checks = self.again.checks if self.again else ()
        return [
            (number, check, "Not reached" if check.known == gate.NOT_REACHED else LABELS[check.applies])
            for number, check in enumerate(checks, start=1)
        ]


@dataclass(frozen=True)
class Happened:
    """A line of what came before and after."""

    at: datetime
    title: str
    detail: str = ""
    evidence: str = ""
    is_this: bool = False


@dataclass(frozen=True)
class Record:
    """Everything that is kept about one touch. `zone` is the borrower's, in which its times are told."""

    touch: Touch
    message: Message | None
    asked: Asked | None
    earlier: list[Asked]
    consent: Consent | None
    happened: list[Happened]
    reads: list[RecordRead]
    zone: ZoneInfo

    @property
    def ended(self) -> str:
        """Why it was not sent where the gate had no say, in words; empty where nothing is kept about it."""
        return _ended(self.touch)

    @property
    def hash_holds(self) -> bool | None:
        """Whether what is stored still has the hash it was stored with; None where nothing was written."""
        if self.message is None:
            return None
        parts = (self.message.subject, self.message.html, self.message.text)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest() == self.message.content_hash


def found(
    user: User, words: str, *, officer: int | None, first: date | None, last: date | None, zone: ZoneInfo
) -> QuerySet[Touch]:
    """Messages by borrower's name or loan number, officer and days, newest first; those not sent are found too."""
    rows = going_out.rows_of(user).exclude(state__in=("scheduled", "ready"))
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(borrower__last_name__icontains=word)
            | Q(borrower__first_name__icontains=word)
            | Q(opportunity__loan__loan_number__iexact=word)
        )
    if officer:
        rows = rows.filter(officer=officer)
    if first:
        rows = rows.filter(due_at__gte=outbox.span(first, first, zone)[0])
    if last:
        rows = rows.filter(due_at__lt=outbox.span(last, last, zone)[1])
    return rows.select_related("opportunity__loan", "borrower", "officer").order_by("-due_at", "-pk")


def record(user: User, touch_id: Any) -> Record | None:
    """The record of a touch that the person sees; None where they do not."""
    rows = going_out.rows_of(user).select_related(
        "opportunity__loan__officer__branch", "opportunity__opened_run", "borrower", "officer", "branch", "written_by",
        "released_by", "enrollment__sequence", "enrollment__version", "enrollment__started_by",
        "template_version__template", "template_version__written_by", "template_version__decided_by",
    )  # fmt: skip
    touch = rows.filter(pk=touch_id).first()
    if touch is None:
        return None
    answers = [_asked(row) for row in GateAnswer.objects.filter(touch=touch)]
    zone = local_time.zone_of(touch.opportunity.loan)
    return Record(
        touch=touch,
        message=Message.objects.filter(touch=touch).first(),
        asked=answers[-1] if answers else None,
        earlier=answers[:-1],
        consent=_consent(answers[-1] if answers else None),
        happened=_happened(touch, answers, zone),
        reads=list(RecordRead.objects.filter(touch=touch).select_related("by")[:20]),
        zone=zone,
    )


def _asked(row: GateAnswer) -> Asked:
    try:
        return Asked(row, gate.answer(Facts.from_json(row.facts)))
    except ValueError as error:
        return Asked(row, None, str(error))


def _consent(asked: Asked | None) -> Consent | None:
    """The line of the ledger that the gate relied on."""
    kind, _, number = (
        (asked.row.facts.get("evidence") or {}).get("consent_missing", "").partition(" ") if asked else ("", "", "")
    )
    if kind != "consent" or not number.isdecimal():
        return None
    return Consent.objects.filter(pk=int(number)).select_related("by").first()


def _happened(touch: Touch, answers: list[Asked], zone: ZoneInfo) -> list[Happened]:
    row = touch.opportunity
    run = row.opened_run
    spread = f"Spread {row.spread} against {row.threshold}" if row.spread is not None else ""
    lines = [Happened(run.started_at, "The match found the loan", spread, f"run {run.pk}")]
    others = {other.pk: other for other in Touch.objects.filter(opportunity=row)}
    for other in others.values():
        if other.sent_at is not None:
            name = name_of(other)
            lines.append(
                Happened(other.sent_at, f"{name} sent", f"Through {other.provider}", f"touch {other.pk}", other.pk == touch.pk)
            )
        elif other.state == "skipped" and other.settled_at:
            lines.append(Happened(other.settled_at, f"{name_of(other)} not sent", _ended(other), f"touch {other.pk}"))
    for asked in answers:
        title = f"Gate asked for the {name_of(touch).lower()}"
        lines.append(Happened(asked.row.at, title, _answer_words(asked), f"answer {asked.row.pk}", True))
    for event in TouchEvent.objects.filter(touch__in=others):
        title = f"{name_of(others[event.touch_id])} {event.kind.replace('_', ' ')}"
        detail = "By a machine; not counted" if event.machine else event.detail
        lines.append(Happened(event.at, title, detail, f"event {event.pk}"))
    for reply in Reply.objects.filter(opportunity=row):
        lines.append(Happened(reply.at, f"{touch.borrower.name} wrote", reply.get_reading_display(), f"reply {reply.pk}"))
    for booking in Appointment.objects.filter(opportunity=row):
        when = slots.words(booking.starts_at.astimezone(zone))
        lines.append(Happened(booking.booked_at, "A call was booked", when, f"booking {booking.pk}"))
    run_of = touch.enrollment
    if run_of is not None:
        lines.append(Happened(run_of.started_at, "Conversation began", str(run_of.sequence), f"enrollment {run_of.pk}"))
        for hold in holds.of(row.pk):
            lines.append(Happened(hold.at, hold.text.rstrip("."), f"By {hold.by}", f"history {hold.pk}"))
        if run_of.ended_at:
            reason = timeline.STOPS.get(run_of.stop_reason, run_of.stop_reason) or run_of.get_state_display()
            detail = f"{reason[:1].upper()}{reason[1:]}"
            lines.append(Happened(run_of.ended_at, "Conversation ended", detail, f"enrollment {run_of.pk}"))
    # In the same instant the gate is asked before anything is sent.
    return sorted(lines, key=lambda line: (line.at, not line.title.startswith("Gate"), line.title))


def _ended(touch: Touch) -> str:
    return timeline.STOPS.get(touch.detail, touch.detail)


def _answer_words(asked: Asked) -> str:
    if asked.row.send:
        return "Send"
    return (asked.again.sentence if asked.again else "") or asked.row.reason.replace("_", " ").capitalize()


def name_of(touch: Touch) -> str:
    """Day 4 text; E-mail by hand."""
    channel = touch.get_channel_display()
    return f"Day {touch.day} {channel.lower()}" if touch.day else f"{channel} {touch.get_kind_display().lower()}"


def as_json(found: Record) -> dict[str, Any]:
    """The record for a file: the facts as they were kept, the answer, the words, and where each thing is written."""
    touch, message, asked, version = found.touch, found.message, found.asked, found.touch.template_version
    return {
        "touch": str(touch.pk),
        "name": name_of(touch),
        "channel": touch.channel,
        "kind": touch.kind,
        "state": touch.state,
        "due_at": touch.due_at.isoformat(),
        "sent_at": touch.sent_at and touch.sent_at.isoformat(),
        "loan": touch.opportunity.loan.loan_number,
        "borrower": touch.borrower.name,
        "officer": {"name": str(touch.officer), "nmls_id": touch.officer.nmls_id},
        "written_by": str(touch.written_by) if touch.written_by else None,
        "released_by": str(touch.released_by) if touch.released_by else None,
        "provider": touch.provider,
        "provider_id": touch.provider_id,
        "message": message
        and {
            "from": message.from_name, "subject": message.subject, "text": message.text, "html": message.html,
            "sha256": message.content_hash, "sha256_holds": found.hash_holds, "basis": message.basis,
        },
        "gate": asked
        and {
            "at": asked.row.at.isoformat(), "send": asked.row.send, "reason": asked.row.reason, "facts": asked.row.facts,
            "checks": gate.checks_as_json(asked.again.checks) if asked.again else None, "same_when_asked_again": asked.same,
        },
        "earlier_answers": [
            {"at": each.row.at.isoformat(), "send": each.row.send, "reason": each.row.reason} for each in found.earlier
        ],
        "consent": found.consent
        and {
            "id": found.consent.pk, "act": found.consent.act, "source": found.consent.source,
            "at": found.consent.at.isoformat(),
            "words": found.consent.words, "method": found.consent.method, "document": found.consent.document,
        },
        "template": version
        and {
            "slug": version.template.slug, "version": version.number, "sha256": version.content_hash,
            "written_by": str(version.written_by) if version.written_by else "ships with the product",
            "approved_by": str(version.decided_by) if version.decided_by else None,
            "approved_at": version.decided_at.isoformat() if version.decided_at else None,
        },
        "sequence": touch.enrollment
        and {"slug": touch.enrollment.sequence.slug, "version": touch.enrollment.version.number, "step": touch.step_n},
        "happened": [
            {"at": line.at.isoformat(), "what": line.title, "detail": line.detail, "evidence": line.evidence}
            for line in found.happened
        ],
        "read_by": [{"by": str(each.by), "at": each.at.isoformat(), "act": each.kind} for each in found.reads],
    }  # fmt: skip
