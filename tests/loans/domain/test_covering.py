"""Of several rows that cover a loan the narrowest counts; costs, windows and thresholds come out of it."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loans.domain import costs, covering, programs
from loans.domain.covering import CostRow, ThresholdRow, Window

ASKED = programs.shipped()
SPREAD = Decimal("0.625")


def threshold(*rows, product="conventional_30", balance=300_000.0, branch=1):
    return covering.threshold_of(covering.narrowest_first(rows), product, balance, branch, SPREAD)


def test_without_rows_the_policy_counts():
    assert threshold() == SPREAD


def test_a_branch_goes_before_a_family_and_a_family_before_a_band():
    everywhere = ThresholdRow(Decimal("0.700"))
    small = ThresholdRow(Decimal("1.000"), balance_below=200_000.0)
    va = ThresholdRow(Decimal("0.500"), family="va")
    denver = ThresholdRow(Decimal("0.750"), branch_id=1)
    denver_small_va = ThresholdRow(Decimal("0.875"), branch_id=1, family="va", balance_below=200_000.0)
    rows = (everywhere, small, va, denver, denver_small_va)
    assert threshold(*rows) == Decimal("0.750")
    assert threshold(*rows, branch=2) == Decimal("0.700")
    assert threshold(*rows, branch=2, balance=199_999.99) == Decimal("1.000")
    assert threshold(*rows, branch=None, balance=1000.0, product="va_15") == Decimal("0.500")
    assert threshold(*rows, product="va_30", balance=1000.0) == Decimal("0.875")
    assert threshold(va, product="jumbo_30") == SPREAD


def test_a_band_starts_with_its_first_dollar_and_ends_before_its_last():
    band = ThresholdRow(Decimal("0.500"), balance_from=200_000.0, balance_below=400_000.0)
    found = [threshold(band, balance=balance) for balance in (199_999.99, 200_000.0, 399_999.99, 400_000.0, None)]
    assert found == [SPREAD, Decimal("0.500"), Decimal("0.500"), SPREAD, SPREAD]


@given(order=st.permutations(range(3)), branch=st.sampled_from([1, 2, None]))
def test_the_order_in_which_rows_are_given_does_not_matter(order, branch):
    rows = [ThresholdRow(Decimal(1)), ThresholdRow(Decimal(2), family="conventional"), ThresholdRow(Decimal(3), branch_id=1)]
    assert threshold(*(rows[place] for place in order), branch=branch) == (Decimal(3) if branch == 1 else Decimal(2))


def lender(*rows, state="CO", program="conventional", branch=1):
    ordered = covering.narrowest_first(rows)
    return costs.unrounded_lender_costs(300_000.0, branch, state, program, 2000.0, 1.0, ordered)


def test_costs_differ_by_branch_state_and_program():
    rows = (CostRow(1500.0, 0.0, program="va"), CostRow(4000.0, 1.0, state="NY"), CostRow(0.0, 0.5, branch_id=2))
    assert lender() == 5_000.0
    assert lender(*rows) == 5_000.0
    assert lender(*rows, program="va") == 1_500.0
    assert lender(*rows, state="NY") == lender(*rows, state="NY", program="va") == 7_000.0
    assert lender(*rows, state="NY", branch=2) == 1_500.0


ROWS = st.lists(
    st.builds(
        CostRow,
        fixed=st.floats(0, 9_000),
        percent=st.floats(0, 5),
        branch_id=st.sampled_from([None, 1, 2]),
        state=st.sampled_from(["", "CO", "TX"]),
        program=st.sampled_from(["", "va", "fha"]),
    ),
    unique_by=lambda row: (row.branch_id, row.state, row.program),
)


@given(
    rows=ROWS,
    branch=st.sampled_from([None, 1, 3]),
    state=st.sampled_from(["", "CO", "NY"]),
    program=st.sampled_from(["va", "usda"]),
)
def test_the_row_that_is_named_is_the_one_whose_numbers_count(rows, branch, state, program):
    ordered = covering.narrowest_first(rows)
    row = covering.cost_row_of(ordered, branch, state, program)
    found = [covering.cost_of(ordered, part, branch, state, program, -1.0) for part in ("fixed", "percent")]
    assert found == ([-1.0, -1.0] if row is None else [row.fixed, row.percent])
    if row is not None:
        assert (row.branch_id in (None, branch), row.state in ("", state), row.program in ("", program)) == (True, True, True)


def all_costs(program="conventional", penalty=None, balance=300_000.0):
    return costs.unrounded_costs(
        balance, 1, "CO", program, None, Decimal(306_000), None, date(2024, 4, 17), penalty, date(2026, 4, 24), 2000.0, 1.0,
        (), ASKED,
    )  # fmt: skip


def test_what_the_program_charges_and_a_penalty_come_on_top():
    assert all_costs() == 5_000.0
    assert all_costs("va") == 6_500.0
    assert all_costs(penalty=date(2026, 4, 24)) == 11_000.0
    assert all_costs(penalty=date(2026, 4, 23)) == 5_000.0
    assert all_costs(balance=None) is None


WINDOWS = {"acme": Window(240, 2.5)}


def ends(until=None, investor="", windows=WINDOWS):
    return costs.early_payoff_ends(date(2026, 1, 2), until, investor, 180, windows)


def test_the_window_is_the_files_the_investors_or_the_policys():
    assert ends() == ends(windows={}) == date(2026, 7, 1)
    assert ends(investor="acme") == date(2026, 8, 30)
    assert ends(date(2026, 5, 1), "acme") == date(2026, 5, 1)


def test_an_early_payoff_costs_the_lender_until_the_window_is_over():
    def cost(day, investor=""):
        return costs.unrounded_early_payoff_cost(300_000.0, ends(investor=investor), investor, day, 2.0, WINDOWS)

    assert cost(date(2026, 7, 1)) == 6_000.0
    assert cost(date(2026, 7, 2)) == 0.0
    assert cost(date(2026, 7, 2), "acme") == 7_500.0
