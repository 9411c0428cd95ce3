"""The ledger of consents and the list of closed addresses as a page shows them: of the borrowers whose loans somebody sees."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from loans.domain import contacts
from loans.models import Borrower
from outreach.models import Channel, Consent, ConsentSource, Suppression
from outreach.queries import opportunities

MOST_READ = 5000
"""An ending is compared with numbers that only this process can read: the newest lines, no more."""
_ENDING = re.compile(r"\d{2,6}")


@dataclass(frozen=True)
class Line:
    """A line of the ledger with whose address it is about; `hint` is the end of a number, or an e-mail address shortened."""

    consent: Consent
    name: str
    loan: str
    hint: str


@dataclass(frozen=True)
class Closed:
    """An address to which nothing goes on a channel, since when and why, and a borrower who has it."""

    row: Suppression
    name: str
    loan: str
    hint: str
    borrower: int | None


def borrowers(user: User) -> QuerySet[Borrower]:
    """The people on the loans that somebody sees."""
    return Borrower.objects.filter(opportunities.rows_of(user, "loan__"))


def borrower_of(user: User, loan_number: str, position: int) -> Borrower | None:
    """A person on a loan that somebody sees, by its number."""
    rows = borrowers(user).filter(loan__loan_number__iexact=loan_number.strip(), position=position)
    return rows.select_related("loan").first()


def lines(user: User, words: str) -> QuerySet[Consent]:
    """Newest first; narrowed by a name, a loan number, or a whole e-mail address or number."""
    rows = Consent.objects.select_related("by", "borrower__loan").order_by("-recorded_at", "-pk")
    if not user.sees_every_branch:
        rows = rows.filter(_addresses_of(borrowers(user)))
    return rows.filter(_addresses_of(_named(user, words))) if words.strip() else rows


def ending(user: User, digits: str) -> list[Consent]:
    """The lines about numbers with this ending, among the newest."""
    rows = lines(user, "").exclude(channel=Channel.EMAIL)[:MOST_READ]
    return [row for row in rows if row.borrower is not None and row.borrower.phone.endswith(digits)]


def is_ending(words: str) -> bool:
    """Whether somebody typed the last digits of a number."""
    return _ENDING.fullmatch(words.strip()) is not None


def closed(user: User, words: str, channel: str) -> QuerySet[Suppression]:
    """Addresses to which nothing goes, the newest first; narrowed as the ledger is."""
    rows = Suppression.objects.select_related("consent__by").order_by("-since", "-pk")
    rows = rows.filter(channel=channel) if channel else rows
    if not user.sees_every_branch:
        rows = rows.filter(_addresses_of(borrowers(user)))
    return rows.filter(_addresses_of(_named(user, words))) if words.strip() else rows


def closed_one(user: User, pk: int) -> Closed | None:
    """One of them, if the person sees it."""
    row = closed(user, "", "").filter(pk=pk).first()
    return with_people_closed(user, [row])[0] if row is not None else None


def with_people(user: User, rows: list[Consent]) -> list[Line]:
    """Each line with a borrower who has the address today. One query."""
    known = _people(user, [(row.channel, row.lookup) for row in rows])
    return [Line(row, *_whose(known.get(bytes(row.lookup or b"")), row.channel)) for row in rows]


def with_people_closed(user: User, rows: list[Suppression]) -> list[Closed]:
    """The same of closed addresses. One query."""
    known = _people(user, [(row.channel, row.lookup) for row in rows])
    found = []
    for row in rows:
        one = known.get(bytes(row.lookup or b""))
        found.append(Closed(row, *_whose(one, row.channel), one.pk if one else None))
    return found


def why(row: Suppression) -> str:
    """Why an address is closed, in a word or two."""
    word = ConsentSource(row.reason).label if row.reason in ConsentSource.values else row.reason
    return f"{word}, in doubt" if row.doubtful else word


def _named(user: User, words: str) -> QuerySet[Borrower]:
    email, phone = contacts.normalized_email(words), contacts.normalized_phone(words)
    if email or phone:
        lookup = settings.FIELD_KEYS.lookup(email or phone or "")
        return borrowers(user).filter(Q(email_lookup=lookup) | Q(phone_lookup=lookup))
    rows = borrowers(user)
    for word in words.split()[:4]:
        rows = rows.filter(Q(last_name__icontains=word) | Q(first_name__icontains=word) | Q(loan__loan_number__iexact=word))
    return rows


def _addresses_of(people: QuerySet[Borrower]) -> Q:
    by_email = Q(lookup__in=people.exclude(email_lookup=None).values("email_lookup"))
    return by_email | Q(lookup__in=people.exclude(phone_lookup=None).values("phone_lookup"))


def _people(user: User, of: list[tuple[str, bytes | None]]) -> dict[bytes, Borrower]:
    lookups = {bytes(lookup) for _, lookup in of if lookup is not None}
    rows = borrowers(user).filter(Q(email_lookup__in=lookups) | Q(phone_lookup__in=lookups)).select_related("loan")
    found: dict[bytes, Borrower] = {}
    for one in rows.order_by("pk"):
        for lookup in (one.email_lookup, one.phone_lookup):
            if lookup is not None:
                found.setdefault(bytes(lookup), one)
    return found


def _whose(one: Borrower | None, channel: str) -> tuple[str, str, str]:
    if one is None:
        return "Nobody on file now", "", ""
    if channel == Channel.EMAIL:
        name, _, domain = one.email.partition("@")
        return one.name, one.loan.loan_number, f"{name[:1]}…@{domain}" if domain else ""
    return one.name, one.loan.loan_number, f"ending {one.phone[-4:]}" if one.phone else ""
