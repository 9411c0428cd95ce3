"""The figures of when to act: the closed form of `loans.domain.mortgage`, an intermediate a stage."""

from typing import Any

from loans.domain import mortgage
from loans.domain.words import ceil, number


def decay(annual_rate: Any, months_remaining: Any) -> Any:
    return mortgage.decay(annual_rate, number(months_remaining))


def psi(decay: Any) -> Any:
    return mortgage.psi(decay)


def excess(psi: Any, decay: Any, closing_costs: Any, balance: Any) -> Any:
    return mortgage.excess(psi, decay, closing_costs, balance)


def lambert_start(excess: Any) -> Any:
    return mortgage.lambert_start(excess)


def lambert_1(lambert_start: Any, excess: Any) -> Any:
    return mortgage.lambert_step(lambert_start, excess)


def lambert_2(lambert_1: Any, excess: Any) -> Any:
    return mortgage.lambert_step(lambert_1, excess)


def lambert_3(lambert_2: Any, excess: Any) -> Any:
    return mortgage.lambert_step(lambert_2, excess)


def optimal_bp(lambert_3: Any, excess: Any, psi: Any) -> Any:
    """How far the market must be below the rate for acting now to beat waiting: whole basis points, as a person reads them."""
    exact = mortgage.differential(mortgage.lambert_step(lambert_3, excess), excess, psi)
    return None if exact is None else ceil(exact - 0.5)
