"""How numbers are said: small ones as fractions, unknown ones in words, shares with how sure they are."""

import math

from reports.domain import intervals

DASH = "–"
TOO_FEW, NOT_KNOWN = "too few to say", "not known yet"
SMALL_CHANCE = "numbers this small can move by chance"
SMALL_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def percent(share: float) -> str:
    """6.3%; half a tenth is rounded up, as on paper."""
    return f"{tenths(share)}%"


def tenths(share: float) -> str:
    """6.3, of 0.0625."""
    return f"{math.floor(share * 1000 + 0.5) / 10:.1f}"


def share(of: int, among: int) -> str:
    """`7 of 11` under 30, a percentage from there on; a dash where there is nothing to be a share of.

    More than stood in the stage before is no share: `9 against 4`.
    """
    if among == 0:
        return DASH
    if of > among:
        return f"{of:,} against {among:,}"
    return f"{of:,} of {among:,}" if among < intervals.ENOUGH else percent(of / among)


def rate(of: int, among: int) -> str:
    """A percentage, or why there is none: nobody yet, or fewer than 30."""
    if among == 0:
        return NOT_KNOWN
    return TOO_FEW if among < intervals.ENOUGH else percent(of / among)


def between(of: int, among: int) -> str:
    """`3.9 to 9.3`, in percent; empty where the rate is not said either."""
    if among < intervals.ENOUGH:
        return ""
    likely = intervals.wilson(of, among)
    return f"{tenths(likely.low)} to {tenths(likely.high)}"


def likely(of: int, among: int) -> str:
    """`likely between 2.9% and 13.0%`; why not, where too few."""
    if among < intervals.ENOUGH:
        return rate(of, among)
    interval = intervals.wilson(of, among)
    return f"likely between {percent(interval.low)} and {percent(interval.high)}"


def counted(number: int, one: str, many: str) -> str:
    """`One loan`, `46 loans`: for the beginning of a sentence."""
    written = SMALL_WORDS[number] if 0 <= number < len(SMALL_WORDS) else f"{number:,}"
    return f"{written} {one if number == 1 else many}"


def took(seconds: float | None) -> str:
    """`4 min`, `2 h 40 min`, `3 days`; a dash where nothing was answered."""
    if seconds is None:
        return DASH
    minutes = max(0, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24)} days"
