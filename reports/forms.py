"""What somebody asks of the weekly report: a week, and what it is narrowed to."""

from datetime import datetime

from django import forms

from accounts.models import User
from reports.domain import bands, weeks
from reports.domain.weeks import NotAWeek, Week
from reports.queries import scope as scoping
from reports.queries.scope import Asked

LARGEST = 2**31 - 1


class AskedForm(forms.Form):
    """Read leniently by `asked`: what is not understood is as if it were not asked."""

    week = forms.CharField(required=False, max_length=8)
    branch = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    officer = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    sequence = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    threshold = forms.DecimalField(required=False, max_digits=6, decimal_places=3)
    band = forms.TypedChoiceField(required=False, choices=bands.all_bands, coerce=int, empty_value=None)
    program = forms.ChoiceField(required=False, choices=[("", ""), *scoping.PROGRAMS])

    def clean_week(self) -> Week | None:
        text = self.cleaned_data["week"]
        if not text:
            return None
        try:
            return Week.named(text)
        except NotAWeek as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def asked(self, user: User, now: datetime) -> Asked:
        """The newest complete week on the clock of the branch, unless a week up to the present one is asked for."""
        self.is_valid()
        known = self.cleaned_data
        zone = scoping.zone_of(known.get("branch") or user.branch_id)
        week = known.get("week") or weeks.last_complete(now, zone)
        return Asked(
            week=min(week, weeks.current(now, zone)),
            branch=known.get("branch"),
            officer=known.get("officer"),
            sequence=known.get("sequence"),
            threshold=known.get("threshold"),
            band=known.get("band"),
            program=known.get("program") or "",
        )
