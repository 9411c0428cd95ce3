"""What a person decides about a held run."""

from django import forms


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=[("release", "Release"), ("dismiss", "Dismiss")])

    @property
    def release(self) -> bool:
        return bool(self.cleaned_data["decision"] == "release")
