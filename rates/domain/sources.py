"""The sources of market rates: what each publishes, how often, and how it is cited."""

from dataclasses import dataclass
from enum import StrEnum


class Cadence(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Source:
    """`network`: fetched on its own by the clock. `citation` stands beside every figure of the source."""

    code: str
    label: str
    cadence: Cadence
    network: bool
    citation: str
    note: str


WEEKLY_NOTE = (
    "A weekly survey stands in for the market: a proxy, less granular than a daily index such as Optimal Blue, and without "
    "FHA, VA, USDA or jumbo rates."
)

SOURCES: dict[str, Source] = {
    source.code: source
    for source in (
        Source("file", "Rate sheet", Cadence.DAILY, False, "Source: your rate sheet", "Uploaded, or read from a file."),
        Source(
            "api", "Rates API", Cadence.DAILY, False, "Source: your pricing system", "Sent to this desk by your own system."
        ),
        Source(
            "fred",
            "Optimal Blue daily",
            Cadence.DAILY,
            True,
            "Source: Optimal Blue, retrieved from FRED",
            "Averages of locked rates, every business day, by program. Needs a free FRED key.",
        ),
        Source("pmms", "Freddie Mac weekly", Cadence.WEEKLY, True, "Source: Freddie Mac PMMS", WEEKLY_NOTE),
        Source(
            "fredgraph",
            "Freddie Mac weekly, by FRED",
            Cadence.WEEKLY,
            True,
            "Source: Freddie Mac PMMS, retrieved from FRED",
            WEEKLY_NOTE,
        ),
    )
}
"""In the default order of preference."""

ORDER: tuple[str, ...] = tuple(SOURCES)
