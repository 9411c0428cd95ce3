"""Timing two kinds of work in turn, so that a machine whose speed drifts is fair to both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Measured:
    """Seconds of each round, ours and the floor's, and the budget: how many times the floor ours may take."""

    name: str
    ours: tuple[float, ...]
    floor: tuple[float, ...]
    budget: float

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(ours / floor for ours, floor in zip(self.ours, self.floor, strict=True))

    @property
    def kept(self) -> bool:
        return self.ratio <= self.budget

    def sentence(self) -> str:
        ours, floor = (", ".join(f"{one:.1f}" for one in each) for each in (self.ours, self.floor))
        return f"{self.name}: {self.ratio:.2f} times the floor, budget {self.budget:g}. Ours {ours} s; floor {floor} s."

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ours_seconds": [round(seconds, 2) for seconds in self.ours],
            "floor_seconds": [round(seconds, 2) for seconds in self.floor],
            "ratio": round(self.ratio, 2),
            "budget": self.budget,
            "kept": self.kept,
        }


def seconds(work: Work, before: Work | None = None) -> float:
    """How long the work took; what comes before it does not count."""
    if before:
        before()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(name: str, *, ours: Work, floor: Work, before: Work, rounds: int, budget: float) -> Measured:
    """The floor and ours one after the other, so many rounds, with the same preparation."""
    pairs = [(seconds(floor, before), seconds(ours, before)) for _ in range(rounds)]
    return Measured(name, tuple(ours for _, ours in pairs), tuple(floor for floor, _ in pairs), budget)
