"""What the LOS and CRM tell: events, one or many in a post."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import once
from outreach.api.hints import something_came
from outreach.domain import system_events
from outreach.services import events
from outreach.services.inbox import Taken, Unreadable
from refidetect.kit import clock, idempotency


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


class Events(APIView):
    """Kept at once and acted on within seconds; what can't be taken is answered with its place in the list and the reason."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="events_create",
        request=EventIn,
        responses={202: EventsOut},
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
        return Response(answer.as_json(), status=202)
