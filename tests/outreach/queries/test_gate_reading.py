"""What the gate is told, each fact from the row it stands in; and that the same facts give the same answer again."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import License
from loans.models import Borrower, Loan, Opportunity
from outreach.domain import gate, linter
from outreach.domain.gate_facts import Facts
from outreach.models import (
    BranchOutreach,
    Consent,
    Desk,
    Enrollment,
    Message,
    OfficerOutreach,
    ProviderPause,
    Reply,
    SenderDomain,
    Suppression,
    Template,
    TemplateVersion,
    Touch,
)
from outreach.queries import gate_reading
from outreach.services import filling
from tests.outreach.conversations import NOW, borrower, co_borrower, enrollment, lookup, opportunity, touch

DAY = datetime(2026, 4, 27, 6, tzinfo=UTC)
"""When the lender's day began in Denver."""
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(olivia) -> Opportunity:
    row = opportunity(olivia, property_zip="80203")
    enrollment(row)
    return row


def claimed(row: Opportunity, channel: str = "email", **columns) -> Touch:
    columns = {"claimed_at": NOW, "sent_at": None, "claim_until": datetime.now(UTC) + timedelta(hours=1)} | columns
    return touch(row, channel, "sending", **columns)


def read(of: Touch, provider: str = "sendgrid", now: datetime = NOW, day: datetime = DAY) -> gate_reading.Reading:
    return gate_reading.read(of.pk, now=now, day=day, provider=provider, hash_of=filling.hash_of)


def facts(of: Touch, **more) -> Facts:
    return read(of, **more).facts


def line(of: Touch, act: str, at: datetime, source: str = "file") -> Consent:
    return Consent.objects.create(channel=of.channel, act=act, lookup=bytes(of.address_lookup), source=source, at=at)


def test_where_nobody_has_decided_anything_nothing_is_allowed(row):
    told = facts(claimed(row))
    assert (told.mode, told.kill_switch, told.provider_paused, told.released) == ("off", "", "", False)
    assert (told.lender_ceiling, told.officer_ceiling, told.cap_hours) == (1500, 40, 48)
    assert (told.licensed, told.do_not_call, told.suppressed_since, told.template) == (None, None, None, "")
    assert (told.template_approved, told.hash_equal, told.domain_verified) == (False, False, False)
    assert gate.answer(told).reason == gate.Reason.OUTREACH_MODE


def test_the_kill_switch_is_the_desks_own_row(row, ada):
    sent = claimed(row)
    desk = Desk.objects.create(pk=1, halted_at=NOW, halted_by=ada, halted_because="A wrong rate")
    assert facts(sent).kill_switch == "A wrong rate"
    Desk.objects.filter(pk=1).update(halted_because="")
    assert facts(sent).kill_switch == "halted"
    Desk.objects.filter(pk=desk.pk).update(halted_at=None)
    assert facts(sent).kill_switch == ""


@pytest.mark.parametrize("mode", ["off", "review", "automatic"])
def test_the_mode_is_the_branch_of_the_touch(row, mona, mode):
    sent = claimed(row)
    BranchOutreach.objects.create(branch=row.loan.branch, mode=mode)
    BranchOutreach.objects.create(branch=mona.branch, mode="automatic")
    assert facts(sent).mode == mode


def test_who_let_it_go_counts_for_that_touch_alone(row, ben):
    first, second = claimed(row, released_at=NOW, released_by=ben), claimed(row, "sms")
    assert (facts(first).released, facts(second).released) == (True, False)


def test_a_pause_is_of_one_provider(row):
    sent = claimed(row)
    ProviderPause.objects.create(provider="sendgrid", since=NOW, code="401", sentence="SendGrid answered 401.")
    assert facts(sent).provider_paused == "SendGrid answered 401."
    assert facts(sent, provider="sandbox").provider_paused == ""


def test_texts_wait_until_somebody_has_attested_to_lend(row, cora):
    text = claimed(row, "sms")
    assert facts(text, provider="twilio").provider_paused == "texts are not attested"
    assert facts(text, provider="sandbox").provider_paused == ""
    Desk.objects.create(pk=1, texts_attested_at=NOW, texts_attested_by=cora)
    assert facts(text, provider="twilio").provider_paused == ""


def test_a_snooze_holds_before_any_sweep_has_paused_it(row):
    sent = claimed(row)
    Opportunity.objects.update(status="snoozed", snoozed_until=date(2026, 6, 1))
    told = facts(sent)
    assert (told.enrollment_state, told.stop_reason, told.opportunity_open) == ("paused", "snoozed", False)
    answer = gate.answer(Facts.from_json(told.as_json() | {"mode": "automatic"}))
    assert (answer.reason, answer.then) == (gate.Reason.ENROLLMENT_STOPPED, gate.Then.HOLD)


