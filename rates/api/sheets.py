"""A rate sheet as the lender's pricing system posts it: JSON or CSV, with the columns of a sheet."""

import json
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from accounts.models import User
from rates.domain import products
from rates.services import pulling
from rates.services.pulling import Document

MOST_RATES = 10_000
RATE = {"max_digits": 6, "decimal_places": 3}
EXAMPLE = OpenApiExample(
    "Two rates",
    request_only=True,
    media_type="application/json",
    value=[
        {"as_of": "2026-04-24", "product": "conventional_30", "rate": "6.250", "apr": "6.410", "points": "0.500"},
        {"as_of": "2026-04-24", "product": "fha_30", "rate": "5.990"},
    ],
)
EXAMPLE_CSV = OpenApiExample(
    "The same as CSV",
    request_only=True,
    media_type="text/csv",
    value="as_of,product,rate,apr,points\n2026-04-24,conventional_30,6.250,6.410,0.500\n2026-04-24,fha_30,5.990,,\n",
)


EXAMPLE_LOADED = OpenApiExample(
    "One stored, one refused",
    response_only=True,
    value={
        "source": "api",
        "outcome": "done",
        "message": "1 new, 0 revised, 0 unchanged. Newest Apr 24, 2026.",
        "read": 2,
        "added": 1,
        "revised": 0,
        "unchanged": 0,
        "held": 0,
        "rejected": 1,
        "newest": {"fha_30": {"rate": "5.990", "as_of": "2026-04-24", "status": "accepted"}},
        "errors": [{"line": 2, "column": "rate", "value": "x", "reason": "This is no number."}],
        "seconds": 0.007,
    },
)


class SheetParser(BaseParser):
    """CSV, as its bytes."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        return stream.read()


class RateIn(serializers.Serializer):
    """One rate, in percent; with bounds it is for these loans alone. `quotable` is your own offer, not an index."""

    as_of = serializers.DateField()
    product = serializers.ChoiceField(choices=list(products.PUBLISHED.items()))
    rate = serializers.DecimalField(**RATE, min_value=0)
    apr = serializers.DecimalField(**RATE, required=False, allow_null=True)
    points = serializers.DecimalField(**RATE, required=False, allow_null=True)
    ltv_over = serializers.DecimalField(**RATE, required=False, allow_null=True)
    ltv_to = serializers.DecimalField(**RATE, required=False, allow_null=True)
    score_from = serializers.IntegerField(required=False, allow_null=True, min_value=300, max_value=850)
    score_to = serializers.IntegerField(required=False, allow_null=True, min_value=300, max_value=850)
    quotable = serializers.BooleanField(required=False)


class NewestOut(serializers.Serializer):
    rate = serializers.CharField()
    as_of = serializers.DateField()
    status = serializers.CharField()


class RefusedOut(serializers.Serializer):
    line = serializers.IntegerField(help_text="Of a list the place, from 1; of CSV the line.")
    column = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class PulledOut(serializers.Serializer):
    """`read` is the sum of the five counts after it. What is held waits for a person, and the old rate stands."""

    source = serializers.CharField()
    outcome = serializers.CharField()
    message = serializers.CharField()
    read = serializers.IntegerField()
    added = serializers.IntegerField()
    revised = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    held = serializers.IntegerField()
    rejected = serializers.IntegerField()
    newest = serializers.DictField(child=NewestOut())
    errors = RefusedOut(many=True, source="refused")
    seconds = serializers.FloatField()


def may_load(user: User) -> bool:
    """A rate concerns every branch: whoever may load a sheet on the page, and another system of the whole lender."""
    return user.has_perm("desk.decide_rates") or (user.sees_every_branch and user.has_perm("desk.import_loans"))


def load(request: Request) -> dict[str, Any]:
    """Stores what the body holds. Raises ValidationError for what is no list of rates, ParseError for what can't be read."""
    body = request.data
    source, document = ("file", _csv(body)) if isinstance(body, bytes) else ("api", _json(body))
    result = pulling.pull(source, now=timezone.now(), file=document, by=request.user.pk)
    if result.failed:
        raise ParseError(result.message)
    return PulledOut({**asdict(result), "newest": {name: asdict(newest) for name, newest in result.newest.items()}}).data


def _csv(body: bytes) -> Document:
    if b"\x00" in body:
        raise ParseError("The sheet has a zero byte: this is not a text file.")
    try:
        return Document("The sheet", _legible(body.decode("utf-8-sig")).encode())
    except UnicodeDecodeError as error:
        raise ParseError("The sheet is not UTF-8.") from error


def _json(body: object) -> Document:
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise ValidationError("Send a list of rates.")
    if not 1 <= len(body) <= MOST_RATES:
        raise ValidationError(f"Send 1 to {MOST_RATES:,} rates.")
    rows = [{name: _kept(row[name]) for name in RateIn().fields if name in row} for row in body]
    return Document("The list", json.dumps(rows).encode())


def _kept(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else _legible(str(value))


def _legible(text: str) -> str:
    """What a sheet and the record of its pull can hold: zero bytes and half characters as �."""
    return "".join("\ufffd" if each == "\x00" or "\ud800" <= each <= "\udfff" else each for each in text)
