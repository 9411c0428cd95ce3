"""Ends what `up` leaves behind when it is killed: a small process of its own that outlives it, does that, and ends.

`up` tells it through a pipe of each child's start and end, as `+PID` and `-PID`. When the pipe closes, `up` is gone, in order
or not: whatever is still on the list is ended, and the engines stop if nobody else uses them. It also holds the lock that makes
the next `up` wait until this is done.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

from refidetect import engines

GRACE_SECONDS = 10


def main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        known = groups.add if line.startswith("+") else groups.discard
        known(int(line[1:]))
    end_groups(groups)
    engines.stop_valkey()
    engines.stop_postgres()


def end_groups(groups: Iterable[int]) -> None:
    """Ask each group of processes to end, and after a while make it."""
    left = {group for group in groups if _send(group, signal.SIGTERM)}
    give_up_at = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < give_up_at:
        time.sleep(0.05)
        left = {group for group in left if _send(group, 0)}
    for group in left:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    """Whether the group still had a process to send to."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
