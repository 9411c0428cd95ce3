from datetime import date, timedelta
from decimal import Decimal

import pytest

from rates.domain import products
from rates.models import Pull, Rate
from rates.queries import market
from rates.services import preferences
from tests.rates.conftest import FRIDAY, THURSDAY

TODAY = date(2026, 4, 24)


def test_without_rates_there_is_no_market(db):
    assert market.current(TODAY) == {}
    assert market.newest(TODAY) == {}


def test_the_survey_serves_every_product_and_says_for_which_it_is_a_proxy(put):
    put("conventional_30", THURSDAY, "6.23")
    put("conventional_15", THURSDAY, "5.58")
    rates = market.current(TODAY)
    assert set(rates) == set(products.CODES)
    assert rates["conventional_30"] == market.MarketRate(
        "conventional_30", Decimal("6.230"), THURSDAY, "pmms", False, "conventional_30", False
    )
    assert rates["va_15"] == market.MarketRate("va_15", Decimal("5.580"), THURSDAY, "pmms", True, "conventional_15", False)
    assert {code for code, rate in rates.items() if rate.proxy} == set(products.CODES) - {"conventional_30", "conventional_15"}


def test_the_first_current_source_in_the_order_counts(put):
    put("conventional_30", THURSDAY, "6.23")
    put("conventional_30", THURSDAY, "6.31", source="fred")
    put("conventional_30", THURSDAY, "6.125", source="file", quotable=True)
    assert market.current(TODAY)["conventional_30"].source == "file"
    assert market.current(TODAY)["conventional_30"].quotable
    preferences.move("fred", up=True)
    preferences.move("fred", up=True)
    assert market.current(TODAY)["conventional_30"].source == "fred"
    preferences.enable("fred", on=False)
    assert market.current(TODAY)["conventional_30"].source == "file"


def test_a_stale_sheet_gives_way_to_a_current_index(put):
    put("conventional_30", date(2026, 4, 17), "6.125", source="file")
    put("conventional_30", THURSDAY, "6.23")
    assert market.current(TODAY)["conventional_30"].source == "pmms"


def test_a_stale_market_is_empty_and_its_newest_rate_can_still_be_shown(put):
    put("conventional_30", date(2026, 4, 13), "6.37")
    assert market.current(TODAY) == {}
    shown = market.newest(TODAY)["conventional_30"]
    assert (str(shown.rate), shown.is_stale(TODAY)) == ("6.370", True)


def test_an_own_rate_beats_a_stand_in_and_a_stale_own_rate_does_not(put):
    put("conventional_30", THURSDAY, "6.23")
    own = put("fha_30", THURSDAY, "6.05", source="fred")
    assert not market.current(TODAY)["fha_30"].proxy
    Rate.objects.filter(pk=own.pk).update(as_of=date(2026, 4, 17))
    assert market.current(TODAY)["fha_30"].proxy
    assert market.newest(TODAY)["fha_30"].proxy


def test_a_stand_in_that_is_off_leaves_the_product_without_a_rate(put):
    put("conventional_30", THURSDAY, "6.23")
    preferences.allow_stand_in("va_30", on=False)
    rates = market.current(TODAY)
    assert "va_30" not in rates
    assert rates["fha_30"].proxy


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "held", "awaiting": True},
        {"status": "rejected", "decided_at": FRIDAY},
        {"ltv_over": Decimal(80)},
        {"score_from": 740},
    ],
)
def test_held_refused_and_bucketed_values_are_not_the_market(put, fields):
    put("conventional_30", date(2026, 4, 16), "6.30")
    put("conventional_30", THURSDAY, "7.80", **fields)
    assert str(market.current(TODAY)["conventional_30"].rate) == "6.300"


def test_what_comes_after_the_date_is_not_known_on_it(put):
    put("conventional_30", date(2012, 12, 6), "3.34")
    put("conventional_30", THURSDAY, "6.23")
    assert str(market.current(date(2012, 12, 6))["conventional_30"].rate) == "3.340"


def test_history_is_the_accepted_values_of_one_source(put):
    put("conventional_30", date(2026, 4, 9), "6.37")
    put("conventional_30", date(2026, 4, 16), "6.30")
    put("conventional_30", THURSDAY, "7.80", status="held", awaiting=True)
    put("conventional_30", date(2026, 4, 22), "6.31", source="fred")
    assert market.history("conventional_30", date(2026, 4, 10), "pmms") == [(date(2026, 4, 16), Decimal("6.300"))]


