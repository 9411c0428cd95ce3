"""The fields of a posted form as bytes: mail is in any charset, and a web framework would read it all as UTF-8."""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl


def fields(body: bytes, content_type: str) -> dict[str, bytes]:
    """The fields by name, the last where one comes twice; files are left out. Empty where the body is not a form."""
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        return {name: value.encode("latin-1") for name, value in pairs}
    if not content_type.lower().startswith("multipart/form-data") or "\n" in content_type or "\r" in content_type:
        return {}
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1", "replace")
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    found: dict[str, bytes] = {}
    for part in form.iter_parts() if form.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and part.get_filename() is None and isinstance(content, bytes):
            found[name] = content
    return found


def as_bytes(given: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """The same fields where some were read as text already."""
    return {
        name: value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape") for name, value in given.items()
    }
