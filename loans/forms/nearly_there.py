"""How far the market falls, and whose loans one asks about."""

from typing import Any

from django import forms

from accounts.models import User
from loans.domain.opening import FALLS
from loans.models import Program
from loans.queries.nearly_there import Filters
from loans.queries.portfolio import UNASSIGNED

FIRST = next(iter(FALLS))


class NearlyThereForm(forms.Form):
    """A word that it does not know counts as not asked for."""

    fall = forms.ChoiceField(choices=[(fall, fall) for fall in FALLS], required=False)
    program = forms.ChoiceField(label="Program", choices=[("", "Any program"), *Program.choices], required=False)
    officer = forms.ChoiceField(label="Officer", required=False)

    def __init__(self, data: Any, *, officers: list[User]) -> None:
        """`officers` are those to choose from; empty for somebody who sees the own loans only."""
        super().__init__(data)
        field: Any = self.fields["officer"]
        named = [(UNASSIGNED, "No officer"), *((str(one.pk), str(one)) for one in officers)] if officers else []
        field.choices = [("", "Any officer"), *named]

    @property
    def asked_fall(self) -> str:
        """One of FALLS."""
        self.is_valid()
        return self.cleaned_data.get("fall") or FIRST

    def known(self) -> Filters:
        """What is set and understood."""
        self.is_valid()
        return Filters(self.cleaned_data.get("officer", ""), self.cleaned_data.get("program", ""))
