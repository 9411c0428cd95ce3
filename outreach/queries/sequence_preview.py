"""Sequences as people read them: versions, steps with what is approved and what is missing, and where each is used."""

from dataclasses import dataclass

import yaml
from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Branch, User
from loans.models import Opportunity
from outreach.domain import sequences
from outreach.models import BranchOutreach, Enrollment, Mode, Sequence, SequenceVersion, TemplateState, TemplateVersion

CONDITIONS = {
    "opened": "if an earlier message was opened",
    "not_opened": "if no earlier message was opened",
    "clicked": "if the estimate was looked at",
    "not_clicked": "if the estimate was not looked at",
}
CHANNELS = {"email": "E-mail", "sms": "Text", "call": "Call"}


@dataclass(frozen=True)
class StepLine:
    """One step in words. `template` is the one it would use today, empty where none is approved; `wanted` are all it names."""

    step: sequences.Step
    when: str
    channel: str
    template: str
    wanted: tuple[str, ...]
    only: str
    instead: str


def listed() -> QuerySet[Sequence]:
    """Every sequence with its newest number, how many follow it now, and how many ever did."""
    live = Q(enrollments__state__in=("active", "paused"))
    return Sequence.objects.annotate(
        newest_number=Max("versions__number"),
        running=Count("enrollments", filter=live, distinct=True),
        ever=Count("enrollments", distinct=True),
    )


def versions(sequence: Sequence) -> QuerySet[SequenceVersion]:
    """Newest first, each with how many follow it now."""
    live = Q(enrollments__state__in=("active", "paused"))
    return sequence.versions.select_related("created_by").annotate(running=Count("enrollments", filter=live))


def branches_using(user: User, sequence: Sequence, *, usual: bool) -> list[Branch]:
    """The branches that begin conversations with it; those without a choice of their own use the usual one."""
    chosen = Q(sequence=sequence) | (Q(sequence=None) if usual else Q(pk__in=()))
    rows = BranchOutreach.objects.exclude(mode=Mode.OFF).filter(chosen).select_related("branch")
    rows = rows if user.sees_every_branch else rows.filter(branch=user.branch_id)
    return sorted((row.branch for row in rows), key=str)


def lines(version: SequenceVersion) -> list[StepLine]:
    """The steps in words, with the templates as they stand. One query."""
    approved = set(TemplateVersion.objects.filter(state=TemplateState.APPROVED).values_list("template__slug", flat=True))
    return [_line(step, approved) for step in sequences.from_json(version.steps).steps]


def _line(step: sequences.Step, approved: set[str]) -> StepLine:
    return StepLine(
        step=step,
        when=_when(step),
        channel=CHANNELS[step.channel],
        template=next((slug for slug in step.templates if slug in approved), ""),
        wanted=step.templates,
        only=CONDITIONS.get(step.condition or "", ""),
        instead=f"else a {step.fallback} for the officer" if step.fallback else "",
    )


def _when(step: sequences.Step) -> str:
    if step.day == 1:
        return "As soon as the borrower's hours allow"
    return f"At {step.at:%H:%M} local" if step.at else "At 10:00 local"


def as_yaml(version: SequenceVersion) -> str:
    """The version as a file that reads back to it."""
    plain = dict(version.steps)
    plain["steps"] = [{name: value for name, value in step.items() if value not in (None, "")} for step in plain["steps"]]
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def opportunity_of(user: User, loan_number: str) -> Opportunity | None:
    """The newest opportunity of a loan that the person sees."""
    rows = Opportunity.objects.visible_to(user).select_related("loan__officer", "loan__branch")
    return rows.filter(loan_number__iexact=loan_number.strip()).order_by("-pk").first()


def dropped_at(version: SequenceVersion) -> list[tuple[int, str, int]]:
    """How far the conversations of a version came: step, what became of its touches, how many."""
    rows = Enrollment.objects.filter(version=version, touches__isnull=False).order_by()
    found = rows.values_list("touches__step_n", "touches__state").annotate(count=Count("touches"))
    return sorted((step or 0, state, count) for step, state, count in found)