def test_a_stop_is_told_with_its_reason(row):
    sent = claimed(row)
    Enrollment.objects.update(state="stopped", stop_reason="opt_out", ended_at=NOW)
    told = facts(sent)
    assert (told.enrollment_state, told.stop_reason) == ("stopped", "opt out")
    assert told.evidence["enrollment_stopped"] == f"enrollment {Enrollment.objects.get().pk}"


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("new", True),
        ("contacting", True),
        ("engaged", False),
        ("appointment", False),
        ("application", False),
        ("closed", False),
    ],
)
def test_a_sequence_speaks_only_until_the_borrower_has_answered(row, status, is_open):
    sent = claimed(row)
    Opportunity.objects.update(status=status)
    assert facts(sent).opportunity_open is is_open


def test_an_officer_who_left_or_lost_the_loan_signs_nothing(row, oscar):
    sent = claimed(row)
    assert facts(sent).officer_active
    Loan.objects.update(officer=oscar)
    assert not facts(sent).officer_active
    Loan.objects.update(officer=row.loan.officer)
    type(oscar).objects.filter(pk=row.loan.officer_id).update(is_active=False)
    assert not facts(sent).officer_active


def test_figures_that_a_person_must_see_are_told(row):
    Opportunity.objects.update(review="rate_jump")
    assert facts(claimed(row)).review == "rate_jump"


def test_a_suppression_is_of_one_channel_and_one_address(row):
    sent, text = claimed(row), claimed(row, "sms")
    stop = line(sent, "revoked", NOW, "one_click")
    Suppression.objects.create(channel="email", lookup=stop.lookup, since=NOW, reason="one_click", consent=stop)
    told = facts(sent)
    assert (told.suppressed_since, told.suppression_reason, told.suppression_in_doubt) == (NOW, "one click", False)
    assert told.evidence["suppressed"].startswith("suppression ")
    assert facts(text).suppressed_since is None
    Suppression.objects.update(doubtful=True)
    assert facts(sent).suppression_in_doubt


def test_another_borrowers_suppression_is_not_ours(row, olivia):
    other = claimed(opportunity(olivia))
    stop = line(other, "revoked", NOW)
    Suppression.objects.create(channel="email", lookup=stop.lookup, since=NOW, reason="file", consent=stop)
    assert facts(claimed(row)).suppressed_since is None


def test_the_newest_word_about_texts_decides_and_not_the_order_of_writing(row):
    text = claimed(row, "sms")
    granted, later = NOW - timedelta(days=300), NOW - timedelta(days=20)
    assert facts(text).sms_consent_at is None
    line(text, "granted", granted)
    assert (facts(text).sms_consent_at, facts(text).sms_consent_source) == (granted, "file")
    line(text, "revoked", later, "reply")
    assert (facts(text).sms_consent_at, facts(text).sms_consent_source) == (None, "")
    # An old grant that is written down late takes nothing back.
    line(text, "granted", granted + timedelta(days=1))
    assert facts(text).sms_consent_at is None
    again = line(text, "granted", NOW - timedelta(days=1), "page")
    told = facts(text)
    assert (told.sms_consent_at, told.evidence["consent_missing"]) == (again.at, f"consent {again.pk}")


def test_of_two_words_at_one_instant_the_one_written_last_counts(row):
    text = claimed(row, "sms")
    line(text, "granted", NOW)
    line(text, "revoked", NOW)
    assert facts(text).sms_consent_at is None


def test_consent_of_an_email_address_is_no_consent_to_texts(row):
    line(claimed(row), "granted", NOW - timedelta(days=9))
    assert facts(claimed(row, "sms")).sms_consent_at is None


@pytest.mark.parametrize("said", [True, False, None])
def test_do_not_call_is_the_files_word(row, said):
    call = claimed(row, "call")
    Borrower.objects.update(do_not_call=said)
    told = facts(call, provider="people")
    assert told.do_not_call is said
    assert told.do_not_call_source == ("" if said is None else "the lender's file")


