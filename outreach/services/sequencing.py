"""New versions of sequences, and what one would say to a borrower on which day. A version that is in use never changes."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import Lender, User
from outreach.domain import cadence, liquid, sequences
from outreach.models import Change, ChangeKind, Enrollment, EnrollmentState, Sequence, SequenceVersion, Touch
from outreach.queries import opportunities, planning, touch_reading
from outreach.services import filling
from outreach.services.planning import link_token


class CannotKeep(Exception):
    """The text is no sequence, or not this one; the message says what to put right."""


class CannotForesee(Exception):
    """Nothing can be foretold for this loan; the message says why."""


@dataclass(frozen=True)
class Foreseen:
    """One step on its day, filled with the figures of today, or what is missing for it."""

    step: sequences.Step
    due_at: datetime
    not_after: datetime
    subject: str = ""
    text: str = ""
    missing: str = ""


def keep(text: str, *, of: Sequence | None, by: User, now: datetime) -> tuple[SequenceVersion, bool]:
    """The version that a file describes, and whether it is new: equal content is the same version. Raises CannotKeep."""
    try:
        read = sequences.from_yaml(text)
    except sequences.BadSequence as error:
        raise CannotKeep(str(error)) from error
    if of is not None and read.slug != of.slug:
        raise CannotKeep(f"The slug is {read.slug}; a new version of {of.slug} keeps its slug.")
    with transaction.atomic():
        row, made = Sequence.objects.get_or_create(
            slug=read.slug, defaults={"title": read.title, "description": read.description}
        )
        if of is None and not made:
            raise CannotKeep(f"There is a sequence {read.slug} already; add a version to it from its page.")
        Sequence.objects.select_for_update().get(pk=row.pk)
        known = row.versions.filter(content_hash=sequences.content_hash(read)).first()
        if known is not None:
            return known, False
        newest = row.versions.aggregate(newest=Max("number"))["newest"] or 0
        version = SequenceVersion.objects.create(
            sequence=row,
            number=newest + 1,
            steps=sequences.as_json(read),
            content_hash=sequences.content_hash(read),
            created_by=by,
        )
        Sequence.objects.filter(pk=row.pk).update(title=read.title, description=read.description)
        Change.objects.create(
            kind=ChangeKind.SEQUENCE, about=row.slug, sentence=f"Version {version.number} added", by=by, at=now
        )
    return version, True


def set_active(sequence: Sequence, *, active: bool, by: User, now: datetime) -> None:
    """Whether new conversations may begin with it; who is under way goes on."""
    with transaction.atomic():
        if Sequence.objects.filter(pk=sequence.pk, active=not active).update(active=active):
            said = "May begin conversations" if active else "Begins no more conversations"
            Change.objects.create(kind=ChangeKind.SEQUENCE, about=sequence.slug, sentence=said, by=by, at=now)


def foresee(version: SequenceVersion, opportunity: Any, *, now: datetime) -> list[Foreseen]:
    """What each step would say and when, if a conversation began now and every step were taken. Raises CannotForesee.

    The rows that filling needs are written and taken back in one transaction, so that it is the very code that sends.
    """
    loan = opportunity.loan
    if loan.officer is None or loan.branch is None:
        raise CannotForesee("The loan has no officer or no branch, so nobody would write.")
    borrowers = opportunities.borrowers(loan.pk)
    if not borrowers:
        raise CannotForesee("The loan has no borrower on file.")
    with transaction.atomic():
        run = Enrollment.objects.create(
            sequence=version.sequence,
            version=version,
            opportunity=opportunity,
            loan=loan,
            branch=loan.branch,
            officer=loan.officer,
            trigger_key=f"foreseen:{uuid.uuid4()}",
            # Ended before it began: a conversation that is under way is not in its way.
            state=EnrollmentState.COMPLETED,
            started_at=now,
            ended_at=now,
        )
        found: list[Foreseen] = []
        day_one: date | None = None
        for step in sequences.from_json(version.steps).steps:
            found.append(_step(run, step, loan, borrowers, now, day_one))
            if day_one is None:
                day_one = cadence.local_date(found[0].due_at, planning.places(loan, borrowers[0]).zones)
                Enrollment.objects.filter(pk=run.pk).update(day_one=day_one)
        transaction.set_rollback(True)
    return found


def _step(
    run: Enrollment, step: sequences.Step, loan: Any, borrowers: list[Any], now: datetime, day_one: date | None
) -> Foreseen:
    column = "email_lookup" if step.channel == sequences.Channel.EMAIL else "phone_lookup"
    borrower = next((one for one in borrowers if getattr(one, column) is not None), borrowers[0])
    places = planning.places(loan, borrower)
    if day_one is None:
        due_at = cadence.first_due(now, places.zones, places.states, step.channel)
    else:
        due_at = cadence.due(day_one, step.day, places.zones, places.states, step.channel, step.at)
    limit = cadence.not_after(due_at, step.not_after_hours)
    touch = Touch.objects.create(
        enrollment=run, step_n=step.n, day=step.day, channel=step.channel, opportunity_id=run.opportunity_id,
        borrower=borrower, branch_id=run.branch_id, officer_id=run.officer_id, address_lookup=getattr(borrower, column),
        due_at=due_at, not_after=limit, link_token=link_token(),
    )  # fmt: skip
    if getattr(borrower, column) is None:
        return Foreseen(step, due_at, limit, missing="No address or number on file")
    try:
        filled = filling.fill_best(touch_reading.touch(touch.pk), Lender.current())
    except liquid.CannotRender as error:
        return Foreseen(step, due_at, limit, missing=str(error))
    if filled is None:
        return Foreseen(step, due_at, limit, missing=f"No approved template: {' or '.join(step.templates)}")
    return Foreseen(step, due_at, limit, subject=filled.subject, text=filled.text)
