"""Keeping who opened the record of a message or carried it out, and packing it for an examiner."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from accounts.models import User
from outreach.models import ReadKind, RecordRead, Touch
from outreach.queries import replaying
from outreach.queries.replaying import Record
from refidetect.kit import csvfiles


def opened(touch: Touch, *, by: User, now: datetime) -> None:
    """Somebody looks at the record."""
    RecordRead.objects.create(kind=ReadKind.OPENED, touch=touch, by=by, at=now)


def exported(touch: Touch, *, by: User, now: datetime) -> None:
    """Somebody carries the record out."""
    RecordRead.objects.create(kind=ReadKind.EXPORTED, touch=touch, by=by, at=now)


def exported_period(first: date, last: date, *, by: User, now: datetime) -> None:
    """Somebody carries out every message of a period that they see."""
    RecordRead.objects.create(kind=ReadKind.PERIOD, by=by, at=now, detail=f"{first} to {last}")


def packed(found: Record, html: str) -> bytes:
    """One ZIP: the record as JSON, the gate's checks and the history as CSV, and a page that opens without this desk."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("record.json", json.dumps(replaying.as_json(found), indent=2, ensure_ascii=False))
        archive.writestr("record.html", html)
        archive.writestr("gate.csv", _gate(found))
        archive.writestr("history.csv", _history(found))
        if found.message is not None and found.message.html:
            archive.writestr("message.html", found.message.html)
    return file.getvalue()


def _gate(found: Record) -> str:
    rows = found.asked.checks if found.asked else []
    cells = [(number, check.reason.label, word, check.known, check.evidence) for number, check, word in rows]
    return _csv(("order", "reason not to send", "applies", "what was known", "evidence"), cells)


def _history(found: Record) -> str:
    cells = [(line.at.isoformat(), line.title, line.detail, line.evidence) for line in found.happened]
    return _csv(("at", "what", "detail", "evidence"), cells)


def _csv(heading: tuple[str, ...], rows: Sequence[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csvfiles.writer(text)
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()
