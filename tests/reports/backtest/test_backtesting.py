"""The replay: its counts against a plain loop over the formulas of one loan, and what files it refuses."""

import itertools
from collections import Counter
from decimal import Decimal

import pytest

from reports.domain.backtest_criteria import criteria
from reports.domain.backtest_histories import BadHistory, month_index
from reports.models import BacktestRun
from reports.services import backtesting
from tests.reports.backtest import by_hand, files

pytestmark = pytest.mark.django_db

STEADY = dict.fromkeys(range(month_index(2007, 1), month_index(2020, 1)), ("6.00", "5.50"))


def without_paths(run):
    """The result but for what the files are called and how long it took."""
    result = {name: value for name, value in run.result.items() if name != "seconds"}
    return result | {"histories": {k: v for k, v in result["histories"].items() if k not in ("files", "publisher")}}


def counts_of(criterion):
    """The figures of a criterion under the names of the plain loop."""
    told = criterion["overall"]
    counts = Counter({name: told[name] for name in ("prepaid", "not_prepaid", "months", "months_flagged", "spells")})
    counts["flagged_not_prepaid"] = told["flagged_not_prepaid"]
    for side in ("flagged", "unflagged"):
        counts[f"windows {side}"] = told[f"windows_{side}"]["months"]
        counts[f"windows {side} prepaid"] = told[f"windows_{side}"]["prepaid"]
    for ahead, alarms in told["false_alarms"].items():
        counts[f"known {ahead}"], counts[f"false {ahead}"] = alarms["known"], alarms["false"]
    early = [*criterion["leads"], 0]
    for months, (of, next_of) in enumerate(itertools.pairwise(early), start=1):
        counts[f"lead {months}"] = of - next_of
    return +counts


def figures_of(run, code):
    return next(one for one in run.result["criteria"] if one["code"] == code)["overall"]


def test_every_criterion_counts_what_a_loop_over_single_loans_counts(tmp_path):
    book, market = files.random_book(7, 60), files.falling()
    run = backtesting.run(files.fannie(tmp_path, book), files.rates(tmp_path / "rates.csv", market))
    told = {one["code"]: counts_of(one) for one in run.result["criteria"]}
    months = by_hand.judged(book, market)
    assert told == {one.code: by_hand.replayed(book, months, one) for one in criteria()}
    assert all(told[code]["months_flagged"] for code in ("spread_0.625", "break_even_24", "adl"))


def test_slices_of_a_few_loans_add_up_to_the_same(tmp_path):
    paths, rates = files.fannie(tmp_path, files.random_book(3, 30)), files.rates(tmp_path / "rates.csv", files.falling())
    read = []
    sliced = backtesting.run(paths, rates, slice_months=40, report=read.append)
    assert without_paths(sliced) == without_paths(backtesting.run(paths, rates))
    assert len(read) > 5
    assert read[-1] == sliced.result["histories"]["rows"]


@pytest.mark.parametrize("written", [files.fannie_combined, files.freddie])
def test_the_same_loans_come_to_the_same_in_every_layout(tmp_path, written):
    book, rates = files.random_book(11, 30), files.rates(tmp_path / "rates.csv", files.falling())
    run = backtesting.run(written(tmp_path, book), rates)
    assert without_paths(run) == without_paths(backtesting.run(files.fannie(tmp_path, book), rates))


def test_a_prepaid_loan_was_flagged_as_early_as_its_first_flag(tmp_path):
    market = dict.fromkeys(range(month_index(2007, 6), month_index(2010, 1)), ("6.60", "6.00"))
    market |= dict.fromkeys(range(month_index(2008, 10), month_index(2010, 1)), ("6.00", "5.50"))
    paths = files.fannie(tmp_path, [files.history(1, 20, code="01")])  # August 2007 to March 2009, prepaid in April
    told = figures_of(backtesting.run(paths, files.rates(tmp_path / "rates.csv", market)), "spread_0.625")
    assert (told["prepaid"], told["flagged_before_prepaying"], told["median_lead_months"]) == (1, 1, "6")
    assert (told["months"], told["months_flagged"]) == (20, 6)
    assert told["hazard_flagged"] is None
    assert told["lift"] is None


def test_a_flag_in_the_very_month_of_the_prepayment_came_too_late(tmp_path):
    market = STEADY | dict.fromkeys(range(month_index(2007, 6), month_index(2009, 4)), ("6.90", "6.00"))
    paths = files.fannie(tmp_path, [files.history(1, 20, code="01")])
    told = figures_of(backtesting.run(paths, files.rates(tmp_path / "rates.csv", market)), "spread_alone_0.500")
    assert (told["prepaid"], told["flagged_before_prepaying"], told["median_lead_months"]) == (1, 0, None)


def test_a_loan_at_its_maturity_is_not_prepaid(tmp_path):
    paid_early = files.history(1, 10, code="01", term=60)
    matured = files.history(2, 60, code="01", term=60, start=month_index(2007, 7))
    run = backtesting.run(files.fannie(tmp_path, [paid_early, matured]), files.rates(tmp_path / "rates.csv", STEADY))
    assert (run.result["histories"]["prepaid"], run.result["histories"]["matured"]) == (1, 1)
    assert figures_of(run, "spread_alone_0.500")["prepaid"] == 1


