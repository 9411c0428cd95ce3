"""What ships with the product is installed once, waits for compliance, and never replaces what a person has decided."""

import pytest

from outreach.domain import linter, sequences
from outreach.domain.lint_rules import Level
from outreach.models import Sequence, SequenceVersion, Template, TemplateState, TemplateVersion
from outreach.services import enrolling, presets
from tests.outreach.conversations import NOW
from tests.outreach.rows import approve_templates

pytestmark = pytest.mark.django_db


def test_installing_again_installs_nothing():
    first = presets.install(NOW)
    assert first.sequences == Sequence.objects.count() >= 2
    assert first.templates == Template.objects.count() >= 7
    before = list(TemplateVersion.objects.values()), list(SequenceVersion.objects.values())
    assert presets.install(NOW) == presets.Installed(0, 0)
    assert (list(TemplateVersion.objects.values()), list(SequenceVersion.objects.values())) == before


def test_nothing_that_ships_is_approved_by_itself():
    presets.install(NOW)
    assert set(TemplateVersion.objects.values_list("state", "submitted_at", "written_by", "decided_by")) == {
        ("submitted", NOW, None, None)
    }


def test_the_usual_sequence_is_there_and_every_sequence_finds_its_templates():
    presets.install(NOW)
    assert Sequence.objects.filter(slug=enrolling.DEFAULT_SEQUENCE, active=True).exists()
    known = set(Template.objects.values_list("slug", flat=True))
    for version in SequenceVersion.objects.all():
        read = sequences.from_json(version.steps)
        assert read.templates() <= known
        assert version.content_hash == sequences.content_hash(read)


def test_what_ships_breaks_no_rule_that_blocks():
    presets.install(NOW)
    for version in TemplateVersion.objects.select_related("template"):
        template = version.template
        source = linter.TemplateSource(template.slug, template.channel, version.subject, version.body, version.text)
        assert [found.rule for found in linter.lint(source) if found.level == Level.BLOCKS] == []
        assert version.content_hash == linter.content_hash(source)
        assert bool(version.html) is (template.channel == "email")


def test_what_compliance_approved_stays_in_force_when_a_new_release_brings_other_words(cora):
    presets.install(NOW)
    approve_templates(cora, NOW)
    template = Template.objects.get(slug="day-4-text")
    old = template.versions.get()
    # As if an earlier release had shipped other words, which are in force.
    TemplateVersion.objects.filter(pk=old.pk).update(state="retired")
    TemplateVersion.objects.create(
        template=template, number=5, state="approved", body="Other words", content_hash="other", decided_by=cora, decided_at=NOW
    )
    TemplateVersion.objects.filter(pk=old.pk).delete()
    assert presets.install(NOW) == presets.Installed(0, 1)
    assert dict(template.versions.values_list("number", "state")) == {5: "approved", 6: TemplateState.SUBMITTED}


def test_a_sequence_of_ones_own_words_is_left_alone():
    presets.install(NOW)
    Sequence.objects.filter(slug=enrolling.DEFAULT_SEQUENCE).update(title="Our own", active=False)
    presets.install(NOW)
    row = Sequence.objects.get(slug=enrolling.DEFAULT_SEQUENCE)
    assert (row.title, row.active, row.versions.count()) == ("Our own", False, 1)
