"""How much memory of its own the database takes for a piece of work, where its processes can be looked at."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from refidetect.management.benchmark import measuring

EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class Grown(measuring.Measured):
    """Peaks in megabytes where others have seconds."""

    def sentence(self) -> str:
        before, after = self.floor[0], self.ours[0]
        return f"{self.name}: {self.ratio:.2f} times, budget {self.budget:g}. {before:.0f} MB, then {after:.0f} MB."

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "megabytes": round(self.ours[0], 1),
            "megabytes_before": round(self.floor[0], 1),
            "ratio": round(self.ratio, 2),
            "budget": self.budget,
            "kept": self.kept,
        }


class Watch:
    """The highest that any of the works watched has reached, in megabytes; 0 where nothing can be seen.

    Seen is a server on the same machine, Linux and the same user: that of the embedded engines.
    """

    def __init__(self) -> None:
        self.peak = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """A new connection: the process of one that has worked before keeps what it took."""
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            status = Path(f"/proc/{cursor.fetchone()[0]}/status")
        over = threading.Event()
        looking = threading.Thread(target=self._look, args=(status, over), daemon=True)
        looking.start()
        try:
            yield
        finally:
            over.set()
            looking.join()

    def _look(self, status: Path, over: threading.Event) -> None:
        while not over.wait(EVERY_SECONDS):
            self.peak = max(self.peak, _own(status))


def _own(status: Path) -> float:
    """Megabytes that the process shares with no other: not the buffers that all of the server's processes have together."""
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")), 0.0)
