"""Sending through a provider that answers in 20 ms, beside the same calls from a plain loop with as many threads."""

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator

from django.db import connections
from django.test import override_settings

from accounts.models import Lender
from outreach.services import channels, sending
from refidetect.management.benchmark import conversations, match, measuring

BUDGET = 2.0
"""At least half of the plain loop's touches a second."""
ROWS = 1500
THREADS = 4
SINK_SECONDS = "0.02"


def run(touches: int, rounds: int, say: Callable[[str], None]) -> Iterator[measuring.Measured]:
    """Rendering, the gate, both commits and the call, against the call alone; as many touches in each round."""
    match.set_market(Lender.current().today())
    ids, now = conversations.generate(touches * rounds)
    if len(ids) < touches * rounds:
        say(f"Only {len(ids):,} touches could be made ready.")
    share = len(ids) // rounds
    turns = iter([ids[n * share : (n + 1) * share] for n in range(rounds)])
    with _sink() as address, override_settings(SENDGRID_API_KEY="SG.benchmark", SENDGRID_BASE_URL=address):
        message = sending.sample(ids[0])
        channel = channels.email("sendgrid")

        def floor() -> None:
            _in_threads(range(share), lambda _: channel.send(message))

        def ours() -> None:
            _in_threads(next(turns), lambda touch_id: sending.send(touch_id, now=now))

        measured = measuring.in_turn(
            f"send, {share:,} touches on {THREADS} threads",
            ours=ours,
            floor=floor,
            before=lambda: None,
            rounds=rounds,
            budget=BUDGET,
        )
    say(f"{share / min(measured.ours):,.0f} touches a second beside {share / min(measured.floor):,.0f} bare calls.")
    yield measured


def _in_threads(items: Iterable[object], act: Callable[..., object]) -> None:
    waiting: queue.SimpleQueue[object] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)

    def work() -> None:
        try:
            while True:
                act(waiting.get_nowait())
        except queue.Empty:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextlib.contextmanager
def _sink() -> Iterator[str]:
    module = "refidetect.management.benchmark.sink"
    sink = subprocess.Popen(
        [sys.executable, "-m", module, SINK_SECONDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        if sink.stdout is None:
            raise RuntimeError("The sink has no output.")
        yield f"http://127.0.0.1:{int(sink.stdout.readline())}"
    finally:
        sink.kill()
        sink.wait()
