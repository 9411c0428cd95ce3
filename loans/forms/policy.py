"""The numbers of the rules as somebody changes them."""

from decimal import Decimal

from django import forms

from loans.models import Policy
from loans.services.policies import Numbers, Options


def _decimal(label: str, help_text: str, *, high: int, places: int = 3) -> forms.DecimalField:
    step = str(Decimal(1).scaleb(-places))
    widget = forms.NumberInput(attrs={"step": step, "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=high, decimal_places=places, widget=widget
    )


def _whole(label: str, help_text: str, *, high: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=high)


class PolicyForm(forms.Form):
    spread = _decimal("Spread", "Points that the note rate must be above the market; equal counts.", high=5)
    spread_jumbo = _decimal("Spread, jumbo", "The same for balances above the county's conforming limit.", high=5)
    minimum_months = _whole("Payments left, more than", "60: a loan with 60 payments left is out.", high=480)
    refinance_months = _whole("Months since the borrower last refinanced", "On any loan; never counts as long ago.", high=120)
    early_payoff_days = _whole(
        "Early-payoff window, days", "After closing, while the lender would lose its premium; a date on the loan goes first.",
        high=1095,
    )  # fmt: skip
    early_payoff_warns = forms.BooleanField(
        label="The window only warns", required=False,
        help_text="The loan stays in the queue, with what an early payoff would cost the lender.",
    )  # fmt: skip
    early_payoff_percent = _decimal(
        "What an early payoff costs the lender, percent of the balance", "Where no investor's window says otherwise.", high=10
    )
    break_even_limit = forms.IntegerField(
        label="Break-even, at most so many months", required=False, min_value=1, max_value=480,
        help_text="Empty: break-even is shown, and keeps nobody out.",
    )  # fmt: skip
    cost_fixed = _decimal("Closing costs, fixed part in dollars", "", high=1_000_000, places=2)
    cost_percent = _decimal("Closing costs, percent of the balance", "Added to the fixed part.", high=10)
    note = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands in the history with your name.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def numbers(self) -> Numbers:
        return Numbers(**{name: self.cleaned_data[name] for name in Numbers.__dataclass_fields__})

    def options(self) -> Options:
        return Options(**{name: self.cleaned_data[name] for name in Options.__dataclass_fields__})

    def draft(self) -> Policy:
        """What is typed, where it can be read, over the rules in force: for the examples beside the form."""
        draft = Policy.current()
        for name in Numbers.__dataclass_fields__:
            setattr(draft, name, self.cleaned_data.get(name, getattr(draft, name)))
        return draft
