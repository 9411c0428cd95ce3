"""Costs, investors' windows and program numbers as somebody adds them, takes them back or tries them on an example."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from accounts.domain import states
from accounts.models import Branch, User
from loans.domain import programs
from loans.models import Program
from loans.services.rule_numbers import Entry

EXAMPLE_BALANCE = Decimal(400_000)
STATES = [("", "Every state"), *states.CHOICES]
PROGRAMS = [("", "Every program"), *Program.choices]


def _decimal(label: str, help_text: str, *, high: int, places: int) -> forms.DecimalField:
    step = str(Decimal(1).scaleb(-places))
    widget = forms.NumberInput(attrs={"step": step, "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=high, decimal_places=places, widget=widget
    )


def _why(label: str = "Why", help_text: str = "Stands in the history with your name.") -> forms.CharField:
    return forms.CharField(label=label, max_length=300, help_text=help_text, widget=forms.Textarea(attrs={"rows": 2}))


def _branch() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label="Branch", coerce=int, empty_value=None, required=False)


class EntryForm(forms.Form):
    """What every row asks for: from which day, and why."""

    effective_from = forms.DateField(
        label="Counts from", widget=forms.DateInput(attrs={"type": "date"}), help_text="Today or later."
    )
    note = _why()

    def __init__(self, data: Any = None, *, today: date, initial: Any = None) -> None:
        super().__init__(data, initial={"effective_from": today} | (initial or {}))
        self.today = today

    def entry(self, by: User) -> Entry:
        """Who adds it, and from when; of a valid form."""
        return Entry(by, self.today, self.cleaned_data["effective_from"], self.cleaned_data["note"])


class CostForm(EntryForm):
    """`branches` are those for which the person may set costs; without `everywhere` one of them is asked."""

    branch = _branch()
    state = forms.ChoiceField(label="State of the property", choices=STATES, required=False)
    program = forms.ChoiceField(label="Program", choices=PROGRAMS, required=False)
    fixed = _decimal("Fixed part, dollars", "", high=1_000_000, places=2)
    percent = _decimal("Percent of the balance", "Added to the fixed part. 0 for none.", high=10, places=3)
    field_order = ("branch", "state", "program", "fixed", "percent", "effective_from", "note")

    def __init__(self, data: Any = None, *, branches: list[Branch], everywhere: bool, **given: Any) -> None:
        super().__init__(data, **given)
        field: Any = self.fields["branch"]
        field.choices = [*([("", "Every branch")] if everywhere else []), *((one.pk, str(one)) for one in branches)]
        field.required = not everywhere


class WindowForm(EntryForm):
    investor = forms.CharField(
        label="Investor", max_length=80, help_text="As the portfolio file writes it; capitals do not matter.",
        widget=forms.TextInput(attrs={"list": "investors", "autocomplete": "off"}),
    )  # fmt: skip
    days = forms.IntegerField(
        label="Days after closing", min_value=0, max_value=1095, help_text="While the investor takes its premium back."
    )
    premium_percent = _decimal(
        "Premium, percent of the balance", "What the lender pays back if the loan is paid off.", high=10, places=3
    )
    field_order = ("investor", "days", "premium_percent", "effective_from", "note")


class TakeBackForm(forms.Form):
    note = _why()


class ExampleForm(forms.Form):
    """A loan whose costs somebody wants to know; a word that it does not know counts as not chosen."""

    branch = _branch()
    state = forms.ChoiceField(label="State", choices=STATES, required=False)
    program = forms.ChoiceField(label="Program", choices=PROGRAMS[1:], required=False)
    balance = forms.DecimalField(label="Balance, dollars", min_value=1, max_value=99_999_999, required=False, decimal_places=2)

    def __init__(self, data: Any, *, branches: list[Branch]) -> None:
        super().__init__(data)
        field: Any = self.fields["branch"]
        field.choices = [("", "Another branch"), *((one.pk, str(one)) for one in branches)]
        self.fields["state"].choices = [("", "State not known"), *states.CHOICES]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What is understood; for the rest a conventional loan of EXAMPLE_BALANCE anywhere."""
        self.is_valid()
        known = self.cleaned_data
        return {
            "branch_id": known.get("branch"),
            "state": known.get("state") or "",
            "program": known.get("program") or Program.CONVENTIONAL.value,
            "balance": known.get("balance") or EXAMPLE_BALANCE,
        }


class ProgramValueForm(EntryForm):
    """Another value, or the same one confirmed; a table is only confirmed."""

    value = forms.DecimalField(label="Value", max_digits=12, decimal_places=3)
    verified = forms.BooleanField(
        label="I have read it there myself", required=False, help_text="Only then does it count as verified."
    )
    note = _why("Where it stands", "Document, section and date, as an auditor would look it up.")
    field_order = ("value", "effective_from", "note", "verified")

    def __init__(self, data: Any = None, *, shipped: programs.Value, **given: Any) -> None:
        super().__init__(data, **given)
        self.shipped = shipped
        if shipped.value is None:
            del self.fields["value"]
            self.fields["verified"].required = True
            return
        whole = shipped.unit in programs.WHOLE
        field = self.fields["value"]
        field.label = f"Value, {shipped.unit}"
        field.widget = forms.NumberInput(
            attrs={"step": "1" if whole else "0.001", "min": 0, "max": programs.HIGHEST[shipped.unit], "inputmode": "decimal"}
        )

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if unfit := programs.unfit(self.shipped, value):
            raise forms.ValidationError(unfit)
        return value