def test_other_ends_and_none_are_told_apart(tmp_path):
    book = [files.history(1, 9, code="03"), files.history(2, 9, code="09"), files.history(3, 9)]
    run = backtesting.run(files.fannie(tmp_path, book), files.rates(tmp_path / "rates.csv", STEADY))
    ends = run.result["histories"]
    assert (ends["prepaid"], ends["ended_otherwise"], ends["still_running"]) == (0, 2, 1)


def test_a_modified_loan_is_not_flagged_by_the_match_from_then_on(tmp_path):
    made = files.history(1, 20)
    made.months = [(month, rate, balance, at >= 15) for at, (month, rate, balance, _) in enumerate(made.months)]
    run = backtesting.run(files.fannie(tmp_path, [made]), files.rates(tmp_path / "rates.csv", STEADY))
    assert run.result["monthly"][14]["flagged"]["spread_0.625"] == 1
    assert run.result["monthly"][15]["flagged"]["spread_0.625"] == 0
    assert run.result["monthly"][15]["flagged"]["spread_alone_0.625"] == 1


def test_the_groups_add_up_to_all(tmp_path):
    paths = files.fannie(tmp_path, files.random_book(5, 40))
    run = backtesting.run(paths, files.rates(tmp_path / "rates.csv", files.falling()))
    for one in run.result["criteria"]:
        for groups in (one["by_vintage"], one["by_size"]):
            assert len(groups) > 1
            for name in ("prepaid", "months_flagged", "spells", "flagged_before_prepaying"):
                assert sum(group[name] for group in groups) == one["overall"][name]


def test_what_can_not_be_replayed_is_counted_and_left_out(tmp_path):
    odd = [
        files.history(1, 9),
        files.history(2, 9, product="ARM"),
        files.history(3, 9, rate="0.000"),
        files.history(4, 0),
        files.history(5, 9),
    ]
    loans, months = files.fannie(tmp_path, odd)
    lines = loans.read_text().splitlines(keepends=True)
    loans.write_text("".join(lines[:4]))
    run = backtesting.run([loans, months], files.rates(tmp_path / "rates.csv", STEADY))
    assert run.loans == 1
    assert run.result["histories"]["skipped"] == {
        "adjustable": 1,
        "implausible": 1,
        "without_months": 1,
        "without_origination": 1,
    }


def test_months_without_a_rate_are_not_replayed(tmp_path):
    short = {month: rates for month, rates in STEADY.items() if month < month_index(2008, 1)}
    run = backtesting.run(files.fannie(tmp_path, [files.history(1, 20)]), files.rates(tmp_path / "rates.csv", short))
    assert (run.months, str(run.last_month)) == (5, "2007-12-01")


def test_thresholds_are_those_asked_for(tmp_path):
    paths, rates = files.fannie(tmp_path, [files.history(1, 20)]), files.rates(tmp_path / "rates.csv", STEADY)
    run = backtesting.run(paths, rates, thresholds=[Decimal("1.25"), Decimal("0.9")])
    assert [one["at"] for one in run.result["criteria"] if one["family"] == "spread"] == ["0.900", "1.250"]


def test_a_file_that_is_not_in_order_is_refused_and_nothing_is_stored(tmp_path):
    loans, months = files.fannie(tmp_path, [files.history(1, 4), files.history(2, 4)])
    rates, lines = files.rates(tmp_path / "rates.csv", STEADY), months.read_text().splitlines(keepends=True)
    for order, said in (((1, 0, 2), "do not follow"), ((0, 4, 1), "several places"), ((0, 0), "do not follow")):
        months.write_text("".join(lines[at] for at in order))
        with pytest.raises(BadHistory, match=said):
            backtesting.run([loans, months], rates)
    months.write_text("".join(lines[at] for at in (0, 4, 1)))
    with pytest.raises(BadHistory, match="several places"):
        backtesting.run([loans, months], rates, slice_months=1)
    loans.write_text(loans.read_text() * 2)
    with pytest.raises(BadHistory, match="stands twice"):
        backtesting.run([loans, months], rates)
    assert not BacktestRun.objects.exists()


def test_a_value_that_is_no_number_is_refused_with_a_sentence(tmp_path):
    loans, months = files.fannie(tmp_path, [files.history(1, 4, rate="seven")])
    with pytest.raises(BadHistory, match="no number"):
        backtesting.run([loans, months], files.rates(tmp_path / "rates.csv", STEADY))


def test_a_rate_file_of_other_years_leaves_nothing_to_replay(tmp_path):
    rates = files.rates(tmp_path / "rates.csv", {month_index(1999, 1): ("6.00", "5.00")})
    with pytest.raises(BadHistory, match="nothing to replay"):
        backtesting.run(files.fannie(tmp_path, [files.history(1, 4)]), rates)


@pytest.mark.parametrize("threshold", ["0", "11", "NaN"])
def test_a_threshold_that_is_no_spread_is_refused(tmp_path, threshold):
    with pytest.raises(BadHistory, match="percentage points"):
        backtesting.run([tmp_path / "a"], tmp_path / "b", thresholds=[Decimal(threshold)])
