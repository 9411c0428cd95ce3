"""Who changes the weights, what it does to every open row, and what an act of the borrower adds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from loans.domain import score
from loans.models import Engagement, Opportunity, ScoreWeights
from loans.queries import scoring
from loans.services import acting, matching, progress
from loans.services import scoring as changing
from loans.services.policies import CannotSave
from tests.loans.rows import AS_OF, make_loan, set_market

NOW = datetime(2026, 4, 24, 16, 30, tzinfo=UTC)
OTHER = score.Weights(savings=20, equity=20, age=20, engagement=40, cutoff=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(olivia) -> Opportunity:
    set_market()
    make_loan("T-1", officer=olivia, branch=olivia.branch, property_value=Decimal(600_000))
    matching.run(AS_OF)
    return Opportunity.objects.get()


def stored(row: Opportunity) -> tuple[Decimal, Decimal]:
    """What is kept of a row, and what a person works out from its columns."""
    fresh = Opportunity.objects.get(pk=row.pk)
    said = scoring.explained(fresh, scoring.weights())
    assert said is not None
    return fresh.score, said.score


def test_saving_adds_a_version_and_scores_every_open_row_by_it(row, ada):
    before, _ = stored(row)
    saved = changing.save(OTHER, note="Engagement tells more", by=ada, seen=None)
    assert (scoring.weights(), saved.by, saved.note) == (OTHER, ada, "Engagement tells more")
    after, by_hand = stored(row)
    assert after == by_hand != before
    first = ScoreWeights.objects.last()
    assert (scoring.of(first), first.by) == (score.Weights(), None)
    assert matching.run(AS_OF).updated == 0


def test_what_is_closed_keeps_the_score_it_had(row, ada):
    acting.archive(row, reason="selling", by=ada, today=AS_OF)
    changing.save(OTHER, note="x", by=ada, seen=None)
    assert Opportunity.objects.get().score == row.score


@pytest.mark.parametrize(
    ("weights", "note", "seen", "says"),
    [
        (score.Weights(), "x", None, "Nothing differs"),
        (score.Weights(savings=51), "x", None, "these are 101"),
        (score.Weights(savings=115, equity=-15, age=0, engagement=0), "x", None, "100 together"),
        (score.Weights(cutoff=0), "x", None, "from 1 to 100"),
        (OTHER, "  ", None, "Say why"),
        (OTHER, "x", 99, "Somebody has changed the weights"),
    ],
)
def test_what_can_not_be_saved_changes_nothing(row, ada, weights, note, seen, says):
    with pytest.raises(CannotSave, match=says):
        changing.save(weights, note=note, by=ada, seen=seen)
    assert not ScoreWeights.objects.exists()
    assert Opportunity.objects.get().score == row.score


def test_the_database_takes_no_weights_that_are_not_100():
    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreWeights.objects.create(savings=51)


def test_each_step_of_the_borrower_counts_at_once_and_none_twice(row):
    start, _ = stored(row)
    progress.contacted(row.pk, at=NOW)
    assert stored(row) == (start, start)
    steps = [
        (lambda: progress.noticed(row.pk, Engagement.OPENED, at=NOW), "6.3"),
        (lambda: progress.noticed(row.pk, Engagement.CLICKED, at=NOW), "12.5"),
        (lambda: progress.engaged(row.pk, Engagement.REPLIED, at=NOW), "18.8"),
        (lambda: progress.noticed(row.pk, Engagement.OPENED, at=NOW), "18.8"),
        (lambda: progress.booked(row.pk, at=NOW), "25.0"),
        (lambda: progress.engaged(row.pk, Engagement.REPLIED, at=NOW), "25.0"),
    ]
    for act, points in steps:
        act()
        assert stored(row) == (start + Decimal(points),) * 2
    assert matching.run(AS_OF).updated == 0


def test_an_act_on_a_row_that_no_match_has_scored_leaves_it_to_the_next(row):
    Opportunity.objects.update(score=None)
    progress.engaged(row.pk, Engagement.REPLIED, at=NOW)
    assert Opportunity.objects.get().score is None
    matching.run(AS_OF)
    assert stored(row)[0] == row.score + Decimal("18.8")
