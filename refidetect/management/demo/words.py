"""What the demo's borrowers do: data. After a message of a kind went out, the next line of its list says what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto


class Act(Enum):
    """What came of a message, or who did what then."""

    BOUNCES = auto()
    OPENED_BY_A_MACHINE = auto()
    OPENS = auto()
    LOOKS = auto()
    LOOKS_AT_TIMES = auto()
    BOOKS = auto()
    ASKS = auto()
    REPLIES = auto()
    REPLIES_STOP = auto()
    SOMEBODY_ELSE_WRITES = auto()
    UNSUBSCRIBES = auto()
    NOT_THIS_YEAR = auto()
    APPLIES = auto()
    OFFICER_ANSWERS = auto()
    OFFICER_CALLS = auto()
    OFFICER_ARCHIVES = auto()
    OFFICER_SNOOZES = auto()


@dataclass(frozen=True)
class Then:
    """So long after the message. A second one of the same line stands on what the first has left."""

    act: Act
    after: timedelta
    text: str = ""


def _after(act: Act, *, days: int = 0, hours: int = 0, minutes: int = 0, text: str = "") -> Then:
    return Then(act, timedelta(days=days, hours=hours, minutes=minutes), text)


Line = tuple[Then, ...]

_MACHINE = _after(Act.OPENED_BY_A_MACHINE, minutes=2)
_SILENCE: Line = (_MACHINE,)

FIRST_MAIL: tuple[Line, ...] = (
    (
        _after(Act.OPENS, hours=3, minutes=12),
        _after(Act.REPLIES, hours=4, minutes=5, text=(
            "Hi, thanks for reaching out. What would closing costs be, all in? We got surprised last time and I don't "
            "want to roll anything into the loan."
        )),
        _after(Act.OFFICER_ANSWERS, hours=5, text=(
            "Good question, and fair after last time.\n\nThe estimate lists every cost as its own line, and none of it has to "
            "go into the loan. I will send you the lender and title fees one by one, so you can hold me to them. "
            "Would a short call this week help?"
        )),
        _after(Act.APPLIES, days=5, hours=2),
    ),
    _SILENCE,
    (_MACHINE, _after(Act.OPENS, hours=9, minutes=40)),
    (_after(Act.BOUNCES, minutes=1),),
    (_after(Act.OPENS, hours=2), _after(Act.LOOKS, hours=2, minutes=3)),
    (),
    (
        _after(Act.OPENS, hours=26),
        _after(Act.REPLIES, hours=26, minutes=20, text=(
            "We just put the house on the market, so no need right now. Thanks though, and good luck."
        )),
        _after(Act.OFFICER_ARCHIVES, hours=30, text="The house is for sale"),
    ),
    _SILENCE,
    (
        _after(Act.OPENS, hours=1),
        _after(Act.LOOKS, hours=1, minutes=2),
        _after(Act.BOOKS, hours=1, minutes=6),
        _after(Act.OFFICER_CALLS, days=2, text="Went through both terms. Wants the 20 year figures by Friday."),
    ),
    (_after(Act.OPENS, hours=6, minutes=30),),
    (_MACHINE, _after(Act.UNSUBSCRIBES, hours=5)),
    (
        _after(Act.OPENS, hours=7),
        _after(Act.REPLIES, hours=7, minutes=45, text=(
            "Would we have to start the 30 years over? We have paid on this one for two years already."
        )),
        _after(Act.OFFICER_ANSWERS, hours=9, text=(
            "You would not have to. We can match the years you have left, and the estimate shows that way beside the longer "
            "one.\n\nThe payment falls less, and the total you pay falls more. I am glad to walk you through both."
        )),
    ),
    _SILENCE,
    (_after(Act.SOMEBODY_ELSE_WRITES, hours=8, text="Please stop emailing my wife."),),
    (_after(Act.OPENS, hours=4), _after(Act.LOOKS, hours=28)),
    (_MACHINE, _after(Act.NOT_THIS_YEAR, hours=11)),
    (),
    (_after(Act.OPENS, hours=13), _after(Act.ASKS, hours=13, minutes=9, text="Does this work if one of us changed jobs?")),
)  # fmt: skip

TEXT: tuple[Line, ...] = (
    (_after(Act.REPLIES, minutes=48, text="call me after 5"), _after(Act.OFFICER_CALLS, hours=8, text="Wants it in writing.")),
    (),
    (_after(Act.REPLIES_STOP, minutes=3, text="STOP"),),
    (),
    (_after(Act.REPLIES, hours=5, text="wrong number, sorry"),),
    (_after(Act.REPLIES, hours=2, text="Is this real?"),),
    (),
    (
        _after(Act.REPLIES, hours=1, minutes=15, text="not now, maybe in spring"),
        _after(Act.OFFICER_SNOOZES, hours=4),
    ),
    (_after(Act.REPLIES, minutes=20, text="please quit texting me"),),
    (),
    (_after(Act.REPLIES, hours=3, text="Who's this? Is Harbor Pine still my lender, I pay somebody else now"),),
)  # fmt: skip

LAST_MAIL: tuple[Line, ...] = (
    (_after(Act.OPENS, hours=2), _after(Act.LOOKS_AT_TIMES, hours=2, minutes=4)),
    _SILENCE,
    (_after(Act.REPLIES, hours=6, text="Sorry for the late reply, we had a new baby. Are the numbers you sent still good?"),),
    (_MACHINE, _after(Act.OPENS, hours=20)),
    (),
)  # fmt: skip

LATELY: tuple[Then, ...] = (
    _after(Act.REPLIES, hours=19, text="Can you do anything about my PMI while we are at it?"),
    _after(Act.BOOKS, hours=13, minutes=30),
    _after(Act.REPLIES, hours=9, minutes=10, text=(
        "How do I know the rate won't go up between now and closing? My sister had that happen."
    )),
    _after(Act.LOOKS, hours=6),
    _after(Act.ASKS, hours=4, minutes=20, text="Would you need another appraisal? The last one was two years ago."),
    _after(Act.BOOKS, hours=2, minutes=15),
    _after(Act.REPLIES, minutes=38, text="ok what do you need from me"),
)  # fmt: skip
"""What borrowers did within the last day, whatever day it is: so long before now."""
