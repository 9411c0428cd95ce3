"""What the LOS and CRM tell: events, one or many in a post."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from outreach.api.hints import something_came
from outreach.domain import system_events
from outreach.services import events
from outreach.services.inbox import Taken, Unreadable
from refidetect.kit import clock

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same post again, under the same key, changes nothing."
)


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

    @extend_schema(operation_id="events_create", request=EventIn, responses={202: EventsOut}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("desk.post_events"):
            raise PermissionDenied
        try:
            answer = events.take(
                request.data,
                source=events.API,
                sender=str(request.user.pk),
                message_id=request.headers.get("Idempotency-Key", ""),
                user=request.user,
                now=clock.now(),
            )
        except Unreadable as problem:
            raise ParseError(str(problem)) from problem
        something_came(Taken(answer.accepted, answer.duplicates))
        return Response(answer.as_json(), status=202)
