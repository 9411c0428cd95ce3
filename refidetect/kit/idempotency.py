"""What a post says of itself under `Idempotency-Key`: the key, and the fingerprint of all that it asks.

`accounts.api.once` keeps the answers; `refidetect.kit.problems` names the header in the schema.
"""

import hashlib
import re
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig
from django.http.request import RawPostDataException
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.request import Request

from refidetect.kit.problems import KEY_HEADER, TooLarge

# Printable and no blanks: what is legible in a log and the same through every proxy.
KEY_FORM = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class Post:
    """`key` is empty where the sender gave none; `fingerprint` covers path, query, kind of body and the body's bytes."""

    key: str
    fingerprint: bytes

    @property
    def word(self) -> str:
        """Key and post in one word, empty without a key: another post under a key that was forgotten is another."""
        return f"{self.key}:{self.fingerprint.hex()}" if self.key else ""


def read(request: Request) -> Post:
    """Reads the body whole. Raises TooLarge, UnsupportedMediaType, and ValidationError for a key that is none."""
    try:
        body = request._request.body
    except RequestDataTooBig as error:
        raise TooLarge from error
    except RawPostDataException as error:
        # A form with files: the check of a browser's token has read it, and the API takes none.
        raise UnsupportedMediaType(request.content_type) from error
    key = request.headers.get(KEY_HEADER, "")
    if key and not KEY_FORM.fullmatch(key):
        raise ValidationError({KEY_HEADER: ["Write 1 to 200 letters, digits and signs, without blanks."]})
    asked = (request.get_full_path(), request.content_type or "")
    return Post(key, hashlib.sha256(b"\0".join((*(part.encode() for part in asked), body))).digest())
