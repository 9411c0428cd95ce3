"""A stored back-test as its page and the command say it: rows in words, and charts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.domain.backtest_criteria import FAMILIES, SENTENCES, Family
from reports.domain.words import DASH, TOO_FEW

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One criterion, or one group of it, in words."""

    label: str
    flagged: str
    lead: str
    hazard_flagged: str
    hazard_unflagged: str
    lift: str
    false_12: str
    false_24: str
    flagged_months: str
    code: str = ""


@dataclass(frozen=True)
class Told:
    """A family of criteria with a row for each."""

    label: str
    sentence: str
    rows: list[Row]


@dataclass(frozen=True)
class Chart:
    """`data` goes to the script as it is; `key` names its element."""

    key: str
    title: str
    says: str
    data: dict[str, Any]


def families(result: Json) -> list[Told]:
    """Every criterion of the run, by family."""
    found = []
    for family in Family:
        rows = [_row(one["label"], one["overall"], one["code"]) for one in result["criteria"] if one["family"] == family.value]
        found.append(Told(FAMILIES[family], SENTENCES[family], rows))
    return found


def by_group(criterion: Json) -> list[tuple[str, list[Row]]]:
    """A criterion by vintage and by size of loan."""
    return [
        ("Year of origination", [_row(group["group"], group) for group in criterion["by_vintage"]]),
        ("Original amount, dollars", [_row(group["group"], group) for group in criterion["by_size"]]),
    ]


def chosen(result: Json, code: str) -> Json:
    """The criterion asked for; the first spread of 0.625 or the first of all where there is none of that name."""
    found: dict[str, Json] = {one["code"]: one for one in result["criteria"]}
    return found.get(code) or found.get("spread_0.625") or result["criteria"][0]


def charts(result: Json, criterion: Json) -> list[Chart]:
    """The hazards by threshold, the leads of the chosen criterion, and how much of the book it flagged over time."""
    return [chart for chart in (_hazards(result), _leads(criterion), _over_time(result, criterion)) if chart]


def _row(label: str, figures: Json, code: str = "") -> Row:
    months, flagged = figures["months"], figures["months_flagged"]
    lead = figures["median_lead_months"]
    return Row(
        label=label,
        flagged=f"{figures['flagged_before_prepaying']:,} of {figures['prepaid']:,}",
        lead=DASH if lead is None else f"{lead} mo",
        hazard_flagged=_percent(figures["hazard_flagged"]),
        hazard_unflagged=_percent(figures["hazard_unflagged"]),
        lift=_times(figures["lift"]),
        false_12=_share(figures["false_alarms"]["12"]["share"]),
        false_24=_share(figures["false_alarms"]["24"]["share"]),
        flagged_months=f"{100 * flagged / months:.1f}%" if months else DASH,
        code=code,
    )


def _percent(estimate: Json | None) -> str:
    """`5.6% (4.1–7.7)`."""
    if estimate is None:
        return TOO_FEW
    value, low, high = (float(estimate[name]) * 100 for name in ("value", "low", "high"))
    return f"{value:.1f}% ({low:.1f}–{high:.1f})"


def _times(estimate: Json | None) -> str:
    """`3.6× (2.0–6.4)`."""
    if estimate is None:
        return TOO_FEW
    value, low, high = (float(estimate[name]) for name in ("value", "low", "high"))
    return f"{value:.1f}× ({low:.1f}–{high:.1f})"


def _share(estimate: Json | None) -> str:
    return TOO_FEW if estimate is None else f"{float(estimate['value']) * 100:.0f}%"


def _in_percent(estimate: Json | None) -> float | None:
    return None if estimate is None else round(float(estimate["value"]) * 100, 2)


def _hazards(result: Json) -> Chart | None:
    spreads = [one for one in result["criteria"] if one["family"] == Family.SPREAD.value]
    flagged = [_in_percent(one["overall"]["hazard_flagged"]) for one in spreads]
    if len(spreads) < 2 or not any(value is not None for value in flagged):
        return None
    return Chart(
        "chart-hazards",
        "Prepaid within three months, by threshold",
        "Months in which the rules of the match flagged the loan at that spread, and months in which they did not.",
        {
            "labels": [float(one["at"]) for one in spreads],
            "x": "number",
            "unit": "percent",
            "series": [
                {"name": "Flagged", "values": flagged, "tone": "accent"},
                {
                    "name": "Not flagged",
                    "values": [_in_percent(one["overall"]["hazard_unflagged"]) for one in spreads],
                    "tone": "muted",
                },
            ],
        },
    )


def _leads(criterion: Json) -> Chart | None:
    prepaid, early = criterion["overall"]["prepaid"], criterion["leads"]
    if len(early) < 2:
        return None
    return Chart(
        "chart-leads",
        "How early prepaid loans had been flagged",
        "Share of the prepaid loans whose first flag came at least so many months before the prepayment.",
        {
            "labels": list(range(1, len(early) + 1)),
            "x": "number",
            "unit": "percent",
            "series": [
                {"name": "Flagged so early", "values": [round(100 * of / prepaid, 1) for of in early], "tone": "accent"},
            ],
        },
    )


def _over_time(result: Json, criterion: Json) -> Chart | None:
    months = result["monthly"]
    if len(months) < 2:
        return None
    return Chart(
        "chart-months",
        "Flagged loans over time",
        "Share of the loans still running that were flagged at the end of each month.",
        {
            "labels": [month["month"] for month in months],
            "x": "time",
            "unit": "percent",
            "series": [
                {
                    "name": "Loans flagged",
                    "values": [
                        round(100 * month["flagged"][criterion["code"]] / month["loans_at_risk"], 2)
                        if month["loans_at_risk"]
                        else None
                        for month in months
                    ],
                    "tone": "accent",
                },
            ],
        },
    )
