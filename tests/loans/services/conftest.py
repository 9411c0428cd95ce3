"""Portfolio files of a few rows, imported in a line."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from loans.models import ImportBatch
from tests.loans import files


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def bring_in(tmp_path: Path) -> Callable[..., ImportBatch]:
    """Imports rows: `bring_in({"email": "a@example.com"})`, or text as it stands: `bring_in(text="...")`."""

    def bring_in(*changes: Mapping[str, str], text: str | bytes | None = None, **options: Any) -> ImportBatch:
        path = tmp_path / "portfolio.csv"
        if text is None:
            files.write(path, *changes)
        else:
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        return files.bring_in(path, **options)

    return bring_in


@pytest.fixture
def rows_as_bytes() -> Callable[..., bytes]:
    """Everything that tables hold, as the database writes it."""

    def rows_as_bytes(*tables: str) -> bytes:
        with connection.cursor() as cursor:
            parts = []
            for table in tables:
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    parts += [bytes(part) for part in copy]
        return b"".join(parts)

    return rows_as_bytes
