"""The canonical portfolio columns: what each holds, which headings stand for it, which words it knows.

Headings are compared without case, blanks and punctuation. The aliases are the headings that exports of Encompass, Byte and
Calyx Point commonly carry.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """How a cell is read."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    MONEY = "money"
    RATE = "rate"
    WHOLE = "whole"
    FLAG = "flag"
    CHOICE = "choice"
    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"


PRIVATE = (Kind.EMAIL, Kind.PHONE, Kind.STREET)
"""Kinds that are encrypted before they reach the database."""


@dataclass(frozen=True)
class Column:
    """One canonical column. `low` is excluded and `high` included; `choices` maps a known word to ours.

    `zero_is_empty`: systems write 0 where they know nothing.
    """

    name: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    longest: int = 80
    low: float | None = None
    high: float | None = None
    zero_is_empty: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)


def _choices(**words: str) -> dict[str, str]:
    """ours="word word": every word, and ours, without case and punctuation."""
    return {known: ours for ours, aliases in words.items() for known in (ours.replace("_", ""), *aliases.split())}


MONEY = 9_999_999_999.99

COLUMNS: tuple[Column, ...] = (
    Column("loan_number", required=True, longest=40, aliases=("loan no", "loan #", "loan id", "364", "file number")),
    Column("borrower_first_name", required=True, aliases=("first name", "borr first name", "4000")),
    Column("borrower_last_name", required=True, aliases=("last name", "borr last name", "4002")),
    Column("email", Kind.EMAIL, ("e-mail", "borrower email", "borr email", "email address", "1240")),
    Column("phone", Kind.PHONE, ("cell phone", "mobile phone", "borrower phone", "borr cell", "mobile", "cell", "1490")),
    Column("co_borrower_first_name", aliases=("coborrower first name", "co-borr first name", "4004")),
    Column("co_borrower_last_name", aliases=("coborrower last name", "co-borr last name", "4006")),
    Column("co_borrower_email", Kind.EMAIL, ("coborrower email", "co-borr email", "1268")),
    Column("co_borrower_phone", Kind.PHONE, ("coborrower phone", "co-borr cell", "1480")),
    Column("note_rate", Kind.RATE, ("rate", "interest rate", "loan rate", "3"), required=True, low=0, high=24.999),
    Column(
        "origination_date", Kind.DATE, ("closing date", "close date", "closed date", "note date", "funded date", "748"),
        required=True,
    ),
    Column("first_payment_date", Kind.DATE, ("first payment", "first pmt date", "first payment due", "682")),
    Column("maturity_date", Kind.DATE, ("maturity", "78")),
    Column("term_months", Kind.WHOLE, ("term", "loan term", "term in months", "4"), required=True, low=0, high=480),
    Column(
        "original_amount", Kind.MONEY, ("loan amount", "total loan amount", "base loan amount", "original balance", "2"),
        low=0, high=MONEY,
    ),
    Column(
        "upb", Kind.MONEY, ("unpaid principal balance", "current balance", "principal balance", "balance"), low=0, high=MONEY
    ),
    Column("upb_as_of", Kind.DATE, ("upb date", "balance date", "balance as of")),
    Column("current_rate", Kind.RATE, ("current interest rate",), low=0, high=24.999, zero_is_empty=True),
    Column(
        "current_payment", Kind.MONEY, ("current p&i", "p&i", "principal and interest", "5"),
        low=0, high=MONEY, zero_is_empty=True,
    ),
    Column("interest_only", Kind.FLAG, ("io", "interest only flag")),
    Column(
        "program", Kind.CHOICE, ("loan type", "mortgage type", "1172"),
        choices=_choices(conventional="conv conforming nonconforming jumbo", fha="", va="veteransaffairs",
                         usda="usdarhs usdarural usdaruralhousing ruralhousing rhs farmershomeadministration"),
    ),
    Column(
        "amortization", Kind.CHOICE, ("amortization type", "amort type", "608"),
        choices=_choices(fixed="fixedrate frm", arm="adjustable adjustablerate adjustableratemortgage"),
    ),
    Column(
        "purpose", Kind.CHOICE, ("loan purpose", "purpose of loan", "19"),
        choices=_choices(
            purchase="",
            refinance="refi rateterm rateandterm rateandtermrefinance ratetermrefinance refinancerateterm nocashoutrefinance "
                      "nocashoutrefi limitedcashout limitedcashoutrefinance",
            cash_out_refinance="cashout cashoutrefi refinancecashout",
        ),
    ),
    Column(
        "lien_position", Kind.CHOICE, ("lien", "420"),
        choices={"1": "1", "first": "1", "firstlien": "1", "1st": "1", "2": "2", "second": "2", "secondlien": "2", "2nd": "2",
                 "3": "3", "4": "4"},
    ),
    Column(
        "occupancy", Kind.CHOICE, ("occupancy type", "property will be", "1811"),
        choices=_choices(primary="primaryresidence owneroccupied principal", second_home="secondary second secondaryresidence",
                         investment="investor investmentproperty rental nonowneroccupied"),
    ),
    Column("property_street", Kind.STREET, ("property address", "subject property address", "11")),
    Column("property_city", aliases=("city", "subject property city", "12")),
    Column("property_state", aliases=("state", "subject property state", "14"), longest=2),
    Column("property_zip", aliases=("zip", "zip code", "postal code", "15"), longest=10),
    Column("county_fips", aliases=("fips", "fips code"), longest=5),
    Column("property_value", Kind.MONEY, ("appraised value", "estimated value", "356"), low=0, high=MONEY, zero_is_empty=True),
    Column("ltv", Kind.RATE, ("353",), low=0, high=300, zero_is_empty=True),
    Column(
        "credit_score", Kind.WHOLE, ("fico", "fico score", "decision score", "vasumm.x23"),
        low=299, high=900, zero_is_empty=True,
    ),
    Column("mortgage_insurance_monthly", Kind.MONEY, ("monthly mi", "mi payment", "232"), low=-0.01, high=MONEY),
    Column("annual_mip", Kind.RATE, ("annual mip percent",), low=-0.001, high=10),
    Column("fha_case_date", Kind.DATE, ("fha case number assignment date", "case number date")),
    Column("va_funding_fee_exempt", Kind.FLAG, ("funding fee exempt",)),
    Column("tx_a6", Kind.FLAG, ("texas a6", "tx 50a6")),
    Column("mailing_street", Kind.STREET, ("mailing address",)),
    Column("mailing_city"),
    Column("mailing_state", longest=2),
    Column("mailing_zip", longest=10),
    Column("language", longest=20, aliases=("preferred language",)),
    Column("officer_email", aliases=("loan officer email", "lo email", "1407"), longest=254),
    Column("officer_nmls", aliases=("loan officer nmls", "lo nmls", "nmls id", "nmls", "3238"), longest=12),
    Column("branch", aliases=("branch name", "office", "organization"), longest=120),
    Column("investor", aliases=("investor name", "vend.x263")),
    Column(
        "servicing", Kind.CHOICE, ("servicing status",),
        choices=_choices(retained="servicingretained", released="servicingreleased"),
    ),
    Column("last_refinanced_on", Kind.DATE, ("last refinance", "last refinance date")),
    Column("early_payoff_until", Kind.DATE, ("epo date", "epo until", "early payoff date")),
    Column("prepayment_penalty_until", Kind.DATE, ("prepayment penalty end",)),
    Column(
        "status", Kind.CHOICE, ("loan status",),
        choices=_choices(active="activeloan current open", paid_off="paidoff paidinfull closedout",
                         transferred="sold servicingtransferred", in_application="application applicationopen"),
    ),
    Column("do_not_solicit", longest=120, aliases=("non solicit", "do not solicit reason")),
    Column("do_not_call", Kind.FLAG, ("dnc",)),
    Column("sms_consent", Kind.FLAG, ("text consent", "tcpa consent")),
    Column("sms_consent_at", Kind.TIME, ("text consent date", "tcpa consent date")),
    Column("email_opt_out", Kind.FLAG, ("unsubscribed", "email opt out")),
)  # fmt: skip

