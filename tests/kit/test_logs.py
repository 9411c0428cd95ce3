from refidetect.kit import logs


def test_a_line_knows_no_name_that_somebody_searched_for():
    event = logs.without_query(None, "info", {"event": "request_finished", "request": "GET /queue/?q=sorensen"})
    assert event == {"event": "request_finished", "request": "GET /queue/"}
    assert logs.without_query(None, "info", {"event": "rates pulled"}) == {"event": "rates pulled"}


def test_a_line_does_not_open_a_borrowers_page():
    def shown(path: str) -> str:
        return logs.without_query(None, "info", {"event": "request_finished", "request": path})["request"]

    assert shown("GET /m/5zgukn67zxyc/") == "GET /m/…/"
    assert shown("GET /u/5zgukn67zxyc") == "GET /u/…"
    assert shown("GET /m/Zk3l-9aBcDeFgHiJ/book/") == "GET /m/…/book/"
    assert shown("GET /accounts/password/reset/key/3-cx8bqi-0123456789abcdef/") == "GET /accounts/password/reset/key/…/"
    touch = "/outbox/0a1b2c3d-1111-2222-3333-444455556666/"
    assert shown(f"GET {touch}") == f"GET {touch}"
    assert shown("GET /loans/HP-22871/") == "GET /loans/HP-22871/"
