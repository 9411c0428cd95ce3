"""Templates with their versions, and what becomes of the steps that use them. Called by the pages of templates."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet

from outreach.domain import sequences
from outreach.domain.linter import TemplateSource
from outreach.models import Sequence, SequenceVersion, Template, TemplateState, TemplateVersion


@dataclass(frozen=True)
class Use:
    """A step that sends with a template. `instead` is the title of the one used while this one has no approved version."""

    sequence: str
    day: int
    script: bool
    instead: str
    silent: bool


@dataclass(frozen=True)
class Row:
    """A template as the list shows it."""

    template: Template
    in_force: TemplateVersion | None
    waiting: tuple[TemplateVersion, ...]
    newest: TemplateVersion | None
    uses: tuple[Use, ...]

    @property
    def silent(self) -> bool:
        """Whether a step sends nothing, since no version is approved."""
        return any(use.silent for use in self.uses)

    @property
    def shown(self) -> TemplateVersion | None:
        """The version that a reader of the list wants: the one to decide about, else what is in force, else the newest."""
        return self.waiting[0] if self.waiting else self.in_force or self.newest


def waiting_count() -> int:
    """How many versions wait for compliance."""
    return TemplateVersion.objects.filter(state=TemplateState.SUBMITTED).count()


def listed() -> list[Row]:
    """Every template, those that wait first, then by title. Three queries."""
    light = TemplateVersion.objects.defer("body", "text", "html").select_related("written_by").order_by("template", "-number")
    versions: dict[int, list[TemplateVersion]] = {}
    for one in light:
        versions.setdefault(one.template_id, []).append(one)
    templates = list(Template.objects.all())
    approved = {
        template.slug: template.title
        for template in templates
        if any(one.state == TemplateState.APPROVED for one in versions.get(template.pk, []))
    }
    uses = _uses(approved)
    rows = [_row(template, versions.get(template.pk, []), uses.get(template.slug, [])) for template in templates]
    return sorted(rows, key=lambda row: (not row.waiting, row.template.title))


def version(slug: str, number: int) -> TemplateVersion:
    """One version with its template and its people. Raises TemplateVersion.DoesNotExist."""
    return _with_people().get(template__slug=slug, number=number)


def of_template(slug: str) -> list[TemplateVersion]:
    """Every version of a template, newest first; empty where there is no such template."""
    return list(_with_people().filter(template__slug=slug).defer("body", "text", "html").order_by("-number"))


def in_force(template_id: int) -> TemplateVersion | None:
    """The approved version, of which there is at most one."""
    return _with_people().filter(template=template_id, state=TemplateState.APPROVED).first()


def uses_of(template: Template) -> list[Use]:
    """The steps of active sequences that send with a template."""
    approved = Template.objects.filter(versions__state=TemplateState.APPROVED)
    return _uses(dict(approved.values_list("slug", "title"))).get(template.slug, [])


def source_of(one: TemplateVersion) -> TemplateSource:
    """A version as the linter reads it."""
    template = one.template
    # The column's check holds it to the linter's three names.
    return TemplateSource(template.slug, cast("Any", template.channel), one.subject, one.body, one.text)


def _with_people() -> QuerySet[TemplateVersion]:
    return TemplateVersion.objects.select_related("template", "written_by", "decided_by")


def _row(template: Template, versions: list[TemplateVersion], uses: list[Use]) -> Row:
    return Row(
        template=template,
        in_force=next((one for one in versions if one.state == TemplateState.APPROVED), None),
        waiting=tuple(one for one in versions if one.state == TemplateState.SUBMITTED),
        newest=versions[0] if versions else None,
        uses=tuple(uses),
    )


def _uses(approved: dict[str, str]) -> dict[str, list[Use]]:
    """By template, the steps of the newest version of each active sequence; `approved` are titles by slug."""
    newest = (
        SequenceVersion.objects.filter(sequence__in=Sequence.objects.filter(active=True))
        .select_related("sequence")
        .order_by("sequence_id", "-number")
        .distinct("sequence_id")
    )
    found: dict[str, list[Use]] = {}
    for one in newest:
        for step in sequences.from_json(one.steps).steps:
            sends_with = next((slug for slug in step.templates if slug in approved), "")
            for slug in step.templates:
                instead = approved.get(sends_with, "") if slug not in approved else ""
                found.setdefault(slug, []).append(Use(one.sequence.title, step.day, False, instead, not sends_with))
            if step.call_script:
                silent = step.call_script not in approved
                found.setdefault(step.call_script, []).append(Use(one.sequence.title, step.day, True, "", silent))
    return found