BY_NAME = {column.name: column for column in COLUMNS}


class UnreadableFile(Exception):
    """The file as a whole can't be taken; the message says what is wrong and what to do."""


def bare(word: str) -> str:
    """Lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


# How Encompass says where a column comes from: Fields.364, Loan.LoanNumber.
_SOURCE = re.compile(r"\A\s*(?:fields|loan)\.", re.IGNORECASE)
_HEADINGS = {bare(heading): column.name for column in COLUMNS for heading in (column.name, *column.aliases)}


@dataclass(frozen=True)
class Headings:
    """`positions` is where each known column stands in a row; `ignored` are the headings nobody knows; `width` counts the
    cells of a row, without nameless columns at its end."""

    positions: Mapping[str, int]
    ignored: Sequence[str]
    width: int


def read_headings(cells: Iterable[str]) -> Headings:
    """Which canonical column each heading is. Raises UnreadableFile where required ones lack or two are the same."""
    positions: dict[str, int] = {}
    ignored = []
    width = 0
    for position, cell in enumerate(cells):
        width = position + 1 if cell.strip() else width
        name = _HEADINGS.get(bare(_SOURCE.sub("", cell)))
        if name is None:
            ignored.append(cell.strip())
        elif name in positions:
            raise UnreadableFile(
                f"Two headings stand for {name}: keep one. They are in columns {positions[name] + 1} and {position + 1}."
            )
        else:
            positions[name] = position
    missing = [column.name for column in COLUMNS if column.required and column.name not in positions]
    if "original_amount" not in positions and "upb" not in positions:
        missing.append("original_amount (or upb)")
    if missing:
        found = f" None of its headings is known: {', '.join(ignored[:6])}." if not positions and any(ignored) else ""
        raise UnreadableFile(
            f"The file has no column {', '.join(missing)}.{found} The columns are listed in docs/integrate/portfolio-file.md."
        )
    return Headings(positions, [heading for heading in ignored if heading], width)
