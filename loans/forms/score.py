"""The weights of the score as somebody changes them."""

from typing import Any

from django import forms

from loans.domain import score

PARTS = tuple(part.name for part in score.PARTS)


def _points(label: str, help_text: str, *, low: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=low, max_value=100)


class ScoreForm(forms.Form):
    """Four weights that are 100 together, and the cut-off."""

    cutoff = _points("Reach out from", "From this score on it says proactive outreach, below it passive nurture.", low=1)
    note = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands in the history with your name.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for part in score.PARTS:
            self.fields[part.name] = _points(f"{part.label}, points", part.scale)
        self.order_fields([*PARTS, "cutoff", "note", "seen"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(name in self.errors for name in PARTS) and (total := sum(data[name] for name in PARTS)) != 100:
            self.add_error(None, f"The four weights are 100 together; these are {total}.")
        return data

    def weights(self) -> score.Weights:
        return score.Weights(**{name: self.cleaned_data[name] for name in (*PARTS, "cutoff")})

    def draft(self) -> score.Weights | None:
        """What is typed, for the preview beside the form; None where it makes no sense yet."""
        self.is_valid()
        typed: dict[str, Any] = {name: self.cleaned_data.get(name) for name in (*PARTS, "cutoff")}
        if None in typed.values():
            return None
        weights = score.Weights(**typed)
        return weights if weights.total == 100 else None
