"""The command and the pages of back-tests."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from reports.domain.backtest_histories import PREPAID_MEANS
from reports.models import BacktestRun
from tests.reports.backtest import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def paths(tmp_path):
    """The arguments of a command over an invented book."""
    loans, _ = files.fannie(tmp_path, files.random_book(2, 80))
    return ["--loans", str(loans), "--rates", str(files.rates(tmp_path / "rates.csv", files.falling()))]


@pytest.fixture
def run(paths):
    call_command("backtest", *paths, stdout=StringIO(), stderr=StringIO())
    return BacktestRun.objects.get()


def test_the_command_tells_every_criterion_and_what_prepaid_means(paths):
    out, progress = StringIO(), StringIO()
    call_command("backtest", *paths, "--threshold", "0.5", "1", stdout=out, stderr=progress)
    told = out.getvalue()
    assert "loans of Fannie Mae" in told
    assert told.count("0.500 or more") == 2
    assert "0.625 or more" not in told
    assert "36 months or less" in told
    assert "Optimal differential" in told
    assert PREPAID_MEANS in told
    assert "months read" in progress.getvalue()


def test_json_is_one_document_and_the_stored_result(paths):
    out, progress = StringIO(), StringIO()
    call_command("backtest", *paths, "--json", stdout=out, stderr=progress)
    document = json.loads(out.getvalue())
    run = BacktestRun.objects.get()
    assert document == {"run": run.pk, **run.result}
    assert progress.getvalue() == ""
    assert document["histories"]["loans"] == run.loans == 80
    assert {one["family"] for one in document["criteria"]} == {"spread", "break_even", "adl", "spread_alone"}


def test_no_loan_is_named_in_what_is_stored(run):
    assert "1000000000" not in json.dumps(run.result)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--threshold", "much"], "percentage points"),
        (["--threshold", "0"], "percentage points"),
        (["--rates", "/nowhere"], "read"),
    ],
)
def test_bad_input_is_said_in_a_sentence_and_stores_nothing(paths, more, said):
    with pytest.raises(CommandError, match=said):
        call_command("backtest", *paths, *more, stdout=StringIO(), stderr=StringIO())
    assert not BacktestRun.objects.exists()


def test_the_list_says_how_to_begin(as_user, ben):
    page = as_user(ben).get(reverse("reports:backtests")).content.decode()
    assert "No back-test has been run yet." in page
    assert "manage.py backtest --loans FILE --rates FILE" in page


def test_the_list_leads_to_the_run(as_user, ben, run):
    page = as_user(ben).get(reverse("reports:backtests")).content.decode()
    assert reverse("reports:backtest", args=[run.pk]) in page
    assert "Acquisition_2007Q3.txt" in page
    assert "No back-test has been run yet." not in page


def test_a_run_shows_every_family_its_charts_and_its_meaning(as_user, ben, run):
    page = as_user(ben).get(reverse("reports:backtest", args=[run.pk])).content.decode()
    for said in ("Spread, as in the match", "Break-even", "Optimal differential (ADL)", "Spread alone", "too few to say"):
        assert said in page
    assert "Prepaid does not mean refinanced" in page
    assert 'data-chart="chart-months"' in page
    assert 'data-chart="chart-leads"' in page
    assert "js/charts.js" in page
    assert "Year of origination" in page
    assert "under 100,000" in page


def test_a_criterion_can_be_chosen_and_an_unknown_one_falls_back(as_user, ben, run):
    client, address = as_user(ben), reverse("reports:backtest", args=[run.pk])
    assert "<h2>Break-even: 36 months or less</h2>" in client.get(address, {"criterion": "break_even_36"}).content.decode()
    assert "<h2>Spread, as in the match: 0.625 or more</h2>" in client.get(address, {"criterion": "nonsense"}).content.decode()


def test_the_result_can_be_downloaded(as_user, ben, run):
    answer = as_user(ben).get(reverse("reports:backtest_json", args=[run.pk]))
    assert answer.json() == {"run": run.pk, **run.result}


def test_who_may_not_see_reports_sees_no_back_test(as_user, client, pia, run):
    for name, args in (("backtests", []), ("backtest", [run.pk]), ("backtest_json", [run.pk])):
        address = reverse(f"reports:{name}", args=args)
        assert as_user(pia).get(address).status_code == 403
        assert client.get(address).status_code == 302


def test_pages_only_show(as_user, ada, run):
    for name, args in (("backtests", []), ("backtest", [run.pk]), ("backtest_json", [run.pk])):
        assert as_user(ada).post(reverse(f"reports:{name}", args=args)).status_code == 405


def test_a_run_that_is_not_there_is_not_found(as_user, ada):
    assert as_user(ada).get(reverse("reports:backtest", args=[7])).status_code == 404
