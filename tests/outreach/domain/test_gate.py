"""The gate (R67, R95 to R98): every reason alone, every pair in order, what follows, and the same answer years later."""

import itertools
import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain import gate
from outreach.domain.gate import Reason, Then
from outreach.domain.gate_facts import CHANNELS, KINDS, Facts
from outreach.domain.windows import Verdict

NOW = datetime(2026, 4, 27, 16, 14, 2, tzinfo=UTC)
TOMORROW = datetime(2026, 4, 28, 16, tzinfo=UTC)
OPEN = Verdict(
    True, "10:14 AM Monday in Denver. Allowed 10:00 AM to 6:00 PM", NOW - timedelta(minutes=14), NOW + timedelta(hours=7)
)
CLOSED = Verdict(
    False, "7:14 PM Monday in Denver. Next allowed 10:00 AM Tuesday to 6:00 PM", TOMORROW, TOMORROW + timedelta(hours=8)
)

TEXT = Facts(
    now=NOW, kind="sequence", channel="sms", kill_switch="", mode="automatic", released=False, provider="Twilio",
    provider_paused="", enrollment_state="active", stop_reason="", opportunity_status="contacting", opportunity_open=True,
    officer_name="Jonah Reyes", officer_active=True, review="", suppressed_since=None, suppression_reason="",
    suppression_in_doubt=False, has_address=True, address_hint="0188", sms_consent_at=datetime(2022, 11, 2, 21, 41, tzinfo=UTC),
    sms_consent_source="e-signature", borrower_wrote_at=None, do_not_call=False,
    do_not_call_source="national list, 20 Apr 2026",
    licensed=True, license_state="Colorado", license_until=date(2026, 12, 31), template="Day 4 text", template_version=2,
    template_approved=True, template_approved_by="Nadia Karim on 12 Jan 2026", hash_equal=True, sender_domain="",
    domain_verified=None, window=OPEN, last_touch_at=NOW - timedelta(hours=72, minutes=8), cap_hours=48, hot_signal=False,
    officer_sent=6, officer_ceiling=40, lender_sent=118, lender_ceiling=1500, ceiling_resets_at=TOMORROW,
    due_at=NOW - timedelta(minutes=9), not_after=NOW + timedelta(days=3), evidence={"consent_missing": "consent 5512"},
)  # fmt: skip
EMAIL = replace(
    TEXT, channel="email", provider="SendGrid", sender_domain="example.com", domain_verified=True, sms_consent_at=None
)
CALL = replace(TEXT, channel="call", provider="", template="", template_version=None, sms_consent_at=None)

# What makes one reason apply and no other; to an e-mail, but for the two reasons that are about numbers.
ALONE = {
    Reason.KILL_SWITCH: {"kill_switch": "the lender, by Nadia Karim"},
    Reason.OUTREACH_MODE: {"mode": "off"},
    Reason.PROVIDER_PAUSED: {"provider_paused": "the key was refused"},
    Reason.ENROLLMENT_STOPPED: {"enrollment_state": "stopped", "stop_reason": "booked a call"},
    Reason.OPPORTUNITY_CLOSED: {"opportunity_open": False, "opportunity_status": "archived"},
    Reason.SUPPRESSED: {"suppressed_since": NOW - timedelta(days=400), "suppression_reason": "wrote STOP"},
    Reason.CONSENT_MISSING: {"has_address": False},
    Reason.DO_NOT_CALL: {"do_not_call": True},
    Reason.LICENSE: {"licensed": False},
    Reason.TEMPLATE_NOT_APPROVED: {"template_approved": False},
    Reason.SENDER_DOMAIN_NOT_VERIFIED: {"domain_verified": False},
    Reason.QUIET_HOURS: {"window": CLOSED},
    Reason.FREQUENCY_CAP: {"last_touch_at": NOW - timedelta(hours=47)},
    Reason.DAILY_CEILING: {"officer_sent": 40},
    Reason.TOO_LATE: {"not_after": NOW - timedelta(seconds=1)},
}
FOLLOWS = {
    Reason.KILL_SWITCH: Then.HOLD, Reason.OUTREACH_MODE: Then.HOLD, Reason.PROVIDER_PAUSED: Then.HOLD,
    Reason.ENROLLMENT_STOPPED: Then.SKIP, Reason.OPPORTUNITY_CLOSED: Then.SKIP, Reason.SUPPRESSED: Then.SKIP,
    Reason.CONSENT_MISSING: Then.SKIP, Reason.DO_NOT_CALL: Then.SKIP, Reason.LICENSE: Then.SKIP,
    Reason.TEMPLATE_NOT_APPROVED: Then.HOLD, Reason.SENDER_DOMAIN_NOT_VERIFIED: Then.HOLD, Reason.QUIET_HOURS: Then.DEFER,
    Reason.FREQUENCY_CAP: Then.DEFER, Reason.DAILY_CEILING: Then.DEFER, Reason.TOO_LATE: Then.SKIP,
}  # fmt: skip


