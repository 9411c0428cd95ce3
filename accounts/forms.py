"""The forms of people, branches, the lender and one's own profile, and of the password reset."""

from datetime import date
from typing import Any

import phonenumbers
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from django import forms
from django.core.validators import RegexValidator

from accounts.domain import clocks, states
from accounts.models import Branch, Lender, Role, User
from accounts.services.people import Details

ZIP = RegexValidator(r"^\d{5}(-\d{4})?$", "A ZIP is five digits, such as 80203.")
NMLS_ID = RegexValidator(r"^\d{1,12}$", "An NMLS ID has digits only.")
BRANCH_ROLES = (Role.OFFICER, Role.MANAGER, Role.PROCESSOR)


class ZoneField(forms.ChoiceField):
    def __init__(self, *, current: str = "", unset: str = "", **options: Any) -> None:
        first = [("", unset)] if unset else []
        super().__init__(choices=[*first, *clocks.choices(current)], **options)


class PersonForm(forms.Form):
    """Somebody's work: name, role, branch, NMLS ID."""

    name = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=Role.of_people())
    branch = forms.ModelChoiceField(Branch.objects.order_by("name"), required=False, empty_label="No branch")
    nmls_id = forms.CharField(label="NMLS ID", required=False, max_length=12, validators=[NMLS_ID])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") in BRANCH_ROLES and not data.get("branch") and "branch" not in self.errors:
            self.add_error("branch", f"A {Role(data['role']).label.lower()} works in a branch.")
        return data

    def details(self) -> Details:
        branch = self.cleaned_data["branch"]
        return Details(
            name=self.cleaned_data["name"],
            role=Role(self.cleaned_data["role"]),
            branch_id=branch.pk if branch else None,
            nmls_id=self.cleaned_data["nmls_id"],
        )


class InviteForm(PersonForm):
    email = forms.EmailField(label="E-mail", max_length=254, help_text="They sign in with it.")
    field_order = ("email", "name", "role", "branch", "nmls_id")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=150)
    phone = forms.CharField(required=False, max_length=30, help_text="Shown to borrowers with your name.")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        initial = {"name": user.name, "phone": user.phone_written, "time_zone": user.time_zone}
        super().__init__(*args, initial=initial, **options)
        home = clocks.name_of(user.branch.time_zone if user.branch else Lender.current().time_zone)
        zone = ZoneField(
            current=user.time_zone, unset=f"As the {'branch' if user.branch else 'lender'}: {home}", required=False
        )
        self.fields["time_zone"] = zone
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"

    def clean_phone(self) -> str:
        text = str(self.cleaned_data["phone"]).strip()
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "US")
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError("Write a phone number such as (303) 555-0142.") from error
        if not phonenumbers.is_possible_number(number):
            raise forms.ValidationError("Write a phone number such as (303) 555-0142.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class BranchForm(forms.ModelForm[Branch]):
    class Meta:
        model = Branch
        fields = ("name", "time_zone")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["time_zone"] = ZoneField(
            current=self.instance.time_zone, help_text="Reports and sending hours follow this clock."
        )


class LicenseForm(forms.Form):
    """A state in which somebody may arrange loans, and until when."""

    state = forms.ChoiceField(choices=states.CHOICES)
    number = forms.CharField(required=False, max_length=30, label="License number")
    expires_on = forms.DateField(label="Ends", widget=forms.DateInput(attrs={"type": "date"}))


class LenderForm(forms.ModelForm[Lender]):
    """The postal address is what every commercial e-mail must carry: without a street none goes out."""

    class Meta:
        model = Lender
        fields = ("name", "nmls_id", "time_zone", "street", "city", "state", "zip_code", "phone")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["nmls_id"].validators.append(NMLS_ID)
        self.fields["time_zone"] = ZoneField(
            current=self.instance.time_zone, help_text="A daily run counts as today's by this clock."
        )
        self.fields["street"].help_text = "The postal address stands under every e-mail; without it none goes out."
        self.fields["state"] = forms.ChoiceField(choices=[("", "Not given"), *states.CHOICES], required=False)
        self.fields["zip_code"].validators.append(ZIP)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("street") and not (data.get("city") and data.get("state") and data.get("zip_code")):
            self.add_error("street", "A postal address has a street, a city, a state and a ZIP.")
        return data


class KeyForm(forms.Form):
    """A key for another system."""

    name = forms.CharField(max_length=50, help_text="The system that will use it, such as Encompass.")
    branch = forms.ModelChoiceField(
        Branch.objects.order_by("name"), required=False, empty_label="Every branch", help_text="Whose loans it sees."
    )
    right = forms.ChoiceField(
        label="May",
        choices=[("read", "Read"), ("write", "Read and write")],
        help_text="Writing: post loans, rates, events and consents, and work on opportunities, all under the key's name.",
    )
    expires_on = forms.DateField(
        label="Last day", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="Empty: until revoked."
    )

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < Lender.current().today():
            raise forms.ValidationError("Choose a day that is still to come.")
        return day


class ResetPasswordForm(AllauthResetPasswordForm):
    """Mails a link to people with access or an invitation; an officer whom only a file named does not get in this way."""

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_access or user.invited_at]
        return email
