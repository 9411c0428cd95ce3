"""Puts a weekly report together from its counts: the one that page, e-mail, CSV, command and API print."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from accounts.models import Branch, User
from loans.models import OpportunityStatus, Program
from outreach.models import Sequence
from reports.domain import alarms, bands, intervals, telling, value, weeks, words
from reports.domain.alarms import OptOuts
from reports.domain.report import Beside, Group, Line, Report, SequenceLine
from reports.domain.stages import Figure
from reports.queries import answers, counts, dropping, rates_by_week
from reports.queries.answers import Answers
from reports.queries.counts import Counts, Key
from reports.queries.scope import Scope

BY_HAND, NO_OFFICER, NO_BRANCH = "By hand, or not written to", "No officer", "No branch"
SLOW = 15 * 60
"""Seconds after which an answer is late enough to be marked."""


def report(scope: Scope, *, now: datetime) -> Report:
    """About twenty queries, however many rows."""
    counted, waited, read = counts.count(scope), answers.answers(scope), rates_by_week.rates(scope.asked.week)
    sequences = _sequences(scope, counted)
    raised = alarms.alarms(
        [OptOuts(int(row.key), row.title, row.slug, row.opted_out, row.borrowers) for row in sequences if row.key != "0"]
    )
    this, before = counted.weeks[0], counted.weeks[1]
    first_week = not scope.rows.filter(opened_on__lt=scope.asked.week.monday).exists()
    told = telling.Told(this, before, read.values, first_week, waited.all.waiting)
    return Report(
        week=scope.asked.week,
        about=scope.about,
        zone=scope.zone.key,
        prepared=weeks.prepared(scope.asked.week, scope.zone).astimezone(scope.zone),
        over=scope.asked.week.is_over(now, scope.zone),
        weeks=[counted.weeks[n] for n in range(weeks.SHOWN)],
        total=counted.total,
        first_week=first_week,
        officers=_officers(counted, waited),
        everybody=_line("", "All", this, waited.all.seconds, waited.all.replies),
        sequences=sequences,
        groups=_groups(counted),
        rates=read.values,
        citation=read.citation,
        alarms=raised,
        changed=telling.changed(told),
        value=_value(scope, counted),
        benchmarks=_benchmarks(counted),
        unassigned=counted.week["officer"][None].get("identified", Figure()).people,
        waiting=waited.all.waiting,
        anything=not first_week or bool(counted.total),
    )


def _officers(counted: Counts, waited: Answers) -> list[Line]:
    """Those with anything this week, by name; loans without an officer last."""
    keys = [key for key in counted.week["officer"] if isinstance(key, int)]
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=keys)}
    lines = []
    for key, figures in counted.week["officer"].items():
        wait = waited.by_officer.get(key) if key is None or isinstance(key, int) else None
        name = names.get(key, NO_OFFICER) if isinstance(key, int) else NO_OFFICER
        if figures:
            lines.append(_line(_key(key), name, figures, wait.seconds if wait else None, wait.replies if wait else 0))
    return sorted(lines, key=lambda line: (line.key == "0", line.label))


def _line(key: str, label: str, figures: Mapping[str, Figure], seconds: float | None, replies: int) -> Line:
    took = words.took(seconds) if seconds is not None else ("not answered yet" if replies else "no replies")
    return Line(key, label, figures, took, seconds is not None and seconds > SLOW)


def _sequences(scope: Scope, counted: Counts) -> list[SequenceLine]:
    """Those that wrote to somebody or had something come of them in twelve weeks, most borrowers first; by hand last."""
    found = counted.twelve["sequence"]
    rows = {row.pk: row for row in Sequence.objects.filter(pk__in=[key for key in found if key is not None])}
    drops = dropping.steps(scope)
    lines = []
    for key, figures in found.items():
        if set(figures) == {"identified"}:
            # An opportunity opens before any sequence begins: that alone is no row.
            continue
        row = rows.get(key) if isinstance(key, int) else None
        title, slug, active = (row.title, row.slug, row.active) if row else (BY_HAND, "", False)
        borrowers = figures.get("sent", Figure()).people
        dropped = drops.get(row.pk, "nobody") if row else words.DASH
        if row and borrowers < intervals.ENOUGH:
            dropped = words.TOO_FEW
        lines.append(SequenceLine(_key(key), title, slug, active, figures, dropped))
    return sorted(lines, key=lambda line: (line.key == "0", -line.borrowers, line.title))


def _groups(counted: Counts) -> list[Group]:
    """By branch where there are several, by threshold, by spread at opening, by program: twelve weeks each."""
    names = dict(Branch.objects.values_list("pk", "name"))
    labels: dict[str, tuple[str, str, Callable[[Key], str]]] = {
        "branch": ("By branch", "Branch", lambda key: names.get(key, NO_BRANCH) if isinstance(key, int) else NO_BRANCH),
        "threshold": ("By threshold", "Threshold, points", lambda key: "not recorded" if key is None else f"{key:.3f}"),
        "band": ("By spread at opening", "Spread, points", lambda key: bands.label(int(key if key is not None else -1))),
        "program": ("By program", "Program", lambda key: dict(Program.choices).get(str(key), str(key))),
    }
    groups = []
    for name, (title, head, label) in labels.items():
        found = sorted(counted.twelve[name].items(), key=lambda item: _order(item[0]))
        lines = [Line(_key(key), label(key), figures) for key, figures in found]
        if lines and (name != "branch" or len(lines) > 1):
            groups.append(Group(name, title, head, lines))
    return groups


def _value(scope: Scope, counted: Counts) -> value.Value:
    eligible = scope.rows.filter(status__in=OpportunityStatus.in_queue()).count()
    return value.value(
        eligible, closed=counted.in_all("closed").people, contacted=counted.in_all("sent").people
    )  # fmt: skip


def _benchmarks(counted: Counts) -> list[Beside]:
    of = counted.in_all
    emails = of("delivered_email").messages
    kept = of("closed").people
    return [
        Beside("E-mails opened", of("opened").messages, emails, "of the e-mails delivered", "20% to 30%"),
        Beside("E-mails clicked", of("clicked_email").messages, emails, "of the e-mails delivered", "3% to 5%"),
        Beside(
            "Refinanced with you", kept, kept + of("lost").people, "of the loans with an opportunity that were paid off",
            "10% to 15% by hand, 25% to 35% automated",
        ),
    ]  # fmt: skip


def _key(key: Key) -> str:
    """What a list is narrowed by: 0 is none."""
    return "0" if key is None else str(key)


def _order(key: Key) -> tuple[bool, Decimal, str]:
    unknown = key is None or key == bands.NOT_RECORDED
    number = Decimal(key) if isinstance(key, int | Decimal) else Decimal()
    return unknown, number, str(key)
