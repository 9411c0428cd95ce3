"""Writing down what a borrower said about being contacted, and a file of such words."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from outreach.models import Channel

LARGEST = 2 * 1024 * 1024
CHANNELS = (("email", "E-mail"), ("sms", "Texts"), ("call", "Calls"))


class OptOutForm(forms.Form):
    """No more, as somebody was told: from now on."""

    loan = forms.CharField(label="Loan number", max_length=40)
    position = forms.TypedChoiceField(label="Who", coerce=int, choices=[(1, "Borrower"), (2, "Co-borrower")])
    channels = forms.MultipleChoiceField(label="No more", choices=CHANNELS, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(
        label="In their words", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="As they said it."
    )


class LiftForm(forms.Form):
    """The person's own new word, in writing: nothing else opens an address again."""

    document = forms.CharField(max_length=200, help_text="Where what they wrote is kept: a file name, or a folder and page.")
    on = forms.DateField(label="Written on", widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label="What they wrote", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, since: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.since = since

    def clean_on(self) -> datetime:
        """The end of that day: what was written on the day of the opt-out may have come after it."""
        day, zone = self.cleaned_data["on"], timezone.get_current_timezone()
        if day > timezone.localdate():
            raise forms.ValidationError("That day has not come yet.")
        at = min(datetime.combine(day, time.max, zone), timezone.now())
        if at < self.since:
            raise forms.ValidationError("It was written before the opt-out, so the opt-out holds.")
        return at


class ConsentFileForm(forms.Form):
    """A CSV with the columns of the ledger."""

    file = forms.FileField(help_text="CSV in UTF-8, at most 2 MB.")

    def clean_file(self) -> str:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError("The file is larger than 2 MB.")
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("The file is not text in UTF-8.") from error


class LedgerFilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    channel = forms.ChoiceField(required=False, choices=[("", ""), *Channel.choices])
