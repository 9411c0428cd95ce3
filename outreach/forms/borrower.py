"""What a borrower sends from the page of a link: a time and a number, a question, figures to try, which messages to get."""

from decimal import Decimal
from typing import Any

import phonenumbers
from django import forms

from loans.domain.contacts import normalized_phone
from outreach.domain import slots

LONGEST_QUESTION = 2000
NOT_A_NUMBER = "Write a telephone number with its area code, such as (303) 555-0142."


class BookingForm(forms.Form):
    """`on_file` is the number that the lender has; a number that is typed goes before it."""

    time = forms.CharField(required=False, max_length=20)
    phone = forms.CharField(
        label="Number to call",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, on_file: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_file = on_file

    def clean_time(self) -> Any:
        at = slots.read(self.cleaned_data["time"])
        if at is None:
            raise forms.ValidationError("Choose one of the times.")
        return at

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip() or self.on_file
        number = normalized_phone(typed)
        if number is None or not phonenumbers.is_possible_number(phonenumbers.parse(number, "US")):
            raise forms.ValidationError(NOT_A_NUMBER)
        return number


class QuestionForm(forms.Form):
    question = forms.CharField(
        label="Your question",
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write your question first."},
    )
    # Nobody sees this field; what fills it in is a program.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.data.get("website"))


def _all_say(words: str) -> dict[str, str]:
    return dict.fromkeys(("required", "invalid", "min_value", "max_value", "max_decimal_places", "max_digits"), words)


class TryForm(forms.Form):
    """The calculator: percent a year, years, dollars."""

    rate = forms.DecimalField(
        label="Rate, %",
        min_value=Decimal("0.125"),
        max_value=Decimal("20"),
        decimal_places=3,
        widget=forms.NumberInput(attrs={"step": "0.001", "inputmode": "decimal"}),
        error_messages=_all_say("write a rate from 0.125 to 20, with at most three decimals."),
    )
    years = forms.IntegerField(
        label="Years",
        min_value=1,
        max_value=40,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=_all_say("write whole years, from 1 to 40."),
    )
    cost = forms.DecimalField(
        label="Cost, $",
        min_value=Decimal(0),
        max_value=Decimal("250000"),
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "1", "inputmode": "numeric"}),
        error_messages=_all_say("write dollars, from 0 to 250,000."),
    )


class WishesForm(forms.Form):
    email = forms.BooleanField(required=False)
    sms = forms.BooleanField(required=False)
    call = forms.BooleanField(required=False)
