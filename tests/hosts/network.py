"""Hosts as network namespaces of this machine, on a bridge of their own that nothing else reaches. Needs root and iproute2."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path

from tests.desks import ROOT

PREFIX = "10.77.0"


def why_not() -> str:
    """Why there can be no such network here; empty where there can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need root on Linux"
    if not shutil.which("ip"):
        return "iproute2 is not installed"
    name = f"rd-try-{uuid.uuid4().hex[:6]}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"no network namespace can be made: {tried.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return ""


class Process:
    """A program on a host; `lines` is what it said so far."""

    def __init__(self, space: str, words: list[str], environment: dict[str, str]) -> None:
        command = ["ip", "netns", "exec", space, *words]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip("\n"))

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Network:
    """`store` has the bridge and the address .1; every other host one cable to it."""

    def __init__(self, *hosts: str) -> None:
        self._mark = uuid.uuid4().hex[:6]
        self.address = {name: f"{PREFIX}.{number}" for number, name in enumerate(("store", *hosts), start=1)}
        self._running: list[Process] = []

    def __enter__(self) -> "Network":
        self._ip("netns", "add", self.space("store"))
        self._inside("store", "link", "add", "bridge", "type", "bridge")
        self._inside("store", "address", "add", f"{self.address['store']}/24", "dev", "bridge")
        for device in ("lo", "bridge"):
            self._inside("store", "link", "set", device, "up")
        for name in list(self.address)[1:]:
            self._ip("netns", "add", self.space(name))
            plug = {"dev": f"to-{name}"[:15]}
            self._inside(
                "store", "link", "add", plug["dev"], "type", "veth", "peer", "name", "cable", "netns", self.space(name)
            )
            self._inside("store", "link", "set", plug["dev"], "master", "bridge", "up")
            self._inside(name, "address", "add", f"{self.address[name]}/24", "dev", "cable")
            for device in ("lo", "cable"):
                self._inside(name, "link", "set", device, "up")
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.end()
        for name in self.address:
            subprocess.run(["ip", "netns", "delete", self.space(name)], check=False, capture_output=True)

    def space(self, name: str) -> str:
        return f"rd-{self._mark}-{name}"

    def run(self, host: str, words: list[str], environment: dict[str, str] | None = None) -> Process:
        started = Process(self.space(host), words, environment or dict(os.environ))
        self._running.append(started)
        return started

    def python(self, host: str, script: str, *words: str) -> Process:
        return self.run(host, [sys.executable, str(Path(__file__).parent / script), *words])

    def ask(self, url: str) -> str:
        """What a page answers to somebody on the store's host."""
        get = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=10).read().decode())"
        command = ["ip", "netns", "exec", self.space("store"), sys.executable, "-c", get, url]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def cut(self, host: str) -> None:
        self._inside("store", "link", "set", f"to-{host}"[:15], "down")

    def mend(self, host: str) -> None:
        self._inside("store", "link", "set", f"to-{host}"[:15], "up")

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def _inside(self, host: str, *words: str) -> None:
        self._ip("-n", self.space(host), *words)
