"""The numbers of the weekly report: what each is called and what counts. Page, e-mail, CSV, API and lists go by these.

A person counts once in a stage, however often it happened; messages count one by one. Who stands in a stage did so within
the week: the later stages belong to people who were first written to in earlier weeks. A loan's rows go with the loan: its
branch and officer are those of today.
"""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    OPPORTUNITIES = "opportunities"
    MESSAGES = "messages"
    BORROWERS = "borrowers"


@dataclass(frozen=True)
class Stage:
    """One number. `counts` is the definition, as the list behind the number says it."""

    name: str
    label: str
    unit: Unit
    counts: str


@dataclass(frozen=True)
class Figure:
    """How many messages and how many people: one stage in one span."""

    messages: int = 0
    people: int = 0

    def of(self, stage: Stage) -> int:
        """The number that stands for the stage."""
        return self.messages if stage.unit is Unit.MESSAGES else self.people


IDENTIFIED = Stage(
    "identified",
    "Opportunities identified",
    Unit.OPPORTUNITIES,
    "Opportunities that opened in the week, by the date of the match.",
)
SENT = Stage(
    "sent", "Outreach sent", Unit.MESSAGES,
    "E-mails and texts handed over in the week, by a sequence or by hand. Calls and confirmations of an opt-out are left out.",
)  # fmt: skip
DELIVERED = Stage(
    "delivered", "Delivered", Unit.MESSAGES, "Of the messages sent in the week, those that the provider says have arrived."
)
CLICKED = Stage(
    "clicked", "Confirmed clicks", Unit.BORROWERS,
    "Borrowers who were on their page in the week, confirmed by a person's action there.",
)  # fmt: skip
REPLIED = Stage(
    "replied", "Replies", Unit.BORROWERS,
    "Borrowers who wrote to us in the week. Answers by a machine and opt-outs are left out.",
)  # fmt: skip
BOOKED = Stage(
    "booked", "Appointments booked", Unit.BORROWERS, "Borrowers who booked a call in the week, kept or canceled later."
)
APPLIED = Stage("applied", "Applications started", Unit.BORROWERS, "Borrowers whose application was told to us in the week.")
CLOSED = Stage("closed", "Loans closed", Unit.BORROWERS, "Loans that we refinanced, by the date of the closing.")
OPENED = Stage("opened", "Opens", Unit.MESSAGES, "E-mails opened in the week, as far as no machine is known to have done it.")
OPENED_BY_MACHINE = Stage(
    "opened_by_machine", "Opens by machines", Unit.MESSAGES, "E-mails that a mail program opened by itself in the week."
)
CLICKED_UNCONFIRMED = Stage(
    "clicked_unconfirmed", "Unconfirmed clicks", Unit.MESSAGES,
    "Messages whose link was followed in the week and nothing on the page says by a person: mail scanners, mostly.",
)  # fmt: skip
OPTED_OUT = Stage(
    "opted_out", "Opt-outs", Unit.BORROWERS,
    "Borrowers who asked for no more messages in the week, in any words and by any way. Bounces are left out.",
)  # fmt: skip
LOST = Stage("lost", "Loans lost", Unit.BORROWERS, "Loans that were paid off by somebody else, by the date of the payoff.")
DELIVERED_EMAIL = Stage(
    "delivered_email", "E-mails delivered", Unit.MESSAGES, "Of the e-mails sent in the week, those that arrived."
)
CLICKED_EMAIL = Stage(
    "clicked_email", "E-mails clicked", Unit.MESSAGES, "E-mails by which a person came to the page in the week."
)
APPLIED_AFTER = Stage(
    "applied_after", "Applied", Unit.BORROWERS, "Of the borrowers whom the sequence wrote to in these weeks, those who applied."
)
OPTED_OUT_AFTER = Stage(
    "opted_out_after", "Opted out", Unit.BORROWERS,
    "Of the borrowers whom the sequence wrote to in these weeks, those who asked for no more messages.",
)  # fmt: skip

FUNNEL = (IDENTIFIED, SENT, DELIVERED, CLICKED, REPLIED, BOOKED, APPLIED, CLOSED)
"""The stages from opportunity to closed loan, in order."""
BESIDE = (OPENED, OPENED_BY_MACHINE, CLICKED_UNCONFIRMED, OPTED_OUT, LOST)
"""What is counted beside the way to a closed loan."""
COHORT = (DELIVERED_EMAIL, CLICKED_EMAIL, APPLIED_AFTER, OPTED_OUT_AFTER)
"""What shares are taken of."""
STAGES = {stage.name: stage for stage in (*FUNNEL, *BESIDE, *COHORT)}
REPORTED = (*FUNNEL, *BESIDE)
"""What CSV and API carry."""


def before(stage: Stage) -> Stage | None:
    """The stage before it on the way to a closed loan; None for the first."""
    place = FUNNEL.index(stage)
    return FUNNEL[place - 1] if place else None


def passed(stage: Stage, here: Figure, there: Figure) -> tuple[int, int]:
    """Of how many in the stage before how many are in this one: messages of messages for delivered, else people of people."""
    if stage is DELIVERED:
        return here.messages, there.messages
    return here.people, there.people
