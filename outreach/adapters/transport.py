"""One request to a vendor, once, with the certainty that matters: was any of it written before it failed?

The vendors' own clients give no such certainty. SendGrid's also opens a connection and reads the machine's certificates for
each message, and Twilio's writes numbers into the log. So both send through this, one kept-alive connection a thread.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from outreach.adapters.channel import CONNECT_SECONDS, READ_SECONDS, Outcome, ProviderError

IDLE_SECONDS = 15.0
"""A connection idle for longer is not used again: a server that closes it just then makes an unknown of a message."""
LONGEST_WAIT_SECONDS = 3600.0

_call = threading.local()


@dataclass(frozen=True)
class Answer:
    """What the vendor answered, whatever its status. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def retry_after(self) -> float | None:
        """Seconds to wait, from Retry-After or from X-RateLimit-Reset (seconds since 1970); None where neither says."""
        for name, now in (("retry-after", 0.0), ("x-ratelimit-reset", time.time())):
            try:
                return min(max(float(self.headers[name]) - now, 0.0), LONGEST_WAIT_SECONDS)
            except (KeyError, ValueError):
                continue
        return None


class Transport:
    """Connections to one vendor, one for each thread. One object serves every thread."""

    def __init__(self, provider: str, *, connect_seconds: float = CONNECT_SECONDS, read_seconds: float = READ_SECONDS) -> None:
        self._provider = provider
        self._timeout = (connect_seconds, read_seconds)
        self._local = threading.local()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
        data: bytes | Mapping[str, Any] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        """The answer; raises ProviderError: LATER if nothing was written, UNKNOWN if anything was and no answer came."""
        _call.written = False
        try:
            response = self._session().request(
                method,
                url,
                headers=dict(headers),
                params=params,
                data=data,
                # A callable also keeps requests from taking the password of this host from a .netrc file.
                auth=auth or _as_it_is,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except (requests.RequestException, OSError) as error:
            self._forget()
            raise self._failure(error) from error
        self._local.used = time.monotonic()
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, named, response.content)

    def _session(self) -> requests.Session:
        if time.monotonic() - getattr(self._local, "used", 0.0) > IDLE_SECONDS:
            self._forget()
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.mount("https://", _MarkingAdapter())
            session.mount("http://", _MarkingAdapter())
        return session

    def _forget(self) -> None:
        session = getattr(self._local, "session", None)
        if session is not None:
            session.close()
            self._local.session = None

    def _failure(self, error: Exception) -> ProviderError:
        # The error's own words name the address, with a number in its query; its kind is enough.
        kind = type(error).__name__
        if _call.written:
            return ProviderError(f"{self._provider} gave no answer ({kind}).", outcome=Outcome.UNKNOWN, code=kind)
        return ProviderError(f"{self._provider} can't be reached ({kind}).", outcome=Outcome.LATER, code=kind)


def by_status(status: int) -> Outcome:
    """What a status of 300 or more proves, where the vendor's own code says no more."""
    if status == 429:
        return Outcome.LATER
    if status == 408 or status >= 500:
        return Outcome.UNKNOWN
    # A redirect or an unknown address is a wrong setting, which would refuse every message.
    if status < 400 or status in (401, 403, 404, 405):
        return Outcome.PAUSE
    return Outcome.REFUSED


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Marking:
    """Marks the moment in which the first byte of a request is handed to the connection."""

    sock: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _call.written = True
        super().send(data)  # type: ignore[misc]


class _MarkingHTTP(_Marking, HTTPConnection):
    pass


class _MarkingHTTPS(_Marking, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _MarkingHTTP


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _MarkingHTTPS


class _MarkingAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
