"""The demo run twice, on another day, or beside what is there already."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Branch, Lender, User
from loans.models import Borrower, Loan, Opportunity, OpportunityEvent
from outreach.models import Alert, CallTask, Consent, Enrollment, InboxItem, Message, Reply, TemplateVersion, Touch
from rates.models import Rate
from tests.loans.rows import make_loan

FRIDAY = datetime(2026, 4, 24, 18, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def everything() -> dict[str, list]:
    tables = (
        Lender, Branch, User, Loan, Borrower, Opportunity, OpportunityEvent, Rate, Enrollment, Touch, Message, Reply, Alert,
        CallTask, InboxItem, Consent, TemplateVersion,
    )  # fmt: skip
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


def test_the_demo_again_changes_nothing_and_of_another_day_brings_only_its_rates(ada, capsys):
    with time_machine.travel(FRIDAY, tick=True):
        call_command("demo")
        said = capsys.readouterr().out
        before = everything()
        call_command("demo")
    assert everything() == before
    # An administrator who was there first is no obstacle.
    assert User.objects.filter(pk=ada.pk).exists()
    assert "Book: 300 loans, 0 rejected." in said
    assert "Source: Freddie Mac PMMS." in said
    assert re.search(r"Conversations: 46 opportunities in 3 weeks, \d+ messages in the sandbox, \d+ answers\.\n", said)
    assert said.count("@example.com") == 13
    again = capsys.readouterr().out
    assert "Book: there already.\nMatch: 300 loans, 45 worth refinancing, 0 opened, 0 updated.\n" in again
    assert "Conversations: there already." in again

    with time_machine.travel(FRIDAY + timedelta(weeks=1), tick=True):
        call_command("demo")
    after = everything()
    for same in ("Loan", "Enrollment", "Touch", "Message", "Reply", "Alert", "InboxItem", "Consent"):
        assert after[same] == before[same], same
    assert Rate.objects.filter(product="conventional_30").latest("as_of").as_of == (FRIDAY + timedelta(days=6)).date()
    assert 40 <= Opportunity.objects.in_queue().count() <= 55


def story() -> list[tuple]:
    """What a demo tells, without the ids and secrets that are drawn anew each time; the demo is taken back."""
    with transaction.atomic():
        call_command("demo")
        touches = Touch.objects.values_list("opportunity__loan_number", "channel", "state", "reason", "due_at", "sent_at")
        replies = Reply.objects.values_list("opportunity__loan_number", "channel", "reading", "at", "handled_at")
        told = [*touches.order_by("opportunity__loan_number", "due_at"), *replies.order_by("at")]
        transaction.set_rollback(True)
    return told


def test_two_demos_of_a_moment_tell_the_same_story():
    with time_machine.travel(FRIDAY, tick=False):
        first = story()
        assert first == story()
    assert len(first) > 80


@pytest.mark.parametrize("loans", [True, False], ids=["loans", "a name"])
def test_a_lenders_own_database_is_left_alone(loans):
    if loans:
        make_loan("OWN-1")
    else:
        Lender.objects.create(pk=1, name="Pine Street Lending")
    before = everything()
    with pytest.raises(CommandError, match=r"^This database is a lender's own; the demo leaves it alone\.") as refusal:
        call_command("demo")
    assert refusal.value.returncode == 1
    assert everything() == before
