"""One thing that was looked at, in a sentence, and what to do about it where it is not well."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`BLOCKS`: the desk can't do its work or must not be used like this. `NOTE`: part of it does not work, or not yet."""

    WELL = "well"
    NOTE = "note"
    BLOCKS = "blocks"


@dataclass(frozen=True)
class Finding:
    part: str
    grade: Grade
    sentence: str
    remedy: str = ""


def judged(part: str, well: bool, good: str, bad: str, remedy: str, grade: Grade = Grade.BLOCKS) -> Finding:
    """The good sentence, or the bad one with its remedy."""
    return Finding(part, Grade.WELL, good) if well else Finding(part, grade, bad, remedy)
