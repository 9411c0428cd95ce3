"""`manage.py up` as real processes under real signals."""

import contextlib
import http.client
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desks import ROOT, Desk, end, environment_for, processes_in


class Up:
    """One run of `up`, with what it has said so far."""

    def __init__(self, home: Path, port: int, *words: str) -> None:
        command = [sys.executable, ROOT / "manage.py", "up", "--port", str(port), *words]
        self.process = subprocess.Popen(
            command, env=environment_for(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._over = False
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def wait_for(self, pattern: str, times: int = 1) -> None:
        """Until so many lines match; fails with all it said where it ends before."""

        def seen() -> bool:
            return self._over or sum(bool(re.search(pattern, line)) for line in self.lines) >= times

        with self._news:
            self._news.wait_for(seen, timeout=120)
            assert sum(bool(re.search(pattern, line)) for line in self.lines) >= times, "".join(self.lines)

    def wait_until_ready(self) -> None:
        self.wait_for("The desk is up: http://127.0.0.1:")
        self.wait_for("worker .*ready")
        self.wait_for("beat .*Starting")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def home() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="refidetect-up-"))
    place.chmod(0o755)
    yield place / "data"
    for line in processes_in(place / "data"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(line.split()[0]), signal.SIGKILL)
    subprocess.run(["rm", "-rf", place], check=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def status_of(port: int) -> int:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    web.request("GET", "/healthz")
    return web.getresponse().status


def refusal(home: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, ROOT / "manage.py", "up", *words]
    done = subprocess.run(command, env=environment_for(home), capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr


def child(home: Path, words: str) -> int:
    """The process of `up` with these words in its command line; of a family the oldest."""
    return min(int(line.split()[0]) for line in processes_in(home) if words in line)


def wait_until_gone(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        select.select([os.pidfd_open(process)], [], [], 60)


def test_up_serves_heals_itself_and_ends_with_ctrl_c(home, port):
    up = Up(home, port)
    up.wait_until_ready()
    assert status_of(port) == 200
    assert all(re.match(r"(up|web|worker|sender|beat) +\| |Preparing|Collected", line) for line in up.lines)

    status, said = refusal(home, "--port", str(port + 1))
    assert (status, said) == (1, f"CommandError: The desk is already up with the data in {home}: stop that one first.\n")

    desk = Desk(home)
    beside = desk.use()
    assert end(beside) == (0, "")
    assert desk.answers()

    os.kill(child(home, "gunicorn"), signal.SIGKILL)
    up.wait_for(r"up +\| web ended \(by SIGKILL\); it starts again in 1 s\.")
    assert status_of(port) == 200
    os.kill(child(home, "refidetect.celery beat"), signal.SIGTERM)
    up.wait_for(r"up +\| beat ended \(.*\); it starts again")
    up.wait_for("beat .*Starting", times=2)

    assert up.end(signal.SIGINT) == 0
    assert up.lines[-1] == "up     | Stopped.\n"
    assert processes_in(home) == []


def test_after_a_sigkill_the_next_up_finds_its_data_and_a_last_one_leaves_no_process(home, port):
    killed = Up(home, port)
    killed.wait_until_ready()
    desk = Desk(home)
    with desk.connect() as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('kept')")
    killed.process.kill()
    killed.process.wait()

    again = Up(home, port)
    again.wait_until_ready()
    assert status_of(port) == 200
    with desk.connect() as connection:
        assert connection.execute("SELECT text FROM note").fetchall() == [("kept",)]

    guardian = child(home, "refidetect.management.guardian")
    again.process.kill()
    again.process.wait()
    wait_until_gone(guardian)
    assert processes_in(home) == []


def test_sigterm_in_the_middle_of_the_preparations_stops_the_engines_too(home, port):
    up = Up(home, port)
    up.wait_for("Preparing the database")
    assert up.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert processes_in(home) == []


def test_a_taken_port_is_refused_before_anything_starts(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        status, said = refusal(home, "--port", str(number))
    assert status == 1
    assert said == (
        f"CommandError: Can't use port {number} on 127.0.0.1: another program listens there. Choose another with --port.\n"
    )
    assert not (home / "postgres").exists()
