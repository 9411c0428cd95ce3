"""What changed in a week, in sentences: the rate, what crossed the threshold, what went out and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.domain import intervals, words
from reports.domain.stages import APPLIED, BOOKED, CLOSED, DELIVERED, IDENTIFIED, REPLIED, SENT, Figure, Stage


@dataclass(frozen=True)
class Told:
    """What the sentences are made of. `rates` are the 30-year averages of the weeks in percent, oldest first."""

    this: Mapping[str, Figure]
    before: Mapping[str, Figure]
    rates: Sequence[Decimal | None]
    first_week: bool
    waiting: int


def changed(told: Told) -> list[str]:
    """The sentences of a week, in order; a week before that is not known is not compared with."""
    said = [_rate(told.rates), _opened(told), _sent(told), _delivered(told), _came(told), _closed(told)]
    if told.waiting:
        verb = "waits" if told.waiting == 1 else "wait"
        said.append(f"{words.counted(told.waiting, 'reply', 'replies')} of the week still {verb} for an answer.")
    return [sentence for sentence in said if sentence]


def _number(told: Told, stage: Stage) -> tuple[int, int]:
    return told.this.get(stage.name, Figure()).of(stage), told.before.get(stage.name, Figure()).of(stage)


def _rate(rates: Sequence[Decimal | None]) -> str:
    known = [rate for rate in rates if rate is not None]
    if len(known) < 2 or rates[-1] is None:
        return ""
    now, before = known[-1], known[-2]
    if now == before:
        return f"The 30-year average stayed at {now:.2f}%."
    fell, row = now < before, 1
    while row + 1 < len(known) and known[-row - 1] != known[-row - 2] and (known[-row - 1] < known[-row - 2]) == fell:
        row += 1
    told = f"The 30-year average {'fell' if fell else 'rose'} from {before:.2f}% to {now:.2f}%"
    ordinal = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(row, f"{row}th")
    return f"{told}, its {ordinal} {'fall' if fell else 'rise'} in a row." if row > 1 else f"{told}."


def _opened(told: Told) -> str:
    now, before = _number(told, IDENTIFIED)
    if not now:
        return "No loan crossed your threshold."
    said = f"{words.counted(now, 'loan', 'loans')} crossed the threshold"
    return f"{said}." if told.first_week else f"{said}, against {before:,} the week before."


def _sent(told: Told) -> str:
    now, before = _number(told, SENT)
    if not now:
        return "No message went out."
    said = f"{words.counted(now, 'message', 'messages')} went out"
    return f"{said}." if told.first_week else f"{said}, against {before:,}."


def _delivered(told: Told) -> str:
    """Only where both weeks have enough to tell a move from chance."""
    (now, before), (of, of_before) = _number(told, DELIVERED), _number(told, SENT)
    if min(of, of_before) < intervals.ENOUGH:
        return ""
    share = now / of
    if intervals.newcombe(now, of, before, of_before).crosses_zero:
        return f"The share delivered held at {words.percent(share)}."
    way = "rose" if share > before / of_before else "fell"
    return f"The share delivered {way} from {words.percent(before / of_before)} to {words.percent(share)}."


def _came(told: Told) -> str:
    pairs = [
        ("Replies", *_number(told, REPLIED)),
        ("appointments", *_number(told, BOOKED)),
        ("applications", *_number(told, APPLIED)),
    ]
    if told.first_week:
        return f"Replies {pairs[0][1]:,}, appointments {pairs[1][1]:,}, applications {pairs[2][1]:,}."
    said = []
    for name, now, before in pairs:
        if now != before:
            said.append(f"{name} {'rose' if now > before else 'fell'} from {before:,} to {now:,}")
    if not said:
        return "Replies, appointments and applications stayed as they were."
    sentence = ", ".join(said)
    small = max(max(now, before) for _, now, before in pairs) < intervals.ENOUGH
    return f"{sentence[0].upper()}{sentence[1:]}{f'; {words.SMALL_CHANCE}' if small else ''}."


def _closed(told: Told) -> str:
    now, _ = _number(told, CLOSED)
    return f"{words.counted(now, 'loan', 'loans')} closed." if now else ""