def message_for(*reasons):
    """A message of a channel to which all of these can apply, or None where there is no such channel."""
    if Reason.DO_NOT_CALL not in reasons:
        return EMAIL
    by_provider = {Reason.PROVIDER_PAUSED, Reason.SENDER_DOMAIN_NOT_VERIFIED}
    return None if by_provider & set(reasons) else replace(CALL, template="Call script", template_version=1)


def known(facts, reason):
    return next(check for check in gate.answer(facts).checks if check.reason is reason)


def test_the_order_is_the_one_that_was_promised():
    promised = (
        "kill_switch outreach_mode provider_paused enrollment_stopped opportunity_closed suppressed consent_missing do_not_call"
        " license template_not_approved sender_domain_not_verified quiet_hours frequency_cap daily_ceiling too_late"
    )
    assert [reason.value for reason in Reason] == promised.split()
    assert list(gate.RULES) == list(Reason) == list(ALONE) == list(FOLLOWS)
    assert [check.reason for check in gate.answer(TEXT).checks] == list(Reason)


@pytest.mark.parametrize("facts", [TEXT, EMAIL, CALL], ids=["text", "e-mail", "call"])
def test_a_message_to_which_no_reason_applies_is_sent(facts):
    told = gate.answer(facts)
    assert (told.send, told.reason, told.then, told.defer_until, told.sentence) == (True, None, Then.SEND, None, "")
    assert not any(check.applies for check in told.checks)


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_stops_a_message_by_itself(reason):
    told = gate.answer(replace(message_for(reason), **ALONE[reason]))
    assert (told.send, told.reason, told.then) == (False, reason, FOLLOWS[reason])
    assert (told.defer_until is not None) is (told.then is Then.DEFER)
    place = list(Reason).index(reason)
    assert not any(check.applies for check in told.checks[:place])
    assert told.checks[place].applies is True
    assert told.sentence == told.checks[place].known
    assert {(check.applies, check.known) for check in told.checks[place + 1 :]} <= {(None, gate.NOT_REACHED)}


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(Reason, 2)))
def test_of_two_reasons_the_earlier_is_given(first, second):
    message = message_for(first, second)
    if message is None:
        # No channel has both: a call goes through no provider and has no domain, and the lists are not about e-mail.
        assert Reason.DO_NOT_CALL in (first, second)
        return
    assert gate.answer(replace(message, **ALONE[second], **ALONE[first])).reason is first


@pytest.mark.parametrize("kind", ["by_hand", "confirmation"])
@pytest.mark.parametrize(
    "reason", [Reason.OUTREACH_MODE, Reason.ENROLLMENT_STOPPED, Reason.FREQUENCY_CAP, Reason.DAILY_CEILING]
)
def test_what_only_binds_a_sequence_is_not_asked_of_other_messages(kind, reason):
    facts = replace(EMAIL, kind=kind, **ALONE[reason])
    assert gate.answer(facts).send
    assert known(facts, reason).applies is None


@pytest.mark.parametrize(
    "reason",
    [
        Reason.KILL_SWITCH, Reason.PROVIDER_PAUSED, Reason.SUPPRESSED, Reason.CONSENT_MISSING, Reason.LICENSE,
        Reason.SENDER_DOMAIN_NOT_VERIFIED, Reason.QUIET_HOURS, Reason.TOO_LATE,
    ],
)  # fmt: skip
def test_these_bind_what_is_typed_by_hand_as_well(reason):
    assert gate.answer(replace(EMAIL, kind="by_hand", **ALONE[reason])).reason is reason


def test_typed_by_hand_needs_no_template_and_no_open_opportunity():
    facts = replace(
        EMAIL, kind="by_hand", template_approved=False, hash_equal=False, opportunity_open=False, enrollment_state=""
    )
    assert gate.answer(facts).send


def test_in_review_a_message_waits_until_it_is_let_go():
    waiting = gate.answer(replace(EMAIL, mode="review"))
    assert (waiting.reason, waiting.then) == (Reason.OUTREACH_MODE, Then.HOLD)
    assert gate.answer(replace(EMAIL, mode="review", released=True)).send
    assert not gate.answer(replace(EMAIL, mode="off", released=True)).send


