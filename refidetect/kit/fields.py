"""A text field that is encrypted in the database."""

from typing import Any

from django.conf import settings
from django.db import models


class EncryptedText(models.BinaryField[Any, Any]):
    """Text in Python, AES-GCM bytes in the database, empty text as no bytes.

    It can't be searched or sorted; the model keeps `settings.FIELD_KEYS.lookup(normalized)` in a column beside it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: bytes | None, expression: object, connection: object) -> str:
        return settings.FIELD_KEYS.decrypt(value) if value else ""

    def get_default(self) -> str:
        return ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = settings.FIELD_KEYS.encrypt(value)
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class LookupBytes(models.BinaryField[bytes | None, bytes | None]):
    """The HMAC of a normalized value, 16 bytes; null where there is nothing to look up, so that empty never matches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, max_length=16)
        super().__init__(*args, **kwargs)
