"""The data directories in which the engines are tried, each as we are and, when we are root, as an ordinary user."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desks import ORDINARY_UID, Desk, end, new_desk

__all__ = ["new_desk"]


@pytest.fixture(params=["as we are", "as an ordinary user"])
def fresh_desk(request: pytest.FixtureRequest, new_desk: Callable[..., Desk]) -> Desk:
    """A data directory in which nothing is yet."""
    if request.param == "as we are":
        return new_desk()
    if os.geteuid() != 0:
        pytest.skip("We are an ordinary user already.")
    return new_desk(uid=ORDINARY_UID)


@pytest.fixture(scope="session")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was in use before, to copy: making a database takes a second."""
    place = Path(tempfile.mkdtemp(prefix="refidetect-engine-"))
    place.chmod(0o755)
    end(Desk(place / "data").use())
    copy = tmp_path_factory.mktemp("engine") / "data"
    subprocess.run(["cp", "-a", place / "data", copy], check=True)
    shutil.rmtree(place)
    return copy


@pytest.fixture
def desk(fresh_desk: Desk, used_home: Path) -> Desk:
    """A data directory that was in use before."""
    subprocess.run(["cp", "-a", used_home, fresh_desk.home], check=True)
    if fresh_desk.uid:
        subprocess.run(["chown", "-R", f"{fresh_desk.uid}:{fresh_desk.uid}", fresh_desk.home], check=True)
    return fresh_desk
