"""The ledger of consents, read and added to."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.once import once
from outreach.models import Channel, Consent, ConsentAct, ConsentSource
from outreach.queries import consents, loans_told_of
from outreach.services import consent_import
from refidetect.kit import clock
from refidetect.kit.keyset import KeysetPagination
from refidetect.kit.problems import MEDIA_TYPE, Problem, example


class ConsentOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    act = serializers.ChoiceField(choices=ConsentAct.choices)
    source = serializers.ChoiceField(choices=ConsentSource.choices)  # type: ignore[assignment]  # a field, not an origin
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    loan_number = serializers.CharField(source="borrower.loan.loan_number", default=None, allow_null=True)
    borrower = serializers.IntegerField(source="borrower.position", default=None, allow_null=True)
    words = serializers.CharField()
    method = serializers.CharField()
    document = serializers.CharField()


class ConsentIn(serializers.Serializer[Any]):
    """What a borrower of a loan gave or took back. Without `channels` a revocation is for all of them."""

    loan_number = serializers.CharField(max_length=40)
    borrower = serializers.ChoiceField(choices=(1, 2), default=1)
    act = serializers.ChoiceField(choices=ConsentAct.choices)
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices), required=False, min_length=1)
    at = serializers.DateTimeField(help_text="When the borrower said or signed it.")
    words = serializers.CharField(required=False, default="", max_length=4000)
    method = serializers.CharField(required=False, default="", max_length=60, help_text="E-signature, paper, by telephone.")
    document = serializers.CharField(required=False, default="", max_length=200)

    def validate_at(self, value: Any) -> Any:
        if value > clock.now():
            raise serializers.ValidationError("This is still to come.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["act"] == ConsentAct.GRANTED and not attrs.get("channels"):
            raise serializers.ValidationError({"channels": "Name what was consented to."})
        return attrs


LINE = OpenApiExample(
    "A consent to texts",
    response_only=True,
    value={
        "id": 88,
        "channel": "sms",
        "act": "granted",
        "source": "system",
        "at": "2026-04-24T15:00:00Z",
        "recorded_at": "2026-04-24T15:02:11Z",
        "loan_number": "2026-00417",
        "borrower": 1,
        "words": "",
        "method": "e-signature",
        "document": "application form, version 3",
    },
)


class Consents(generics.ListAPIView):
    """The lines about borrowers whose loans you see, the newest first."""

    serializer_class = ConsentOut
    pagination_class = KeysetPagination
    parser_classes = (JSONParser,)
    queryset = Consent.objects.none()
    orders = consents.ORDERS
    default_order = "newest"

    @extend_schema(operation_id="consents_list", examples=[LINE])
    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_queryset(self) -> Any:
        return consents.visible(self.request.user)  # type: ignore[arg-type]  # nobody else gets here

    @extend_schema(
        operation_id="consents_create",
        request=ConsentIn,
        responses={
            201: ConsentOut(many=True),
            200: ConsentOut(many=True),
            (404, MEDIA_TYPE): OpenApiResponse(Problem, examples=[example(HTTPStatus.NOT_FOUND)]),
        },
        examples=[
            OpenApiExample(
                "A consent to texts",
                request_only=True,
                value={
                    "loan_number": "2026-00417",
                    "act": "granted",
                    "channels": ["sms"],
                    "at": "2026-04-24T15:00:00Z",
                    "method": "e-signature",
                    "document": "application form, version 3",
                },
            ),
            LINE,
        ],
    )
    @once
    def post(self, request: Request) -> Response:
        """Adds a line for each channel; the same again adds none, and is answered with 200 in place of 201."""
        if not request.user.has_perm("desk.post_events"):
            raise PermissionDenied
        said = ConsentIn(data=request.data)
        said.is_valid(raise_exception=True)
        values = dict(said.validated_data)
        loan = loans_told_of.loan(values.pop("loan_number"), request.user)
        people = loans_told_of.borrowers(loan.pk, values.pop("borrower")) if loan else []
        if not people:
            raise NotFound
        act, channels = ConsentAct(values.pop("act")), values.pop("channels", Channel.values)
        lines, new = consent_import.tell(people[0], act, channels, source=ConsentSource.SYSTEM, by=request.user, **values)
        return Response(ConsentOut(lines, many=True).data, status=201 if new else 200)
