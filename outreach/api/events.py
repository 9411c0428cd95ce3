"""What the LOS and CRM tell: events, one or many in a post."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import once
from outreach.api.hints import something_came
from outreach.domain import system_events
from outreach.services import events
from outreach.services.inbox import Taken, Unreadable
from refidetect.kit import clock, idempotency, problems


class EventIn(serializers.Serializer[Any]):
    """One event; a list of up to 1,000 is taken as well."""

    id = serializers.CharField(
        required=False, max_length=system_events.LONGEST_ID, help_text="Yours; sent again, it counts once."
    )
    type = serializers.ChoiceField(choices=system_events.TYPES)
    timestamp = serializers.DateTimeField(required=False)
    data = serializers.DictField(help_text="loan_number, and what the type needs.")  # type: ignore[assignment]


class RejectedOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    reason = serializers.CharField()


class EventsOut(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = RejectedOut(many=True)


class NoneTaken(APIException):
    """Every event was rejected: a refusal, so that the post may be put right under its key. `answer` is the body."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class Events(APIView):
    """Kept at once and acted on within seconds; what can't be taken is answered with its place in the list and the reason.

    Where some were taken the status is 202, where every event was rejected 422 with the same body.
    """

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="events_create",
        request=EventIn,
        responses={
            202: EventsOut,
            (422, "application/json"): EventsOut,
            (422, problems.MEDIA_TYPE): OpenApiResponse(
                problems.Problem, examples=[problems.example(HTTPStatus.UNPROCESSABLE_ENTITY)]
            ),
        },
        examples=[
            OpenApiExample(
                "An application",
                request_only=True,
                value={
                    "id": "los-88121",
                    "type": "application.submitted",
                    "timestamp": "2026-04-24T15:00:00Z",
                    "data": {"loan_number": "2026-00417"},
                },
            ),
            OpenApiExample(
                "Kept", response_only=True, status_codes=["202"], value={"accepted": 1, "duplicates": 0, "rejected": []}
            ),
            OpenApiExample(
                "None can be taken",
                response_only=True,
                status_codes=["422"],
                media_type="application/json",
                value={"accepted": 0, "duplicates": 0, "rejected": [{"index": 0, "reason": events.NO_SUCH_LOAN}]},
            ),
        ],
    )
    @once
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("desk.post_events"):
            raise PermissionDenied
        try:
            answer = events.take(
                request.data,
                source=events.API,
                sender=str(request.user.pk),
                message_id=idempotency.read(request).word,
                user=request.user,
                now=clock.now(),
            )
        except Unreadable as problem:
            raise ParseError(str(problem)) from problem
        something_came(Taken(answer.accepted, answer.duplicates))
        if answer.none_taken:
            raise NoneTaken(answer.as_json())
        return Response(answer.as_json(), status=202)

    def handle_exception(self, exc: Exception) -> Response:
        """Where none was taken the places and reasons are the answer."""
        if isinstance(exc, NoneTaken):
            return Response(exc.answer, status=exc.status_code)
        return super().handle_exception(exc)
