"""Installing what ships with the product: sequences, and templates that wait for compliance. Safe to repeat."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from outreach.domain import linter, mail_frame, sequences, template_file
from outreach.models import Sequence, SequenceVersion, Template, TemplateState, TemplateVersion

FOLDER = Path(__file__).resolve().parent.parent / "presets"


@dataclass(frozen=True)
class Installed:
    """How many versions were new."""

    sequences: int
    templates: int


def install(now: datetime) -> Installed:
    """A new version of each preset whose content is not on file yet; what is approved stays in force until a person decides."""
    with transaction.atomic():
        templates = sum(_template(path, now) for path in sorted((FOLDER / "templates").glob("*.yaml")))
        found = [sequences.from_yaml(path.read_text()) for path in sorted((FOLDER / "sequences").glob("*.yaml"))]
        return Installed(sum(_sequence(one) for one in found), templates)


def _sequence(preset: sequences.Sequence) -> bool:
    row, _ = Sequence.objects.get_or_create(
        slug=preset.slug, defaults={"title": preset.title, "description": preset.description}
    )
    content_hash = sequences.content_hash(preset)
    if row.versions.filter(content_hash=content_hash).exists():
        return False
    number = row.versions.count() + 1
    SequenceVersion.objects.create(sequence=row, number=number, steps=sequences.as_json(preset), content_hash=content_hash)
    return True


def _template(path: Path, now: datetime) -> bool:
    preset = template_file.from_yaml(path.read_text())
    source = preset.source
    row, _ = Template.objects.get_or_create(slug=source.slug, defaults={"title": preset.title, "channel": source.channel})
    content_hash = linter.content_hash(source)
    if row.versions.filter(content_hash=content_hash).exists():
        return False
    html = mail_frame.compiled(source.subject, source.body, source.text).html if source.channel == "email" else ""
    TemplateVersion.objects.create(
        template=row,
        # Not their count: a draft that was thrown away leaves a gap.
        number=(row.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        state=TemplateState.SUBMITTED,
        subject=source.subject,
        body=source.body,
        text=source.text,
        html=html,
        content_hash=content_hash,
        submitted_at=now,
    )
    return True
