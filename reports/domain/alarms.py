"""When opt-outs of a sequence are too many: only where chance can be ruled out."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.domain import intervals, words

LIMIT = 0.02
"""Two borrowers of a hundred in twelve weeks. Mailbox providers act on complaints from 0.3 percent of messages on; a borrower
gets about three in that time, and most who opt out do not complain, so a sequence above this is on its way there."""


@dataclass(frozen=True)
class OptOuts:
    """Of the borrowers whom a sequence wrote to in twelve weeks, those who opted out."""

    sequence: int
    title: str
    slug: str
    opted_out: int
    borrowers: int


@dataclass(frozen=True)
class Alarm:
    about: OptOuts
    title: str
    sentence: str


def alarms(rows: Sequence[OptOuts]) -> list[Alarm]:
    """Sequences whose whole interval lies above the limit, the worst first; none under 30 borrowers."""
    raised = [row for row in rows if _too_many(row)]
    raised.sort(key=lambda row: (-row.opted_out / row.borrowers, row.title))
    return [Alarm(row, f"Too many people opted out of “{row.title}”", _sentence(row, rows)) for row in raised]


def _too_many(row: OptOuts) -> bool:
    return row.borrowers >= intervals.ENOUGH and intervals.wilson(row.opted_out, row.borrowers).low > LIMIT


def _sentence(row: OptOuts, rows: Sequence[OptOuts]) -> str:
    likely = intervals.wilson(row.opted_out, row.borrowers)
    said = (
        f"{row.opted_out} of {row.borrowers} borrowers in 12 weeks, {words.percent(row.opted_out / row.borrowers)}. "
        f"With this few the true rate is likely between {words.percent(likely.low)} and {words.percent(likely.high)}, "
        f"all of it above the {words.percent(LIMIT)} limit."
    )
    others = [other for other in rows if other is not row]
    among = sum(other.borrowers for other in others)
    if not among:
        return said
    of = sum(other.opted_out for other in others)
    told = f", {words.percent(of / among)}" if among >= intervals.ENOUGH else ""
    return f"{said} Other sequences: {of} of {among}{told}."
