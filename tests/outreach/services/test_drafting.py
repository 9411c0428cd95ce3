"""Drafts: one's own alone, kept as typed, handed over once, and nothing of them is sent."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from outreach.domain import linter
from outreach.models import Template, TemplateVersion
from outreach.queries import templates
from outreach.services import drafting, presets

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 27, 15, 12, tzinfo=UTC)
BODY = "Hi {{ first_name }}, this is {{ officer_name }} at {{ lender_name }}. Reply STOP to end texts."


@pytest.fixture
def text() -> Template:
    presets.install(NOW)
    return Template.objects.get(slug="day-4-text")


def test_a_draft_starts_with_what_is_on_file_and_is_found_again(text, olivia):
    draft = drafting.begin(text.pk, by=olivia)
    assert (draft.number, draft.state, draft.body) == (2, "draft", text.versions.get(number=1).body)
    assert drafting.begin(text.pk, by=olivia) == draft
    assert text.versions.count() == 2


def test_two_people_write_two_drafts(text, olivia, oscar):
    assert drafting.begin(text.pk, by=olivia).number == 2
    assert drafting.begin(text.pk, by=oscar).number == 3


def test_a_draft_starts_like_the_version_asked_for(text, olivia, cora):
    TemplateVersion.objects.filter(template=text).update(state="approved", decided_by=cora, decided_at=NOW)
    second = drafting.begin(text.pk, by=olivia)
    drafting.save(second.pk, by=olivia, subject="", body=BODY, text="")
    drafting.submit(second.pk, by=olivia, now=NOW)
    assert drafting.begin(text.pk, by=cora, like=2).body == BODY


def test_a_draft_starts_with_the_approved_version_unless_told_otherwise(text, olivia, oscar, cora):
    approved = text.versions.get()
    TemplateVersion.objects.filter(pk=approved.pk).update(state="approved", decided_by=cora, decided_at=NOW)
    second = drafting.begin(text.pk, by=olivia)
    drafting.save(second.pk, by=olivia, subject="", body=BODY, text="")
    drafting.submit(second.pk, by=olivia, now=NOW)
    assert drafting.begin(text.pk, by=oscar).body == approved.body


def test_saving_keeps_the_text_with_its_hash(text, olivia):
    draft = drafting.begin(text.pk, by=olivia)
    drafting.save(draft.pk, by=olivia, subject="", body=BODY.replace(". ", ".\r\n"), text="")
    draft.refresh_from_db()
    assert draft.body == BODY.replace(". ", ".\n")
    assert draft.content_hash == linter.content_hash(templates.source_of(draft))


def test_nobody_else_writes_in_a_draft(text, olivia, oscar):
    draft = drafting.begin(text.pk, by=olivia)
    for act in (
        lambda: drafting.save(draft.pk, by=oscar, subject="", body="Other words", text=""),
        lambda: drafting.submit(draft.pk, by=oscar, now=NOW),
        lambda: drafting.discard(draft.pk, by=oscar),
    ):
        with pytest.raises(drafting.CannotDraft, match="This draft is Olivia Hart’s"):
            act()
    before = draft.body
    draft.refresh_from_db()
    assert (draft.state, draft.body) == ("draft", before)


def test_what_was_submitted_is_not_edited_by_its_author_nor_by_the_database(text, olivia):
    draft = drafting.begin(text.pk, by=olivia)
    drafting.submit(draft.pk, by=olivia, now=NOW)
    with pytest.raises(drafting.CannotDraft, match="what was submitted is not edited"):
        drafting.save(draft.pk, by=olivia, subject="", body="Other words", text="")
    with pytest.raises(drafting.CannotDraft):
        drafting.discard(draft.pk, by=olivia)
    with pytest.raises(IntegrityError, match="not edited"), transaction.atomic():
        TemplateVersion.objects.filter(pk=draft.pk).update(body="Other words")
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at) == ("submitted", NOW)


def test_findings_do_not_keep_a_draft_back(text, olivia):
    draft = drafting.begin(text.pk, by=olivia)
    drafting.save(draft.pk, by=olivia, subject="", body="You are pre-approved, {{ first_name }}.", text="")
    assert drafting.submit(draft.pk, by=olivia, now=NOW).state == "submitted"


@pytest.mark.parametrize(("body", "words"), [("  \n", "Write the message first"), ("Hi {{ first_name", "can’t be made")])
def test_what_is_no_message_is_not_submitted(text, olivia, body, words):
    draft = drafting.begin(text.pk, by=olivia)
    drafting.save(draft.pk, by=olivia, subject="", body=body, text="")
    with pytest.raises(drafting.CannotDraft, match=words):
        drafting.submit(draft.pk, by=olivia, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at) == ("draft", None)


def test_an_email_is_compiled_when_it_is_submitted(olivia):
    draft = drafting.create(title="June note", channel="email", by=olivia)
    drafting.save(draft.pk, by=olivia, subject="A note", body="<mj-text>Hello {{ first_name }}</mj-text>", text="Hello")
    drafting.submit(draft.pk, by=olivia, now=NOW)
    draft.refresh_from_db()
    assert "Hello {{ first_name }}" in draft.html
    assert "Equal Housing Opportunity" in draft.html


def test_an_email_with_an_unclosed_tag_stays_a_draft(olivia):
    draft = drafting.create(title="June note", channel="email", by=olivia)
    drafting.save(draft.pk, by=olivia, subject="A note", body="<mj-text>Hello", text="Hello")
    with pytest.raises(drafting.CannotDraft, match="never closed"):
        drafting.submit(draft.pk, by=olivia, now=NOW)


@pytest.mark.parametrize("title", ["Day 4 text", "day 4: text", "!!!"])
def test_a_title_must_make_a_name_of_its_own(text, olivia, title):
    with pytest.raises(drafting.CannotDraft):
        drafting.create(title=title, channel="sms", by=olivia)
    assert Template.objects.count() == len(list((presets.FOLDER / "templates").glob("*.yaml")))


def test_a_thrown_away_draft_leaves_a_number_that_nobody_gets_twice(text, olivia, oscar):
    first, second = drafting.begin(text.pk, by=olivia), drafting.begin(text.pk, by=oscar)
    drafting.discard(first.pk, by=olivia)
    assert second.number == 3
    assert drafting.begin(text.pk, by=olivia).number == 4


def test_a_preset_that_changed_gets_the_next_number_beside_drafts(text, olivia, oscar):
    first = drafting.begin(text.pk, by=olivia)
    drafting.save(drafting.begin(text.pk, by=oscar).pk, by=oscar, subject="", body=BODY, text="")
    drafting.discard(first.pk, by=olivia)
    TemplateVersion.objects.filter(template=text, number=1).delete()
    assert presets.install(NOW).templates == 1
    assert sorted(text.versions.values_list("number", flat=True)) == [3, 4]
