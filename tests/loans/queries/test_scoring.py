"""Numbers and columns give the same score, wherever it is worked out; and what other weights would do."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings

from loans.domain import score
from loans.models import Opportunity
from loans.queries import opportunities, scoring
from loans.services import matching
from tests.loans.domain.test_score import DRAWN, drawn_weights
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(olivia, carl):
    """Ten and two of Olivia's, the larger loan the more interest saved, and one of Carl's."""
    set_market()
    for number in range(12):
        make_loan(f"T-{number:02}", officer=olivia, branch=olivia.branch, original_amount=600_000 - number * 20_000)
    make_loan("TP-1", officer=carl, branch=carl.branch, original_amount=700_000)
    matching.run(AS_OF)
    return {row.loan_number: row for row in Opportunity.objects.all()}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=DRAWN, weights=drawn_weights())
def test_the_row_the_statement_and_a_single_loan_say_the_same(book, values, weights):
    rows = Opportunity.objects.filter(pk=book["T-00"].pk)
    rows.update(**values)
    exact = score.explain(values, weights).score
    assert rows.annotate(found=scoring.column(weights)).get().found == exact
    text = scoring.sql(**{name: name for name in score.INPUTS})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {text} FROM loans_opportunity WHERE id = %(pk)s", {"pk": book["T-00"].pk, **scoring.parameters(weights)}
        )
        assert cursor.fetchone() == (exact,)


def test_the_match_scores_what_it_opens_and_the_page_explains_that_very_number(book):
    row = book["T-00"]
    assert (row.months_since_origination, row.loan_to_value) == (24, None)
    said = scoring.explained(row, scoring.weights())
    assert said is not None
    assert said.score == row.score > 0
    assert [one.points for one in said.parts] == [Decimal("50.0"), Decimal("0.0"), Decimal("8.0"), Decimal("0.0")]


def test_a_row_of_before_there_was_a_score_has_none_and_gets_it_with_the_next_match(book):
    Opportunity.objects.update(score=None, months_since_origination=None)
    row = Opportunity.objects.get(loan_number="T-03")
    assert scoring.explained(row, scoring.weights()) is None
    assert matching.run(AS_OF).updated == len(book)
    assert Opportunity.objects.get(loan_number="T-03").score == book["T-03"].score


def test_the_queue_can_be_ordered_by_score_and_is_not_by_itself(book, ada, olivia):
    Opportunity.objects.filter(loan_number="T-11").update(score=Decimal("99.9"))
    assert next(row.loan_number for row in opportunities.queue(olivia, "score")) == "T-11"
    assert next(row.loan_number for row in opportunities.queue(olivia)) == "T-00"


def test_a_preview_tells_how_the_readers_own_first_ten_would_move(book, olivia):
    Opportunity.objects.filter(loan_number="T-11").update(engagement=5)
    draft = score.Weights(savings=0, equity=0, age=0, engagement=100, cutoff=50)
    seen = scoring.preview(olivia, draft)
    assert (seen.moves[0].row.loan_number, seen.moves[0].place, seen.moves[0].then) == ("T-11", None, 1)
    assert len(seen.moves) == scoring.TOP
    assert [move.row.loan_number for move in seen.gone] == ["T-09"]
    assert (seen.count, seen.proactive_then) == (12, 1)
    assert "TP-1" not in {move.row.loan_number for move in seen.moves + seen.gone}
    assert set(Opportunity.objects.filter(loan_number="T-11").values_list("score", flat=True)) == {book["T-11"].score}


def test_the_same_weights_move_nobody(book, olivia):
    seen = scoring.preview(olivia, scoring.weights())
    assert [(move.place, move.score) for move in seen.moves] == [(move.then, move.score_then) for move in seen.moves]
    assert (seen.gone, seen.proactive) == ([], seen.proactive_then)
