"""Who works at the demo's lender. Everybody signs in with the same pass phrase; the demo listens on this machine only."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Branch, Lender, Role, User
from refidetect.management.demo.names import BRANCHES

PASS_PHRASE = "refinance with care"  # noqa: S105  a demo's, printed when it starts
LENDER_NAME, LENDER_NMLS = "Harbor Pine Home Loans", "9900001"
ADDRESS = {"street": "1200 Example Street", "city": "Denver", "state": "CO", "zip_code": "80202", "phone": "(303) 555-0100"}


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    branch: str | None = None
    nmls_id: str = ""

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.com"


PEOPLE = (
    Person("Dana Whitfield", Role.OFFICER, "Denver", "9900417"),
    Person("Owen Castillo", Role.OFFICER, "Denver", "9900418"),
    Person("Priya Raman", Role.OFFICER, "Denver", "9900419"),
    Person("Marcus Bell", Role.OFFICER, "Phoenix", "9900420"),
    Person("Lucia Ortega", Role.OFFICER, "Phoenix", "9900421"),
    Person("Harriet Cole", Role.OFFICER, "Tampa", "9900422"),
    Person("Samuel Adler", Role.OFFICER, "Tampa", "9900423"),
    Person("Naomi Frost", Role.OFFICER, "Tampa", "9900424"),
    Person("Ruth Ellison", Role.MANAGER, "Denver", "9900410"),
    Person("Grace Lindholm", Role.COMPLIANCE),
    Person("Ada Marsh", Role.ADMINISTRATOR),
    Person("Victor Salas", Role.MANAGER, "Phoenix", "9900411"),
    Person("June Abbott", Role.MANAGER, "Tampa", "9900412"),
)
OFFICERS = tuple(person for person in PEOPLE if person.role == Role.OFFICER)


def ensure(notice: str) -> None:
    """The lender, its branches and its people; what is there already stays as it is."""
    with transaction.atomic():
        Lender.objects.update_or_create(
            pk=1, defaults={"demo": True, "demo_notice": notice}, create_defaults={
                "name": LENDER_NAME, "nmls_id": LENDER_NMLS, "time_zone": "America/Denver", "demo": True, "demo_notice": notice,
                **ADDRESS,
            },
        )  # fmt: skip
        branches = {
            name: Branch.objects.get_or_create(name=name, defaults={"time_zone": zone})[0]
            for name, (zone, _) in BRANCHES.items()
        }
        known = set(User.objects.values_list("email", flat=True))
        password = make_password(PASS_PHRASE)
        User.objects.bulk_create(
            User(
                email=person.email,
                name=person.name,
                role=person.role,
                branch=branches.get(person.branch or ""),
                nmls_id=person.nmls_id,
                phone=f"(303) 555-01{number:02d}" if person.nmls_id else "",
                password=password,
                invited_at=timezone.now(),
            )
            for number, person in enumerate(PEOPLE, start=10)
            if person.email not in known
        )
