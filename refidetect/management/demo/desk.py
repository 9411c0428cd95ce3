"""How the demo's lender speaks: licenses, approved templates, a verified domain, and a mode for each branch."""

from datetime import date, datetime

from accounts.models import Branch, License, User
from outreach.domain import pins
from outreach.models import Enrolls, Mode, TemplateState, TemplateVersion
from outreach.queries import templates
from outreach.services import approving, presets, switching
from outreach.services.switching import BranchChoice
from refidetect.management.demo.names import BRANCHES
from refidetect.management.demo.people import OFFICERS

APPROVER = "grace.lindholm@example.com"
ADMINISTRATOR = "ada.marsh@example.com"
CALLS_ONLY = "priya.raman@example.com"
MANAGERS = {
    "Denver": "ruth.ellison@example.com",
    "Phoenix": "victor.salas@example.com",
    "Tampa": "june.abbott@example.com",
}
READ = "Read beside the rate and the assumptions that the message states; it fits them."


def person(email: str) -> User:
    """Somebody who works here. Raises User.DoesNotExist."""
    return User.objects.select_related("branch").get(email=email)


def open_for_business(now: datetime, today: date) -> None:
    """Everything that must be decided before a first message: the second person's approval, the domain, the licenses."""
    presets.install(now)
    _license(today)
    _approve(now)
    switching.verify_domain("example.com", by=person(ADMINISTRATOR), now=now)
    switching.set_officer(person(CALLS_ONLY), calls_only=True, ceiling=None, by=person(MANAGERS["Denver"]), now=now)


def switch(branch: str, mode: Mode, capacity: int, now: datetime) -> None:
    """A branch's manager decides how it speaks; `capacity` is new conversations an officer a day."""
    choice = BranchChoice(mode, Enrolls.EVERY, capacity, None)
    switching.set_branch(Branch.objects.get(name=branch), choice, by=person(MANAGERS[branch]), now=now)


def _license(today: date) -> None:
    """Each officer in every state in which the branch lends, until the end of next year."""
    states = {name: sorted({city[1] for city in cities}) for name, (_, cities) in BRANCHES.items()}
    License.objects.bulk_create(
        (
            License(
                officer=person(officer.email),
                state=state,
                number=f"{state}-{officer.nmls_id}",
                expires_on=date(today.year + 1, 12, 31),
            )
            for officer in OFFICERS
            for state in states[officer.branch or ""]
        ),
        ignore_conflicts=True,
    )


def _approve(now: datetime) -> None:
    waiting = TemplateVersion.objects.filter(state=TemplateState.SUBMITTED, written_by=None)
    # They came with the product, before anybody read them.
    waiting.filter(submitted_at__gt=now).update(submitted_at=now)
    for version in waiting.order_by("pk"):
        reasons = {pin.finding.rule: READ for pin in pins.check(templates.source_of(version)).undecided}
        approving.approve(version.pk, by=person(APPROVER), content_hash=version.content_hash, reasons=reasons, now=now)
