"""What people send to the rates pages, checked for shape."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from rates.domain import products, sources
from rates.models import Rate

LARGEST_MB = 20


class SheetForm(forms.Form):
    """A rate sheet. What is in it is judged line by line when it is loaded."""

    sheet = forms.FileField(label="CSV file", widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_sheet(self) -> UploadedFile:
        sheet: UploadedFile = self.cleaned_data["sheet"]
        if (sheet.size or 0) > LARGEST_MB * 1024**2:
            raise forms.ValidationError(f"The file is larger than {LARGEST_MB} MB; a file of rates is not.")
        return sheet


class DecisionForm(forms.Form):
    """One decision on a held value, and the value it is about."""

    decision = forms.ChoiceField(choices=[("accept", "Accept"), ("keep", "Keep old")])
    value = forms.DecimalField(max_digits=6, decimal_places=3)


class MoveForm(forms.Form):
    direction = forms.ChoiceField(choices=[("up", "Up"), ("down", "Down")])


class SwitchForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("1", "On"), ("0", "Off")], coerce=lambda word: word == "1")


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=1970, max_value=2200, required=False)


class HistoryForm(forms.Form):
    """The filters of the history. A word it does not know counts as no filter."""

    product = forms.ChoiceField(choices=[("", "All products"), *products.PUBLISHED.items()], required=False)
    source = forms.ChoiceField(
        choices=[("", "All sources"), *((source.code, source.label) for source in sources.SOURCES.values())], required=False
    )
    status = forms.ChoiceField(choices=[("", "Any status"), *Rate.Status.choices], required=False)
    since = forms.DateField(required=False)

    def known(self) -> dict[str, Any]:
        """The filters that are set and known, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
