"""One way to speak HTTP with the outside, used by the adapters: patience with limits, and errors that a person can read.

A message names the host and the path, never the query string, a header or a body: those hold keys and people's data.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
WHOLE_SECONDS = 60.0
"""A server that drips one byte at a time keeps within every read timeout; this is the limit of one whole answer."""
MAX_BYTES = 20 * 1024 * 1024
TRIES = 3
BACKOFF_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
TRANSIENT = frozenset({429, 500, 502, 503, 504})
CHUNK_BYTES = 64 * 1024


class HttpError(Exception):
    """No usable answer. `status` is None where none came; `permanent` where trying again can't help; `body` is never logged."""

    def __init__(self, message: str, *, status: int | None = None, permanent: bool = False, body: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.permanent = permanent
        self.body = body


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    content_type: str


def get(
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
    tries: int = TRIES,
    backoff: float = BACKOFF_SECONDS,
) -> Answer:
    """The answer of a GET, tried again after 429, 5xx and failed connections; raises HttpError for every status of 400 or more.

    It waits `backoff` seconds, then twice as long each time, or what Retry-After asks for, up to half a minute.
    """
    for attempt in range(1, tries + 1):
        try:
            return _once("GET", url, params=params, headers=headers, max_bytes=max_bytes)
        except _Failed as failed:
            wait = failed.retry_after if failed.retry_after is not None else backoff * 2 ** (attempt - 1)
            if failed.error.permanent or attempt == tries or wait > LONGEST_WAIT_SECONDS:
                raise failed.error from failed.__cause__
            time.sleep(wait)
    raise AssertionError("tries is at least 1")


def send(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    json: Any = None,
    data: bytes | Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """The answer of one POST, PUT, PATCH or DELETE. Never tried again here: whether it was received is not known."""
    try:
        return _once(method, url, params=params, headers=headers, max_bytes=max_bytes, json=json, data=data)
    except _Failed as failed:
        raise failed.error from failed.__cause__


class _Failed(Exception):
    def __init__(self, error: HttpError, retry_after: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.retry_after = retry_after


def _once(
    method: str,
    url: str,
    *,
    max_bytes: int,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    json: Any = None,
    data: bytes | Mapping[str, str] | None = None,
) -> Answer:
    place = _place(url)
    try:
        with (
            requests.Session() as session,
            session.request(
                method,
                url,
                params=params,
                headers={"User-Agent": "RefiDetect", **(headers or {})},
                json=json,
                data=data,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
            ) as response,
        ):
            content = _body(response, place, max_bytes)
            if response.status_code >= 400:
                raise _Failed(
                    HttpError(
                        f"{place} answered {response.status_code} {response.reason or ''}".strip() + ".",
                        status=response.status_code,
                        permanent=response.status_code not in TRANSIENT,
                        body=content,
                    ),
                    _seconds(response.headers.get("Retry-After")),
                )
            return Answer(response.status_code, content, response.headers.get("Content-Type", ""))
    except requests.exceptions.SSLError as error:
        raise _Failed(HttpError(f"{place} has no certificate that can be trusted.", permanent=True)) from error
    except requests.exceptions.ConnectTimeout as error:
        raise _Failed(HttpError(f"{place} could not be reached within {CONNECT_SECONDS:.0f} seconds.")) from error
    except requests.exceptions.Timeout as error:
        # It was reached and went silent: what it does with the request is not known, and waiting again costs as long.
        raise _Failed(HttpError(f"{place} did not answer within {READ_SECONDS:.0f} seconds.", permanent=True)) from error
    except requests.exceptions.ConnectionError as error:
        raise _Failed(HttpError(f"{place} could not be reached.")) from error
    except requests.exceptions.RequestException as error:
        raise _Failed(HttpError(f"{place} gave no readable answer.", permanent=True)) from error


def _body(response: requests.Response, place: str, max_bytes: int) -> bytes:
    deadline = time.monotonic() + WHOLE_SECONDS
    content = bytearray()
    try:
        for chunk in response.iter_content(CHUNK_BYTES):
            content += chunk
            if len(content) > max_bytes:
                raise _Failed(HttpError(f"{place} answered with more than {max_bytes:,} bytes.", permanent=True))
            if time.monotonic() > deadline:
                raise _Failed(
                    HttpError(f"{place} did not finish its answer within {WHOLE_SECONDS:.0f} seconds.", permanent=True)
                )
    except requests.exceptions.RequestException as error:
        raise _Failed(HttpError(f"{place} broke off in the middle of its answer.", status=response.status_code)) from error
    return bytes(content)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds; its other form, a date, counts as not given."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