@pytest.mark.parametrize(
    ("state", "then"),
    [("paused", Then.HOLD), ("stopped", Then.SKIP), ("completed", Then.SKIP), ("error", Then.SKIP), ("", Then.SKIP)],
)
def test_a_pause_holds_and_an_end_ends(state, then):
    told = gate.answer(replace(EMAIL, enrollment_state=state))
    assert (told.reason, told.then) == (Reason.ENROLLMENT_STOPPED, then)


@pytest.mark.parametrize("change", [{"officer_active": False}, {"review": "interest_only"}])
def test_an_officer_who_left_or_figures_in_doubt_hold_the_message(change):
    told = gate.answer(replace(EMAIL, **change))
    assert (told.reason, told.then) == (Reason.OPPORTUNITY_CLOSED, Then.HOLD)


def test_words_in_doubt_hold_the_message_for_a_person():
    told = gate.answer(replace(EMAIL, suppressed_since=NOW, suppression_in_doubt=True, suppression_reason="not interested"))
    assert (told.reason, told.then) == (Reason.SUPPRESSED, Then.HOLD)
    assert "A person must decide" in told.sentence


def test_no_text_goes_without_written_consent():
    told = gate.answer(replace(TEXT, sms_consent_at=None))
    assert (told.reason, told.then) == (Reason.CONSENT_MISSING, Then.SKIP)
    assert gate.answer(replace(TEXT, sms_consent_at=NOW + timedelta(seconds=1))).reason is Reason.CONSENT_MISSING
    assert gate.answer(replace(TEXT, sms_consent_at=None, borrower_wrote_at=NOW)).reason is Reason.CONSENT_MISSING
    assert gate.answer(replace(TEXT, sms_consent_at=None, kind="by_hand")).reason is Reason.CONSENT_MISSING


@pytest.mark.parametrize(
    ("wrote_at", "send"),
    [
        (NOW, True), (NOW - timedelta(days=30), True), (NOW - timedelta(days=30, seconds=1), False),
        (NOW + timedelta(seconds=1), False),
    ],
)  # fmt: skip
def test_a_borrower_who_wrote_first_may_be_answered_by_hand_for_thirty_days(wrote_at, send):
    facts = replace(TEXT, sms_consent_at=None, kind="by_hand", borrower_wrote_at=wrote_at)
    assert gate.answer(facts).send is send


def test_do_not_call_stops_calls_and_texts_rely_on_written_permission():
    assert gate.answer(replace(CALL, do_not_call=True)).reason is Reason.DO_NOT_CALL
    assert gate.answer(replace(CALL, do_not_call=True, kind="by_hand")).reason is Reason.DO_NOT_CALL
    assert gate.answer(replace(TEXT, do_not_call=True)).send
    assert gate.answer(replace(TEXT, do_not_call=True, sms_consent_at=None)).reason is Reason.CONSENT_MISSING
    assert known(replace(CALL, do_not_call=None), Reason.DO_NOT_CALL).known == "No do-not-call list on file"


def test_licenses_not_on_file_stop_nothing_and_are_said():
    check = known(replace(EMAIL, licensed=None), Reason.LICENSE)
    assert (check.applies, check.known) == (False, "Licenses not on file")


@pytest.mark.parametrize(("until", "send"), [(date(2026, 4, 27), True), (date(2026, 4, 26), False), (None, True)])
def test_a_license_holds_through_its_last_day(until, send):
    assert gate.answer(replace(EMAIL, license_until=until)).send is send


def test_content_that_is_not_what_was_approved_is_held():
    told = gate.answer(replace(EMAIL, hash_equal=False))
    assert (told.reason, told.then) == (Reason.TEMPLATE_NOT_APPROVED, Then.HOLD)


def test_a_call_script_is_asked_about_where_there_is_one():
    assert known(CALL, Reason.TEMPLATE_NOT_APPROVED).applies is None
    scripted = replace(CALL, template="Call script", template_approved=False)
    assert gate.answer(scripted).reason is Reason.TEMPLATE_NOT_APPROVED


@pytest.mark.parametrize("facts", [TEXT, CALL, replace(EMAIL, domain_verified=None)], ids=["text", "call", "sandbox"])
def test_a_sender_domain_is_asked_about_only_for_real_e_mail(facts):
    assert known(facts, Reason.SENDER_DOMAIN_NOT_VERIFIED).applies is None


