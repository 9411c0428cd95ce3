"""What an adapter is: it reads a document in the shape of its source, and where the source is a feed, fetches one."""

from datetime import date
from typing import Protocol

from rates.domain.published import Reading


class SourceError(Exception):
    """The source gave nothing that can be used. The message is a sentence for the person who looks at the pull."""


class Reader(Protocol):
    def read(self, content: bytes, name: str) -> Reading:
        """The values of a document; `name` is what messages call it. Raises SourceError."""


class Feed(Protocol):
    PRODUCTS: frozenset[str]
    """What it publishes."""

    def fetch(self, since: date | None) -> Reading:
        """What the source publishes now, all of it or at least from that date on. Raises SourceError."""
