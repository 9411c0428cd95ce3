"""Acts on the conversation about an opportunity: hold it, let it go on, write down what came of a call."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import once
from loans.api import examples
from loans.api.opportunities import OpportunityDetailOut, act_on
from outreach.queries import next_touch, opportunities
from outreach.services import calling, stopping
from refidetect.kit import clock
from refidetect.kit.problems import Conflict

NOT_RUNNING, NOT_PAUSED = "This conversation was not running.", "This conversation was not paused."


class NothingIn(serializers.Serializer[Any]):
    """These acts need no words."""


class OutcomeIn(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=list(calling.OUTCOMES.items()))
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class Pause(APIView):
    """Nothing more goes to the borrower by the sequence until it is resumed."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="opportunities_pause",
        request=None,
        responses=OpportunityDetailOut,
        examples=[examples.after("Held", text="Conversation paused.", from_status="contacting", status="contacting")],
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        def hold(row: Any) -> None:
            run = next_touch.of(row, clock.now()).run
            if run is None or not stopping.pause(run.pk, by=request.user, detail=f"by {request.user}"):
                raise Conflict(NOT_RUNNING)

        return act_on(request, pk, "desk.converse", NothingIn, hold)


class Resume(APIView):
    """The conversation goes on where it was."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="opportunities_resume",
        request=None,
        responses=OpportunityDetailOut,
        examples=[examples.after("Going on", text="Conversation resumed.", from_status="contacting", status="contacting")],
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        def go_on(row: Any) -> None:
            run = next_touch.of(row, clock.now()).run
            if run is None or not stopping.resume(run.pk, by=request.user):
                raise Conflict(NOT_PAUSED)

        return act_on(request, pk, "desk.converse", NothingIn, go_on)


class Outcome(APIView):
    """What came of a call. It is a note and a contact; the last two outcomes close the number to calls and texts."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="opportunities_outcome",
        request=OutcomeIn,
        responses=OpportunityDetailOut,
        examples=[
            OpenApiExample("A voicemail", request_only=True, value={"outcome": "voicemail", "text": "Asked for a call."}),
            examples.after(
                "Written down", text="Called: left a voicemail. Asked for a call.", last_contact="2026-04-24T15:00:00Z"
            ),
        ],
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        def write_down(row: Any, *, outcome: str, text: str) -> None:
            who = next((person for person in opportunities.borrowers(row.loan_id) if person.phone), None)
            calling.log(row, who, outcome, by=request.user, now=clock.now(), text=text)

        return act_on(request, pk, "desk.converse", OutcomeIn, write_down)
