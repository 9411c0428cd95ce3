"""Pages of an API list that don't shift while somebody reads them: each begins behind the last row of the one before.

A view says `orders`, by name the columns that rows are ordered by, stored or annotated, ending in one that is unique; and
`default_order`. The cursor holds the order and that row's values, so a page deep in the list costs what the first does.
"""

import base64
import json
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Model, OrderBy, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

PAGE, LARGEST_PAGE = 50, 500


class KeysetPagination(BasePagination):
    """Answers `{"next": address or null, "results": [...]}`; `limit`, `ordering` and `cursor` come from the address."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.address = request.build_absolute_uri()
        self.order = request.query_params.get("ordering") or view.default_order
        columns = self._columns(view, queryset)
        limit = _limit(request.query_params.get("limit"))
        cursor = request.query_params.get("cursor")
        if cursor:
            queryset = queryset.filter(_behind(columns, self._read(cursor, columns, queryset)))
        rows = list(queryset.order_by(*columns)[: limit + 1])
        self.cursor = self._write(rows[limit - 1], columns) if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        following = replace_query_param(self.address, "cursor", self.cursor) if self.cursor else None
        return Response({"next": following, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "The next page; null on the last.",
            "example": None,
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": following, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [*view.orders, *(f"-{name}" for name in view.orders)]
        ordering = {"type": "string", "enum": names, "default": view.default_order}
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
        return [
            {"name": "ordering", "in": "query", "required": False, "schema": ordering, "description": "“-” turns it around."},
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}, "description": "From `next`."},
        ]

    def _columns(self, view: Any, queryset: Any) -> list[OrderBy]:
        name = self.order.removeprefix("-")
        if name not in view.orders:
            raise ValidationError({"ordering": [f"Not known; write one of {', '.join(view.orders)}."]})
        first, *ties = view.orders[name]
        if self.order != name:
            # Said of a column that has no nulls, it would keep the database from reading its index backwards.
            nulls_last = True if _may_be_null(queryset, first) else None
            first = OrderBy(first.expression, descending=not first.descending, nulls_last=nulls_last)
        return [first, *ties]

    def _write(self, row: Model, columns: list[OrderBy]) -> str:
        values = [getattr(row, _name(column)) for column in columns]
        written = json.dumps([self.order, *(None if value is None else str(value) for value in values)])
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    def _read(self, cursor: str, columns: list[OrderBy], queryset: Any) -> list[Any]:
        try:
            order, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            read = [
                None if value is None else _field(queryset, column).to_python(_plain(value))
                for column, value in zip(columns, values, strict=True)
            ]
        except (ValueError, TypeError, InvalidValue) as error:
            raise ValidationError({"cursor": ["Not a cursor of this list; begin without one."]}) from error
        if order != self.order:
            raise ValidationError({"cursor": ["The cursor is of another order; begin without one."]})
        return read


def _limit(text: str | None) -> int:
    if text is None:
        return PAGE
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LARGEST_PAGE):
        raise ValidationError({"limit": [f"Write a number from 1 to {LARGEST_PAGE}."]})
    return int(text)


def _name(column: OrderBy) -> str:
    named: Any = column.expression
    return str(named.name)


def _field(queryset: Any, column: OrderBy) -> Any:
    """Of a stored column, or of what the query works out."""
    worked_out = queryset.query.annotations.get(_name(column))
    return queryset.model._meta.get_field(_name(column)) if worked_out is None else worked_out.output_field


def _may_be_null(queryset: Any, column: OrderBy) -> bool:
    """What is worked out is unknown as soon as one of its parts is."""
    return _name(column) in queryset.query.annotations or bool(_field(queryset, column).null)


def _plain(value: Any) -> str:
    """A cursor is a stranger's word: text only, and none that the database refuses."""
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError(value)
    return value


def _behind(columns: list[OrderBy], values: list[Any]) -> Q:
    """Rows behind the one with these values: behind it in the first column, or level in that and behind in the next."""
    found, level = Q(pk__in=()), Q()
    for column, value in zip(columns, values, strict=True):
        name = _name(column)
        unknown = Q(**{f"{name}__isnull": True})
        if value is None:
            behind = ~unknown if column.nulls_first else Q(pk__in=())
            found, level = found | (level & behind), level & unknown
            continue
        behind = Q(**{f"{name}__{'lt' if column.descending else 'gt'}": value})
        if column.nulls_last:
            behind |= unknown
        found, level = found | (level & behind), level & Q(**{name: value})
    return found
