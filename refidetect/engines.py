"""The database and the broker that run embedded where no server's address is set: their addresses, their start and stop.

`settings` asks for the addresses; `manage.py` and `up` switch the engines on. An engine starts with the first process that
needs it and stops with the last (`kit.locks`), however that one ends: what a SIGKILL leaves, the next command puts right.
Nothing listens on the network: the sockets are files in a folder that only their owner enters.
"""

import atexit
import signal
from functools import cache
from pathlib import Path
from types import FrameType
from urllib.parse import quote, urlsplit

from refidetect.kit import env, locks
from refidetect.kit.housing import EngineError, Housing
from refidetect.kit.postgres import DATABASE, ROLE, Postgres
from refidetect.kit.valkey import Valkey

__all__ = ["EngineError"]

BASE_DIR = Path(__file__).resolve().parent.parent
NO_DATABASE_COMMANDS = frozenset(
    {
        "help",
        "version",
        "check",
        "collectstatic",
        "findstatic",
        "diffsettings",
        "makemessages",
        "compilemessages",
        "startapp",
        "startproject",
        "spectacular",
        "sendtestemail",
    }
)
ENDING_SIGNALS = ("SIGTERM", "SIGHUP")
# These start their engines themselves, once they know that they may.
OWN_START_COMMANDS = frozenset({"up"})


def data_dir() -> Path:
    """Where everything of ours lives: DATA_DIR, or `.data` beside manage.py."""
    return (BASE_DIR / Path(env.text("DATA_DIR", ".data")).expanduser()).resolve()


def is_embedded() -> bool:
    """Whether the database is our own: no DATABASE_URL, or the very one that `up` hands to its children."""
    return database_url() == _embedded_database_url()


def has_embedded_broker() -> bool:
    """The same for REDIS_URL."""
    return redis_url() == _embedded_redis_url()


def database_url() -> str:
    return _address(
        "DATABASE_URL", _embedded_database_url(), {"postgresql", "postgres"}, "postgresql://user:password@host:5432/name"
    )


def redis_url() -> str:
    return _address("REDIS_URL", _embedded_redis_url(), {"redis", "rediss", "unix"}, "redis://host:6379/0")


def broker_url() -> str:
    """The server of REDIS_URL in the words of Celery, which writes a unix socket in a way of its own."""
    parts = urlsplit(redis_url())
    if parts.scheme != "unix":
        return redis_url()
    return f"redis+socket://{parts.path}?virtual_host={parts.query.removeprefix('db=') or '0'}"


def start_for_command(argv: list[str]) -> None:
    """Start PostgreSQL where this command line needs it and no server is set. Raises EngineError or env.BadEnvironment."""
    end_by_exit()
    words = argv[1:] or ["help"]
    if {"-h", "--help", "--version"} & set(words) or words[0] in OWN_START_COMMANDS:
        return
    if words[0] in NO_DATABASE_COMMANDS and "--database" not in words:
        return
    if is_embedded():
        start_postgres()


def start_postgres(*, durable: bool = True) -> None:
    """See that PostgreSQL runs, and keep it for as long as this process lives. Safe to repeat: it sees again."""
    _switch_on("engine.lock", Postgres(_housing(), durable))


def start_valkey() -> None:
    """The same for Valkey."""
    _switch_on("valkey.lock", Valkey(_housing()))


def stop_postgres() -> None:
    """Give up this process's use of PostgreSQL; the last user stops it. Without a use it cleans up after the dead."""
    _users(data_dir(), "engine.lock").leave(Postgres(_housing()).switch_off)


def stop_valkey() -> None:
    """The same for Valkey."""
    _users(data_dir(), "valkey.lock").leave(Valkey(_housing()).switch_off)


def _switch_on(lock: str, engine: Postgres | Valkey) -> None:
    engine.housing.make_home()
    atexit.unregister(_stop_at_exit)
    atexit.register(_stop_at_exit)
    _users(engine.housing.home, lock).enter(engine.switch_on)


def _stop_at_exit() -> None:
    # A second Ctrl-C must not leave behind the server that the first one was about to stop.
    for name in ("SIGINT", *ENDING_SIGNALS):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    stop_valkey()
    stop_postgres()


def end_by_exit() -> None:
    """Let SIGTERM and a closed terminal end the process as `sys.exit` does, so that what is registered at exit runs."""
    for name in ENDING_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _housing() -> Housing:
    return Housing(data_dir())


@cache
def _users(home: Path, lock: str) -> locks.Shared:
    return locks.Shared(home / lock, turn=home / "engine.turn")


def _address(name: str, embedded: str, schemes: set[str], example: str) -> str:
    url = env.text(name, embedded)
    if urlsplit(url).scheme not in schemes:
        raise env.BadEnvironment(f"{name}: write {example}, or leave it empty for an embedded one.")
    return url


def _embedded_database_url() -> str:
    return f"postgresql://{ROLE}@{quote(str(_housing().sockets), safe='')}:5432/{DATABASE}"


def _embedded_redis_url() -> str:
    return f"unix://{quote(str(Valkey(_housing()).socket_path))}"
