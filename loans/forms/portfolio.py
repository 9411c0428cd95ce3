"""The filters of the portfolio page, its export and the API's list of loans."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Branch, User
from loans.domain.attention import REASONS, Reason
from loans.models import LoanStatus, Program
from loans.queries.portfolio import UNASSIGNED, Filters, View

HIGHEST_RATE = Decimal("24.999")


def _rate(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_value=HIGHEST_RATE, max_digits=6, decimal_places=3)


class PortfolioForm(forms.Form):
    """A word that it does not know counts as no filter; the page says so beside the field."""

    q = forms.CharField(required=False, max_length=100)
    view = forms.ChoiceField(choices=View.choices, required=False)
    rate_from = _rate("Rate from")
    rate_to = _rate("Rate to")
    originated_from = forms.DateField(label="Originated from", required=False)
    originated_to = forms.DateField(label="Originated to", required=False)
    program = forms.ChoiceField(choices=[("", "Any program"), *Program.choices], required=False)
    status = forms.ChoiceField(choices=[("", "Any status"), *LoanStatus.choices], required=False)
    branch = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    officer = forms.ChoiceField(required=False)
    reason = forms.ChoiceField(label="Why a person", required=False)

    def __init__(
        self, data: Any, *, branches: list[Branch], officers: list[User], reasons: Mapping[str, int] | None = None
    ) -> None:
        """`reasons` has the number of loans by name, of those that are counted."""
        super().__init__(data)
        branch: Any = self.fields["branch"]
        officer: Any = self.fields["officer"]
        reason: Any = self.fields["reason"]
        reason.choices = [("", "Any reason"), *((one.name, _counted(one, reasons or {})) for one in REASONS)]
        branch.choices = [("", "Any branch"), *((one.pk, str(one)) for one in branches)]
        officer.choices = [
            ("", "Any officer"),
            (UNASSIGNED, "No officer"),
            *((str(one.pk), str(one)) for one in officers),
        ]

    def known(self) -> Filters:
        """What is set and understood."""
        self.is_valid()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value not in (None, "")})


def _counted(reason: Reason, counts: Mapping[str, int]) -> str:
    return f"{reason.label} ({counts[reason.name]:,})" if reason.name in counts else reason.label
