"""Writing a template: a draft belongs to whoever began it, until it is submitted and nobody can change it any more."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify

from accounts.models import User
from outreach.domain import linter, liquid, mail_frame, pins
from outreach.models import Template, TemplateState, TemplateVersion
from outreach.queries import templates


class CannotDraft(Exception):
    """The act does not fit the version any more; the message says why."""


def create(*, title: str, channel: str, by: User) -> TemplateVersion:
    """A new template with an empty draft. Raises CannotDraft where the title makes no name of its own."""
    slug = slugify(title)[:60].strip("-")
    if not slug:
        raise CannotDraft("Choose another title, with letters or digits in it.")
    try:
        with transaction.atomic():
            template = Template.objects.create(slug=slug, title=title.strip(), channel=channel)
            return _draft(template, None, by)
    except IntegrityError as error:
        raise CannotDraft("A template has this title already.") from error


def begin(template_id: int, *, by: User, like: int | None = None) -> TemplateVersion:
    """The writer's draft of a template: the one begun earlier, or a new one with the content of version `like`.

    Without `like` it starts from the approved version, or from the newest where none is approved.
    """
    with transaction.atomic():
        template = Template.objects.select_for_update().get(pk=template_id)
        own = template.versions.filter(state=TemplateState.DRAFT, written_by=by).first()
        if own is not None:
            return own
        rows = template.versions.exclude(state=TemplateState.DRAFT).order_by("-number")
        asked = rows.filter(number=like).first() if like else None
        start = asked or rows.filter(state=TemplateState.APPROVED).first() or rows.first()
        return _draft(template, start, by)


def save(version_id: int, *, by: User, subject: str, body: str, text: str) -> TemplateVersion:
    """Keeps what is written in a draft of one's own. Raises CannotDraft for any other version."""
    with transaction.atomic():
        draft = _own_draft(version_id, by)
        draft.subject = " ".join(subject.split())
        draft.body, draft.text = pins.one_line_end(body), pins.one_line_end(text)
        draft.content_hash = linter.content_hash(templates.source_of(draft))
        draft.save(update_fields=["subject", "body", "text", "content_hash"])
    return draft


def submit(version_id: int, *, by: User, now: datetime) -> TemplateVersion:
    """Hands a draft to compliance; from here on nobody changes it. Raises CannotDraft where it can't be made into a message.

    What the linter finds does not keep it back: compliance sees the findings and decides or returns it.
    """
    with transaction.atomic():
        draft = _own_draft(version_id, by)
        source = templates.source_of(draft)
        if not draft.body.strip():
            raise CannotDraft("Write the message first.")
        draft.html = _compiled(source)
        draft.content_hash = linter.content_hash(source)
        draft.state, draft.submitted_at = TemplateState.SUBMITTED, now
        draft.save(update_fields=["html", "content_hash", "state", "submitted_at"])
    return draft


def discard(version_id: int, *, by: User) -> None:
    """Throws a draft of one's own away. Raises CannotDraft for any other version."""
    with transaction.atomic():
        _own_draft(version_id, by).delete()


def _own_draft(version_id: int, by: User) -> TemplateVersion:
    draft = TemplateVersion.objects.select_for_update(of=("self",)).select_related("template").filter(pk=version_id).first()
    if draft is None:
        raise CannotDraft("This draft was thrown away.")
    if draft.state != TemplateState.DRAFT:
        raise CannotDraft(f"This version is {draft.get_state_display().lower()} now; what was submitted is not edited.")
    if draft.written_by_id != by.pk:
        raise CannotDraft(f"This draft is {draft.written_by}’s. Start a version of your own.")
    return draft


def _draft(template: Template, start: TemplateVersion | None, by: User) -> TemplateVersion:
    draft = TemplateVersion(
        template=template,
        number=(template.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        subject=start.subject if start else "",
        body=start.body if start else "",
        text=start.text if start else "",
        written_by=by,
    )
    draft.content_hash = linter.content_hash(templates.source_of(draft))
    draft.save()
    return draft


def _compiled(source: linter.TemplateSource) -> str:
    try:
        if source.channel == "email":
            return mail_frame.compiled(source.subject, source.body, source.text).html
        liquid.fields_of(source.body)
    except (mail_frame.CannotCompile, liquid.CannotRender) as error:
        raise CannotDraft(f"This can’t be made into a message. {error}") from error
    return ""
