"""What an author writes and what compliance decides about it."""

from typing import Any

from django import forms

from outreach.domain.pins import Pin
from outreach.models import Channel
from outreach.services.approving import LONGEST_NOTE

LONGEST_BODY = 20_000


class NewTemplateForm(forms.Form):
    title = forms.CharField(max_length=120, help_text="As the list shows it, such as “Day 1 e-mail”. Borrowers never see it.")
    channel = forms.ChoiceField(choices=Channel.choices)


class DraftForm(forms.Form):
    """The parts of a template; subject and plain text belong to an e-mail alone."""

    subject = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    body = forms.CharField(max_length=LONGEST_BODY, required=False, strip=False, widget=forms.Textarea)
    text = forms.CharField(max_length=LONGEST_BODY, required=False, strip=False, widget=forms.Textarea, label="Plain text")

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if channel != Channel.EMAIL:
            del self.fields["subject"], self.fields["text"]
            self.fields["body"].label = "Text" if channel == Channel.SMS else "Script"
        self.fields["body"].widget.attrs["rows"] = {"email": 16, "sms": 5}.get(channel, 10)
        for name in ("subject", "body", "text"):
            if name in self.fields:
                style = "form-control" if name == "subject" else "form-control mono"
                self.fields[name].widget.attrs |= {"class": style, "data-insert-into": "", "spellcheck": "true"}

    def parts(self) -> dict[str, str]:
        """Subject, body and text, empty where the channel has none."""
        return {name: self.cleaned_data.get(name, "") for name in ("subject", "body", "text")}


class ReturnForm(forms.Form):
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)


class RetireForm(forms.Form):
    note = forms.CharField(
        label="Why it is taken out of force",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands beside the version for good.",
    )


class ApproveForm(forms.Form):
    """The hash of what was read, and a reason for each rule whose finding is accepted."""

    content_hash = forms.CharField(max_length=64)

    def __init__(self, *args: Any, undecided: tuple[Pin, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = [pin.finding.rule for pin in undecided]
        for rule in self.rules:
            self.fields[f"reason_{rule}"] = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def reasons(self) -> dict[str, str]:
        """What was written, by rule."""
        return {rule: self.cleaned_data.get(f"reason_{rule}", "") for rule in self.rules}
