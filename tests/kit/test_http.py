"""The HTTP kit against a server on loopback, because retries and limits live below what can be faked."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from refidetect.kit import http

SECRET = "abcdef0123456789"


class Stand:
    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        self.requests: list[tuple[str, str, bytes]] = []
        self.url = ""


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            stand.requests.append((self.command, self.path, body))
            status, content, headers = stand.answers.pop(0) if len(stand.answers) > 1 else stand.answers[0]
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    stand.url = f"http://127.0.0.1:{server.server_port}/rates"
    yield stand
    server.shutdown()
    server.server_close()


def test_a_get_answers_with_status_body_and_type(stand):
    stand.answers = [(200, b"a,b", {"Content-Type": "text/csv"})]
    assert http.get(stand.url, params={"id": "x"}) == http.Answer(200, b"a,b", "text/csv")
    assert stand.requests == [("GET", "/rates?id=x", b"")]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_get_is_tried_again_after_a_passing_failure(stand, status):
    stand.answers = [(status, b"", {}), (status, b"", {}), (200, b"ok", {})]
    assert http.get(stand.url, backoff=0).content == b"ok"
    assert len(stand.requests) == 3


def test_a_get_gives_up_after_three_tries_and_says_so(stand):
    stand.answers = [(503, b"busy", {})]
    with pytest.raises(http.HttpError, match="answered 503") as caught:
        http.get(stand.url, backoff=0)
    assert (caught.value.status, caught.value.permanent, caught.value.body) == (503, False, b"busy")
    assert len(stand.requests) == 3


def test_a_bad_request_is_not_tried_again(stand):
    stand.answers = [(400, b"no such series", {})]
    with pytest.raises(http.HttpError) as caught:
        http.get(stand.url, backoff=0)
    assert (caught.value.status, caught.value.permanent) == (400, True)
    assert len(stand.requests) == 1


def test_a_server_that_asks_for_an_hour_is_not_waited_for(stand):
    stand.answers = [(429, b"", {"Retry-After": "3600"})]
    with pytest.raises(http.HttpError, match="429"):
        http.get(stand.url, backoff=0)
    assert len(stand.requests) == 1


def test_a_short_retry_after_is_kept(stand):
    stand.answers = [(429, b"", {"Retry-After": "0"}), (200, b"ok", {})]
    assert http.get(stand.url, backoff=100).content == b"ok"


def test_a_retry_after_that_is_no_number_counts_as_not_given(stand):
    stand.answers = [(429, b"", {"Retry-After": "\u00b2"}), (200, b"ok", {})]
    assert http.get(stand.url, backoff=0).content == b"ok"


def test_a_post_is_never_tried_again(stand):
    stand.answers = [(503, b"", {})]
    with pytest.raises(http.HttpError):
        http.send("POST", stand.url, json={"a": 1})
    assert [(method, body) for method, _, body in stand.requests] == [("POST", b'{"a": 1}')]


def test_a_body_over_the_limit_is_refused(stand):
    stand.answers = [(200, b"x" * 2000, {})]
    with pytest.raises(http.HttpError, match="more than 1,000 bytes"):
        http.get(stand.url, max_bytes=1000)


def test_an_answer_that_breaks_off_is_an_error(stand):
    stand.answers = [(200, b"half", {"Content-Length": "4000", "Connection": "close"})]
    with pytest.raises(http.HttpError, match="broke off"):
        http.get(stand.url, backoff=0)


def test_nobody_listening_is_an_error_and_not_a_stack_of_libraries():
    with pytest.raises(http.HttpError, match=r"127\.0\.0\.1/rates could not be reached") as caught:
        http.get("http://127.0.0.1:9/rates", backoff=0)
    assert caught.value.status is None


def test_no_message_holds_the_key_of_the_query_string(stand):
    stand.answers = [(400, SECRET.encode(), {})]
    for url in (stand.url, "http://127.0.0.1:9/rates"):
        with pytest.raises(http.HttpError) as caught:
            http.get(url, params={"api_key": SECRET}, headers={"Authorization": SECRET}, backoff=0)
        assert SECRET not in str(caught.value)
