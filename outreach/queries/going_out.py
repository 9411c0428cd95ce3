"""What will go out today and tomorrow, and what will not and why: a look ahead with the gate's own rules. Sends nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import User
from outreach.domain import gate, linter, sequences
from outreach.domain.gate import Answer, Reason, Then
from outreach.models import Channel, TemplateState, TemplateVersion, Touch, TouchState
from outreach.queries import gate_reading, opportunities

MOST = 5000
"""More than any day's ceiling; a batch is read as a whole, and shown in pages."""

WORDS = {
    "kill_switch": "Everything is halted",
    "outreach_mode": "Outreach is off for the branch",
    "provider_paused": "The provider is paused",
    "enrollment_stopped": "The conversation has ended or is paused",
    "opportunity_closed": "Replied, booked, or closed",
    "suppressed": "Opted out, or the address does not work",
    "consent_missing": "No consent to texts, or no address",
    "do_not_call": "On a do-not-call list",
    "license": "No license for the state on file",
    "template_not_approved": "No approved template",
    "sender_domain_not_verified": "The sender domain is not verified",
    "quiet_hours": "Outside the borrower's hours",
    "frequency_cap": "Touched in the last 48 hours",
    "daily_ceiling": "Over the day's limit",
    "too_late": "Too late",
    "dropped": "Dropped by somebody here",
    "cannot_fill": "A figure for the template is missing",
}
"""Why a message does not go, as a list of counts says it."""


@dataclass(frozen=True)
class Row:
    """One message of a batch and what the gate would say of it."""

    touch: Touch
    answer: Answer
    waits_for_release: bool

    @property
    def goes(self) -> bool:
        return self.answer.send

    @property
    def verdict(self) -> str:
        """In one sentence: goes, waits, or the gate's reason."""
        if self.answer.send:
            return "Waits to be let go" if self.waits_for_release else "Will go"
        return self.answer.sentence

    @property
    def later(self) -> datetime | None:
        """When it is asked about again, where it only waits."""
        return self.answer.defer_until if self.answer.then is Then.DEFER else None


@dataclass
class Line:
    """An officer's share of a batch."""

    officer: User
    channels: Counter[str] = field(default_factory=Counter)
    goes: int = 0
    not_going: int = 0
    to_release: int = 0


@dataclass(frozen=True)
class Batch:
    """A day's messages. `reasons` says why others will not go: words and counts, most first."""

    rows: list[Row]
    lines: list[Line]
    reasons: list[tuple[str, int]]
    channels: Counter[str]
    more: bool

    @property
    def going(self) -> int:
        return sum(line.goes for line in self.lines)

    @property
    def messages(self) -> int:
        """What would be counted against the ceilings: calls are made by people."""
        return self.channels[Channel.EMAIL] + self.channels[Channel.SMS]

    @property
    def not_going(self) -> int:
        return sum(count for _, count in self.reasons)

    @property
    def to_release(self) -> int:
        return sum(line.to_release for line in self.lines)


def rows_of(user: User) -> QuerySet[Touch]:
    """The touches of the loans that somebody sees."""
    return Touch.objects.filter(opportunities.rows_of(user, "opportunity__loan__"))


def waiting(user: User) -> QuerySet[Touch]:
    """Planned by a sequence and not handed over yet."""
    return rows_of(user).filter(kind="sequence", state__in=TouchState.waiting()).order_by("due_at", "pk")


def batch(
    user: User, *, begins: datetime, now: datetime, day: datetime, providers: Mapping[str, str], not_before: bool = False
) -> Batch:
    """What is due in the day that begins then, each asked about at its due time, in the order in which it would go.

    `day` is when today began by the lender's clock, `providers` by what each channel goes through. What waits from before
    belongs to the day unless `not_before`.
    """
    ends = begins + timedelta(days=1)
    due = waiting(user).filter(due_at__lt=ends)
    due = due.filter(due_at__gte=begins) if not_before else due
    found = list(
        due.select_related("opportunity__loan", "borrower", "officer", "branch__outreach", "enrollment__version")[: MOST + 1]
    )
    touches = found[:MOST]
    rows = _asked(touches, now=max(now, begins), day=day, providers=providers)
    skipped = Counter[str]() if not_before else _skipped_since(user, begins)
    return _summed(rows, skipped, more=len(found) > MOST)


