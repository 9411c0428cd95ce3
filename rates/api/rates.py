"""Stored rates as the API gives them."""

from django.db.models import F, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.once import once
from rates.api import sheets
from rates.domain import products, sources
from rates.models import Rate
from rates.queries import records
from refidetect.kit.keyset import KeysetPagination

RATE = {"max_digits": 6, "decimal_places": 3}


class RateQueryIn(serializers.Serializer):
    """What the list can be narrowed to."""

    product = serializers.ChoiceField(choices=list(products.PUBLISHED.items()), required=False)
    source = serializers.ChoiceField(
        choices=[(source.code, source.label) for source in sources.SOURCES.values()], required=False
    )
    status = serializers.ChoiceField(choices=Rate.Status.choices, required=False)
    since = serializers.DateField(required=False)


class RateOut(serializers.Serializer):
    as_of = serializers.DateField()
    product = serializers.CharField()
    rate = serializers.DecimalField(**RATE)
    apr = serializers.DecimalField(**RATE, allow_null=True)
    points = serializers.DecimalField(**RATE, allow_null=True)
    ltv_over = serializers.DecimalField(**RATE, allow_null=True)
    ltv_to = serializers.DecimalField(**RATE, allow_null=True)
    score_from = serializers.IntegerField(allow_null=True)
    score_to = serializers.IntegerField(allow_null=True)
    quotable = serializers.BooleanField()
    source = serializers.CharField()
    citation = serializers.SerializerMethodField()
    status = serializers.CharField()

    def get_citation(self, rate: Rate) -> str:
        return sources.SOURCES[rate.source].citation


EXAMPLE = OpenApiExample(
    "A page of one rate",
    response_only=True,
    value={
        "as_of": "2026-04-23",
        "product": "conventional_30",
        "rate": "6.230",
        "apr": None,
        "points": None,
        "ltv_over": None,
        "ltv_to": None,
        "score_from": None,
        "score_to": None,
        "quotable": False,
        "source": "pmms",
        "citation": "Source: Freddie Mac PMMS",
        "status": "accepted",
    },
)


class Rates(generics.ListAPIView):
    """Every stored value, newest first."""

    serializer_class = RateOut
    pagination_class = KeysetPagination
    parser_classes = (JSONParser, sheets.SheetParser)
    queryset = Rate.objects.none()
    orders = {"as_of": [F("as_of").asc(), F("id").asc()]}
    default_order = "-as_of"

    @extend_schema(operation_id="rates_list", parameters=[RateQueryIn], examples=[EXAMPLE])
    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Rate]:
        asked = RateQueryIn(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return records.history(**asked.validated_data)

    @extend_schema(
        operation_id="rates_load",
        request={"application/json": sheets.RateIn(many=True), "text/csv": OpenApiTypes.STR},
        responses=sheets.PulledOut,
        examples=[sheets.EXAMPLE, sheets.EXAMPLE_CSV, sheets.EXAMPLE_LOADED],
    )
    @once
    def post(self, request: Request) -> Response:
        """A rate sheet: the good lines are stored, the others answered with their place, column and reason.

        The same sheet again changes nothing. It concerns every branch, so a key of one branch may not send it.
        """
        if not sheets.may_load(request.user):
            raise PermissionDenied
        return Response(sheets.load(request))
