"""Which rate of the market a loan was compared with and why, for `loans.domain.explanation`."""

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]


def rate_available(values: Values, *, passed: bool | None) -> str:
    """The rate, the loans it is for, and the conforming limit where it decided; for what `figures.compute` gives."""
    product = values["product"].replace("_", " ")
    if not passed:
        return f"No current rate for {product}, nor for what stands in for it."
    stands_in = f"; the conventional rate stands in for {product}" if values["proxy"] else ""
    return f"{values['market_rate']:.3f}%{_which(values)}{stands_in}.{_limit(values)}"


def _which(values: Values) -> str:
    narrow = [one for one in values["buckets"] if one.product == values["product"]]
    if not narrow:
        return ""
    ltv, score = values["loan_to_value"], values["credit_score"]
    if values["bucket"]:
        used = values["buckets"][values["bucket"] - 1]
        own = [f"LTV {ltv:.2f}"] if ltv is not None and "LTV" in used.label else []
        own += [f"score {score}"] if score is not None and "score" in used.label else []
        return f" for {used.label} (this loan: {', '.join(own)})"
    missing = [word for word, value in (("LTV", ltv), ("score", score)) if value is None]
    why = f"its {' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} not known" if missing else "no narrower one fits"
    return f" for every loan, as {why}"


def _limit(values: Values) -> str:
    """Where a conventional loan is above the baseline: otherwise no county could change anything."""
    owed, limit = values["unguarded_balance"], values["conforming_limit"]
    program = values["product"].partition("_")[0]
    if program not in ("conventional", "jumbo") or owed is None or owed <= values["baseline_limit"]:
        return ""
    side = "Jumbo: it owes more than" if program == "jumbo" else "Conforming: it owes no more than"
    return f" {side} the limit of ${limit:,.0f}{_of(values)}."


def _of(values: Values) -> str:
    year = values["limits_year"]
    if values["county_fips"] in values["limits_by_county"]:
        place = " for its county"
    elif values["property_state"] in values["limits_by_state"]:
        place = " for its state"
    else:
        place = ", the baseline" if values["county_fips"] else ", the baseline, as its county is not known"
    if year is None:
        return place
    nearest = "" if year == values["as_of"].year else ", the nearest year on file"
    return f"{place} in {year}{nearest}" if "baseline" not in place else f" in {year}{nearest}{place}"
