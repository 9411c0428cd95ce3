"""To whom of a page of the queue no message can go, and why: people who opted out, and people without an open channel."""

from dataclasses import dataclass

from accounts.models import User
from loans.models import Borrower, Opportunity
from outreach.models import Channel
from outreach.queries import consent_panel

MESSAGES = (Channel.EMAIL.value, Channel.SMS.value)


@dataclass(frozen=True)
class Mark:
    """A row of the queue, the word beside its status and the sentence behind it."""

    pk: int
    word: str
    why: str
    opted_out: bool


def of(user: User, pks: list[int]) -> list[Mark]:
    """Of these rows, as far as the user sees them, those to be marked. Four queries, however many rows."""
    loans = dict(Opportunity.objects.visible_to(user).filter(pk__in=pks).values_list("loan_id", "pk"))
    people = consent_panel.of(list(Borrower.objects.filter(loan__in=loans).select_related("loan").order_by("position")))
    on_loan: dict[int, list[consent_panel.Person]] = {}
    for person in people:
        on_loan.setdefault(person.borrower.loan_id, []).append(person)
    found = (_mark(pk, on_loan.get(loan, [])) for loan, pk in loans.items())
    return [mark for mark in found if mark is not None]


def _mark(pk: int, people: list[consent_panel.Person]) -> Mark | None:
    """A refusal by one of the borrowers, on one channel, stops the loan; without one, an open channel of one is enough."""
    for person in people:
        lines = [person.line(channel) for channel in MESSAGES]
        if any(line.refused for line in lines):
            why = " ".join(f"{line.label}: {line.word.lower()}. {line.why}" for line in lines)
            return Mark(pk, "opted out", f"{person.borrower.name}. {why}", opted_out=True)
    lines = [person.line(channel) for person in people for channel in MESSAGES]
    if any(line.allowed for line in lines):
        return None
    why = " ".join(f"{line.label}: {line.why}" for line in lines[: len(MESSAGES)]) or "The file names nobody on this loan."
    return Mark(pk, "no messages", why, opted_out=False)
