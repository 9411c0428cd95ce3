"""Sequences: readable steps, what is missing, a preview that writes nothing, and versions that never change what runs."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains

from outreach.models import Change, Enrollment, Sequence, SequenceVersion, TemplateVersion, Touch
from outreach.queries import sequence_preview
from outreach.services import sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

SLUG = "day-1-4-10-refinance"
URL = f"/sequences/{SLUG}/"


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def desk(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)


def text_of(slug: str = SLUG) -> str:
    return sequence_preview.as_yaml(Sequence.objects.get(slug=slug).newest)


def test_the_list_names_branches_and_what_runs(as_user, ben, olivia, desk):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    page = as_user(ben).get("/sequences/")
    assertContains(page, URL)
    rows = {row.slug: (row.running, [str(branch) for branch in branches]) for row, branches in page.context["rows"]}
    assert rows[SLUG] == (1, ["Denver"])


def test_nothing_installed_says_so(as_user, ben, db):
    assertContains(as_user(ben).get("/sequences/"), "No sequence is installed.")


def test_steps_are_readable_and_a_missing_template_is_named(as_user, ben, desk):
    assertNotContains(as_user(ben).get(URL), "None approved of")
    TemplateVersion.objects.filter(template__slug="day-4-text").update(state="retired")
    assertContains(as_user(ben).get(URL), "None approved of day-4-text")


def test_the_preview_shows_each_day_and_writes_nothing(as_user, olivia, desk):
    row = worth_writing_to(olivia, "T-5")
    page = as_user(olivia).get(f"{URL}?loan=t-5")
    foreseen = page.context["foreseen"]
    assert [(each.step.day, each.due_at.isoformat()) for each in foreseen] == [
        (1, "2026-04-24T16:30:00+00:00"),
        (4, "2026-04-27T16:00:00+00:00"),
        (10, "2026-05-04T16:00:00+00:00"),
    ]
    assert [each.missing for each in foreseen] == ["", "", ""]
    assert "Marisol" in foreseen[1].text
    assert row.pk == page.context["opportunity"].pk
    assert not Touch.objects.exists()
    assert not Enrollment.objects.exists()


def test_a_conversation_under_way_is_not_in_the_way_of_the_preview(as_user, olivia, desk):
    worth_writing_to(olivia, "T-5")
    sweeping.sweep(FRIDAY)
    before = list(Touch.objects.values_list("pk", "state"))
    assert len(as_user(olivia).get(f"{URL}?loan=T-5").context["foreseen"]) == 3
    assert list(Touch.objects.values_list("pk", "state")) == before


def test_a_loan_of_others_is_no_loan(as_user, olivia, carl, desk):
    worth_writing_to(olivia, "T-5")
    page = as_user(carl).get(f"{URL}?loan=T-5")
    assertContains(page, "No opportunity of a loan T-5 that you see.")
    assert "foreseen" not in page.context


def test_a_version_reads_back_as_the_file_it_is_shown_as(as_user, ben, desk):
    as_user(ben).post(f"{URL}edit/", {"text": text_of()})
    assert Sequence.objects.get(slug=SLUG).versions.count() == 1
    assert not Change.objects.exists()


def test_a_changed_file_is_a_new_version_and_what_runs_keeps_its_own(as_user, ben, olivia, desk):
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    client = as_user(ben)
    client.post(f"{URL}edit/", {"text": text_of().replace("cap_hours: 48", "cap_hours: 72")})
    newest = Sequence.objects.get(slug=SLUG).newest
    assert (newest.number, newest.steps["cap_hours"], newest.created_by) == (2, 72, ben)
    assert Enrollment.objects.get().version.number == 1
    assert Change.objects.get().sentence == "Version 2 added"
    assertContains(client.get(f"{URL}?version=1"), "At least 48 hours")
    assertContains(client.get(f"{URL}?version=²"), "At least 72 hours")
    assertContains(client.get(URL), "At least 72 hours")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("slug: x", "The sequence needs a"),
        ("steps: [", ""),
        ("", ""),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(as_user, ben, desk, text, sentence):
    before = SequenceVersion.objects.count()
    page = as_user(ben).post("/sequences/new/", {"text": text})
    assert page.status_code == 200
    assert page.context["form"].errors["text"]
    assertContains(page, sentence)
    assert SequenceVersion.objects.count() == before


def test_an_opt_out_can_not_be_left_out(as_user, ben, desk):
    text = "\n".join(line for line in text_of().splitlines() if line.strip() != "- opt_out")
    page = as_user(ben).post(f"{URL}edit/", {"text": text})
    assertContains(page, "Every sequence stops at an opt-out")
    assert Sequence.objects.get(slug=SLUG).versions.count() == 1


def test_another_slug_is_another_sequence(as_user, ben, desk):
    client = as_user(ben)
    page = client.post(f"{URL}edit/", {"text": text_of().replace(f"slug: {SLUG}", "slug: other-one")})
    assertContains(page, "keeps its slug")
    assertContains(client.post("/sequences/new/", {"text": text_of()}), "There is a sequence")
    file = SimpleUploadedFile("s.yaml", text_of().replace(f"slug: {SLUG}", "slug: other-one").encode())
    client.post("/sequences/new/", {"text": "", "file": file})
    assert Sequence.objects.get(slug="other-one").newest.number == 1


@pytest.mark.parametrize("who", ["olivia", "pia", "cora"])
def test_others_read_and_write_nothing(as_user, request, desk, who):
    client = as_user(request.getfixturevalue(who))
    assertNotContains(client.get(URL), "New version")
    assert client.post(f"{URL}edit/", {"text": text_of().replace("cap_hours: 48", "cap_hours: 72")}).status_code == 403
    assert client.post(f"{URL}active/", {"active": "no"}).status_code == 403
    assert Sequence.objects.get(slug=SLUG).active
    assert Sequence.objects.get(slug=SLUG).versions.count() == 1


def test_a_sequence_that_begins_no_more_begins_nothing(as_user, ben, olivia, desk):
    as_user(ben).post(f"{URL}active/", {"active": "no"})
    worth_writing_to(olivia)
    sweeping.sweep(FRIDAY)
    assert not Enrollment.objects.exists()
    assert Change.objects.get().sentence == "Begins no more conversations"
