"""What an officer sends about one opportunity or several: a day, a reason, a note."""

from datetime import date, timedelta
from typing import Any

from django import forms

from loans.services.acting import ARCHIVE_REASONS, LONGEST_SNOOZE_DAYS

AHEAD = {"In a week": 7, "In a month": 30, "In three months": 91}


class SnoozeForm(forms.Form):
    until = forms.DateField(label="Bring it back on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": today + timedelta(days=30)})
        super().__init__(*args, **kwargs)
        field = self.fields["until"].widget.attrs
        field["min"], field["max"] = today + timedelta(days=1), today + timedelta(days=LONGEST_SNOOZE_DAYS)
        self.ahead = [(label, today + timedelta(days=days)) for label, days in AHEAD.items()]


class ArchiveForm(forms.Form):
    reason = forms.ChoiceField(
        choices=list(ARCHIVE_REASONS.items()), widget=forms.RadioSelect, error_messages={"required": "Choose a reason."}
    )
    text = forms.CharField(
        label="In your words",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "Optional", "autocomplete": "off"}),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write a note of 1 to 2,000 characters."},
    )
