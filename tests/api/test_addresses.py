"""What the API answers where it has nothing, and how it says who may come in."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["", "nothing/", "loan/", "opportunities/x/", "opportunities/1/dance/", "rates/1/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_where_there_is_nothing_the_answer_is_a_problem(client, path, method):
    answer = getattr(client, method)(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not found.", "code": "not_found",
    }  # fmt: skip


def test_a_browser_that_wants_html_gets_the_problem_too():
    assert Client(headers={"Accept": "text/html"}).get("/api/v1/nothing/")["Content-Type"] == "application/problem+json"


def test_an_address_without_its_slash_is_led_on_when_it_is_read_and_named_when_it_is_not(client):
    answer = client.get("/api/v1/rates?product=va_30")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/rates/?product=va_30")
    posted = client.post("/api/v1/rates", "[]", content_type="application/json")
    assert (posted.status_code, posted.json()["detail"]) == (404, "Not found. Write /api/v1/rates/ with its slash.")


def test_pages_outside_the_api_stay_pages(client):
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")


def test_every_operation_says_that_it_takes_a_key_and_every_body_has_an_example(as_user, olivia):
    schema = as_user(olivia).get("/api/v1/schema/?format=json").json()
    scheme = schema["components"]["securitySchemes"]["apiKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert "Api-Key" in scheme["description"]
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            assert {"apiKey": []} in operation["security"], path
            assert operation["description"], path
            for kind in operation.get("requestBody", {}).get("content", {}).values():
                assert kind["examples"], path
