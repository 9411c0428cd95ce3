"""The file of a backup: a tar with a manifest, readable by anybody, and the database as pg_dump writes it. Mode 600.

The keys are not inside. The manifest says which are needed and holds one encrypted value of each column and key, by which a
restore finds out, before it touches anything, whether the keys it has open what it would put back.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
LARGEST_MANIFEST = 10 * 1024 * 1024


class NoBackup(Exception):
    """The file is none of ours, or not whole; the message says in what way."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `samples` are encrypted values, in base64; `counts` are rows by table."""

    made_at: str
    postgres: str
    migrations: list[list[str]]
    counts: dict[str, int]
    field_key_ids: list[int]
    samples: list[str]
    lookup: str
    secret_key: str
    dump_sha256: str = ""
    format: int = FORMAT

    @property
    def ciphertexts(self) -> Iterator[bytes]:
        return (base64.b64decode(sample) for sample in self.samples)

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def write(path: Path, manifest: Manifest, dump: Path) -> None:
    """One file, whole or not at all; nobody but its owner may read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                text = json.dumps(asdict(manifest), indent=1).encode()
                about = tarfile.TarInfo(MANIFEST)
                about.size, about.mode, about.mtime = len(text), 0o600, int(time.time())
                tar.addfile(about, io.BytesIO(text))
                tar.add(dump, DUMP, filter=_plain)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # Unlike a rename, it refuses to replace a backup that somebody made meanwhile.
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """The manifest and the database's copy, which has been read once to see that it is whole. Raises NoBackup."""
    try:
        with tarfile.open(path, "r:") as tar:
            members = {member.name: member for member in tar.getmembers()}
            if set(members) != {MANIFEST, DUMP} or not all(member.isfile() for member in members.values()):
                raise NoBackup(f"{path} is no backup of this desk.")
            manifest = _manifest(_content(tar, members[MANIFEST]))
            dump = _content(tar, members[DUMP])
            if hashlib.file_digest(dump, "sha256").hexdigest() != manifest.dump_sha256:
                raise NoBackup(f"{path} is damaged: the copy of the database is not the one that was written.")
            dump.seek(0)
            yield manifest, dump
    except OSError as error:
        raise NoBackup(f"Can't read {path}: {error.strerror or 'it is no such file'}.") from error
    except (tarfile.TarError, EOFError) as error:
        raise NoBackup(f"{path} is no backup of this desk, or only the beginning of one.") from error


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(file: IO[bytes]) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(file.read(LARGEST_MANIFEST))
        if said["format"] != FORMAT:
            raise NoBackup("The backup was made by a newer version of this program: install that first.")
        return Manifest(**said)
    except (ValueError, TypeError, KeyError) as error:
        raise NoBackup("The manifest of the backup can't be read.") from error


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise NoBackup(f"{member.name} is empty.")
    return content


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member
