"""Whether a branch could speak with borrowers, and what stands in the way: read by the settings and before switching on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from accounts.models import Branch, Lender, License, Role, User
from accounts.queries import people
from loans.domain import programs
from loans.queries import rule_numbers
from outreach.domain import sequences, state_windows
from outreach.domain.state_windows import Window
from outreach.models import (
    BranchOutreach,
    Change,
    Desk,
    Mode,
    OfficerOutreach,
    ProviderPause,
    SenderDomain,
    Sequence,
    TemplateState,
    TemplateVersion,
)

SANDBOX = "sandbox"


@dataclass(frozen=True)
class Finding:
    """Something that keeps messages back: what it is, and what to do about it. Not `blocks`: only part of them."""

    sentence: str
    remedy: str
    blocks: bool = True


@dataclass(frozen=True)
class BranchRow:
    """A branch with its settings; `row` is unsaved defaults where nobody has decided."""

    branch: Branch
    row: BranchOutreach

    @property
    def is_on(self) -> bool:
        return self.row.mode != Mode.OFF


def branches(user: User) -> list[BranchRow]:
    """Every branch whose settings the person may see, by name."""
    found = people.branches_of(user).select_related("outreach__sequence", "outreach__changed_by")
    return [BranchRow(branch, outreach_of(branch)) for branch in found]


def outreach_of(branch: Branch) -> BranchOutreach:
    """How the branch speaks, or the defaults."""
    return getattr(branch, "outreach", None) or BranchOutreach(branch=branch)


def officers(user: User) -> list[tuple[User, OfficerOutreach]]:
    """Those in whose names messages go, each with what was decided for them."""
    found = people.people_of(user).filter(is_active=True, role__in=(Role.OFFICER, Role.MANAGER)).select_related("outreach")
    return [(one, getattr(one, "outreach", None) or OfficerOutreach(officer=one)) for one in found]


def history(user: User, limit: int = 30) -> QuerySet[Change]:
    """The newest decisions: of the whole lender, and of the branches that the person may see."""
    rows = Change.objects.select_related("by", "branch")
    if not user.sees_every_branch:
        rows = rows.filter(branch=user.branch_id) | rows.filter(branch=None)
    return rows[:limit]


def domains() -> QuerySet[SenderDomain]:
    """The domains from which e-mail may go, and those that wait for somebody to look."""
    return SenderDomain.objects.select_related("verified_by")


def domains_of_people() -> list[str]:
    """The domains of the addresses in whose names messages would go, in order."""
    emails = User.objects.filter(is_active=True, role__in=(Role.OFFICER, Role.MANAGER)).values_list("email", flat=True)
    return sorted({email.partition("@")[2].lower() for email in emails})


def pauses() -> QuerySet[ProviderPause]:
    """Providers that refused us."""
    return ProviderPause.objects.order_by("provider")


def findings(branch: Branch, sequence: Sequence | None, providers: Mapping[str, str]) -> list[Finding]:
    """What stands in the way of this branch's messages; `providers` by channel. Empty where nothing does."""
    lender, desk = Lender.current(), Desk.current()
    found = [*_desk_findings(lender, desk), *_template_findings(sequence)]
    found += _provider_findings(branch, desk, providers)
    at_work = User.objects.filter(branch=branch, is_active=True, role__in=(Role.OFFICER, Role.MANAGER))
    licensed = Prefetch("licenses", License.objects.all())
    without = [one for one in at_work.prefetch_related(licensed) if not one.licenses.all()]
    if without:
        names = ", ".join(str(one) for one in without[:3]) + (" and others" if len(without) > 3 else "")
        found.append(Finding(f"No licenses on file for {names}.", "The gate does not check them yet.", blocks=False))
    return found


@dataclass(frozen=True)
class Unverified:
    """What counts although nobody has read it in its source: numbers of programs, and the states' hours for calls and texts."""

    numbers: list[rule_numbers.Standing]
    hours: list[Window]

    @property
    def findings(self) -> list[Finding]:
        """The same in sentences; nothing of it keeps a message back."""
        found = []
        if self.numbers:
            all_of_them = len(programs.SHIPPED)
            found.append(
                Finding(
                    f"{len(self.numbers)} of {all_of_them} numbers of the programs are not verified.",
                    "Compliance reads them in their sources, and says so under Rules, Program numbers.",
                    blocks=False,
                )
            )
        if self.hours:
            states = ", ".join(window.state for window in self.hours)
            found.append(
                Finding(
                    f"The hours for calls and texts in {len(self.hours)} states come from summaries: {states}.",
                    "What a sequence sends keeps narrower hours of its own; have counsel read the law before anybody relies on "
                    "them for messages typed by hand.",
                    blocks=False,
                )
            )
        return found


def unverified(on: date) -> Unverified:
    """What counts on a day and nobody has verified."""
    hours = [
        window
        for window in state_windows.WINDOWS
        if not window.verified and (window.effective_from is None or window.effective_from <= on)
    ]
    return Unverified(rule_numbers.unverified(on), hours)


def _desk_findings(lender: Lender, desk: Desk) -> list[Finding]:
    found = []
    if desk.halted:
        found.append(Finding("Everything is halted.", "Let sending go on first."))
    if not lender.postal_address:
        found.append(
            Finding("The lender's postal address is missing.", "Every e-mail must carry it: add it on the lender's page.")
        )
    if not lender.nmls_id:
        found.append(Finding("The lender's NMLS ID is missing.", "Every message must carry it: see the lender's page."))
    return found


def _template_findings(sequence: Sequence | None) -> list[Finding]:
    if sequence is None:
        return [Finding("No sequence is installed.", "Upload one, or install those that ship with the product.")]
    approved = set(TemplateVersion.objects.filter(state=TemplateState.APPROVED).values_list("template__slug", flat=True))
    steps = sequences.from_json(sequence.newest.steps).steps
    missing = [step for step in steps if not approved.intersection(step.templates)]
    return [
        Finding(
            f"No approved template for day {step.day} by {step.channel}.",
            f"Compliance approves {' or '.join(step.templates)}; until then that message waits.",
            blocks=len(missing) == len(steps),
        )
        for step in missing
    ]


def _provider_findings(branch: Branch, desk: Desk, providers: Mapping[str, str]) -> list[Finding]:
    found = []
    if providers["email"] != SANDBOX:
        emails = branch.people.filter(is_active=True, role__in=(Role.OFFICER, Role.MANAGER)).values_list("email", flat=True)
        verified = set(SenderDomain.objects.filter(verified_at__isnull=False).values_list("domain", flat=True))
        missing = sorted({email.partition("@")[2].lower() for email in emails} - verified)
        found += [Finding(f"The sender domain {one} is not verified.", "Check SPF, DKIM and DMARC below.") for one in missing]
    if providers["sms"] != SANDBOX and desk.texts_attested_at is None:
        found.append(
            Finding("Texts are not attested.", "They are held until somebody attests below; e-mail goes.", blocks=False)
        )
    paused = set(ProviderPause.objects.values_list("provider", flat=True)).intersection(providers.values())
    found += [Finding(f"{one.capitalize()} is paused.", "Put right what it refused, then resume it.") for one in sorted(paused)]
    return found
