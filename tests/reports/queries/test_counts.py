"""Each number of a month built by hand, traced to its rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Lender
from reports.domain.stages import STAGES, Figure
from reports.domain.weeks import Week
from reports.queries import behind, counts
from reports.queries import scope as scoping
from reports.queries.scope import Asked
from tests.outreach.rows import borrower_of
from tests.reports import rows
from tests.reports.rows import MONDAY, WEDNESDAY, WEEK

pytestmark = pytest.mark.django_db
W17 = Week.named("2026-W17")


@pytest.fixture(autouse=True)
def _lender(db):
    Lender.objects.update_or_create(pk=1, defaults={"name": "Harbor Pine", "time_zone": "America/Denver"})


def counted(week=W17, **asked):
    return counts.count(scoping.of_desk(Asked(week, **asked)))


def figures(found, back=0):
    return {name: (figure.messages, figure.people) for name, figure in sorted(found.weeks[back].items())}


def listed(user, stage, span="week", **asked):
    scope = scoping.of_user(user, Asked(W17, **asked))
    return set(behind.behind(user, scope, STAGES[stage], span).rows)


def test_a_week_by_hand_and_each_number_opens_its_rows(ada, olivia, oscar):
    first, second, third = rows.opened(olivia), rows.opened(olivia, MONDAY + timedelta(days=6)), rows.opened(oscar)
    old = rows.opened(olivia, date(2026, 3, 30))
    run = rows.enrolled(first, rows.sequence())
    mail = rows.sent(first, run=run)
    text = rows.sent(first, WEDNESDAY + timedelta(days=1), run=run, channel="sms", state="accepted", day=4)
    bounced = rows.sent(second, state="bounced")
    for at in (5, 6):
        rows.told(mail, "opened", mail.sent_at + timedelta(minutes=at))
    rows.told(bounced, "opened", machine=True)
    rows.told(mail, "clicked")
    rows.told(mail, "clicked", confirmed=True)
    rows.told(mail, "times", confirmed=True)
    rows.told(text, "clicked")
    rows.replied(first)
    rows.replied(first, text="Still there?")
    rows.replied(third, reading="automatic")
    rows.booked(first, state="canceled")
    rows.booked(first)
    rows.applied(old)
    rows.closed(old, MONDAY + timedelta(days=6))
    rows.opted_out(second)
    rows.opted_out(second, channel="sms")
    found = counted()
    assert figures(found) == {
        "applied": (0, 1),
        "booked": (0, 1),
        "clicked": (1, 1),
        "clicked_email": (1, 1),
        "clicked_unconfirmed": (1, 1),
        "closed": (0, 1),
        "delivered": (1, 1),
        "delivered_email": (1, 1),
        "identified": (0, 3),
        "opened": (1, 1),
        "opened_by_machine": (1, 1),
        "opted_out": (0, 1),
        "opted_out_after": (0, 1),
        "replied": (0, 1),
        "sent": (3, 2),
    }
    assert listed(ada, "identified") == {first, second, third}
    assert listed(ada, "sent") == {mail, text, bounced}
    assert listed(ada, "delivered") == listed(ada, "opened") == {mail}
    assert listed(ada, "opened_by_machine") == {bounced}
    assert listed(ada, "clicked_unconfirmed") == {text}
    assert listed(ada, "replied") == listed(ada, "booked") == listed(ada, "clicked") == {first}
    assert listed(ada, "applied") == listed(ada, "closed") == {old}
    assert listed(ada, "opted_out") == {second}
    assert listed(ada, "lost") == set()


def test_calls_confirmations_bounces_files_and_doubts_are_not_counted(olivia):
    row = rows.opened(olivia, date(2025, 1, 6))
    rows.sent(row, channel="call")
    rows.sent(row, channel="sms", kind="confirmation")
    rows.opted_out(row, source="bounce")
    rows.opted_out(row, source="file")
    rows.opted_out(row, method="doubtful words")
    rows.opted_out(row, borrower=None)
    rows.replied(row, reading="opt_out")
    assert figures(counted()) == {}


def test_every_number_is_as_long_as_its_list(ada, olivia, oscar, carl):
    for n, officer in enumerate((olivia, oscar, carl) * 4):
        row = rows.opened(officer, MONDAY - timedelta(days=n), program=("conventional", "va")[n % 2])
        touch = rows.sent(row, WEDNESDAY - n * timedelta(days=3), run=rows.enrolled(row, rows.sequence(f"Sequence {n % 3}")))
        rows.told(touch, "clicked", confirmed=n % 2 == 0)
        rows.told(touch, "opened", machine=n % 3 == 0)
        rows.replied(row, WEDNESDAY - n * timedelta(days=2))
        rows.opted_out(row, WEDNESDAY, touch=touch)
        rows.closed(row, MONDAY, status=("closed", "lost")[n % 2])
    found = counted()
    seen = 0
    for span, back in (("week", 0), ("before", 1)):
        for name, stage in STAGES.items():
            number = found.of(name, back).of(stage)
            assert len(listed(ada, name, span)) == number
            seen += number
    for name, stage in STAGES.items():
        assert len(listed(ada, name, "twelve")) == found.in_all(name).of(stage)
    for dimension, key in (("officer", olivia.pk), ("branch", carl.branch_id), ("program", "va"), ("band", 5)):
        for name, figure in found.week[dimension][key].items():
            assert len(listed(ada, name, **{dimension: key})) == figure.of(STAGES[name])
    for key, by_stage in found.twelve["sequence"].items():
        for name, figure in by_stage.items():
            assert len(listed(ada, name, "twelve", sequence=key or 0)) == figure.of(STAGES[name])
    assert seen > 40


def test_weeks_of_both_changes_of_the_clock_have_their_own_hours(olivia):
    """In Denver the spring week ends an hour early by UTC, and the autumn week begins early and ends late."""
    inside = ("2026-03-02T07:00", "2026-03-09T05:59")
    for at in (*inside, "2026-03-02T06:59", "2026-03-09T06:00"):
        rows.replied(rows.opened(olivia, date(2025, 1, 6)), datetime.fromisoformat(at).replace(tzinfo=UTC))
    found = counted(Week.named("2026-W10"))
    assert (found.of("replied"), found.of("replied", 1)) == (Figure(0, 2), Figure(0, 1))
    other = rows.opened(olivia, date(2025, 1, 6))
    for at in ("2026-10-26T06:00", "2026-11-02T06:59"):
        rows.sent(other, datetime.fromisoformat(at).replace(tzinfo=UTC))
    rows.sent(other, datetime(2026, 11, 2, 7, tzinfo=UTC))
    found = counted(Week.named("2026-W44"))
    assert (found.of("sent"), found.of("sent", 1)) == (Figure(2, 1), Figure())
    assert counted(Week.named("2026-W45")).of("sent") == Figure(1, 1)


def test_the_same_instant_is_of_two_weeks_in_two_branches(olivia, carl):
    """Sunday, 23:30 in Denver is Monday, 01:30 in Tampa."""
    instant = datetime(2026, 4, 27, 5, 30, tzinfo=UTC)
    for officer in (olivia, carl):
        rows.replied(rows.opened(officer, date(2026, 1, 5)), instant)
    found = counted()
    assert found.week["branch"] == {olivia.branch_id: {"replied": Figure(0, 1)}}
    assert counted(Week.named("2026-W18")).week["branch"] == {carl.branch_id: {"replied": Figure(0, 1)}}


def test_an_empty_week_counts_nothing(olivia):
    rows.opened(olivia, MONDAY - timedelta(weeks=20))
    found = counted()
    assert (figures(found), found.total, found.week["officer"]) == ({}, {}, {})


def test_twelve_weeks_and_no_thirteenth(olivia):
    for back in (0, 1, 11, 12):
        rows.sent(rows.opened(olivia, MONDAY - back * WEEK), WEDNESDAY - back * WEEK)
    found = counted()
    assert found.in_all("identified") == Figure(0, 3)
    assert found.in_all("sent") == Figure(3, 3)
    assert sorted(back for back, by_stage in found.weeks.items() if by_stage) == [0, 1, 11]


def test_who_replies_in_two_weeks_counts_once_in_each_and_once_in_all(olivia):
    row = rows.opened(olivia)
    for back in (0, 1):
        rows.replied(row, WEDNESDAY - back * WEEK)
    found = counted()
    assert (found.of("replied"), found.of("replied", 1), found.in_all("replied")) == (Figure(0, 1), Figure(0, 1), Figure(0, 1))


def test_a_reply_without_a_message_is_owed_to_the_last_sequence_that_had_begun(olivia):
    row = rows.opened(olivia, MONDAY - WEEK)
    first, second, late = (rows.sequence(title) for title in ("First", "Second", "Late"))
    for of, at in ((first, WEDNESDAY - WEEK), (second, WEDNESDAY - timedelta(days=1)), (late, WEDNESDAY + timedelta(days=1))):
        rows.enrolled(row, of, at)
    rows.replied(row)
    rows.applied(row)
    found = counted()
    assert found.week["sequence"][second.pk] == {"replied": Figure(0, 1), "applied": Figure(0, 1)}
    assert late.pk not in found.week["sequence"]


def test_applied_after_counts_only_whom_the_sequence_wrote_to(olivia):
    of = rows.sequence()
    written, unwritten = rows.opened(olivia), rows.opened(olivia)
    for row in (written, unwritten):
        run = rows.enrolled(row, of, WEDNESDAY - timedelta(days=1))
        rows.applied(row)
    rows.sent(written, run=rows.Enrollment.objects.get(opportunity=written))
    found = counted().twelve["sequence"][of.pk]
    assert (found["applied"].people, found["applied_after"].people) == (2, 1)
    assert run.opportunity == unwritten


def test_by_threshold_band_and_program(olivia):
    rows.opened(olivia)
    rows.opened(olivia, program="va", threshold=Decimal("0.500"), opened_market_rate=Decimal("6.875"))
    rows.opened(olivia, opened_market_rate=None)
    found = counted().week
    assert {key: value["identified"].people for key, value in found["threshold"].items()} == {
        Decimal("0.625"): 2,
        Decimal("0.500"): 1,
    }
    assert {key: value["identified"].people for key, value in found["band"].items()} == {5: 1, 2: 1, -1: 1}
    assert {key: value["identified"].people for key, value in found["program"].items()} == {"conventional": 2, "va": 1}
    assert counted(band=2).of("identified").people == counted(threshold=Decimal("0.500")).of("identified").people == 1
    assert counted(program="fha").of("identified").people == 0


def test_everybody_counts_what_they_see_and_no_more(olivia, oscar, ben, carl, cora, ada):
    for officer in (olivia, oscar, carl):
        rows.replied(rows.opened(officer))
    alone = rows.opened(None, branch=ben.branch)
    seen = {
        person: counts.count(scoping.of_user(person, Asked(W17))).of("identified").people
        for person in (olivia, ben, carl, cora, ada)
    }
    assert seen == {olivia: 1, ben: 3, carl: 1, cora: 4, ada: 4}
    assert counts.count(scoping.of_user(olivia, Asked(W17, officer=oscar.pk))).of("replied") == Figure()
    with pytest.raises(scoping.NoSuchBranch):
        listed(carl, "identified", branch=ben.branch_id)
    assert listed(ben, "identified", officer=0) == {alone}
    ben.is_active = False
    assert counts.count(scoping.of_user(ben, Asked(W17))).total == {}


def test_however_many_rows_it_is_two_queries(olivia, django_assert_num_queries):
    scope = scoping.of_user(olivia, Asked(W17))
    for n in range(8):
        rows.sent(rows.opened(olivia), WEDNESDAY + timedelta(minutes=n))
    with django_assert_num_queries(2):
        assert counts.count(scope).of("sent") == Figure(8, 8)


def test_an_opt_out_is_of_the_borrowers_newest_opportunity_where_no_message_is_known(olivia):
    old = rows.opened(olivia, date(2026, 1, 5), status="expired")
    new = rows.opened(olivia, MONDAY)
    type(new).objects.filter(pk=new.pk).update(loan=old.loan)
    rows.opted_out(old, borrower=borrower_of(old.loan))
    assert listed(olivia, "opted_out") == {new}
