"""Why a loan is in the queue or not, as the API gives it: what `manage.py explain` prints, the early payoff and the score."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from loans.domain import score as scale
from loans.domain.explanation import Verdict
from loans.domain.words import round_to_cent
from loans.models import Opportunity
from loans.queries import as_json, scoring
from loans.queries.explaining import Explanation

MONEY = {"max_digits": 12, "decimal_places": 2, "allow_null": True}
RATE = {"max_digits": 6, "decimal_places": 3, "allow_null": True}


class RuleOut(serializers.Serializer):
    name = serializers.CharField()
    passed = serializers.BooleanField(allow_null=True, help_text="Null where it can't be known.")
    inputs = serializers.DictField(help_text="What the rule reads, by name.")
    sentence = serializers.CharField()
    citation = serializers.CharField(allow_null=True)
    opens_on = serializers.DateField(allow_null=True)
    opens_at_rate = serializers.DecimalField(**RATE)


class FiguresOut(serializers.Serializer):
    """The keys of a row of `manage.py queue --json`."""

    rank = serializers.IntegerField(allow_null=True)
    loan_number = serializers.CharField()
    borrower = serializers.CharField()
    officer = serializers.EmailField(allow_null=True)
    program = serializers.CharField()
    product = serializers.CharField()
    proxy = serializers.BooleanField()
    note_rate = serializers.DecimalField(**RATE)
    market_rate = serializers.DecimalField(**RATE)
    spread = serializers.DecimalField(**RATE)
    upb = serializers.DecimalField(**MONEY)
    upb_estimated = serializers.BooleanField()
    months_remaining = serializers.IntegerField(allow_null=True)
    current_payment = serializers.DecimalField(**MONEY)
    new_payment = serializers.DecimalField(**MONEY)
    monthly_savings = serializers.DecimalField(**MONEY)
    total_interest_savings = serializers.DecimalField(**MONEY)
    closing_costs = serializers.DecimalField(**MONEY)
    break_even_months = serializers.IntegerField(allow_null=True)
    qualifies = serializers.BooleanField()
    status = serializers.CharField(allow_null=True)
    last_contact = serializers.DateTimeField(allow_null=True)


class ScenarioOut(serializers.Serializer):
    name = serializers.CharField(help_text="same_term, new_30_year, and further targets that are worth their costs.")
    rate = serializers.DecimalField(**RATE)
    months = serializers.FloatField(allow_null=True)
    payment = serializers.DecimalField(**MONEY)
    total_interest = serializers.DecimalField(**MONEY)
    monthly_savings = serializers.DecimalField(**MONEY)
    total_interest_savings = serializers.DecimalField(**MONEY)
    closing_costs = serializers.DecimalField(**MONEY)
    break_even_months = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(allow_null=True, allow_blank=True)


class AdlOut(serializers.Serializer):
    threshold_bp = serializers.IntegerField(help_text="Basis points from which acting now beats waiting.")
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])


class EarlyPayoffOut(serializers.Serializer):
    """What a payoff would cost the lender."""

    ends = serializers.DateField(allow_null=True, help_text="The last day on which it costs the lender its premium.")
    cost = serializers.DecimalField(**MONEY, help_text="Dollars on the day of `as_of`; 0 when the window is over.")


class ScorePartOut(serializers.Serializer):
    name = serializers.CharField(source="part.name")
    points = serializers.DecimalField(max_digits=4, decimal_places=1)
    weight = serializers.IntegerField(help_text="The most points that this part can give.")
    sentence = serializers.CharField()


class ScoreOut(serializers.Serializer):
    score = serializers.DecimalField(max_digits=4, decimal_places=1)
    approach = serializers.ChoiceField(choices=list(scale.APPROACHES.items()))
    cutoff = serializers.IntegerField(help_text="From this score on one reaches out by oneself.")
    parts = ScorePartOut(many=True, help_text="They add up to the score.")


class ExplanationOut(serializers.Serializer):
    loan_number = serializers.CharField()
    as_of = serializers.DateField()
    eligible = serializers.BooleanField()
    rules = RuleOut(many=True)
    figures = FiguresOut()
    scenarios = ScenarioOut(many=True)
    adl = AdlOut(allow_null=True)
    early_payoff = EarlyPayoffOut()
    score = ScoreOut(allow_null=True, help_text="Of the loan's open opportunity, as the newest match has it; null without one.")


def score_of(row: Opportunity | None) -> Any:
    """The score of a row with its parts; None where there is no row, or no match has scored it."""
    explained = scoring.explained(row, scoring.weights()) if row else None
    return ScoreOut(explained).data if explained else None


def answer(explained: Explanation, row: Opportunity | None) -> dict[str, Any]:
    """`row` is the loan's open opportunity, if it has one."""
    values = explained.values
    return as_json.explanation(explained, row) | {
        "early_payoff": EarlyPayoffOut({"ends": values["early_payoff_ends"], "cost": _cents(values["early_payoff_cost"])}).data,
        "score": score_of(row),
    }


def _cents(dollars: float | None) -> Decimal | None:
    return None if dollars is None else round_to_cent(dollars)
