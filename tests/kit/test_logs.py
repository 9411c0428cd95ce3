from refidetect.kit import logs


def test_a_line_knows_no_name_that_somebody_searched_for():
    event = logs.without_query(None, "info", {"event": "request_finished", "request": "GET /queue/?q=sorensen"})
    assert event == {"event": "request_finished", "request": "GET /queue/"}
    assert logs.without_query(None, "info", {"event": "rates pulled"}) == {"event": "rates pulled"}
