"""Text from bytes that somebody else made, or a sentence that says what they are instead."""

from pathlib import Path

from rates.adapters.protocol import SourceError

MAX_BYTES = 20 * 1024 * 1024
NOT_TEXT = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a spreadsheet or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"\x1f\x8b", "a compressed file"),
)


def from_path(path: Path) -> bytes:
    """The bytes of a file, within limits; raises SourceError."""
    if path.is_dir():
        raise SourceError(f"{path} is a directory; name the CSV file in it.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"{path} is larger than {MAX_BYTES // 1024**2} MB; a file of rates is not.")
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist.") from None
    except OSError as error:
        raise SourceError(f"{path} can't be read: {error.strerror}.") from error


def text_of(content: bytes, name: str) -> str:
    """The text, without a byte order mark; raises SourceError where it is not UTF-8 text or a web page."""
    if not content.strip():
        raise SourceError(f"{name} is empty.")
    if len(content) > MAX_BYTES:
        raise SourceError(f"{name} is larger than {MAX_BYTES // 1024**2} MB; a file of rates is not.")
    kind = next((kind for start, kind in NOT_TEXT if content.startswith(start)), None)
    if kind:
        raise SourceError(f"{name} is {kind}, not CSV; save it as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{name} is not UTF-8 text (line {line}); save it as CSV UTF-8.") from error
    if "\x00" in text:
        raise SourceError(f"{name} is not a text file.")
    if text.lstrip()[:1] == "<":
        raise SourceError(f"{name} is a web page (HTML), not data; the publisher may be down. Nothing was read.")
    return text
