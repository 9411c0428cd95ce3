"""A weekly report as data: every number once. Page, e-mail, CSV, command and API print it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from reports.domain import intervals, words
from reports.domain.alarms import Alarm
from reports.domain.stages import Figure, Stage
from reports.domain.value import Value
from reports.domain.weeks import Week

Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Line:
    """One row of a table by officer, branch, threshold, band or program. `key` narrows a list to it."""

    key: str
    label: str
    figures: Figures
    took: str = ""
    slow: bool = False

    def of(self, stage: Stage) -> int:
        return self.figures.get(stage.name, Figure()).of(stage)

    def share(self, stage: Stage, among: Stage) -> str:
        """People of people, in words."""
        return words.share(*_people(self.figures, stage, among))

    def likely(self, stage: Stage, among: Stage) -> str:
        """The 95 percent interval in percent; why none is given, else."""
        of, all_of_them = _people(self.figures, stage, among)
        if of > all_of_them:
            return ""
        return words.between(of, all_of_them) or words.rate(of, all_of_them)


@dataclass(frozen=True)
class SequenceLine:
    """What twelve weeks of a sequence came to. `drop_off`: after which step most opted out."""

    key: str
    title: str
    slug: str
    active: bool
    figures: Figures
    drop_off: str

    def of(self, stage: Stage) -> int:
        return self.figures.get(stage.name, Figure()).of(stage)

    @property
    def borrowers(self) -> int:
        """Whom it wrote to."""
        return self.figures.get("sent", Figure()).people

    @property
    def applied(self) -> int:
        return self.figures.get("applied_after", Figure()).people

    @property
    def opted_out(self) -> int:
        return self.figures.get("opted_out_after", Figure()).people

    @property
    def applied_per_100(self) -> str:
        return words.tenths(self.applied / self.borrowers) if self.borrowers >= intervals.ENOUGH else ""

    @property
    def likely(self) -> str:
        return words.between(self.applied, self.borrowers) or words.rate(self.applied, self.borrowers)

    @property
    def opt_out_rate(self) -> str:
        return words.rate(self.opted_out, self.borrowers)


@dataclass(frozen=True)
class Group:
    """The numbers of twelve weeks by one thing."""

    name: str
    title: str
    head: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Beside:
    """A share of twelve weeks beside what others report. `usual` is their benchmark."""

    title: str
    of: int
    among: int
    what: str
    usual: str

    @property
    def share(self) -> str:
        return words.share(self.of, self.among) if self.among else words.NOT_KNOWN

    @property
    def likely(self) -> str:
        return words.likely(self.of, self.among) if self.of <= self.among else ""


@dataclass(frozen=True)
class Report:
    """`weeks[n]` are the figures of n weeks back; `first_week`: nothing had opened before. Rates in percent, oldest first."""

    week: Week
    about: str
    zone: str
    prepared: datetime
    over: bool
    weeks: Sequence[Figures]
    total: Figures
    first_week: bool
    officers: Sequence[Line]
    everybody: Line
    sequences: Sequence[SequenceLine]
    groups: Sequence[Group]
    rates: Sequence[Decimal | None]
    citation: str
    alarms: Sequence[Alarm]
    changed: Sequence[str]
    value: Value
    benchmarks: Sequence[Beside]
    unassigned: int
    waiting: int
    anything: bool = field(default=True)

    def of(self, stage: Stage, back: int = 0) -> int:
        return self.weeks[back].get(stage.name, Figure()).of(stage)

    def in_all(self, stage: Stage) -> int:
        return self.total.get(stage.name, Figure()).of(stage)

    def trend(self, stage: Stage) -> list[int]:
        """Twelve numbers, oldest first."""
        return [figures.get(stage.name, Figure()).of(stage) for figures in reversed(self.weeks)]


def _people(figures: Figures, stage: Stage, among: Stage) -> tuple[int, int]:
    return figures.get(stage.name, Figure()).people, figures.get(among.name, Figure()).people
