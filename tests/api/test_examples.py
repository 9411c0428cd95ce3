"""The answers that the pages of the API show are such as the schema describes, and every operation shows one."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.django_db


def plain(schema):
    """A schema of OpenAPI 3.0 as JSON Schema has it: what is nullable may be null."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: plain(part) for name, part in schema.items() if name not in ("nullable", "example", "examples")}
    return {"anyOf": [kept, {"type": "null"}]} if schema.get("nullable") else kept


@pytest.fixture
def document(as_user, olivia):
    return as_user(olivia).get("/api/v1/schema/?format=json").json()


def shown(document):
    """Every example of an answer: operation, schema, value."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    for example in content.get("examples", {None: None}).values():
                        yield f"{operation['operationId']} {status}", content["schema"], example and example["value"]


def test_every_operation_shows_each_of_its_answers(document):
    """The good ones and the problems."""
    names = {name for name, _, _ in shown(document)}
    succeed = {name.split()[0] for name in names if name.split()[1] < "300"}
    assert len(succeed) == sum(len(methods) for methods in document["paths"].values())
    assert {name for name, _, value in shown(document) if value is None} == set()
    problems = [(name, value) for name, schema, value in shown(document) if schema.get("$ref", "").endswith("/Problem")]
    assert {name for name, value in problems if value["status"] != int(name[-3:])} == set()
    refusals = {name for name, _, _ in shown(document) if name[-3:] >= "400"}
    assert refusals == {name for name, _ in problems}


def test_every_answer_shown_is_one_that_the_schema_describes(document):
    components = plain(document["components"])
    broken = [
        f"{name}: {error.json_path} {error.message}"
        for name, schema, value in shown(document)
        for error in Draft202012Validator({**plain(schema), "components": components}).iter_errors(value)
    ]
    assert broken == []


def test_a_key_more_or_less_in_an_example_would_be_seen(document):
    """Every key of an example is one the schema names, and the other way round."""
    components = document["components"]["schemas"]
    example = next(value for name, _, value in shown(document) if name == "opportunities_retrieve 200")
    assert set(example) == set(components["OpportunityDetailOut"]["properties"])
    loan = next(value for name, _, value in shown(document) if name == "loans_retrieve 200")
    assert set(loan) == set(components["LoanDetailOut"]["properties"])
    explanation = next(value for name, _, value in shown(document) if name == "loans_explanation 200")
    assert set(explanation) == set(components["ExplanationOut"]["properties"])
    assert set(explanation["figures"]) == set(components["FiguresOut"]["properties"])


def test_nobody_in_the_examples_is_real(document):
    text = json.dumps([value for _, _, value in shown(document)])
    assert {address.rpartition("@")[2] for address in re.findall(r"[\w.]+@[\w.]+", text)} == {"example.com"}