def _asked(touches: list[Touch], *, now: datetime, day: datetime, providers: Mapping[str, str]) -> list[Row]:
    at = {touch.pk: max(now, touch.due_at) for touch in touches}
    facts: dict[Any, Any] = {}
    for channel in Channel.values:
        ids = [touch.pk for touch in touches if touch.channel == channel]
        facts |= gate_reading.read_many(ids, at=at, day=day, provider=providers[channel], hash_of=lambda row: "")
    templates = _templates(touches)
    sent = _sent_since(day, {touch.officer_id for touch in touches})
    rows = []
    for touch in touches:
        known = facts[touch.pk]
        asked = replace(
            known,
            **templates[touch.pk],
            released=True,
            officer_sent=sent[touch.officer_id],
            lender_sent=sent[None],
        )
        answer = gate.answer(asked)
        if answer.send and touch.channel != Channel.CALL:
            # The next one of the same batch finds this one counted.
            sent[touch.officer_id] += 1
            sent[None] += 1
        rows.append(Row(touch, answer, known.mode == "review" and not known.released))
    return rows


def _templates(touches: list[Touch]) -> dict[Any, dict[str, Any]]:
    """What the gate is told of the template that each touch would be filled from: the first approved of its step."""
    versions = TemplateVersion.objects.filter(state=TemplateState.APPROVED).select_related("template", "decided_by")
    approved = {version.template.slug: version for version in versions}
    steps: dict[int, dict[int, sequences.Step]] = {}
    told = {}
    for touch in touches:
        version = touch.enrollment.version if touch.enrollment else None
        if version is not None and version.pk not in steps:
            steps[version.pk] = {step.n: step for step in sequences.from_json(version.steps).steps}
        step = steps[version.pk].get(touch.step_n or 0) if version is not None else None
        told[touch.pk] = _template(approved, slugs_of(step, touch.channel))
    return told


def slugs_of(step: sequences.Step | None, channel: str) -> tuple[str, ...]:
    """The templates a step may be filled from on that channel; of a call in place of a message, its script."""
    if step is None:
        return ()
    if channel == "call" and step.channel != "call":
        return (step.call_script,) if step.call_script else ()
    return step.templates


def _template(approved: Mapping[str, TemplateVersion], slugs: tuple[str, ...]) -> dict[str, Any]:
    version = next((approved[slug] for slug in slugs if slug in approved), None)
    if version is None:
        return {
            "template": slugs[0] if slugs else "", "template_version": None, "template_approved": False,
            "template_approved_by": "", "hash_equal": False,
        }  # fmt: skip
    channel: Any = version.template.channel
    source = linter.TemplateSource(version.template.slug, channel, version.subject, version.body, version.text)
    return {
        "template": version.template.slug,
        "template_version": version.number,
        "template_approved": True,
        "template_approved_by": str(version.decided_by or ""),
        "hash_equal": linter.content_hash(source) == version.content_hash,
    }


def _sent_since(day: datetime, officers: set[int]) -> Counter[int | None]:
    """What counts against the ceilings already: by officer, and of the whole lender under None."""
    rows = Touch.objects.filter(claimed_at__gte=day, kind="sequence", state__in=TouchState.counted()).exclude(channel="call")
    found = rows.order_by().values_list("officer").annotate(count=Count("pk"))
    sent: Counter[int | None] = Counter()
    for officer, count in found:
        sent[None] += count
        if officer in officers:
            sent[officer] = count
    return sent


def _skipped_since(user: User, day: datetime) -> Counter[str]:
    rows = rows_of(user).filter(kind="sequence", state=TouchState.SKIPPED, settled_at__gte=day)
    return Counter(dict(rows.order_by().values_list("reason").annotate(count=Count("pk"))))


def _summed(rows: list[Row], skipped: Counter[str], *, more: bool) -> Batch:
    lines: dict[int, Line] = {}
    channels: Counter[str] = Counter()
    reasons: Counter[str] = Counter({word(reason): count for reason, count in skipped.items()})
    for row in rows:
        line = lines.setdefault(row.touch.officer_id, Line(row.touch.officer))
        if row.goes:
            line.goes += 1
            line.channels[row.touch.channel] += 1
            channels[row.touch.channel] += 1
            line.to_release += row.waits_for_release
        else:
            line.not_going += 1
            reasons[word(row.answer.reason or "")] += 1
    ordered = sorted(lines.values(), key=lambda line: (-line.goes, str(line.officer)))
    return Batch(rows, ordered, reasons.most_common(), channels, more)


def word(reason: Reason | str) -> str:
    """Why not, as a list of counts says it."""
    return WORDS.get(str(reason), str(reason).replace("_", " ").capitalize() or "Not known")
