"""The environment: keys, the address, HTTPS, mail, disk."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from refidetect import engines
from refidetect.management.doctor.findings import Finding, Grade, judged

LEAST_FREE_BYTES, LITTLE_FREE_BYTES = 1024**3, 5 * 1024**3
SHORTEST_SECRET = 32
LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def look() -> Iterator[Finding]:
    """Every finding that needs no database."""
    yield from _keys()
    yield from _address()
    yield judged(
        "mail",
        bool(settings.SMTP_HOST),
        "Officers' alerts and invitations are mailed.",
        "No mail server is set: officers learn of replies on the page only, and invitations are handed over.",
        "Set SMTP_HOST, SMTP_USER, SMTP_PASSWORD and MAIL_FROM.",
        Grade.NOTE,
    )
    yield _disk()


def _keys() -> Iterator[Finding]:
    yield judged(
        "keys",
        len(settings.SECRET_KEY) >= SHORTEST_SECRET,
        "SECRET_KEY is long enough.",
        f"SECRET_KEY has fewer than {SHORTEST_SECRET} characters: sessions could be forged.",
        'Make one with: python -c "import secrets; print(secrets.token_urlsafe(50))"',
    )
    ids = [str(number) for number, _ in settings.FIELD_KEYS.keys]
    yield Finding("keys", Grade.WELL, f"FIELD_KEYS has the key {', '.join(ids)}; new values are written with {ids[0]}.")
    for name in ("field_keys", "secret_key"):
        path = Path(settings.DATA_DIR, name)
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("keys", Grade.BLOCKS, f"{path} can be read by others on this machine.", f"chmod 600 {path}")
    if Path(settings.DATA_DIR, "field_keys").exists() and "FIELD_KEYS" not in os.environ:
        yield Finding(
            "keys",
            Grade.NOTE,
            f"The field keys are in {settings.DATA_DIR}, beside the data.",
            "Keep a copy elsewhere: without them e-mail addresses, numbers and streets can't be read again.",
        )


def _address() -> Iterator[Finding]:
    url = settings.PUBLIC_BASE_URL
    if url.startswith(LOCAL):
        yield Finding(
            "address",
            Grade.NOTE,
            f"The desk is at {url}, which only this machine reaches; links and vendors' posts need a public address.",
            "Set PUBLIC_BASE_URL to https://…, with a TLS proxy in front.",
        )
    else:
        yield judged(
            "address",
            settings.HTTPS,
            f"The desk is at {url}.",
            f"The desk is at {url}, without HTTPS: passwords and borrowers' data can be read on the way.",
            "Put a TLS proxy in front, set PUBLIC_BASE_URL to https://… and BEHIND_PROXY=true.",
        )
    yield judged(
        "second factor",
        settings.SECOND_FACTOR_REQUIRED,
        "Everybody needs a second factor to sign in.",
        "A second factor is not required.",
        "Unset SECOND_FACTOR_REQUIRED, or set it to true.",
        Grade.BLOCKS if settings.HTTPS else Grade.NOTE,
    )
    if settings.DEBUG:
        yield Finding("address", Grade.BLOCKS, "DEBUG is on: error pages show data to anybody.", "Unset DEBUG.")


def _disk() -> Finding:
    free = shutil.disk_usage(engines.data_dir()).free
    grade = Grade.BLOCKS if free < LEAST_FREE_BYTES else Grade.NOTE
    return judged(
        "disk",
        free >= LITTLE_FREE_BYTES,
        f"{free / 1024**3:.0f} GB are free in {engines.data_dir()}.",
        f"Only {free / 1024**3:.1f} GB are free in {engines.data_dir()}.",
        "Make room, or move DATA_DIR.",
        grade,
    )
