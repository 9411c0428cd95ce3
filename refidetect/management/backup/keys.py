"""Which keys a copy needs: found from the rows when it is made, tried on samples before it is put back."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection

from refidetect.kit import crypto
from refidetect.kit.fields import EncryptedText

MARK = "refidetect backup"


def encrypted_columns() -> Iterator[tuple[str, str]]:
    """Table and column of everything that is kept encrypted."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedText):
                yield model._meta.db_table, field.column


def samples() -> list[bytes]:
    """One value of each encrypted column and each key that wrote in it, as the database holds it."""
    found = []
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column in encrypted_columns():
            name = quote(column)
            cursor.execute(
                f"SELECT DISTINCT ON (get_byte({name}, 0)) {name} FROM {quote(table)} WHERE length({name}) > 0"  # noqa: S608
            )
            found += [bytes(value) for (value,) in cursor.fetchall()]
    return found


def key_ids(values: Iterable[bytes]) -> list[int]:
    """The ids of the keys that wrote these."""
    return sorted({value[0] for value in values})


def unopened(values: Iterable[bytes]) -> list[int]:
    """The ids of the keys that are missing or wrong: what they wrote can't be read here."""
    bad = set()
    for value in values:
        try:
            settings.FIELD_KEYS.decrypt(value)
        except crypto.CannotDecrypt:
            bad.add(value[0])
    return sorted(bad)


def lookup_mark() -> str:
    """Equal where look-ups made there are found here: whoever opted out must stay found."""
    return base64.b64encode(settings.FIELD_KEYS.lookup(MARK) or b"").decode()


def secret_mark() -> str:
    """Equal where SECRET_KEY is the same; nothing can be learned from it."""
    return hmac.digest(settings.SECRET_KEY.encode(), MARK.encode(), hashlib.sha256).hex()[:32]