def test_deferred_messages_know_when_they_are_asked_again():
    assert gate.answer(replace(EMAIL, window=CLOSED)).defer_until == TOMORROW
    touched = NOW - timedelta(hours=40)
    assert gate.answer(replace(EMAIL, last_touch_at=touched)).defer_until == touched + timedelta(hours=48)
    assert gate.answer(replace(EMAIL, lender_sent=1500)).defer_until == TOMORROW


@pytest.mark.parametrize("reason", [Reason.QUIET_HOURS, Reason.FREQUENCY_CAP, Reason.DAILY_CEILING])
def test_nothing_waits_past_its_limit(reason):
    told = gate.answer(replace(EMAIL, **ALONE[reason], not_after=NOW + timedelta(minutes=30)))
    assert (told.reason, told.then, told.defer_until) == (reason, Then.SKIP, None)


def test_no_allowed_hour_at_all_means_not_sent():
    told = gate.answer(replace(TEXT, window=Verdict(False, "No hour is allowed", None, None), not_after=None))
    assert (told.reason, told.then) == (Reason.QUIET_HOURS, Then.SKIP)


@pytest.mark.parametrize(
    ("before", "hot", "send"),
    [
        (timedelta(hours=48), False, True), (timedelta(hours=48, seconds=-1), False, False), (timedelta(0), False, False),
        (timedelta(0), True, True), (None, False, True),
    ],
)  # fmt: skip
def test_one_touch_in_forty_eight_hours_unless_a_hot_signal_lifts_it(before, hot, send):
    last = None if before is None else NOW - before
    assert gate.answer(replace(EMAIL, last_touch_at=last, hot_signal=hot)).send is send


@pytest.mark.parametrize(
    ("change", "send"),
    [
        ({"officer_sent": 39}, True), ({"officer_sent": 40}, False), ({"lender_sent": 1499}, True),
        ({"lender_sent": 1500}, False),
        ({"officer_sent": 9999, "officer_ceiling": None}, True), ({"lender_sent": 9999, "lender_ceiling": None}, True),
        ({"officer_sent": 0, "officer_ceiling": 0}, False),
    ],
)  # fmt: skip
def test_the_ceilings_of_a_day(change, send):
    assert gate.answer(replace(EMAIL, **change)).send is send


def test_a_message_may_go_at_its_very_limit():
    assert gate.answer(replace(EMAIL, not_after=NOW)).send
    assert gate.answer(replace(EMAIL, not_after=None)).send


def test_the_confirmation_of_an_opt_out_passes_what_the_opt_out_has_just_closed():
    facts = replace(
        TEXT, kind="confirmation", suppressed_since=NOW, suppression_reason="wrote STOP", sms_consent_at=None, window=CLOSED,
        enrollment_state="stopped", opportunity_open=False, officer_active=False, template="", template_approved=False,
        last_touch_at=NOW, borrower_wrote_at=NOW, do_not_call=True, licensed=False,
    )  # fmt: skip
    assert gate.answer(facts).send
    assert gate.answer(replace(facts, kill_switch="the lender")).reason is Reason.KILL_SWITCH
    assert gate.answer(replace(facts, not_after=NOW - timedelta(seconds=1))).reason is Reason.TOO_LATE
    assert gate.answer(replace(facts, kind="by_hand", officer_active=True)).reason is Reason.SUPPRESSED


def test_what_was_known_reads_as_the_examiner_reads_it():
    sentences = {check.reason.value: check.known for check in gate.answer(TEXT).checks}
    assert sentences == {
        "kill_switch": "Off",
        "outreach_mode": "Automatic",
        "provider_paused": "Twilio not paused",
        "enrollment_stopped": "Running; no stop had been recorded",
        "opportunity_closed": "Open, status contacting",
        "suppressed": "Not on any list: phone, e-mail or borrower",
        "consent_missing": "Written consent to texts, 2 Nov 2022 (e-signature), number ending 0188; never revoked",
        "do_not_call": "Not on a list: national list, 20 Apr 2026",
        "license": "Jonah Reyes licensed in Colorado to 31 Dec 2026",
        "template_not_approved": "Day 4 text, version 2, approved by Nadia Karim on 12 Jan 2026; content hash equal",
        "sender_domain_not_verified": "Texts have no sender domain",
        "quiet_hours": "10:14 AM Monday in Denver. Allowed 10:00 AM to 6:00 PM",
        "frequency_cap": "Last touch 72 h 8 min before; at least 48 h needed",
        "daily_ceiling": "Officer 6 of 40; lender 118 of 1,500",
        "too_late": "9 minutes after it was due; limit 72 h 9 min",
    }
    assert known(TEXT, Reason.CONSENT_MISSING).evidence == "consent 5512"
    assert [Reason.DO_NOT_CALL.label, Reason.KILL_SWITCH.label] == ["Do not call", "Kill switch"]


