"""Pulling market rates: from a feed, from a saved file in its shape, or from a lender's own sheet.

Called by the clock, the command, the pages and the API. The network is asked outside any transaction; each pull, whatever came
of it, is a row.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from django.db.models import Max

from accounts.models import Lender
from rates.adapters import api, documents, fred, fredgraph, pmms
from rates.adapters import file as sheet
from rates.adapters.protocol import Feed, Reader, SourceError
from rates.domain import sources, staleness
from rates.domain.published import Reading, Refused
from rates.models import Pull, Rate
from rates.queries import preferences
from rates.services import recording
from rates.services.recording import Newest

log = structlog.get_logger(__name__)

FEEDS: dict[str, Feed] = {"fred": fred, "pmms": pmms, "fredgraph": fredgraph}
READERS: dict[str, Reader] = {"file": sheet, "api": api, "pmms": pmms, "fredgraph": fredgraph}
OVERLAP_DAYS = 45
"""A feed is asked again for values this old, so that its corrections are seen."""
DEMO = "This is a demo desk: it replays survey rates of the past, so nothing is fetched. A rate sheet can be loaded."


class UnknownSource(ValueError):
    """No source of that name."""


@dataclass(frozen=True)
class Document:
    """A file that is already in memory: an upload, a request's body."""

    name: str
    content: bytes


@dataclass(frozen=True)
class PullResult:
    """What came of one pull. `read` is the sum of the five counts after it; `newest` is by product."""

    pull_id: int
    source: str
    outcome: str
    message: str
    read: int
    added: int
    revised: int
    unchanged: int
    held: int
    rejected: int
    seconds: float
    newest: dict[str, Newest] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()

    @property
    def failed(self) -> bool:
        """Nothing was read; the message says why."""
        return self.outcome == Pull.Outcome.FAILED


@dataclass(frozen=True)
class DailyPull:
    """The pulls of one round of the clock. `day_in`: the rate that should be out by now is stored, so asking again can wait."""

    results: tuple[PullResult, ...]
    day_in: bool
    message: str
    skipped: tuple[str, ...] = ()


def pull(
    source: str,
    *,
    now: datetime,
    file: Path | Document | None = None,
    as_of: date | None = None,
    by: int | None = None,
) -> PullResult:
    """Loads what a source publishes, or a saved file in its shape. `as_of` drops later values, `by` is a user's id.

    A source that fails gives a result with the outcome `failed`; raises UnknownSource only.
    """
    if source not in sources.SOURCES:
        raise UnknownSource(f"{source!r} is not a source; known are {', '.join(sources.ORDER)}.")
    started = time.monotonic()
    entry = Pull(source=source, started_at=now, as_of_cut=as_of, by_id=by, file_name=file.name[-200:] if file else "")
    newest: dict[str, Newest] = {}
    lender = Lender.current()
    try:
        reading = _fetch(source, demo=lender.demo) if file is None else _read(source, file)
    except SourceError as error:
        entry.outcome, entry.message = Pull.Outcome.FAILED, str(error)
        entry.finished_at = now + timedelta(seconds=time.monotonic() - started)
        entry.save()
    else:
        entry.finished_at = now + timedelta(seconds=time.monotonic() - started)
        newest = recording.record(entry, reading, today=lender.today(now))
    log.info("rates pulled", source=source, outcome=str(entry.outcome), read=entry.read, added=entry.added, held=entry.held)
    return _result(entry, newest, time.monotonic() - started)


def pull_daily(
    now: datetime,
    *,
    by: int | None = None,
    as_of: date | None = None,
    tell: Callable[[PullResult], object] | None = None,
) -> DailyPull:
    """Every enabled feed that can run. Never raises over a feed: what it did is in the results and on the page.

    `tell` is called after each pull.
    """
    if Lender.current().demo:
        log.info("rates not pulled", reason="demo")
        return DailyPull((), True, DEMO)
    order = preferences.enabled()
    runnable = [source for source in order if source in FEEDS and can_run(source)]
    results = []
    for source in runnable:
        results.append(_attempt(source, now, by, as_of))
        if tell:
            tell(results[-1])
    skipped = tuple(
        f"{source}: skipped, FRED_API_KEY is not set." for source in order if source in FEEDS and source not in runnable
    )
    words = [f"{result.source}: {result.message}" for result in results] + list(skipped)
    message = " ".join(words) or "No source is enabled that can be fetched."
    return DailyPull(tuple(results), is_day_in(order, now), message, skipped)


def can_run(source: str) -> bool:
    """Whether a feed has what it needs."""
    return source != "fred" or fred.has_key()


def is_day_in(order: list[str], now: datetime) -> bool:
    """Whether the first source that can deliver has what should be out by now; a sheet or the API counts where it did.

    Held values count too: they wait for a person, and asking again brings nothing.
    """
    newest: dict[str, date] = dict(
        Rate.objects.filter(product="conventional_30").values_list("source").annotate(Max("as_of")).order_by()
    )
    for source in order:
        has = source in newest and newest[source] >= staleness.due(sources.SOURCES[source].cadence, now)
        if has or (source in FEEDS and can_run(source)):
            return has
    return False


def _attempt(source: str, now: datetime, by: int | None, as_of: date | None) -> PullResult:
    try:
        return pull(source, now=now, by=by, as_of=as_of)
    except Exception:
        # One feed must not keep the others from being asked; the log has the trace.
        log.exception("pull broke", source=source)
        entry = Pull(source=source, started_at=now, finished_at=now, outcome=Pull.Outcome.FAILED, by_id=by)
        entry.message = "Something unexpected broke off the pull; nothing was stored. The log has the details."
        entry.save()
        return _result(entry, {}, 0.0)


def _fetch(source: str, *, demo: bool) -> Reading:
    feed = FEEDS.get(source)
    if feed is None:
        raise SourceError(f"{sources.SOURCES[source].label} is not fetched; name a file.")
    if demo:
        raise SourceError(DEMO)
    return feed.fetch(_since(source, feed))


def _since(source: str, feed: Feed) -> date | None:
    """From where a feed is asked: some weeks before the oldest of its products' newest values, or everything."""
    newest: dict[str, date] = dict(Rate.objects.filter(source=source).values_list("product").annotate(Max("as_of")).order_by())
    if feed.PRODUCTS - newest.keys():
        return None
    return min(newest[product] for product in feed.PRODUCTS) - timedelta(days=OVERLAP_DAYS)


def _read(source: str, file: Path | Document) -> Reading:
    reader = READERS.get(source)
    if reader is None:
        raise SourceError(f"{sources.SOURCES[source].label} is not read from a file; known are {', '.join(READERS)}.")
    content = file.content if isinstance(file, Document) else documents.from_path(file)
    return reader.read(content, file.name)


def _result(entry: Pull, newest: dict[str, Newest], seconds: float) -> PullResult:
    return PullResult(
        pull_id=entry.pk,
        source=entry.source,
        outcome=str(entry.outcome),
        message=entry.message,
        read=entry.read,
        added=entry.added,
        revised=entry.revised,
        unchanged=entry.unchanged,
        held=entry.held,
        rejected=entry.rejected,
        seconds=round(seconds, 3),
        newest=newest,
        refused=tuple(Refused(**error) for error in entry.errors),
    )
