"""What a person may decide about how the desk speaks: of a branch, an officer, and the whole lender."""

import re
from typing import Any

from django import forms

from outreach.models import BranchOutreach, Enrolls, Mode, OfficerOutreach, Sequence
from outreach.services.switching import BranchChoice

MODES = (
    (Mode.OFF, "Off: nothing begins, and nothing that was planned goes out"),
    (Mode.REVIEW, "Review: each day's messages wait until an officer or manager lets them go"),
    (Mode.AUTOMATIC, "Automatic: what passes the gate goes out by itself"),
)
DOMAIN = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


class BranchOutreachForm(forms.Form):
    """Mode, who is begun, how many a day, and with which sequence."""

    mode = forms.ChoiceField(choices=[(mode.value, words) for mode, words in MODES], widget=forms.RadioSelect)
    enrolls = forms.ChoiceField(label="Conversations begin with", choices=Enrolls.choices)
    capacity = forms.IntegerField(
        label="New conversations an officer a day",
        min_value=0,
        max_value=500,
        help_text="The rest wait, most valuable first.",
    )
    sequence = forms.ModelChoiceField(
        Sequence.objects.filter(active=True), required=False, empty_label="The usual one",
        help_text="Who is under way keeps the version it began with.",
    )  # fmt: skip

    @classmethod
    def of(cls, row: BranchOutreach, data: Any = None) -> "BranchOutreachForm":
        """With what is in force."""
        start = {"mode": row.mode, "enrolls": row.enrolls, "capacity": row.capacity, "sequence": row.sequence_id}
        return cls(data, initial=start)

    def choice(self) -> BranchChoice:
        found = self.cleaned_data
        return BranchChoice(Mode(found["mode"]), Enrolls(found["enrolls"]), found["capacity"], found["sequence"])


class OfficerOutreachForm(forms.Form):
    """Calls only, and a ceiling of the own."""

    calls_only = forms.BooleanField(
        required=False,
        label="Takes calls only",
        help_text="E-mails and texts of a sequence become calls.",
    )
    ceiling = forms.IntegerField(
        required=False, min_value=0, max_value=1000, label="Most messages a day", help_text="Empty: as the lender."
    )

    def __init__(self, data: Any = None, *, row: OfficerOutreach, with_ceiling: bool) -> None:
        super().__init__(data, initial={"calls_only": row.calls_only, "ceiling": row.ceiling})
        self.kept = row.ceiling
        if not with_ceiling:
            del self.fields["ceiling"]

    def decided(self) -> dict[str, Any]:
        """What was decided; a ceiling that was not asked for stays."""
        return {"ceiling": self.kept, **self.cleaned_data}


class CeilingsForm(forms.Form):
    """The most that goes out in a day, whatever else is allowed."""

    lender = forms.IntegerField(min_value=0, max_value=100_000, label="Of the lender, a day")
    officer = forms.IntegerField(min_value=0, max_value=1000, label="In one officer's name, a day")


class DomainForm(forms.Form):
    """A domain, and that somebody has looked at all three records."""

    domain = forms.CharField(max_length=253)
    spf = forms.BooleanField(label="SPF: the TXT record includes the mail provider")
    dkim = forms.BooleanField(label="DKIM: both CNAME records answer, and a test message passed")
    dmarc = forms.BooleanField(label="DMARC: _dmarc has a policy, and From and DKIM agree")

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).strip().lower().rstrip(".")
        if not DOMAIN.match(domain):
            raise forms.ValidationError("Write a domain such as example.com.")
        return domain


class TextsForm(forms.Form):
    """What carriers ask of whoever texts about loans."""

    campaign_id = forms.CharField(label="10DLC campaign", max_length=40, help_text="As the carriers' registry names it.")
    direct = forms.BooleanField(label="We lend directly; we are no broker and collect no leads for others")
    registered = forms.BooleanField(label="The campaign is approved for loan content, with these texts as its samples")


class ReasonForm(forms.Form):
    """Why everything is to be halted; the reason stands on every page."""

    because = forms.CharField(label="Why", max_length=200)
