"""Which loans are worth refinancing: each rule with its name, its sentence, its inputs and one expression.

A rule's parameters are facts, figures or terms by their names (`loans.domain.figures`), so the same function judges one
loan and, given columns, all of them. It answers true, false or unknown. Unknown never excludes, except `do_not_solicit`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loans.domain.words import all_of, any_of, at_least, known, more_than, negate, same, when


@dataclass(frozen=True)
class Rule:
    """`judge` is the expression; its parameters are the rule's inputs. `citation` where law or program stands behind it."""

    name: str
    label: str
    sentence: str
    judge: Callable[..., Any]
    unknown_excludes: bool = False
    citation: str = ""


def rate_available(market_rate: Any) -> Any:
    return known(market_rate)


def active_first_lien(is_active: Any, lien_position: Any, has_open_application: Any) -> Any:
    return all_of(is_active, same(lien_position, 1), negate(has_open_application))


def spread_reached(spread: Any, threshold: Any) -> Any:
    return at_least(spread, threshold)


def remaining_term(months_remaining: Any, minimum_months: Any) -> Any:
    return more_than(months_remaining, minimum_months)


def recent_refinance(last_refinanced: Any, refinance_cutoff: Any) -> Any:
    return when(known(last_refinanced), lambda: negate(more_than(last_refinanced, refinance_cutoff)), True)


def seasoning(seasoned_on: Any, as_of: Any) -> Any:
    return when(known(seasoned_on), lambda: negate(more_than(seasoned_on, as_of)), True)


def program_benefit(
    program: Any,
    rate_drop: Any,
    rate_drop_needed: Any,
    lender_costs: Any,
    monthly_savings: Any,
    recoupment_months: Any,
    recoupment_limit: Any,
    payment_cut: Any,
    payment_cut_needed: Any,
) -> Any:
    falls = when(known(rate_drop_needed), lambda: at_least(rate_drop, rate_drop_needed), True)
    # Without a lower payment nothing repays the costs: then there must be none.
    without_costs = when(known(monthly_savings), lambda: negate(more_than(lender_costs, 0.0)), None)
    repaid = when(
        more_than(monthly_savings, 0.0), lambda: negate(more_than(recoupment_months, recoupment_limit)), without_costs
    )
    return when(
        same(program, "va"),
        lambda: all_of(falls, repaid),
        lambda: when(
            same(program, "fha"),
            falls,
            lambda: when(same(program, "usda"), lambda: all_of(falls, at_least(payment_cut, payment_cut_needed)), True),
        ),
    )


def early_payoff(early_payoff_ends: Any, as_of: Any, early_payoff_warns: Any) -> Any:
    return any_of(negate(at_least(early_payoff_ends, as_of)), early_payoff_warns)


def positive_savings(
    balance: Any, nothing_owed: Any, market_rate: Any, current_payment: Any, new_payment: Any, total_interest_savings: Any
) -> Any:
    # Nothing owed, too little for a payment to exist, or less than a cent saved in all is known to be no saving: it excludes.
    no_payment = all_of(known(balance), known(market_rate), negate(known(new_payment)))
    falls = all_of(more_than(current_payment, new_payment), more_than(total_interest_savings, 0.0))
    return when(nothing_owed, False, lambda: when(no_payment, False, falls))


def break_even(break_even_months: Any, monthly_savings: Any, break_even_limit: Any) -> Any:
    if break_even_limit is None:
        return True
    return when(
        known(break_even_months),
        lambda: negate(more_than(break_even_months, break_even_limit)),
        lambda: when(known(monthly_savings), False, None),
    )


def license_on_file(licensed: Any) -> Any:
    return all_of(licensed, True)


def do_not_solicit(do_not_solicit_clear: Any) -> Any:
    return all_of(do_not_solicit_clear, True)


RULES: tuple[Rule, ...] = (
    Rule(
        "do_not_solicit",
        "Do not solicit",
        "No flag on loan or borrower: bankruptcy, foreclosure, loss mitigation, investor, litigation, family, deceased, never.",
        do_not_solicit,
        unknown_excludes=True,
    ),
    Rule(
        "active_first_lien",
        "Active first lien",
        "The loan is active and in first position, and its borrower has no open application in any branch.",
        active_first_lien,
    ),
    Rule(
        "rate_available",
        "Rate available",
        "A current market rate exists for the loan's product, or for the product that stands in for it.",
        rate_available,
    ),
    Rule("spread", "Spread", "The note rate is above the market by at least the threshold.", spread_reached),
    Rule("remaining_term", "Remaining term", "More payments are left than the minimum.", remaining_term),
    Rule(
        "recent_refinance",
        "Recent refinance",
        "The borrower, on any loan, has not refinanced in the months the policy names, or never.",
        recent_refinance,
    ),
    Rule(
        "seasoning",
        "Seasoning",
        "The program lets the loan be refinanced by now: payments made, and time since closing.",
        seasoning,
    ),
    Rule(
        "program_benefit",
        "Benefit",
        "Rate, costs and payment improve as far as the program of the loan asks; a conventional loan's asks nothing.",
        program_benefit,
    ),
    Rule(
        "early_payoff",
        "Early payoff",
        "The early-payoff window, in which the lender would lose its premium, is over.",
        early_payoff,
    ),
    Rule("positive_savings", "Savings", "At the market rate, over the same months, the payment falls.", positive_savings),
    Rule("break_even", "Break-even", "Lower payments repay the costs within the months the policy names, if any.", break_even),
    Rule(
        "license",
        "License",
        "The loan's officer is licensed in the state of the property; judged once the officer's licenses are on file.",
        license_on_file,
        citation="12 CFR 1008.103",
    ),
)


def excludes(rule: Rule, verdict: bool | None) -> bool:
    """Whether this verdict keeps a loan out of the queue."""
    return verdict is False or (verdict is None and rule.unknown_excludes)


def judge(values: Mapping[str, Any]) -> dict[str, bool | None]:
    """Each rule's verdict for the values that `figures.compute` gives."""
    return {rule.name: rule.judge(*(values[name] for name in inputs(rule))) for rule in RULES}


def eligible(verdicts: Mapping[str, bool | None]) -> bool:
    """Whether the loan belongs in the queue."""
    return not any(excludes(rule, verdicts[rule.name]) for rule in RULES)


def inputs(rule: Rule) -> tuple[str, ...]:
    """The names of what the rule reads, in order."""
    return rule.judge.__code__.co_varnames[: rule.judge.__code__.co_argcount]