def test_licenses_count_in_the_propertys_state(row, olivia):
    sent = claimed(row)
    License.objects.create(officer=olivia, state="AZ", expires_on=date(2027, 1, 1))
    assert (facts(sent).licensed, facts(sent).license_state) == (False, "CO")
    License.objects.create(officer=olivia, state="CO", expires_on=date(2026, 4, 1))
    told = facts(sent)
    assert (told.licensed, told.license_until) == (True, date(2026, 4, 1))
    BranchOutreach.objects.create(branch=row.loan.branch, mode="automatic")
    assert gate.answer(facts(sent)).reason == gate.Reason.LICENSE
    License.objects.filter(state="CO").update(expires_on=date(2027, 4, 1))
    assert gate.answer(facts(sent)).reason == gate.Reason.TEMPLATE_NOT_APPROVED


def test_without_a_state_of_the_property_no_license_can_be_judged(row, olivia):
    License.objects.create(officer=olivia, state="AZ", expires_on=date(2027, 1, 1))
    Loan.objects.update(property_state="")
    assert facts(claimed(row)).licensed is None


def version_of(approver, **columns) -> TemplateVersion:
    template, _ = Template.objects.get_or_create(slug="a-mail", defaults={"title": "A mail", "channel": "email"})
    words = {"subject": "A look", "body": "<mj-text>Hi</mj-text>", "text": "Hi"}
    content_hash = linter.content_hash(linter.TemplateSource("a-mail", "email", *words.values()))
    defaults = {"number": 3, "state": "approved", "decided_by": approver, "decided_at": NOW, "content_hash": content_hash}
    return TemplateVersion.objects.create(template=template, **(words | defaults | columns))


def test_an_approval_is_told_with_its_version_and_person(row, cora):
    sent = claimed(row, template_version=version_of(cora))
    told = facts(sent)
    assert (told.template, told.template_version, told.template_approved_by) == ("a-mail", 3, "Cora Shah")
    assert (told.template_approved, told.hash_equal) == (True, True)


def test_a_template_that_is_changed_after_its_approval_does_not_go(row, cora):
    """The hash is worked out from the words that would go out, whatever the column says."""
    changed = version_of(cora, body="<mj-text>Hi, you are approved</mj-text>")
    told = facts(claimed(row, template_version=changed))
    assert (told.template_approved, told.hash_equal) == (True, False)
    BranchOutreach.objects.create(branch=row.loan.branch, mode="automatic")
    assert gate.answer(facts(claimed(row, template_version=changed))).reason == gate.Reason.TEMPLATE_NOT_APPROVED


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "retired"])
def test_what_is_not_approved_any_more_is_not_approved(row, cora, state):
    assert not facts(claimed(row, template_version=version_of(cora, state=state))).template_approved


def test_a_domain_is_verified_or_not_except_in_the_sandbox(row, cora):
    sent = claimed(row)
    assert (facts(sent).sender_domain, facts(sent).domain_verified) == ("example.com", False)
    SenderDomain.objects.create(domain="example.com")
    assert facts(sent).domain_verified is False
    SenderDomain.objects.update(verified_at=NOW, verified_by=cora)
    assert facts(sent).domain_verified is True
    SenderDomain.objects.all().delete()
    assert facts(sent, provider="sandbox").domain_verified is None


def test_the_cap_counts_whatever_went_to_the_same_address_on_any_loan(row, olivia):
    person = borrower(row)
    sent = claimed(row)
    assert facts(sent).last_touch_at is None
    other = opportunity(olivia, email=person.email, phone=person.phone)
    enrollment(other)
    before = touch(other, claimed_at=NOW - timedelta(hours=20))
    assert facts(sent).last_touch_at == before.claimed_at


def test_the_cap_counts_the_other_borrower_of_the_loan_but_no_calls_nor_what_never_went(row):
    co = co_borrower(row, email="luis@example.com")
    sent = claimed(row)
    for state, channel in (("failed", "email"), ("skipped", "email"), ("accepted", "call")):
        touch(row, channel, state, claimed_at=NOW - timedelta(hours=1))
    assert facts(sent).last_touch_at is None
    for hours, state in ((30, "accepted"), (20, "unknown"), (10, "abandoned")):
        touch(row, state=state, borrower=co, claimed_at=NOW - timedelta(hours=hours))
        assert facts(sent).last_touch_at == NOW - timedelta(hours=hours)


def test_ceilings_count_reservations_before_ones_own(row, olivia, carl):
    sent = claimed(row)
    ours = opportunity(olivia)
    enrollment(ours)
    claimed(ours, claimed_at=NOW - timedelta(seconds=1))
    claimed(ours, "sms", claimed_at=NOW + timedelta(seconds=1))
    touch(ours, claimed_at=DAY - timedelta(minutes=1))
    touch(ours, state="failed", claimed_at=NOW - timedelta(minutes=1))
    theirs = opportunity(carl)
    enrollment(theirs)
    touch(theirs, claimed_at=NOW - timedelta(hours=1))
    told = facts(sent)
    assert (told.officer_sent, told.lender_sent) == (1, 2)
    assert told.ceiling_resets_at == DAY + timedelta(days=1)


