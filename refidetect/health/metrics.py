"""What a monitoring server reads: requests counted by every process of the web, and rows counted when it asks.

Workers keep no numbers of their own: what they did stands in rows, so one page tells of every process on every host.
"""

import os
from collections.abc import Callable, Iterator

import redis
from django.db import Error
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from refidetect.health import beats, reading
from refidetect.kit import clock

OWN = CollectorRegistry()
REQUESTS = Counter(
    "refidetect_http_requests", "Requests answered, by view and status.", ["view", "method", "status"], registry=OWN
)
SECONDS = Histogram(
    "refidetect_http_request_seconds",
    "How long a request took.",
    ["view"],
    registry=OWN,
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)


def text() -> bytes:
    """Every number, in the text format of Prometheus."""
    rows = CollectorRegistry()
    rows.register(Desk())
    return generate_latest(_requests()) + generate_latest(rows)


def _requests() -> CollectorRegistry:
    """Of all processes of the web server, where it runs several: they share a folder of counters."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OWN
    shared = CollectorRegistry()
    MultiProcessCollector(shared)
    return shared


class Desk(Collector):
    """Rows, lags and signs of life at this moment. What does not answer is 0 under `refidetect_answers`."""

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        answers = GaugeMetricFamily("refidetect_answers", "Whether it answers.", labels=["part"])
        yield from self._part(answers, "database", self._rows, Error)
        yield from self._part(answers, "broker", self._queues, redis.RedisError)
        yield answers

    def _part(
        self, answers: GaugeMetricFamily, name: str, read: Callable[[], list[Metric]], error: type[Exception]
    ) -> Iterator[Metric]:
        try:
            found = read()
        except error:
            answers.add_metric([name], 0)
            return
        answers.add_metric([name], 1)
        yield from found

    def _rows(self) -> list[Metric]:
        late = reading.lags()
        gauges: list[Metric] = [
            GaugeMetricFamily("refidetect_touch_lag_seconds", "Wait of the oldest message that is ready.", late.touches),
            GaugeMetricFamily("refidetect_inbox_lag_seconds", "Wait of the oldest post not acted on.", late.inbox),
            GaugeMetricFamily("refidetect_inbox_waiting", "Posts not acted on.", late.inbox_waiting),
        ]
        if late.since_cycle is not None:
            gauges.append(
                GaugeMetricFamily("refidetect_daily_cycle_age_seconds", "Since the last daily cycle.", late.since_cycle)
            )
        return [*gauges, *_counted()]

    def _queues(self) -> list[Metric]:
        length = GaugeMetricFamily("refidetect_queue_length", "Messages in a queue.", labels=["queue"])
        for queue, waiting in beats.waiting().items():
            length.add_metric([queue], waiting)
        age = GaugeMetricFamily("refidetect_beat_age_seconds", "Since a worker's last sign of life.", labels=["queue"])
        signs = beats.seen()
        try:
            now = clock.now()
        except Error:
            return [length]
        for queue, at in signs.items():
            if at is not None:
                age.add_metric([queue], max(0.0, (now - at).total_seconds()))
        return [length, age]


LABELED = {
    "touches": ("Messages and calls by state.", ["state", "channel"]),
    "enrollments": ("Conversations by state.", ["state"]),
    "opportunities": ("Opportunities by status.", ["status"]),
    "imports": ("Portfolio files by state.", ["state"]),
    "alerts": ("Alerts to officers by what became of their mail.", ["mail"]),
    "paused": ("Providers that refused us: nothing goes through them.", ["provider"]),
}


def _counted() -> list[Metric]:
    families = {
        name: GaugeMetricFamily(f"refidetect_{name}", words, labels=labels) for name, (words, labels) in LABELED.items()
    }
    halted = 0
    for count in reading.counts():
        if count.what == "halted":
            halted = count.rows
            continue
        labels = [count.state, count.channel][: len(LABELED[count.what][1])]
        families[count.what].add_metric(labels, count.rows)
    return [*families.values(), GaugeMetricFamily("refidetect_halted", "1 while everything is halted.", halted)]
