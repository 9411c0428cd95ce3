"""Runs the whole desk in one process tree: the engines if embedded, migrations, static files, web, worker and clock."""

import contextlib
import errno
import http.client
import os
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from outreach.services import presets
from refidetect import engines
from refidetect.kit import locks
from refidetect.management import assets, schema
from refidetect.management.processes import Printer, ProcessTree, Program, dies_with

ENGINE_CHECK_SECONDS = 10


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo portfolio and run the daily cycle first")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--bind", default="127.0.0.1", help="the address to listen on; only this machine, unless you say so"
        )

    def handle(self, *, demo: bool, port: int, bind: str, **options: Any) -> None:
        try:
            with contextlib.ExitStack() as held:
                self._run(held, demo=demo, port=port, bind=bind)
        except engines.EngineError as error:
            raise CommandError(str(error)) from error

    def _run(self, held: contextlib.ExitStack, *, demo: bool, port: int, bind: str) -> None:
        home = engines.data_dir()
        home.mkdir(parents=True, exist_ok=True)
        try:
            held.enter_context(locks.exclusive(home / "up.lock"))
        except locks.Taken:
            raise CommandError(f"The desk is already up with the data in {home}: stop that one first.") from None
        # Where the last `up` was killed, its guardian may still be ending what it left, the port's holder among it.
        cleared = held.enter_context(locks.alone(home / "guardian.lock"))
        door = held.enter_context(_listening_socket(bind, port))
        environment = _environment(port)
        guardian = held.enter_context(_guardian(environment, cleared.fileno()))
        self._start_engines()
        self._prepare(environment, demo=demo)
        connections.close_all()

        programs = _programs(door.fileno(), home)
        printer = Printer(sys.stdout, ["up", *(program.name for program in programs)])
        host = f"[{bind}]" if ":" in bind else bind
        greeting = Greeting(printer, host, port)
        keeper = EngineKeeper(printer)

        def each_tick() -> None:
            greeting.give_when_ready()
            keeper.look_after()

        ProcessTree(programs, printer, environment, guardian).run(each_tick)
        printer.line("up", "Stopped.")

    def _start_engines(self) -> None:
        if engines.is_embedded():
            engines.start_postgres()
        if engines.has_embedded_broker():
            engines.start_valkey()

    def _prepare(self, environment: dict[str, str], *, demo: bool) -> None:
        count = schema.pending()
        if count:
            self.stdout.write(f"Preparing the database: {count} migrations.")
            schema.migrate()
        presets.install(timezone.now())
        if assets.collect():
            self.stdout.write("Collected the static files.")
        if demo:
            # In a process of its own: what it needs of memory is free again when the web starts.
            manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"]
            last_wish = dies_with(os.getpid())
            status = subprocess.run(manage, env=environment, preexec_fn=last_wish, check=False).returncode
            if status:
                raise CommandError("The demo could not be loaded; the lines above say why.")


class Greeting:
    """The one block that says where the desk is, once it answers."""

    def __init__(self, printer: Printer, host: str, port: int) -> None:
        self._printer, self._host, self._port = printer, host, port
        self._given = False

    def give_when_ready(self) -> None:
        if self._given or not self._answers():
            return
        self._given = True
        url = f"http://{self._host.replace('0.0.0.0', '127.0.0.1')}:{self._port}"  # noqa: S104  only read
        for line in ("", f"The desk is up: {url}", f"Its data is in {engines.data_dir()}. Ctrl-C stops it.", ""):
            self._printer.line("up", line)

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(self._host, self._host.strip("[]"))  # noqa: S104  only compared
        web = http.client.HTTPConnection(host, self._port, timeout=2)
        try:
            web.request("GET", "/healthz")
            return web.getresponse().status < 500
        except OSError:
            return False
        finally:
            web.close()


class EngineKeeper:
    """Sees from time to time that the embedded engines still run: nobody else would start them again while `up` lives."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._next = time.monotonic() + ENGINE_CHECK_SECONDS

    def look_after(self) -> None:
        if time.monotonic() < self._next:
            return
        try:
            if engines.is_embedded():
                engines.start_postgres()
            if engines.has_embedded_broker():
                engines.start_valkey()
        except engines.EngineError as error:
            self._printer.line("up", str(error))
        self._next = time.monotonic() + ENGINE_CHECK_SECONDS


def _programs(door: int, home: Path) -> list[Program]:
    python = [sys.executable, "-m"]
    web = f"gunicorn -c python:refidetect.serving --bind fd://{door}"
    celery = "celery --quiet -A refidetect.celery"
    solitary = "--without-gossip --without-mingle --loglevel INFO"
    worker = f"{celery} worker -Q work -P prefork -c 2 -n work@%h {solitary}"
    # Senders wait for providers most of the time: threads, each with a database connection of its own.
    sender = f"{celery} worker -Q send -P threads -c 4 -n send@%h {solitary}"
    return [
        Program("web", [*python, *web.split()], inherited=(door,)),
        Program("worker", [*python, *worker.split()]),
        Program("sender", [*python, *sender.split()]),
        Program("beat", [*python, *f"{celery} beat --pidfile= --loglevel INFO -s".split(), str(home / "beat-schedule")]),
    ]


def _environment(port: int) -> dict[str, str]:
    """What the children find the engines and each other by."""
    given = os.environ | {"DATA_DIR": str(engines.data_dir()), "PYTHONUNBUFFERED": "1"}
    given.setdefault("DJANGO_SETTINGS_MODULE", "refidetect.settings")
    if engines.is_embedded():
        given["DATABASE_URL"] = engines.database_url()
    if engines.has_embedded_broker():
        given["REDIS_URL"] = engines.redis_url()
    if not {"PUBLIC_BASE_URL", "PUBLIC_BASE_URL_FILE"} & set(given):
        given["PUBLIC_BASE_URL"] = f"http://127.0.0.1:{port}"
    # Celery warns of running as root, which we know: the engines do not, and in a container it is the only user.
    if os.geteuid() == 0:
        given["PYTHONWARNINGS"] = "ignore:::celery.platforms"
    return given


def _listening_socket(bind: str, port: int) -> socket.socket:
    """Bound here, so that a taken port is known before anything starts; the web server listens on it, and its restarts too."""
    door = socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((bind, port))
    except (OSError, OverflowError) as error:
        door.close()
        reason = "another program listens there" if getattr(error, "errno", 0) == errno.EADDRINUSE else str(error)
        raise CommandError(f"Can't use port {port} on {bind}: {reason}. Choose another with --port.") from error
    return door


@contextlib.contextmanager
def _guardian(environment: dict[str, str], lock: int) -> Iterator[Any]:
    """The process that cleans up after a killed `up`; gives the function that tells it of a child's start and end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "refidetect.management.guardian"],
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=(lock,),
        start_new_session=True,
        text=True,
    )

    def tell(line: str) -> None:
        # Without a guardian the kernel still tells the children of our death; that is no reason to end now.
        with contextlib.suppress(BrokenPipeError):
            if process.stdin:
                print(line, file=process.stdin, flush=True)

    try:
        yield tell
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.communicate()
