"""Who uses a thing that several processes share: the last one out switches it off.

A user holds a shared `flock`, which the kernel frees when the process dies in any way; so nobody is counted who is not there.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

if sys.platform != "win32":  # The settings are read on Windows too; only the embedded engines need these locks.
    import fcntl


class Taken(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def alone(path: Path) -> Iterator[IO[str]]:
    """Hold an exclusive lock, after waiting for it."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def exclusive(path: Path) -> IO[str]:
    """The open file of an exclusive lock, held until it is closed; raises Taken at once where another has it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise Taken(str(path)) from error
    return file


class Shared:
    """One process's share in a thing that is switched on by the first user and off by the last.

    Switching on and off happens in turns, under a second lock: nobody can enter while the last one is leaving.
    """

    def __init__(self, path: Path, turn: Path) -> None:
        self._path = path
        self._turn = turn
        self._share: IO[str] | None = None
        self._owner = 0

    def enter(self, switch_on: Callable[[], None]) -> None:
        """Take a share and see that the thing is on; call it again to see that it still is."""
        with alone(self._turn):
            if self._share is None:
                self._share = self._path.open("a+")
                self._owner = os.getpid()
                # Never waits: an exclusive lock on this file is held only under the turn.
                fcntl.flock(self._share, fcntl.LOCK_SH)
            switch_on()

    def leave(self, switch_off: Callable[[], None]) -> None:
        """Give the share back, and switch off if no process has one any more. Right without a share too: it cleans up."""
        if self._share is not None and self._owner != os.getpid():
            return  # A forked child's copy: the share is its parent's.
        if not self._path.exists():
            return
        with alone(self._turn):
            self._drop()
            try:
                last = exclusive(self._path)
            except Taken:
                return
            with last:
                switch_off()

    def _drop(self) -> None:
        if self._share is not None:
            self._share.close()
            self._share = None
