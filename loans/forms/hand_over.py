"""To whom an officer's loans go."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User

MANAGER = "manager"


class HandOverForm(forms.Form):
    """`to` is an officer's id, or "manager" for the branch manager; only an administrator may end access with it."""

    to = forms.ChoiceField(label="Goes to")
    deactivate = forms.BooleanField(label="End their access as well", required=False)

    def __init__(self, data: Any, *, successors: QuerySet[User], may_deactivate: bool, leaver: User) -> None:
        super().__init__(data)
        self.people = {str(user.pk): user for user in successors}
        labels = [(pk, f"{user}, {user.branch}") for pk, user in self.people.items()]
        to: Any = self.fields["to"]
        to.choices = [("", "Choose"), (MANAGER, f"The branch manager of {leaver.branch}"), *labels]
        if not may_deactivate:
            del self.fields["deactivate"]

    @property
    def successor(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])

    @property
    def ends_access(self) -> bool:
        return bool(self.cleaned_data.get("deactivate"))
