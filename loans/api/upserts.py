"""Loans as other systems post them: the columns of a portfolio file, row by row."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from loans.domain.portfolio_file import COLUMNS, Column, Kind
from loans.domain.upserts import MOST_ROWS, NO_LOAN, Note

LONGEST_ADDRESS = 254
LAST_DAY, FIRST_DAY = date(2199, 12, 31), date(1900, 1, 1)
# A loan has one of the two; which is a matter of the row, not of the column.
EXAMPLE = OpenApiExample(
    "A loan",
    request_only=True,
    value={
        "loan_number": "2026-00417",
        "borrower_first_name": "Ana",
        "borrower_last_name": "Ames",
        "email": "ana@example.com",
        "note_rate": "7.125",
        "origination_date": "2024-04-17",
        "term_months": 360,
        "original_amount": "420000.00",
        "program": "conventional",
        "property_state": "CO",
        "officer_email": "olivia.hart@example.com",
    },
)


class _Day(serializers.DateField):
    """A day that a portfolio can hold."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError("Write a day from 1900 to 2199.")
        return day


def _number(column: Column, places: int) -> serializers.Field:
    low, high = Decimal(str(column.low)), Decimal(str(column.high))
    words = {"required": column.required, "allow_null": not column.required, "max_value": high}
    if column.kind is Kind.WHOLE:
        return serializers.IntegerField(**words | {"min_value": int(low) + 1, "max_value": int(high)})
    digits = {Kind.MONEY: 12, Kind.RATE: 6}[column.kind]
    return serializers.DecimalField(max_digits=digits, decimal_places=places, min_value=max(low, Decimal(0)), **words)


def _field(column: Column) -> serializers.Field:
    """How the schema describes a column; what only all the rows together tell, the import checks."""
    optional = {"required": column.required, "allow_null": not column.required}
    match column.kind:
        case Kind.MONEY | Kind.WHOLE:
            return _number(column, 2)
        case Kind.RATE:
            return _number(column, 3)
        case Kind.DATE:
            return _Day(**optional)
        case Kind.TIME:
            return serializers.DateTimeField(**optional)
        case Kind.FLAG:
            return serializers.BooleanField(**optional)
        case Kind.CHOICE:
            return serializers.ChoiceField(choices=list(dict.fromkeys(column.choices.values())), allow_blank=True, **optional)
        case Kind.TEXT:
            return serializers.CharField(max_length=column.longest, allow_blank=not column.required, **optional)
        case _:
            return serializers.CharField(max_length=LONGEST_ADDRESS, allow_blank=True, **optional)


# A field for each canonical column, in the order of a file.
LoanIn = type(
    "LoanIn",
    (serializers.Serializer,),
    {
        "__doc__": "One loan, by the canonical columns of a portfolio file. It needs an original amount or a balance.",
        "__module__": __name__,
        **{column.name: _field(column) for column in COLUMNS},
    },
)


class NoteOut(serializers.Serializer):
    index = serializers.IntegerField(help_text="The row's place in the post, from 0.")
    field = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    rejected = serializers.BooleanField(help_text="False where the row landed all the same.")


class UpsertedOut(serializers.Serializer):
    batches = serializers.ListField(child=serializers.IntegerField(), help_text="Imports, one for each set of columns.")
    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    seconds = serializers.FloatField()
    notes = NoteOut(many=True)


def read(body: object) -> tuple[dict[int, Mapping[str, Any]], list[Note]]:
    """The rows that can be read, by their place, and what is wrong with the others. Raises ValidationError for no list."""
    if not isinstance(body, list):
        raise ValidationError("Send a list of loans.")
    if not 1 <= len(body) <= MOST_ROWS:
        raise ValidationError(f"Send 1 to {MOST_ROWS:,} loans.")
    rows: dict[int, Mapping[str, Any]] = {}
    notes = []
    for index, each in enumerate(body):
        if not isinstance(each, dict):
            notes.append(Note(index, "", NO_LOAN))
            continue
        row = LoanIn(data=each)
        if row.is_valid():
            rows[index] = row.validated_data
        else:
            notes += [Note(index, name, str(reason)) for name, reasons in row.errors.items() for reason in reasons]
    return rows, notes