def test_of_two_that_were_claimed_at_one_instant_one_is_first(row, olivia):
    other = opportunity(olivia)
    enrollment(other)
    both = [claimed(row), claimed(other)]
    assert sorted(facts(one).lender_sent for one in both) == [0, 1]


def test_ceilings_are_the_officers_own_before_the_desks(row, olivia):
    sent = claimed(row)
    Desk.objects.create(pk=1, lender_ceiling=900, officer_ceiling=30)
    assert (facts(sent).lender_ceiling, facts(sent).officer_ceiling) == (900, 30)
    OfficerOutreach.objects.create(officer=olivia, ceiling=0)
    assert facts(sent).officer_ceiling == 0


def test_what_the_borrower_wrote_counts_on_its_own_channel(row):
    text = claimed(row, "sms")
    Reply.objects.create(channel="email", sender_lookup=bytes(text.address_lookup), at=NOW - timedelta(hours=1))
    assert facts(text).borrower_wrote_at is None
    for days in (9, 2, 5):
        Reply.objects.create(channel="sms", sender_lookup=bytes(text.address_lookup), at=NOW - timedelta(days=days))
    assert facts(text).borrower_wrote_at == NOW - timedelta(days=2)


def test_a_hint_shows_enough_to_recognize_and_no_more(row):
    person = borrower(row)
    assert facts(claimed(row)).address_hint == f"{person.email[0]}…@example.com"
    assert facts(claimed(row, "sms")).address_hint == person.phone[-4:]
    assert person.phone not in str(facts(claimed(row, "sms")).as_json())


def test_without_an_address_there_is_none_and_no_empty_one_matches(olivia):
    row = opportunity(olivia)
    Borrower.objects.update(email="", email_lookup=None)
    enrollment(row)
    other = claimed(opportunity(olivia))
    stop = line(other, "revoked", NOW)
    Suppression.objects.create(channel="email", lookup=stop.lookup, since=NOW, reason="file", consent=stop)
    reading = read(claimed(row))
    assert (reading.facts.has_address, reading.to_address, reading.facts.suppressed_since) == (False, "", None)


def test_a_claim_that_ran_out_or_was_never_made_does_not_hold(row):
    assert read(claimed(row)).claim_holds
    assert not read(claimed(row, "sms", claim_until=datetime.now(UTC) - timedelta(seconds=1))).claim_holds
    assert not read(touch(row, state="ready", claim_until=datetime.now(UTC) + timedelta(hours=1))).claim_holds


def test_the_stored_facts_give_the_same_answer_again(row, cora):
    """An examiner can ask years later: nothing is read again."""
    BranchOutreach.objects.create(branch=row.loan.branch, mode="automatic")
    SenderDomain.objects.create(domain="example.com", verified_at=NOW, verified_by=cora)
    sent = claimed(row, template_version=version_of(cora))
    told = facts(sent)
    answer = gate.answer(told)
    assert answer.send
    Opportunity.objects.update(status="closed")
    again = Facts.from_json(told.as_json())
    assert again == told
    assert gate.answer(again) == answer
    assert gate.answer(facts(sent)).reason == gate.Reason.OPPORTUNITY_CLOSED


def test_looking_ahead_reads_many_touches_each_at_its_own_instant(row):
    soon, late = touch(row, state="scheduled"), touch(row, "sms", "scheduled")
    at = {soon.pk: NOW, late.pk: NOW + timedelta(days=3)}
    found = gate_reading.read_many([soon.pk, late.pk], at=at, day=DAY, provider="sandbox", hash_of=filling.hash_of)
    assert {pk: told.now for pk, told in found.items()} == at
    assert gate_reading.read_many([], at={}, day=DAY, provider="sandbox", hash_of=filling.hash_of) == {}
    with pytest.raises(IndexError):
        gate_reading.read(uuid.uuid4(), now=NOW, day=DAY, provider="sandbox", hash_of=filling.hash_of)


def test_an_address_of_a_written_message_stays_the_one_that_is_asked_about(row):
    """A file may bring another address for the borrower; what was typed by hand goes where it was written to."""
    sent, old = claimed(row), str(borrower(row).email)
    Message.objects.create(touch=sent, to_address=old, content_hash="-")
    Borrower.objects.update(email="new@example.com", email_lookup=lookup("new@example.com"))
    assert read(sent).to_address == old
