"""Errors of the API as problem details (RFC 9457), and how the schema describes them. Named in the settings."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import VALIDATION_ERROR, ErrorResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
KEY_HEADER = "Idempotency-Key"
KEY = OpenApiParameter(
    KEY_HEADER,
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="Your word for this post, such as a UUID. The same post again under it within 24 hours is answered as it was.",
)


class Conflict(exceptions.APIException):
    """The act does not fit the row any more; the detail says why."""

    status_code = HTTPStatus.CONFLICT
    default_detail = "This does not fit any more."
    default_code = "conflict"


class KeyReused(exceptions.APIException):
    """The key was given to another post before."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = "This Idempotency-Key was used for another request; give each its own."
    default_code = "idempotency_key_reused"


class TooLarge(exceptions.APIException):
    """A body of more bytes than the desk reads."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large; send it in parts."
    default_code = "too_large"


class ProblemFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """Title and status are those of HTTP; `errors` names the fields that a request got wrong."""
        status = HTTPStatus(self.exc.status_code)
        invalid = error_response.type == VALIDATION_ERROR
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": "The request has fields that can't be taken." if invalid else error_response.errors[0].detail,
            "code": VALIDATION_ERROR if invalid else error_response.errors[0].code,
        }
        if invalid:
            problem["errors"] = [
                {"field": error.attr, "code": error.code, "detail": error.detail} for error in error_response.errors
            ]
        return problem


class ProblemHandler(ExceptionHandler):
    def get_response(self, exc: exceptions.APIException, data: Any) -> Response:
        response = super().get_response(exc, data)
        response.content_type = MEDIA_TYPE
        return response


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # a field here, a property there


class ProblemSchema(AutoSchema):
    """Every operation says that it may answer with a problem, and every POST that it takes a key."""

    def get_override_parameters(self) -> Any:
        given = super().get_override_parameters()
        return [*given, KEY] if self.method == "POST" else given

    def _get_paginator(self) -> Any:
        # A view that lists by pages is posted to as well; what a post answers has none.
        return None if self.method == "POST" else super()._get_paginator()  # type: ignore[no-untyped-call]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._problem_statuses() if direction == "response" else ():
            shown = OpenApiResponse(Problem, examples=[example(HTTPStatus(int(status)))])
            problem = self._get_response_for_code(shown, status, media_types=[MEDIA_TYPE])  # type: ignore[no-untyped-call]
            bodies.setdefault(status, problem)
        return bodies

    def _problem_statuses(self) -> list[str]:
        asks = self.method == "POST" or self._is_list_view() or bool(self.get_override_parameters())
        statuses = ["400", "401", "403"] if asks else ["401", "403"]
        statuses += ["404"] if "{" in self.path else []
        return [*statuses, "409", "413", "415", "422"] if self.method == "POST" else statuses


SHOWN = {
    HTTPStatus.BAD_REQUEST: ("validation_error", "The request has fields that can't be taken."),
    HTTPStatus.UNAUTHORIZED: ("authentication_failed", "This key is not valid."),
    HTTPStatus.FORBIDDEN: ("permission_denied", "This key only reads."),
    HTTPStatus.NOT_FOUND: ("not_found", "Not found."),
    HTTPStatus.CONFLICT: ("conflict", "This opportunity is archived now."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (TooLarge.default_code, TooLarge.default_detail),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("unsupported_media_type", 'Unsupported media type "text/plain" in request.'),
    HTTPStatus.UNPROCESSABLE_ENTITY: (KeyReused.default_code, KeyReused.default_detail),
}
"""A problem of each status as the pages of the API show it: its code and its sentence."""


def example(status: HTTPStatus) -> OpenApiExample:
    """A problem of that status, for the schema."""
    code, detail = SHOWN[status]
    problem: dict[str, Any] = {
        "type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, "code": code,
    }  # fmt: skip
    if status == HTTPStatus.BAD_REQUEST:
        problem["errors"] = [{"field": "until", "code": "invalid", "detail": "Date has wrong format."}]
    return OpenApiExample(status.phrase, response_only=True, value=problem)
