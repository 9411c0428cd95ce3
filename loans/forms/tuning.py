"""What the address of the page about thresholds asks for, and a threshold as somebody applies it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Branch
from loans.domain.tuning import CHOICES, Assumptions, Scope
from loans.models import ProductFamily

EVERY_FAMILY = "every"
"""In the address, so that it can be told from a family that is not named."""


@dataclass(frozen=True)
class Asked:
    """A scope, a choice if one is named, and the reader's assumptions; `trail` has all but the choice for an address."""

    scope: Scope
    spread: Decimal | None
    assumed: Assumptions
    trail: dict[str, Any]


MOST_BALANCE = 99_999_999
NUMBER_CODES = ("invalid", "min_value", "max_value", "max_decimal_places")


def _balance(label: str) -> forms.DecimalField:
    # Whichever way it is none, what it must be is the same sentence.
    says = f"{label}: write a number of dollars from 0 to {MOST_BALANCE:,}, with two decimals at most. It is left out."
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=MOST_BALANCE, decimal_places=2,
        error_messages=dict.fromkeys(NUMBER_CODES, says),
    )  # fmt: skip


def _assumption(says: str, most: int, decimals: int) -> forms.DecimalField:
    return forms.DecimalField(
        required=False, min_value=0, max_value=most, decimal_places=decimals,
        error_messages=dict.fromkeys(NUMBER_CODES, f"{says} The usual number stands."),
    )  # fmt: skip


class ScopeForm(forms.Form):
    """A word that it does not know counts as not asked for; the page says so beside the field."""

    branch = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    family = forms.ChoiceField(choices=[(EVERY_FAMILY, "Every product"), *ProductFamily.choices], required=False)
    balance_from = _balance("Balance from")
    balance_below = _balance("Balance below")
    spread = forms.DecimalField(required=False)
    percent = _assumption("Contact to close: write percent from 0 to 100, with one decimal at most.", 100, 1)
    revenue = _assumption("Revenue a closing: write dollars from 0 to 1,000,000, with two decimals at most.", 1_000_000, 2)

    def __init__(self, data: Any, *, branches: list[Branch], own: Branch | None) -> None:
        """`branches` are those to choose from; `own` is the only one of somebody who sees no other."""
        super().__init__(data)
        self.own = own
        choices = [(one.pk, str(one)) for one in branches]
        field: Any = self.fields["branch"]
        field.choices = choices if own else [("", "Every branch"), *choices]

    def asked(self) -> Asked:
        """What is set and understood; conventional loans where no family is named."""
        self.is_valid()
        known = self.cleaned_data
        family = known.get("family") or ProductFamily.CONVENTIONAL.value
        low, high = known.get("balance_from"), known.get("balance_below")
        if low is not None and high is not None and high <= low:
            self.add_error("balance_below", "A band ends above where it begins: “below” is left out.")
            high = None
        scope = Scope(self.own.pk if self.own else known.get("branch"), "" if family == EVERY_FAMILY else family, low, high)
        spread = known.get("spread")
        usual = Assumptions()
        percent, revenue = known.get("percent"), known.get("revenue")
        return Asked(
            scope=scope,
            spread=next((choice for choice in CHOICES if choice == spread), None),
            assumed=Assumptions(usual.percent if percent is None else percent, usual.revenue if revenue is None else revenue),
            trail={
                "branch": scope.branch_id,
                "family": family,
                "balance_from": low,
                "balance_below": high,
                "percent": percent,
                "revenue": revenue,
            },
        )


class ApplyForm(forms.Form):
    """A spread from a day on, and why; without a spread the scope has no threshold of its own any more."""

    spread = forms.DecimalField(required=False, min_value=0, max_value=5, max_digits=4, decimal_places=3)
    effective_from = forms.DateField(
        label="Takes effect",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say from which day.", "invalid": "That is no day."},
    )
    note = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why: the note stands in the history."},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())