def test_facts_are_kept_in_utc_and_refuse_what_cannot_be():
    mountain = timezone(timedelta(hours=-6))
    assert replace(TEXT, now=NOW.astimezone(mountain)).now.tzinfo is UTC
    for change in ({"now": NOW.replace(tzinfo=None)}, {"kind": "fax"}, {"channel": "fax"}):
        with pytest.raises(ValueError, match=r"zone|fax"):
            replace(TEXT, **change)


@pytest.mark.parametrize("change", [{"version": 2}, {"version": None}, {"surprise": 1}])
def test_facts_of_another_form_are_refused(change):
    with pytest.raises(ValueError, match=r"version|surprise"):
        Facts.from_json({**TEXT.as_json(), **change})


def test_facts_with_one_missing_are_refused():
    stored = TEXT.as_json()
    del stored["do_not_call"]
    with pytest.raises(ValueError, match="do_not_call"):
        Facts.from_json(stored)


OFFSETS = st.sampled_from([UTC, timezone(timedelta(hours=-6)), timezone(timedelta(hours=5, minutes=30))])
MOMENTS = st.datetimes(datetime(2020, 1, 2), datetime(2035, 12, 30), timezones=OFFSETS)  # noqa: DTZ001
WINDOWS = st.builds(
    Verdict, allowed=st.booleans(), sentence=st.text(max_size=20),
    opens_at=st.none() | MOMENTS, closes_at=st.none() | MOMENTS,
)  # fmt: skip
OF_TYPE = {
    "datetime": MOMENTS, "datetime | None": st.none() | MOMENTS, "str": st.text(max_size=12), "bool": st.booleans(),
    "bool | None": st.none() | st.booleans(), "int": st.integers(0, 3000), "int | None": st.none() | st.integers(0, 3000),
    "date | None": st.none() | st.dates(date(2020, 1, 1), date(2035, 12, 31)), "Verdict": WINDOWS,
    "Mapping[str, str]": st.dictionaries(st.sampled_from([reason.value for reason in Reason]), st.text(max_size=12)),
}  # fmt: skip


def strategy_of(each):
    fixed = {
        "kind": st.sampled_from(KINDS), "channel": st.sampled_from(CHANNELS),
        "mode": st.sampled_from(["off", "review", "automatic"]),
        "enrollment_state": st.sampled_from(["", "active", "paused", "completed", "stopped", "error"]),
    }  # fmt: skip
    # Mostly the good case, so that the later reasons are reached as well.
    return st.just(getattr(TEXT, each.name)) | fixed.get(each.name, OF_TYPE[type_name(each.type)])


def type_name(annotation):
    name = annotation.__name__ if isinstance(annotation, type) and "[" not in str(annotation) else str(annotation)
    return name.replace("datetime.datetime", "datetime").replace("datetime.date", "date").replace("collections.abc.", "")


@given(st.fixed_dictionaries({each.name: strategy_of(each) for each in fields(Facts)}))
@settings(max_examples=400)
def test_stored_facts_come_back_equal_and_give_the_same_answer(values):
    facts = Facts(**values)
    again = Facts.from_json(json.loads(json.dumps(facts.as_json())))
    assert again == facts
    told = gate.answer(facts)
    assert gate.answer(again) == told
    assert gate.checks_from_json(json.loads(json.dumps(gate.checks_as_json(told.checks)))) == told.checks


@given(st.fixed_dictionaries({each.name: strategy_of(each) for each in fields(Facts)}))
@settings(max_examples=400)
def test_any_answer_hangs_together(values):
    facts = Facts(**values)
    told = gate.answer(facts)
    applying = [check for check in told.checks if check.applies]
    assert [check.reason for check in told.checks] == list(Reason)
    assert told.send is (told.then is Then.SEND) is (told.reason is None) is (not applying)
    assert [check.reason for check in applying] == ([told.reason] if told.reason else [])
    assert (told.defer_until is not None) is (told.then is Then.DEFER)
    if told.defer_until and facts.not_after:
        assert told.defer_until <= facts.not_after
    assert all(check.known for check in told.checks if check.reason is not Reason.QUIET_HOURS)
    if facts.channel == "sms" and facts.kind == "sequence" and told.send:
        assert facts.sms_consent_at
        assert facts.sms_consent_at <= facts.now
        assert facts.suppressed_since is None
