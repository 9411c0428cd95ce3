"""The three feeds against a server on loopback."""

from datetime import date

import pytest

from rates.adapters import fred, fredgraph, pmms
from rates.adapters.protocol import SourceError
from rates.domain import buckets
from rates.domain.published import EVERY_LOAN

KEY = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def key(settings) -> str:
    settings.FRED_API_KEY = KEY
    return KEY


def test_the_survey_is_fetched_from_freddie_mac(publisher, sample):
    publisher.says("/pmms/docs/PMMS_history.csv", sample("pmms_publisher.csv"))
    assert max(row.as_of for row in pmms.fetch(None).rows) == date(2026, 4, 23)


def test_freds_chart_is_asked_for_both_series_from_a_date_on(publisher, sample):
    publisher.says("/graph/fredgraph.csv", sample("fredgraph.csv"))
    assert len(fredgraph.fetch(date(2026, 4, 1)).rows) == 4
    assert publisher.asked == [("/graph/fredgraph.csv", {"id": ["MORTGAGE30US,MORTGAGE15US"], "cosd": ["2026-04-01"]})]


@pytest.mark.parametrize(("feed", "path"), [(pmms, "/pmms/docs/PMMS_history.csv"), (fredgraph, "/graph/fredgraph.csv")])
def test_a_web_page_instead_of_data_is_refused(publisher, feed, path):
    publisher.says(path, "<html>We are down for maintenance</html>")
    with pytest.raises(SourceError, match="web page"):
        feed.fetch(None)


@pytest.mark.parametrize("feed", [pmms, fredgraph])
def test_a_missing_page_is_an_error_of_the_source(publisher, feed):
    with pytest.raises(SourceError, match="404"):
        feed.fetch(None)


def test_each_daily_index_becomes_its_product(publisher, observations, key):
    publisher.says(fred.PATH, observations(**{"2026-04-22": "6.345", "2026-04-23": "6.352"}))
    reading = fred.fetch(date(2026, 3, 1))
    assert {row.product for row in reading.rows} == {
        "conventional_30",
        "conventional_15",
        "jumbo_30",
        "fha_30",
        "va_30",
        "usda_30",
    }
    assert len(reading.rows) == 2 * (6 + 10)
    first = publisher.asked[0][1]
    assert (first["series_id"], first["file_type"], first["observation_start"]) == (["OBMMIC30YF"], ["json"], ["2026-03-01"])


def test_the_conforming_index_comes_by_ltv_and_score_too(publisher, observations, key):
    publisher.says(fred.PATH, observations(**{"2026-04-23": "6.352"}))
    reading = fred.fetch(None)
    narrow = {row.bucket: row.product for row in reading.rows if row.bucket != EVERY_LOAN}
    assert set(narrow.values()) == {"conventional_30"}
    assert {buckets.label(bucket) for bucket in narrow} == {
        "LTV to 80, score from 740", "LTV to 80, score 720 to 739", "LTV to 80, score 700 to 719",
        "LTV to 80, score 680 to 699", "LTV to 80, score to 679", "LTV over 80, score from 740",
        "LTV over 80, score 720 to 739", "LTV over 80, score 700 to 719", "LTV over 80, score 680 to 699",
        "LTV over 80, score to 679",
    }  # fmt: skip
    asked = {params["series_id"][0] for _, params in publisher.asked}
    assert {"OBMMIC30YFLVLE80FGE740", "OBMMIC30YFLVGT80FB680A699", "OBMMIC30YFLVGT80FLT680"} < asked
    assert len(asked) == 16


@pytest.mark.parametrize("value", ['"."', '""', '" "', "null", '"NaN"', '"ND"', '"n/a"', '"#N/A"'])
def test_every_way_to_say_that_a_day_has_no_value_is_passed_over(publisher, key, value):
    rows = f'{{"date": "2025-10-13", "value": {value}}}, {{"date": "2025-10-12"}}, {{"date": "2025-10-14", "value": "6.352"}}'
    publisher.says(fred.PATH, f'{{"observations": [{rows}]}}')
    reading = fred.fetch(None)
    assert {row.as_of.day for row in reading.rows} == {14}
    assert reading.refused == ()


def test_a_number_where_freds_document_has_text_counts(publisher, key):
    publisher.says(fred.PATH, '{"observations": [{"date": "2025-10-14", "value": 6.352}]}')
    assert {str(row.rate) for row in fred.fetch(None).rows} == {"6.352"}


@pytest.mark.parametrize("value", ['"six"', '"6,35"', "true", "[]", '"1e9"'])
def test_what_is_no_number_is_refused_by_name(publisher, key, value):
    publisher.says(fred.PATH, f'{{"observations": [{{"date": "2025-10-14", "value": {value}}}]}}')
    reading = fred.fetch(None)
    assert reading.rows == ()
    assert [bad.column for bad in reading.refused] == list(fred.SERIES)


def test_a_holiday_is_a_dot_and_no_value(publisher, observations, key):
    publisher.says(fred.PATH, observations(**{"2025-10-10": "6.345", "2025-10-13": ".", "2025-10-14": "6.352"}))
    assert [row.as_of.day for row in fred.fetch(None).rows[:2]] == [10, 14]


def test_freds_own_words_about_a_bad_key_are_shown_without_the_key(publisher, key):
    words = f'{{"error_code":400,"error_message":"Bad Request.  The value {KEY} for variable api_key is not registered."}}'
    publisher.says(fred.PATH, words, status=400)
    with pytest.raises(SourceError, match="is not registered") as caught:
        fred.fetch(None)
    assert KEY not in str(caught.value)


def test_one_bad_series_leaves_the_others(publisher, observations, key):
    publisher.says(fred.PATH, '{"error_message":"Bad Request. The series does not exist."}', status=400)
    publisher.says(fred.PATH, observations(**{"2026-04-23": "6.352"}))
    reading = fred.fetch(None)
    assert len(reading.rows) == 15
    assert [(bad.column, "does not exist" in bad.reason) for bad in reading.refused] == [("OBMMIC30YF", True)]


def test_too_many_requests_are_tried_again(publisher, observations, key):
    publisher.says(fred.PATH, "slow down", status=429, Retry_After="0")
    publisher.says(fred.PATH, observations(**{"2026-04-23": "6.352"}))
    assert len(fred.fetch(None).rows) == 16
    assert len(publisher.asked) == 17


@pytest.mark.parametrize("body", ["<html>down</html>", "{}", '{"observations": 3}', '{"observations": [3]}'])
def test_an_answer_that_is_not_the_documented_json_is_refused(publisher, key, body):
    publisher.says(fred.PATH, body)
    with pytest.raises(SourceError, match="FRED"):
        fred.fetch(None)


def test_without_a_key_nothing_is_asked(publisher, settings):
    settings.FRED_API_KEY = ""
    with pytest.raises(SourceError, match="FRED_API_KEY"):
        fred.fetch(None)
    assert publisher.asked == []
