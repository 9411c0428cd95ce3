"""The processes of `up` as one tree: started together, shown line by line, restarted when one dies, ended together."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TextIO

from refidetect.management.guardian import GRACE_SECONDS

PR_SET_PDEATHSIG = 1
TICK_SECONDS = 0.2
FIRST_DELAY, LONGEST_DELAY = 1, 30
# A process that ran as long as this had started well: its next end is not one of a series.
STEADY_SECONDS = 60
COLOURS = (36, 33, 35, 32, 34)


@dataclass(frozen=True)
class Program:
    """What one child of `up` runs."""

    name: str
    command: list[str]
    inherited: tuple[int, ...] = ()


class Printer:
    """Lines with the name of the process in front, aligned, coloured on a terminal."""

    def __init__(self, out: TextIO, names: list[str]) -> None:
        self._out = out
        self._width = max(map(len, names))
        self._colours = dict(zip(names, COLOURS, strict=False)) if out.isatty() and "NO_COLOR" not in os.environ else {}

    def line(self, name: str, text: str) -> None:
        label = f"{name:<{self._width}} |"
        colour = self._colours.get(name)
        self._out.write(f"\x1b[{colour}m{label}\x1b[0m {text}\n" if colour else f"{label} {text}\n")
        self._out.flush()


@dataclass
class Child:
    """One program, now running or waiting for its next start."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_at: float = 0
    failures: int = 0
    unfinished_line: bytes = b""


@dataclass
class ProcessTree:
    """Runs the programs until a signal asks for the end. `tell` hears of each child's start and end as `+PID` and `-PID`."""

    programs: list[Program]
    printer: Printer
    environment: dict[str, str]
    tell: Callable[[str], None]
    _children: list[Child] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _signals: int = 0

    def run(self, each_tick: Callable[[], None]) -> None:
        """Start all, keep them running until SIGINT or SIGTERM, then end them in reverse order."""
        with self._signals_counted():
            try:
                self._children = [Child(program) for program in self.programs]
                while not self._signals:
                    self._start_due()
                    self._show(TICK_SECONDS)
                    self._notice_ends()
                    each_tick()
            finally:
                self._end_all()

    def _start_due(self) -> None:
        for child in self._children:
            if child.process is None and time.monotonic() >= child.start_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        process = subprocess.Popen(
            child.program.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=child.program.inherited,
            start_new_session=True,
            # Runs in the child between fork and exec. `up` has one thread, so nothing can be locked there.
            preexec_fn=dies_with(os.getpid()),
        )
        self.tell(f"+{process.pid}")
        child.process, child.started_at = process, time.monotonic()
        if process.stdout:
            os.set_blocking(process.stdout.fileno(), False)
            self._selector.register(process.stdout, selectors.EVENT_READ, child)

    def _show(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            self._read(key.data)

    def _read(self, child: Child) -> None:
        if child.process is None or child.process.stdout is None:
            return
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(child.process.stdout.fileno(), 65536)
            if not chunk:
                self._selector.unregister(child.process.stdout)
                child.process.stdout.close()
                child.process.stdout = None
            *lines, child.unfinished_line = (child.unfinished_line + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    self.printer.line(child.program.name, line.decode(errors="replace").rstrip())

    def _notice_ends(self) -> None:
        for child in self._children:
            process = child.process
            if process is None or process.poll() is None:
                continue
            self._bury(child)
            steady = time.monotonic() - child.started_at > STEADY_SECONDS
            child.failures = 0 if steady else child.failures + 1
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** max(0, child.failures - 1))
            child.start_at = time.monotonic() + delay
            self.printer.line("up", f"{child.program.name} ended ({_cause(process.returncode)}); it starts again in {delay} s.")

    def _bury(self, child: Child) -> None:
        """Show the last words of a child that has ended, and end what it had started itself."""
        process = child.process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self.tell(f"-{process.pid}")
        if process.stdout:
            self._read(child)
        if process.stdout:
            self._selector.unregister(process.stdout)
            process.stdout.close()
        if child.unfinished_line.strip():
            self.printer.line(child.program.name, child.unfinished_line.decode(errors="replace").rstrip())
        child.process, child.unfinished_line = None, b""

    def _end_all(self) -> None:
        asked = self._signals
        for child in reversed(self._children):
            process = child.process
            if process is None:
                continue
            process.terminate()
            give_up_at = time.monotonic() + GRACE_SECONDS
            # A second Ctrl-C means: now.
            while process.poll() is None and time.monotonic() < give_up_at and self._signals <= max(asked, 1):
                with contextlib.suppress(OSError):  # Our own output may be gone: the terminal was closed.
                    self._show(TICK_SECONDS / 4)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            with contextlib.suppress(OSError):
                self._bury(child)

    @contextlib.contextmanager
    def _signals_counted(self) -> Iterator[None]:
        """The signals that end us set a number only, so that none can interrupt the ending itself."""

        def count(_number: int, _frame: object) -> None:
            self._signals += 1

        before = {number: signal.signal(number, count) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def dies_with(parent: int) -> Callable[[], None]:
    """For the child: be told to end when `up` dies. Linux only; elsewhere the guardian does it alone."""
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)  # Loaded before the fork: afterwards nothing may be allocated that a lock guards.

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def _cause(status: int) -> str:
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
