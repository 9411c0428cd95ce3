"""Deciding about a template: approve, return, retire. One version of a template is in force, and a second person chose it."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from accounts.models import User
from outreach.domain import linter, pins
from outreach.models import Template, TemplateState, TemplateVersion
from outreach.queries import templates

log = structlog.get_logger(__name__)
LONGEST_NOTE = 500


class CannotDecide(Exception):
    """The decision does not fit the version; the message says why."""


class TextChanged(CannotDecide):
    """What was read is not what would be approved."""


class ReasonsMissing(CannotDecide):
    """Findings that need a decision and got no reason; `rules` names them."""

    def __init__(self, rules: list[str]) -> None:
        super().__init__("Give a reason for each finding that you accept.")
        self.rules = rules


def approve(version_id: int, *, by: User, content_hash: str, reasons: Mapping[str, str], now: datetime) -> TemplateVersion:
    """Puts a waiting version in force and retires the one before it, in one transaction.

    `content_hash` is what the approver read, `reasons` why each finding that needs a decision is accepted, by rule. Raises
    TextChanged, ReasonsMissing, or CannotDecide where it does not wait, is the approver's own or has a finding that blocks.
    """
    with transaction.atomic():
        version = _waiting(version_id)
        source = templates.source_of(version)
        if not content_hash == version.content_hash == linter.content_hash(source):
            raise TextChanged("The text changed while you read it. Read it again before you decide.")
        if version.written_by_id == by.pk:
            raise CannotDecide("You wrote this. A second person must approve.")
        found = pins.check(source)
        if found.blocking:
            raise CannotDecide("A finding blocks this version. The author must change the text.")
        accepted = {pin.finding.rule: reasons.get(pin.finding.rule, "").strip()[:LONGEST_NOTE] for pin in found.undecided}
        if missing := [rule for rule, reason in accepted.items() if not reason]:
            raise ReasonsMissing(missing)
        before = TemplateVersion.objects.filter(template=version.template_id, state=TemplateState.APPROVED)
        before.update(state=TemplateState.RETIRED)
        version.state, version.accepted = TemplateState.APPROVED, accepted
        version.decided_by, version.decided_at = by, now
        version.save(update_fields=["state", "accepted", "decided_by", "decided_at"])
    log.info("template approved", version=version.pk, by=by.pk, accepted=sorted(accepted))
    return version


def give_back(version_id: int, *, by: User, note: str, now: datetime) -> TemplateVersion:
    """Returns a waiting version to its author. Raises CannotDecide where it does not wait, or without a word or a finding."""
    note = note.strip()[:LONGEST_NOTE]
    with transaction.atomic():
        version = _waiting(version_id)
        if not note and not pins.check(templates.source_of(version)).pins:
            raise CannotDecide("Nothing was found in this version. Write what should change.")
        version.state, version.decision_note = TemplateState.RETURNED, note
        version.decided_by, version.decided_at = by, now
        version.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    return version


def retire(version_id: int, *, by: User, note: str) -> TemplateVersion:
    """Takes the approved version out of force; its steps send nothing, or with their next template. Raises CannotDecide."""
    with transaction.atomic():
        version = _locked(version_id)
        if version.state != TemplateState.APPROVED:
            raise CannotDecide(f"This version is {version.get_state_display().lower()} now.")
        if not note.strip():
            raise CannotDecide("Write why it is taken out of force.")
        version.state = TemplateState.RETIRED
        version.decision_note = f"{note.strip()} ({by})"[:LONGEST_NOTE]
        version.save(update_fields=["state", "decision_note"])
    log.info("template retired", version=version.pk, by=by.pk)
    return version


def _waiting(version_id: int) -> TemplateVersion:
    version = _locked(version_id)
    if version.state != TemplateState.SUBMITTED:
        raise CannotDecide(f"This version is {version.get_state_display().lower()} now.")
    return version


def _locked(version_id: int) -> TemplateVersion:
    """The version, with its template held: two approvers decide one after the other, and the later sees what the first did."""
    template_id = TemplateVersion.objects.values_list("template", flat=True).get(pk=version_id)
    Template.objects.select_for_update().get(pk=template_id)
    return TemplateVersion.objects.select_related("template").get(pk=version_id)
