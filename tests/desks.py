"""Data directories to try the engines in, and processes that use them."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from refidetect.kit.housing import Housing
from refidetect.kit.valkey import Valkey

ROOT = Path(__file__).parents[1]
ORDINARY_UID = 65534
EMPTY = ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE")


def environment_for(home: Path) -> dict[str, str]:
    """The tests' own, but with the embedded engines of that data directory."""
    kept = {name: value for name, value in os.environ.items() if name not in EMPTY}
    return kept | {"DATA_DIR": str(home), "PYTHONPATH": str(ROOT)}


@dataclass
class Desk:
    """A data directory, and who uses its engines."""

    home: Path
    uid: int | None = None
    users: list[subprocess.Popen[str]] = field(default_factory=list)

    def begin(self, engine: str = "postgres") -> subprocess.Popen[str]:
        """A process that will use the engine; `ready` waits until it does."""
        words = [sys.executable, str(ROOT / "tests/engines/use_engine.py"), engine]
        user = subprocess.Popen(
            words + ([str(self.uid)] if self.uid else []),
            env=environment_for(self.home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.users.append(user)
        return user

    def use(self, engine: str = "postgres") -> subprocess.Popen[str]:
        user = self.begin(engine)
        ready(user)
        return user

    @property
    def sockets(self) -> Path:
        return Housing(self.home).sockets

    def connect(self, database: str = "refidetect") -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), port=5432, user="refidetect", dbname=database, autocommit=True)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self.connect():
            return True
        return False

    def postmaster(self) -> int:
        return int((self.home / "postgres/postmaster.pid").read_text().split()[0])

    def valkey_answers(self) -> bool:
        return Valkey(Housing(self.home)).answer("PING") == "+PONG"

    def processes(self) -> list[str]:
        return processes_in(self.home)


def ready(user: subprocess.Popen[str]) -> None:
    assert user.stdout
    assert user.stderr
    assert user.stdout.readline() == "ready\n", user.stderr.read()


def end(user: subprocess.Popen[str]) -> tuple[int, str]:
    """Let it end by itself; its exit status and what it said on stderr."""
    _, said = user.communicate(timeout=60)
    return user.returncode, said


def processes_in(home: Path) -> list[str]:
    """What runs on that data directory: by command line, by working directory or by environment. The dead don't count."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = os.readlink(process / "cwd")
            variables = (process / "environ").read_bytes().decode(errors="replace")
            if str(home) in command or place.startswith(str(home)) or f"DATA_DIR={home}\0" in variables:
                found.append(f"{process.name} {command}")
    return found


@pytest.fixture
def new_desk() -> Iterator[Callable[..., Desk]]:
    with new_desks() as make:
        yield make


@contextlib.contextmanager
def new_desks() -> Iterator[Callable[..., Desk]]:
    """Makes data directories where any user may go, and ends what is left in them."""
    places: list[Path] = []
    desks: list[Desk] = []

    def make(name: str = "data", uid: int | None = None) -> Desk:
        place = Path(tempfile.mkdtemp(prefix="refidetect-engine-"))
        place.chmod(0o755)
        if uid:
            os.chown(place, uid, uid)
        places.append(place)
        desks.append(Desk(place / name, uid))
        return desks[-1]

    yield make
    for desk in desks:
        for user in desk.users:
            user.kill()
            user.communicate()
        if desk.processes():
            end(desk.use())
        shutil.rmtree(desk.sockets, ignore_errors=True)  # Where the path is long, it is beside the data directory.
    for place in places:
        shutil.rmtree(place)
