"""What came of a call."""

from django import forms

from outreach.services.calling import OUTCOMES


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of the call.", "invalid_choice": "Choose what came of the call."},
    )
    text = forms.CharField(
        label="In your words",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "Optional", "autocomplete": "off"}),
    )
