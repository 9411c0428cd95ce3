"""Keys, and fields that are encrypted in the database with a look-up value beside them.

A value is AES-256-GCM with the id of its key in front, so that keys can be rotated: `FIELD_KEYS` is a comma-separated list of
`id:base64`, the first one encrypts, all decrypt. The look-up column is an HMAC-SHA-256 of the normalized value under a key
derived from the last (oldest) one, so that look-ups survive a rotation. Nothing here sees the ORM but the field itself.
"""

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from refidetect.kit import env

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """No key opens the value: FIELD_KEYS lost the key that wrote it, or the bytes were changed."""


@dataclass(frozen=True)
class FieldKeys:
    """The keys of FIELD_KEYS, newest first; ids are 1 to 255."""

    keys: tuple[tuple[int, bytes], ...]

    @cached_property
    def _ciphers(self) -> dict[int, AESGCM]:
        return {key_id: AESGCM(key) for key_id, key in self.keys}

    @cached_property
    def _lookup_key(self) -> bytes:
        return hmac.digest(self.keys[-1][1], b"refidetect look-up", "sha256")

    def encrypt(self, text: str) -> bytes:
        """Key id, nonce, ciphertext. The empty text stays empty, so that "no phone" needs no key."""
        if not text:
            return b""
        key_id = self.keys[0][0]
        nonce = os.urandom(NONCE_BYTES)
        return bytes([key_id]) + nonce + self._ciphers[key_id].encrypt(nonce, text.encode(), None)

    def decrypt(self, value: bytes) -> str:
        """The text; raises CannotDecrypt."""
        if not value:
            return ""
        value = bytes(value)
        cipher = self._ciphers.get(value[0])
        if cipher is None:
            raise CannotDecrypt(f"FIELD_KEYS has no key with the id {value[0]}.")
        try:
            return cipher.decrypt(value[1 : 1 + NONCE_BYTES], value[1 + NONCE_BYTES :], None).decode()
        except InvalidTag as error:
            raise CannotDecrypt(f"The key with the id {value[0]} does not open this value.") from error

    def lookup(self, normalized: str) -> bytes | None:
        """16 bytes that equal values share, or None for the empty one: empty never matches anything."""
        if not normalized:
            return None
        return hmac.digest(self._lookup_key, normalized.encode(), "sha256")[:16]


def parse_field_keys(text: str) -> FieldKeys:
    """`1:BASE64,2:BASE64`, newest first; raises env.BadEnvironment where a key is not 32 bytes or an id repeats."""
    keys = []
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
            number = int(key_id)
        except ValueError as error:
            raise env.BadEnvironment("FIELD_KEYS: write id:base64, separated by commas.") from error
        if len(key) != 32 or not 1 <= number <= 255:
            raise env.BadEnvironment("FIELD_KEYS: a key has 32 bytes in base64, and an id from 1 to 255.")
        keys.append((number, key))
    if len({number for number, _ in keys}) != len(keys):
        raise env.BadEnvironment("FIELD_KEYS: two keys have the same id.")
    return FieldKeys(tuple(keys))


def field_keys(data_dir: Path, *, generate: bool) -> FieldKeys:
    """From FIELD_KEYS, or from the file that the embedded default keeps in the data directory."""
    fresh = "1:" + base64.b64encode(secrets.token_bytes(32)).decode() if generate else None
    return parse_field_keys(_kept("FIELD_KEYS", data_dir / "field_keys", fresh))


def secret_key(data_dir: Path, *, generate: bool) -> str:
    """From SECRET_KEY, or from the file that the embedded default keeps in the data directory."""
    return _kept("SECRET_KEY", data_dir / "secret_key", secrets.token_urlsafe(50) if generate else None)


def _kept(name: str, path: Path, fresh: str | None) -> str:
    given = env.text(name, "")
    if given:
        return given
    if fresh is None:
        raise env.BadEnvironment(f"{name} is not set. It is required with a DATABASE_URL; README says how to make one.")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole under another name and linked: of two processes that start at once both read the same key.
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(fresh + "\n", encoding="utf-8")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()
