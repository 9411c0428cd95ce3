"""Where an embedded engine lives and as whom it runs: folders, sockets, user. `postgres` and `valkey` stand on it."""

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

if sys.platform != "win32":
    import pwd

SYSTEM_USER = "refidetect"
# What the kernel takes as the name of a socket: 107 bytes on Linux, 103 on macOS.
LONGEST_SOCKET_PATH = 103
# The longest name of a socket that an engine puts there.
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"
ADMINISTRATORS_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


class EngineError(Exception):
    """An engine can't run here; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """A system user."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Housing:
    """The data directory as the engines see it."""

    home: Path

    @cached_property
    def account(self) -> Account | None:
        """Who runs the engines: we ourselves, or, as PostgreSQL refuses root, the owner of its files or a user made for it."""
        if os.geteuid() != 0:
            return None
        files = self.home / "postgres"
        owner = files.stat() if files.exists() else None
        if owner and owner.st_uid != 0:
            return Account(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
        return _known_account(SYSTEM_USER) or _new_account() or _nobody()

    @property
    def sockets(self) -> Path:
        """The folder of the sockets. It follows from the data directory alone, so that the settings know it beforehand."""
        folder = self.home / "sockets"
        if len(os.fsencode(str(folder) + LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return folder
        return Path("/tmp") / f"refidetect-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"  # noqa: S108  see open_up

    def make_home(self) -> None:
        """Make the data directory, in which the locks are."""
        if sys.platform == "win32":
            raise EngineError(
                "The embedded engines need Linux, macOS or WSL: set DATABASE_URL and REDIS_URL, or use docker compose."
            )
        try:
            fresh = not self.home.exists()
            self.home.mkdir(parents=True, exist_ok=True)
            if fresh:
                self.home.chmod(0o711 if self.account else 0o700)
            elif self.account:
                self.home.chmod(stat.S_IMODE(self.home.stat().st_mode) | stat.S_IXOTH)
            (self.home / "engine.turn").touch()
        except OSError as error:
            raise EngineError(f"DATA_DIR: can't write {error.filename or self.home}: {error.strerror}.") from error

    def open_up(self, *programs: Path) -> None:
        """See that the engines' user reaches the data directory and its programs, and make the folder of the sockets.

        What is above the data directory stays as its owner set it: we never open a folder that is not ours.
        """
        if self.account:
            self._see_that_it_reaches(self.account, [self.home, *programs])
        self.make_private(self.sockets)

    def make_private(self, folder: Path) -> None:
        """A folder that only the engines' user enters. One that somebody else put there, as anybody may in /tmp, is refused."""
        try:
            folder.mkdir(mode=0o700)
            self.give(folder)
        except FileExistsError:
            found = folder.lstat()
            owner = self.account.uid if self.account else os.geteuid()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
                raise EngineError(
                    f"{folder} is not a private folder of {self.user_name}: remove it, or set DATA_DIR."
                ) from None

    def give(self, path: Path) -> None:
        """Make the engines' user the owner."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    @property
    def user_name(self) -> str:
        return self.account.name if self.account else _name_of(os.geteuid())

    def run(self, *command: str | Path) -> tuple[int, str]:
        """Run a program as the engines' user; its exit status and what it said.

        In a session of its own: the terminal's Ctrl-C is not for a server, nor for the program that stops one.
        """
        account = self.account
        done = subprocess.run(
            [str(word) for word in command],
            cwd="/",
            env=_plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        return done.returncode, done.stdout

    def _see_that_it_reaches(self, account: Account, targets: list[Path]) -> None:
        folders = [str(folder) for target in targets for folder in [*reversed(target.parents), target]]
        status, barred = self.run("/bin/sh", "-c", 'for f; do test -x "$f" || { echo "$f"; exit 1; }; done', "sh", *folders)
        if status:
            raise EngineError(
                f"PostgreSQL refuses to run as root, and the user {account.name}, as whom it runs instead, may not "
                f"enter {barred.strip()}: move this checkout or DATA_DIR "
                "to where every user may go, such as /srv, or set DATABASE_URL."
            )


def wheel(package: str) -> Path:
    """The folder of an installed package, found without running it: importing these two has effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EngineError(f"The package {package} is not installed: run `make setup`, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).resolve().parent


def last_line(text: str) -> str:
    """What a program said last, as the end of a sentence; hints come after what they are about."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "HINT:" not in line]
    return lines[-1] if lines else "it left no word"


def _plain_environment() -> Mapping[str, str]:
    # Without PGPORT and the like, which the person at the terminal may have set for other servers.
    return {"PATH": ADMINISTRATORS_PATH, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"with the number {uid}"


def _known_account(name: str) -> Account | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, found.pw_uid, found.pw_gid)


def _new_account() -> Account | None:
    program = shutil.which("useradd", path=ADMINISTRATORS_PATH)
    if program is None:
        return None
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    # Two commands may do this at once; whether the user is there afterwards is what counts.
    subprocess.run([program, *words], capture_output=True, check=False)
    return _known_account(SYSTEM_USER)


def _nobody() -> Account:
    account = _known_account("nobody")
    if account is None:
        raise EngineError("PostgreSQL refuses to run as root, and no user could be made for it: run as an ordinary user.")
    return account
