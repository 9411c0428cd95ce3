"""A message typed by hand. The form carries a token from when it was shown, so that it is sent once."""

from typing import Any

from django import forms
from django.core import signing

from outreach.models import Channel
from outreach.services import composing

SALT = "outreach.composing"
A_DAY = 24 * 3600
TOO_OLD = "This page is too old. Read your message again and send it."


def token_for(**about: Any) -> str:
    """A new token, bound to who was shown the form and what it is about."""
    return signing.dumps({"token": composing.new_token(), **about}, salt=SALT)


class MessageForm(forms.Form):
    to = forms.TypedChoiceField(coerce=int, label="To")
    subject = forms.CharField(label="Subject", max_length=200, error_messages={"required": "Write a subject."})
    text = forms.CharField(
        label="Message", widget=forms.Textarea(attrs={"rows": 8}), error_messages={"required": "Write a message."}
    )
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, channel: str, people: list[Any], about: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["to"].choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]
        longest = composing.LONGEST_MAIL
        if channel == Channel.SMS:
            del self.fields["subject"]
            longest = composing.LONGEST_TEXT
        self.fields["text"].max_length = longest  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs["maxlength"] = longest

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        longest = self.fields["text"].max_length  # type: ignore[attr-defined]
        if len(text.replace("\r\n", "\n")) > longest:
            raise forms.ValidationError(f"Write at most {longest:,} characters.")
        return text

    def clean_token(self) -> str:
        try:
            stored = signing.loads(self.cleaned_data["token"], salt=SALT, max_age=A_DAY)
        except signing.BadSignature as error:
            raise forms.ValidationError(TOO_OLD) from error
        token: str = stored.pop("token", "")
        if stored != self.about:
            raise forms.ValidationError(TOO_OLD)
        return token
