"""What may decide whom we approach, and what may not: compliance reads it on the page of the score, tests hold us to it.

Barred is what the Equal Credit Opportunity Act (15 U.S.C. 1691, 12 CFR 1002.4) and the Fair Housing Act (42 U.S.C. 3605)
protect, and what stands in for it. An input is known by its name: one of whose words is barred is barred.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from loans.domain import eligibility, figures


@dataclass(frozen=True)
class Barred:
    """An attribute, why it is barred, and the words by which a column of it is known."""

    attribute: str
    why: str
    words: frozenset[str]


def _barred(attribute: str, why: str, words: str) -> Barred:
    return Barred(attribute, why, frozenset(words.split()))


ECOA, HOUSING = "ECOA, 15 U.S.C. 1691(a)", "Fair Housing Act, 42 U.S.C. 3605(a)"
STAND_IN = "Stands in for race and national origin"

BARRED: tuple[Barred, ...] = (
    _barred("Race and color", f"{ECOA}; {HOUSING}", "race racial color skin ethnicity ethnic hispanic latino tribe tribal"),
    _barred(
        "National origin", f"{ECOA}; {HOUSING}",
        "national nationality origin citizen citizenship immigration immigrant visa country birthplace",
    ),
    _barred("Religion", f"{ECOA}; {HOUSING}", "religion religious faith creed church"),
    _barred("Sex", f"{ECOA}; {HOUSING}", "sex sexual gender pronoun pronouns title salutation"),
    _barred("Marital status", ECOA, "marital married marriage spouse spousal divorced widowed"),
    _barred(
        "Familial status", HOUSING,
        "familial family household child children dependent dependents pregnancy pregnant",
    ),
    _barred("Age", ECOA, "age aged birth birthday birthdate dob born retired senior"),
    _barred("Disability", HOUSING, "disability disabled handicap handicapped"),
    _barred("Public assistance", ECOA, "assistance welfare benefits ssi snap medicaid"),
    _barred("Language", "Stands in for national origin", "language languages locale tongue interpreter"),
    _barred(
        "Where the home or the borrower is", STAND_IN,
        "zip zipcode postal postcode street address city town county fips tract census msa cbsa neighborhood block latitude "
        "longitude",
    ),
    _barred(
        "Names and ways to reach somebody", STAND_IN + ", and for sex",
        "name names firstname lastname surname borrower email phone mailing",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Stated:
    """Columns that are barred and read all the same, for one thing that compliance reviews."""

    label: str
    columns: frozenset[str]
    why: str


STATED: tuple[Stated, ...] = (
    Stated(
        "County",
        frozenset({"county_fips"}),
        "Read for one thing: the conforming limit that the government publishes for the county, which tells a jumbo loan from "
        "a conforming one. No threshold, rule or score goes by it.",
    ),
    Stated(
        "E-mail, phone and last name",
        frozenset({"email_lookup", "phone_lookup", "last_name"}),
        "Compared with each other, to find the other loans of the same borrower: a refinance, an application or a "
        "do-not-solicit flag on one counts on all. Nobody is in the queue or out of it for what they are called.",
    ),
    Stated(
        "Street and ZIP",
        frozenset({"property_street_lookup", "property_zip", "mailing_street_lookup", "mailing_zip"}),
        "Compared with each other, and with the last name, before a conversation begins: one household is spoken with once, "
        "about the loan that saves most. No street and no ZIP is sought or left out.",
    ),
)
"""What is barred and yet read on the way to who is in the queue, or spoken with. Nothing else may be."""


def barred(name: str) -> Barred | None:
    """Why a column of this name may decide nothing; None where it may."""
    words = set(name.lower().split("_"))
    return next((one for one in BARRED if words & one.words), None)


def barred_among(names: Iterable[str]) -> dict[str, str]:
    """Of the names those that are barred, with the attribute of each."""
    return {name: found.attribute for name in names if (found := barred(name))}


@dataclass(frozen=True)
class Reads:
    """A rule, and the columns of the loan it rests on, through all the figures between."""

    label: str
    sentence: str
    facts: tuple[str, ...]


def targeting() -> tuple[Reads, ...]:
    """What each rule that decides who is in the queue reads of a loan."""
    return tuple(Reads(rule.label, rule.sentence, facts_behind(eligibility.inputs(rule))) for rule in eligibility.RULES)


def facts_behind(names: Iterable[str]) -> tuple[str, ...]:
    """The facts of a loan that figures of these names come from, in the order of a loan's columns."""
    made = {formula.__name__: formula for stage in figures.STAGES for formula in stage}
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        found.add(name)
        ahead += figures.parameters(made[name]) if name in made else ()
    return tuple(fact for fact in figures.FACTS if fact in found)
