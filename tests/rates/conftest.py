"""A stand-in for the publishers on loopback, a moment, and values to start from."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from rates.models import Pull, Rate
from rates.services import pulling

SAMPLES = Path(__file__).parent / "samples"
FRIDAY = datetime(2026, 4, 24, 15, 0, tzinfo=UTC)
THURSDAY = date(2026, 4, 23)


@dataclass
class Publisher:
    """Answers by path: each list is used up from the front, its last answer stays."""

    url: str = ""
    answers: dict[str, list[tuple[int, bytes, dict[str, str]]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def says(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.setdefault(path, []).append((status, content, named))


@pytest.fixture
def publisher(settings) -> Iterator[Publisher]:
    """Freddie Mac, FRED's API and FRED's charts in one server."""
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            publisher.asked.append((parts.path, parse_qs(parts.query)))
            answers = publisher.answers.get(parts.path, [(404, b"nothing here", {})])
            status, body, headers = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    publisher.url = f"http://127.0.0.1:{server.server_port}"
    settings.PMMS_BASE_URL = settings.FRED_BASE_URL = settings.FREDGRAPH_BASE_URL = publisher.url
    yield publisher
    server.shutdown()
    server.server_close()


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    return lambda name: (SAMPLES / name).read_bytes()


@pytest.fixture
def observations() -> Callable[..., str]:
    """FRED's JSON for values by ISO date."""
    return lambda **values: json.dumps(
        {"count": len(values), "observations": [{"date": day, "value": value} for day, value in values.items()]}
    )


@pytest.fixture
def load(db) -> Callable[..., pulling.PullResult]:
    """Loads a survey as Freddie Mac writes it: `load("2026-04-23,6.23,5.58")`."""

    def load(*lines: str, source: str = "pmms", now: datetime = FRIDAY, **more: object) -> pulling.PullResult:
        heading = "as_of,product,rate" if source == "file" else "date,frm30,frm15"
        document = pulling.Document("survey.csv", "\n".join([heading, *lines]).encode())
        return pulling.pull(source, now=now, file=document, **more)

    return load


@pytest.fixture
def put(db) -> Callable[..., Rate]:
    """A stored value."""

    def put(product: str, as_of: date | str, rate: str, source: str = "pmms", **fields: object) -> Rate:
        pull = Pull.objects.create(source=source, started_at=FRIDAY, finished_at=FRIDAY, outcome=Pull.Outcome.DONE)
        value = {"rate": Decimal(rate), "published": Decimal(rate)} | fields
        return Rate.objects.create(product=product, as_of=as_of, source=source, pull=pull, **value)

    return put
