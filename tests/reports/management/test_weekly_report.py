"""`manage.py weekly_report` says what the page says."""

import io
import json

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Lender
from tests.reports import rows
from tests.reports.rows import PREPARED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning(olivia, carl):
    Lender.objects.update_or_create(pk=1, defaults={"name": "Harbor Pine", "time_zone": "America/Denver"})
    for officer in (olivia, olivia, carl):
        rows.replied(rows.opened(officer))
    with time_machine.travel(PREPARED, tick=False):
        yield


def run(*words):
    out = io.StringIO()
    call_command("weekly_report", *words, stdout=out)
    return out.getvalue()


def test_the_newest_complete_week_of_everybody_stage_by_stage():
    lines = run().splitlines()
    assert lines[0] == "Monday 20 to Sunday 26 April 2026 · All branches"
    assert lines[2].startswith("Three loans crossed the threshold. No message went out.")
    assert ["Opportunities", "identified", "3", "–", "3"] in [line.split() for line in lines]
    assert ["Replies", "3", "–", "3", "–"] in [line.split() for line in lines]


def test_a_branch_by_its_name_as_json():
    said = json.loads(run("--branch", "tampa", "--week", "2026-W17", "--json"))
    assert (said["about"], said["time_zone"]) == ("Tampa", "America/New_York")
    assert {stage["name"]: stage["week"] for stage in said["stages"] if stage["week"]} == {"identified": 1, "replied": 1}


def test_an_empty_week_is_told_too():
    assert "No loan crossed your threshold." in run("--week", "2025-W02")


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--branch", "Atlantis"), "No branch is called Atlantis"), (("--week", "2026-99"), "--week 2026-99 is not a week")],
)
def test_what_does_not_exist_is_refused_in_a_sentence(words, said):
    with pytest.raises(CommandError, match=said):
        run(*words)
