from decimal import Decimal

import pytest

from rates.domain import buckets
from rates.domain.published import EVERY_LOAN, Bucket

TO_80, OVER_80 = Bucket(None, Decimal("80.000")), Bucket(Decimal("80.000"), Decimal("95.500"))


@pytest.mark.parametrize(
    ("bucket", "label"),
    [
        (EVERY_LOAN, ""),
        (TO_80, "LTV to 80"),
        (OVER_80, "LTV over 80 to 95.5"),
        (Bucket(Decimal(100)), "LTV over 100"),
        (TO_80._replace(score_from=740), "LTV to 80, score from 740"),
        (Bucket(score_from=700, score_to=719), "score 700 to 719"),
        (Bucket(score_to=679), "score to 679"),
    ],
)
def test_a_bucket_is_said_in_words(bucket, label):
    assert buckets.label(bucket) == label


def test_what_is_bounded_on_more_sides_comes_first_then_the_higher_score_then_the_lower_ltv():
    ordered = [
        OVER_80._replace(score_from=700, score_to=739),
        TO_80._replace(score_from=740),
        TO_80._replace(score_from=700),
        OVER_80,
        Bucket(score_from=740),
        TO_80,
        Bucket(Decimal(95)),
        EVERY_LOAN,
    ]
    shuffled = [*ordered[1::2], *ordered[::2]]
    assert sorted(shuffled, key=buckets.narrowest_first) == ordered
