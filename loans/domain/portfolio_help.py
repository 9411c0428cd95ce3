"""The canonical columns as the import page explains them to whoever prepares the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from loans.domain.portfolio_file import COLUMNS, Column, Kind

HOW = {
    Kind.DATE: "Date: 2024-03-31 or 3/31/2024",
    Kind.TIME: "Date and time: 2024-03-31 14:30",
    Kind.MONEY: "Dollars: 412500 or $412,500.00",
    Kind.RATE: "Percent: 6.875",
    Kind.WHOLE: "Whole number",
    Kind.FLAG: "yes or no",
    Kind.EMAIL: "E-mail address, stored encrypted",
    Kind.PHONE: "Phone number, stored encrypted",
    Kind.STREET: "Street, stored encrypted",
}
MEANINGS = {
    "loan_number": "Names the loan in every later file",
    "first_payment_date": "Left out: the first of the second month after origination",
    "original_amount": "Required where there is no upb",
    "upb": "Unpaid principal balance; left out, it is figured from the schedule and marked estimated",
    "upb_as_of": "Left out: the day of the import, with a warning",
    "current_rate": "For an ARM: what the borrower pays today",
    "program": "Left out: conventional",
    "amortization": "Left out: fixed",
    "lien_position": "Left out: 1",
    "tx_a6": "A Texas 50(a)(6) loan: a person decides before anything is sent",
    "officer_email": "Who looks after the loan; somebody unknown is added without access. Left out: the branch manager",
    "branch": "An unknown branch is added",
    "last_refinanced_on": "When the borrower last refinanced, with you or elsewhere",
    "early_payoff_until": "Last day of the early-payoff window; left out, it is counted from closing",
    "status": "Left out: active",
    "do_not_solicit": "A reason, such as bankruptcy; “unknown” keeps the loan out until somebody settles it",
}


@dataclass(frozen=True)
class ColumnHelp:
    name: str
    required: bool
    how: str
    meaning: str
    aliases: str


def columns() -> Iterator[ColumnHelp]:
    """In the order of the template file."""
    for column in COLUMNS:
        yield ColumnHelp(
            name=column.name,
            required=column.required,
            how=_how(column),
            meaning=MEANINGS.get(column.name, ""),
            aliases=", ".join(column.aliases),
        )


def _how(column: Column) -> str:
    if column.kind is Kind.CHOICE:
        return ", ".join(dict.fromkeys(column.choices.values()))
    if column.kind is Kind.TEXT:
        return "Two letters: CO" if column.name.endswith("_state") else f"Text, at most {column.longest} characters"
    if column.kind is Kind.WHOLE and column.low is not None and column.high is not None:
        return f"Whole number from {column.low + 1:.0f} to {column.high:.0f}"
    return HOW[column.kind]
