"""When the next touch of each conversation falls due, to whom it goes, and that one bad row holds up nobody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loans.models import Borrower
from outreach.models import BranchOutreach, Enrollment, OfficerOutreach, Sequence, SequenceVersion, Touch, TouchEvent
from outreach.services import planning, presets, sweeping
from outreach.services.enrolling import DEFAULT_SEQUENCE
from tests.outreach.conversations import borrower, co_borrower, lender, opportunity

FRIDAY = datetime(2026, 4, 24, 16, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _installed(db) -> None:
    lender()
    presets.install(FRIDAY)


def begun(officer, *, steps: list[dict[str, Any]] | None = None, day_one: date | None = None, **columns) -> Enrollment:
    """A running conversation of which nothing is planned yet; by the sequence of the house unless steps are given."""
    columns = {"property_zip": "80203", "property_state": "CO", "phone": "+13035550142"} | columns
    row = opportunity(officer, status="contacting", **columns)
    if not columns["phone"]:
        Borrower.objects.filter(loan=row.loan).update(phone="", phone_lookup=None)
    sequence = Sequence.objects.get(slug=DEFAULT_SEQUENCE)
    version = sequence.newest
    if steps is not None:
        data = version.steps | {"steps": steps}
        version = SequenceVersion.objects.create(
            sequence=sequence, number=sequence.versions.count() + 1, steps=data, content_hash="-"
        )
    return Enrollment.objects.create(
        sequence=sequence, version=version, opportunity=row, loan=row.loan, branch=row.loan.branch, officer=officer,
        trigger_key=f"test:{row.pk}", started_at=FRIDAY, day_one=day_one,
    )  # fmt: skip


def step(day: int, channel: str = "email", **more) -> dict[str, Any]:
    return {"day": day, "channel": channel, "templates": ["a-template"], "at": None if day == 1 else "10:00"} | more


def planned(run: Enrollment, now: datetime = FRIDAY) -> Touch:
    planning.plan(now)
    return Touch.objects.filter(enrollment=run).latest("step_n")


def settle(run: Enrollment) -> None:
    Touch.objects.filter(enrollment=run, state="scheduled").update(state="skipped", settled_at=FRIDAY)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 4, 24, 16, 30, tzinfo=UTC), datetime(2026, 4, 24, 16, 30, tzinfo=UTC)),
        (datetime(2026, 4, 24, 11, 0, tzinfo=UTC), datetime(2026, 4, 24, 15, 0, tzinfo=UTC)),
        (datetime(2026, 4, 25, 0, 0, tzinfo=UTC), datetime(2026, 4, 27, 15, 0, tzinfo=UTC)),
        (datetime(2026, 5, 25, 16, 0, tzinfo=UTC), datetime(2026, 5, 26, 15, 0, tzinfo=UTC)),
        (datetime(2026, 3, 7, 16, 0, tzinfo=UTC), datetime(2026, 3, 9, 15, 0, tzinfo=UTC)),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), datetime(2026, 11, 2, 16, 0, tzinfo=UTC)),
    ],
    ids=["at once", "before nine", "after six on Friday", "Memorial Day", "clocks go forward", "clocks go back"],
)
def test_the_first_step_is_due_as_soon_as_a_business_hour_allows(olivia, now, due):
    touch = planned(begun(olivia), now)
    assert (touch.step_n, touch.day, touch.channel, touch.state, touch.due_at) == (1, 1, "email", "scheduled", due)
    assert touch.not_after == due + timedelta(hours=72)


@pytest.mark.parametrize(
    ("day_one", "due"),
    [
        (date(2026, 4, 20), datetime(2026, 4, 23, 16, tzinfo=UTC)),
        (date(2026, 4, 22), datetime(2026, 4, 27, 16, tzinfo=UTC)),
        (date(2026, 5, 22), datetime(2026, 5, 26, 16, tzinfo=UTC)),
        (date(2026, 3, 5), datetime(2026, 3, 9, 16, tzinfo=UTC)),
        (date(2026, 10, 30), datetime(2026, 11, 2, 17, tzinfo=UTC)),
        (date(2028, 2, 26), datetime(2028, 2, 29, 17, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 3, 3, 17, tzinfo=UTC)),
    ],
    ids=["in a week", "a weekend", "Memorial Day", "clocks forward", "clocks back", "to a leap day", "from a leap day"],
)
def test_a_later_step_is_due_at_ten_of_the_borrower_some_days_after_the_first(olivia, day_one, due):
    run = begun(olivia, day_one=day_one, steps=[step(1), step(4)])
    planned(run)
    settle(run)
    touch = planned(run)
    assert (touch.step_n, touch.day, touch.due_at) == (2, 4, due)


@pytest.mark.parametrize(
    ("place", "due"),
    [
        ({"property_state": "HI", "property_zip": "96813", "phone": ""}, datetime(2026, 7, 9, 20, tzinfo=UTC)),
        ({"property_state": "AZ", "property_zip": "85004", "phone": ""}, datetime(2026, 7, 9, 17, tzinfo=UTC)),
        # A number of Denver: ten o'clock there has come when it is ten in Phoenix, where clocks stay.
        ({"property_state": "AZ", "property_zip": "85004", "phone": "+13035550142"}, datetime(2026, 7, 9, 17, tzinfo=UTC)),
        # Texas without a ZIP has two zones, and nothing known has every zone of the states: the latest ten o'clock counts.
        ({"property_state": "TX", "property_zip": "", "phone": ""}, datetime(2026, 7, 9, 16, tzinfo=UTC)),
        ({"property_state": "", "property_zip": "", "phone": ""}, datetime(2026, 7, 9, 20, tzinfo=UTC)),
    ],
    ids=["Hawaii", "Arizona", "Arizona by a Denver number", "no ZIP", "nothing known"],
)
def test_ten_o_clock_is_the_borrowers_own_and_the_latest_where_several_are_possible(olivia, place, due):
    run = begun(olivia, day_one=date(2026, 7, 6), steps=[step(1), step(4)], **place)
    planned(run)
    settle(run)
    assert planned(run).due_at == due


def test_nothing_is_planned_while_something_is_to_come(olivia):
    run = begun(olivia)
    touch = planned(run)
    for state in ("scheduled", "ready"):
        Touch.objects.update(state=state)
        assert planning.plan(FRIDAY + timedelta(days=30)) == 0
    Touch.objects.update(state="sending", claim_token=touch.pk, claim_until=FRIDAY)
    assert planning.plan(FRIDAY) == 0
    Touch.objects.update(state="unknown")
    assert planning.plan(FRIDAY) == 0
    Touch.objects.update(state="abandoned")
    assert planning.plan(FRIDAY) == 1
    assert Touch.objects.count() == 2


def test_a_message_goes_to_the_first_borrower_who_has_an_address(olivia):
    run = begun(olivia)
    co_borrower(run.opportunity, email="luis@example.com", phone="+13035550199")
    assert planned(run).borrower == borrower(run.opportunity)
    other = begun(olivia)
    Borrower.objects.filter(loan=other.loan).update(email="", email_lookup=None)
    second = co_borrower(other.opportunity, email="ana@example.com", phone="+13035550198")
    touch = planned(other)
    assert touch.borrower == second
    assert bytes(touch.address_lookup) == bytes(second.email_lookup)
    Enrollment.objects.filter(pk=other.pk).update(day_one=date(2026, 4, 24))
    settle(other)
    # The first borrower has a number, so the text is theirs.
    assert planned(other).borrower == borrower(other.opportunity)


def test_nobody_with_an_address_means_the_first_borrower_and_no_address(olivia):
    run = begun(olivia)
    Borrower.objects.update(email="", email_lookup=None, phone="", phone_lookup=None)
    touch = planned(run)
    assert (touch.borrower, touch.address_lookup) == (borrower(run.opportunity), None)


def test_an_officer_who_takes_calls_only_gets_calls(olivia, oscar):
    OfficerOutreach.objects.create(officer=olivia, calls_only=True)
    mine, theirs = begun(olivia), begun(oscar)
    planning.plan(FRIDAY)
    touch = Touch.objects.get(enrollment=mine)
    assert (touch.channel, touch.reason) == ("call", "calls_only")
    assert bytes(touch.address_lookup) == bytes(borrower(mine.opportunity).phone_lookup)
    assert Touch.objects.get(enrollment=theirs).channel == "email"


def test_a_version_that_can_not_be_read_ends_in_error_and_the_others_go_on(olivia):
    good = begun(olivia)
    bad = begun(olivia, steps=[])
    also = begun(olivia)
    Borrower.objects.filter(loan=also.loan).delete()
    assert planning.plan(FRIDAY) == 1
    assert Touch.objects.get().enrollment == good
    found = {run.pk: (run.state, run.stop_detail, run.ended_at) for run in Enrollment.objects.all()}
    assert found[bad.pk] == ("error", "BadSequence", FRIDAY)
    assert found[also.pk][0] == "error"
    assert found[good.pk] == ("active", "", None)
    assert planning.plan(FRIDAY) == 0


def test_after_the_last_step_it_is_completed(olivia):
    run = begun(olivia, steps=[step(1)])
    planned(run)
    settle(run)
    assert planning.plan(FRIDAY) == 0
    run.refresh_from_db()
    assert (run.state, run.ended_at, Touch.objects.count()) == ("completed", FRIDAY, 1)


def test_a_paused_conversation_is_not_planned(olivia):
    begun(olivia)
    Enrollment.objects.update(state="paused")
    assert planning.plan(FRIDAY) == 0
    assert Touch.objects.count() == 0


def test_who_is_under_way_follows_the_version_it_began_with(olivia):
    run = begun(olivia, steps=[step(1), step(3)], day_one=date(2026, 4, 20))
    planned(run)
    settle(run)
    begun(olivia, steps=[step(1), step(9)])
    planning.plan(FRIDAY)
    assert Touch.objects.filter(enrollment=run).latest("step_n").day == 3


def test_more_than_a_batch_is_planned_in_one_go(olivia):
    first = begun(olivia)
    rows = [
        Enrollment(
            sequence=first.sequence, version=first.version, opportunity=row, loan=row.loan, branch=row.loan.branch,
            officer=olivia, trigger_key=f"many:{row.pk}", started_at=FRIDAY,
        )
        for row in (opportunity(olivia) for _ in range(12))
    ]  # fmt: skip
    Enrollment.objects.bulk_create(rows)
    assert planning.plan(FRIDAY) == 13
    assert Touch.objects.values("link_token").distinct().count() == 13


def condition_met(olivia, condition: str, *events: dict[str, Any]) -> list[str]:
    """The states of a conditional step and the one after it once the first is due, with these events of the first touch."""
    steps = [step(1), step(4, condition=condition), step(6)]
    run = begun(olivia, steps=steps, day_one=date(2026, 4, 20))
    first = planned(run)
    Touch.objects.filter(pk=first.pk).update(state="ready")
    Touch.objects.filter(pk=first.pk).update(state="sending", claim_token=first.pk, claim_until=FRIDAY, claimed_at=FRIDAY)
    Touch.objects.filter(pk=first.pk).update(state="accepted", sent_at=FRIDAY)
    planning.plan(FRIDAY)
    due = Touch.objects.get(enrollment=run, step_n=2)
    # It is planned before anybody could have opened anything, and judged when its turn has come.
    assert due.state == "scheduled"
    for told in events:
        TouchEvent.objects.create(touch=first, at=FRIDAY, **told)
    sweeping.sweep(due.due_at - timedelta(minutes=1))
    assert Touch.objects.get(pk=due.pk).state == "scheduled"
    BranchOutreach.objects.get_or_create(branch=olivia.branch, defaults={"mode": "automatic"})
    sweeping.sweep(due.due_at)
    sweeping.sweep(due.due_at + timedelta(minutes=1))
    return list(Touch.objects.filter(enrollment=run, step_n__gt=1).order_by("step_n").values_list("state", flat=True))


OPENED, CLICKED = {"kind": "opened"}, {"kind": "clicked", "confirmed": True}
BY_MACHINE, UNCONFIRMED = {"kind": "opened", "machine": True}, {"kind": "clicked"}


@pytest.mark.parametrize(
    ("condition", "event", "met"),
    [
        ("opened", OPENED, True),
        ("opened", None, False),
        ("opened", BY_MACHINE, False),
        ("not_opened", None, True),
        ("not_opened", OPENED, False),
        ("not_opened", BY_MACHINE, True),
        ("clicked", CLICKED, True),
        ("clicked", UNCONFIRMED, False),
        ("not_clicked", UNCONFIRMED, True),
        ("not_clicked", CLICKED, False),
    ],
)
def test_a_condition_is_asked_when_the_step_is_due(olivia, condition, event, met):
    assert condition_met(olivia, condition, *([event] if event else [])) == (["ready"] if met else ["skipped", "scheduled"])
    if not met:
        assert Touch.objects.get(state="skipped", step_n=2).reason == "condition"