@pytest.mark.parametrize("days", [2, 2000])
def test_three_queries_whatever_the_size_of_the_table(put, django_assert_num_queries, days):
    pull = put("conventional_30", THURSDAY, "6.23").pull
    Rate.objects.bulk_create(
        Rate(product="fha_30", source="fred", as_of=TODAY - timedelta(days=day), rate=6, published=6, pull=pull)
        for day in range(days)
    )
    assert Pull.objects.count() == 1
    with django_assert_num_queries(3):
        market.current(TODAY)
    with django_assert_num_queries(3):
        market.newest(TODAY)


def narrow(put, rate: str, as_of: date = THURSDAY, source: str = "fred", product: str = "conventional_30", **bucket: object):
    return put(product, as_of, rate, source=source, **bucket)


def said(found: market.Market) -> list[tuple[str, str, str]]:
    return [(rate.product, rate.bucket_label, str(rate.rate)) for rate in found.narrow]


def test_the_rates_by_ltv_and_score_come_narrowest_first_beside_the_broadest(put):
    put("conventional_30", THURSDAY, "6.35", source="fred")
    narrow(put, "6.50", ltv_over=Decimal(80))
    narrow(put, "6.28", ltv_to=Decimal(80), score_from=740)
    narrow(put, "6.99", as_of=date(2026, 4, 22), ltv_to=Decimal(80), score_from=740)
    found = market.applying(TODAY)
    assert said(found) == [
        ("conventional_30", "LTV to 80, score from 740", "6.280"),
        ("conventional_30", "LTV over 80", "6.500"),
    ]
    assert found.rates == market.current(TODAY)
    assert found.rates["conventional_30"].bucket_label == ""


@pytest.mark.parametrize(
    ("as_of", "fields"),
    [
        (date(2026, 4, 17), {}),
        (date(2026, 4, 25), {}),
        (THURSDAY, {"status": "held", "awaiting": True}),
        (THURSDAY, {"status": "rejected", "decided_at": FRIDAY}),
    ],
)
def test_a_narrow_rate_that_is_stale_to_come_held_or_refused_applies_to_nothing(put, as_of, fields):
    put("conventional_30", THURSDAY, "6.35", source="fred")
    narrow(put, "6.28", as_of, score_from=740, **fields)
    assert said(market.applying(TODAY)) == []


def test_the_narrow_rates_of_a_source_count_where_its_broad_one_does(put):
    put("conventional_30", THURSDAY, "6.35", source="fred")
    narrow(put, "6.28", score_from=740)
    put("conventional_30", THURSDAY, "6.125", source="file")
    assert said(market.applying(TODAY)) == []
    preferences.enable("file", on=False)
    assert said(market.applying(TODAY)) == [("conventional_30", "score from 740", "6.280")]
    preferences.enable("fred", on=False)
    assert said(market.applying(TODAY)) == []


def test_a_sheet_without_a_rate_for_every_loan_goes_before_the_next_source(put):
    narrow(put, "6.00", source="file", score_from=740)
    put("conventional_30", THURSDAY, "6.35", source="fred")
    narrow(put, "6.28", score_from=700)
    found = market.applying(TODAY)
    assert [(rate.source, str(rate.rate)) for rate in found.narrow] == [("file", "6.000"), ("fred", "6.280")]
    assert found.rates["conventional_30"].source == "fred"


def test_a_narrow_rate_is_never_lent_to_another_product(put):
    put("conventional_30", THURSDAY, "6.35", source="fred")
    narrow(put, "6.28", score_from=740)
    found = market.applying(TODAY)
    assert found.rates["fha_30"].proxy
    assert str(found.rates["fha_30"].rate) == "6.350"
    assert {rate.product for rate in found.narrow} == {"conventional_30"}


@pytest.mark.parametrize("days", [2, 2000])
def test_four_queries_with_the_rates_by_ltv_and_score(put, django_assert_num_queries, days):
    pull = put("conventional_30", THURSDAY, "6.23").pull
    Rate.objects.bulk_create(
        Rate(product="fha_30", source="fred", as_of=TODAY - timedelta(days=day), rate=6, published=6, pull=pull, score_from=740)
        for day in range(days)
    )
    with django_assert_num_queries(4):
        assert len(market.applying(TODAY).narrow) == 1
