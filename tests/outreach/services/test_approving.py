"""Approval: a second person, the exact text, every finding answered for, and one version in force whoever is faster."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.models import User
from outreach.models import Template, TemplateVersion
from outreach.services import approving, drafting, presets
from tests.factories import UserFactory

NOW = datetime(2026, 4, 27, 15, 12, tzinfo=UTC)
GOOD = "Hi {{ first_name }}, this is {{ officer_name }} at {{ lender_name }}. Reply STOP to end texts."
NO_STOP = "Hi {{ first_name }}, this is {{ officer_name }} at {{ lender_name }}."
REASON = {"text_without_stop": "The system adds it."}


@pytest.fixture
def text(db) -> Template:
    presets.install(NOW)
    return Template.objects.get(slug="day-4-text")


def submitted(template: Template, by: User, body: str = GOOD) -> TemplateVersion:
    draft = drafting.begin(template.pk, by=by)
    drafting.save(draft.pk, by=by, subject="", body=body, text="")
    return drafting.submit(draft.pk, by=by, now=NOW)


def approve(version: TemplateVersion, by: User, **changed) -> TemplateVersion:
    asked = {"content_hash": version.content_hash, "reasons": {}, "now": NOW} | changed
    return approving.approve(version.pk, by=by, **asked)


def states(template: Template) -> dict[int, str]:
    return dict(template.versions.order_by("number").values_list("number", "state"))


def test_approval_puts_a_version_in_force_and_retires_the_one_before(text, olivia, cora):
    approve(text.versions.get(), cora)
    second = approve(submitted(text, olivia), cora)
    assert states(text) == {1: "retired", 2: "approved"}
    assert (second.decided_by, second.decided_at, second.accepted) == (cora, NOW, {})


def test_nobody_approves_an_own_text(text, cora):
    own = submitted(text, cora)
    with pytest.raises(approving.CannotDecide, match="You wrote this"):
        approve(own, cora)
    assert states(text) == {1: "submitted", 2: "submitted"}


def test_approval_holds_for_what_was_read_alone(text, olivia, cora):
    approve(text.versions.get(), cora)
    second = submitted(text, olivia)
    with pytest.raises(approving.TextChanged, match="The text changed while you read it"):
        approve(second, cora, content_hash=text.versions.get(number=1).content_hash)
    assert states(text) == {1: "approved", 2: "submitted"}


def test_a_hash_that_is_not_of_the_text_approves_nothing(text, cora):
    """Somebody changed the row behind everybody's back and left the hash that was read."""
    version = text.versions.get()
    row = TemplateVersion.objects.filter(pk=version.pk)
    row.update(state="draft")
    row.update(body=GOOD)
    row.update(state="submitted")
    with pytest.raises(approving.TextChanged):
        approve(version, cora)
    assert states(text) == {1: "submitted"}


def test_a_finding_that_blocks_cannot_be_accepted(text, olivia, cora):
    version = submitted(text, olivia, GOOD.replace("this is", "you are pre-approved by"))
    with pytest.raises(approving.CannotDecide, match="A finding blocks this version"):
        approve(version, cora, reasons={"approval_promised": "We know them."})
    assert states(text)[2] == "submitted"


@pytest.mark.parametrize("reasons", [{}, {"text_without_stop": "   "}, {"another_rule": "Fine."}])
def test_a_finding_that_needs_a_decision_needs_a_reason(text, olivia, cora, reasons):
    version = submitted(text, olivia, NO_STOP)
    with pytest.raises(approving.ReasonsMissing) as refusal:
        approve(version, cora, reasons=reasons)
    assert refusal.value.rules == ["text_without_stop"]
    assert states(text)[2] == "submitted"


def test_the_reason_is_kept_with_the_version_and_no_other(text, olivia, cora):
    approve(submitted(text, olivia, NO_STOP), cora, reasons=REASON | {"another_rule": "Fine."})
    assert text.versions.get(number=2).accepted == REASON


@pytest.mark.parametrize("state", ["draft", "returned", "retired", "approved"])
def test_only_what_waits_is_decided(text, olivia, cora, state):
    version = text.versions.get()
    TemplateVersion.objects.filter(pk=version.pk).update(state=state, decided_by=cora, decided_at=NOW)
    with pytest.raises(approving.CannotDecide):
        approve(version, cora)
    with pytest.raises(approving.CannotDecide):
        approving.give_back(version.pk, by=cora, note="Shorter.", now=NOW)
    assert states(text) == {1: state}


def test_a_return_needs_a_note_or_a_finding(text, olivia, cora):
    clean, found = submitted(text, olivia), submitted(text, cora, NO_STOP)
    with pytest.raises(approving.CannotDecide, match="Write what should change"):
        approving.give_back(clean.pk, by=cora, note=" ", now=NOW)
    assert approving.give_back(found.pk, by=cora, note="", now=NOW).state == "returned"
    returned = approving.give_back(clean.pk, by=cora, note="Name the city.", now=NOW)
    assert (returned.state, returned.decision_note, returned.decided_by) == ("returned", "Name the city.", cora)


def test_retiring_leaves_nothing_in_force_and_says_why(text, cora):
    version = approve(text.versions.get(), cora)
    with pytest.raises(approving.CannotDecide, match="Write why"):
        approving.retire(version.pk, by=cora, note="")
    assert states(text) == {1: "approved"}
    retired = approving.retire(version.pk, by=cora, note="The company has a new name.")
    assert retired.decision_note == "The company has a new name. (Cora Shah)"
    assert states(text) == {1: "retired"}
    with pytest.raises(approving.CannotDecide, match="retired now"):
        approving.retire(version.pk, by=cora, note="Again.")


def at_once(*acts) -> list[str]:
    """Runs the acts in threads of their own, released together; what each raised, or ""."""
    start, results = threading.Barrier(len(acts)), []

    def work(act) -> None:
        try:
            start.wait(timeout=10)
            act()
            results.append("")
        except Exception as error:
            results.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_leave_one_version_in_force(olivia, oscar, cora):
    presets.install(NOW)
    template = Template.objects.get(slug="day-4-text")
    other = UserFactory(name="Nadia Karim", branch=None, role="compliance")
    approve(template.versions.get(), cora)
    first, second = submitted(template, olivia), submitted(template, oscar, GOOD.replace("Hi", "Hello"))
    assert at_once(lambda: approve(first, cora), lambda: approve(second, other)) == ["", ""]
    assert sorted(states(template).values()) == ["approved", "retired", "retired"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_one_version_the_later_is_told(olivia, cora):
    presets.install(NOW)
    template = Template.objects.get(slug="day-4-text")
    other = UserFactory(name="Nadia Karim", branch=None, role="compliance")
    version = submitted(template, olivia)
    told = at_once(lambda: approve(version, cora), lambda: approve(version, other))
    assert told == ["", "CannotDecide: This version is approved now."]
    assert states(template)[2] == "approved"
