"""Opportunities as the API gives them, and the acts on one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import once
from accounts.models import Lender, Role
from loans.api import examples
from loans.api.explanations import ScorePartOut
from loans.domain import score as scale
from loans.models import Opportunity, OpportunityEvent, OpportunityStatus
from loans.queries import opportunities, scoring
from loans.services import acting
from refidetect.kit.keyset import KeysetPagination
from refidetect.kit.problems import Conflict

MONEY = {"max_digits": 12, "decimal_places": 2, "allow_null": True}
RATE = {"max_digits": 6, "decimal_places": 3, "allow_null": True}
IN_QUEUE, OPEN = "in_queue", "open"


class OpportunityQueryIn(serializers.Serializer):
    """What the list can be narrowed to. `in_queue` is open, less snoozed and application; without a status, all are listed."""

    q = serializers.CharField(required=False, max_length=100, help_text="Name, or beginning of a loan number.")
    status = serializers.ChoiceField(
        choices=[(IN_QUEUE, "In the queue"), (OPEN, "Open"), *OpportunityStatus.choices], required=False
    )
    product = serializers.CharField(required=False, max_length=20)
    spread_from = serializers.DecimalField(required=False, max_digits=6, decimal_places=3)
    timing = serializers.ChoiceField(
        choices=[(name, label) for name, (label, _) in opportunities.TIMINGS.items()],
        required=False,
        help_text="Whether acting now beats waiting for a lower rate.",
    )
    approach = serializers.ChoiceField(
        choices=list(scale.APPROACHES.items()), required=False, help_text="By the score and the lender's cut-off."
    )
    qualifies = serializers.BooleanField(required=False, allow_null=True, default=None)
    opened_from = serializers.DateField(required=False)
    branch = serializers.IntegerField(required=False, min_value=1, max_value=2**31)
    officer = serializers.IntegerField(required=False, min_value=1, max_value=2**31)


class OpportunityOut(serializers.Serializer):
    id = serializers.IntegerField()
    loan_number = serializers.CharField()
    borrower = serializers.SerializerMethodField()
    officer = serializers.EmailField(source="loan.officer.email", default=None, allow_null=True)
    branch = serializers.CharField(source="loan.branch.name", default=None, allow_null=True)
    program = serializers.CharField(source="loan.program")
    product = serializers.CharField()
    proxy = serializers.BooleanField()
    as_of = serializers.DateField()
    note_rate = serializers.DecimalField(**RATE)
    market_rate = serializers.DecimalField(**RATE)
    spread = serializers.DecimalField(**RATE)
    upb = serializers.DecimalField(**MONEY)
    upb_estimated = serializers.BooleanField()
    months_remaining = serializers.IntegerField()
    current_payment = serializers.DecimalField(**MONEY)
    new_payment = serializers.DecimalField(**MONEY)
    monthly_savings = serializers.DecimalField(**MONEY)
    total_interest_savings = serializers.DecimalField(**MONEY)
    closing_costs = serializers.DecimalField(**MONEY)
    net_savings = serializers.DecimalField(**MONEY)
    break_even_months = serializers.IntegerField(allow_null=True)
    timing = serializers.SerializerMethodField()
    act_at_rate = serializers.SerializerMethodField()
    early_payoff_ends = serializers.DateField(
        allow_null=True, help_text="The last day on which a payoff costs the lender its premium."
    )
    early_payoff_cost = serializers.DecimalField(
        **MONEY, help_text="What a payoff on the day of `as_of` costs the lender; 0 when the window is over."
    )
    score = serializers.DecimalField(
        max_digits=4, decimal_places=1, allow_null=True, help_text="0 to 100, beside the ranking; null before a match made it."
    )
    approach = serializers.SerializerMethodField(help_text="What the score speaks for, by the lender's cut-off.")
    qualifies = serializers.BooleanField()
    review = serializers.CharField()
    status = serializers.CharField()
    reason = serializers.CharField()
    snoozed_until = serializers.DateField(allow_null=True)
    opened_on = serializers.DateField()
    closed_on = serializers.DateField(allow_null=True)
    last_contact = serializers.DateTimeField(source="last_contact_at", allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=list(scale.APPROACHES.items()), allow_null=True))
    def get_approach(self, row: Opportunity) -> str | None:
        return scale.approach(row.score, self.context["weights"])

    def get_borrower(self, row: Opportunity) -> str:
        return f"{row.client_first_name or ''} {row.client_last_name or ''}".strip()

    @extend_schema_field(serializers.ChoiceField(choices=list(opportunities.TIMINGS), allow_null=True))
    def get_timing(self, row: Opportunity) -> str | None:
        timing = opportunities.timing(row)
        return timing.verdict.value if timing else None

    @extend_schema_field(serializers.DecimalField(**RATE))
    def get_act_at_rate(self, row: Opportunity) -> str | None:
        timing = opportunities.timing(row)
        return f"{timing.act_at_rate:.3f}" if timing else None


class EventOut(serializers.Serializer):
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.SerializerMethodField(help_text="A person's e-mail, or the name of a key; null for the match.")
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    text = serializers.CharField()

    def get_by(self, event: OpportunityEvent) -> str | None:
        if event.by is None:
            return None
        return str(event.by) if event.by.role == Role.SERVICE else event.by.email


class OpportunityDetailOut(OpportunityOut):
    score_parts = serializers.SerializerMethodField(help_text="They add up to the score.")
    events = EventOut(many=True)

    @extend_schema_field(ScorePartOut(many=True))
    def get_score_parts(self, row: Opportunity) -> Any:
        explained = scoring.explained(row, self.context["weights"])
        return ScorePartOut(explained.parts, many=True).data if explained else []


class _Words(serializers.CharField):
    """Text alone: a number is none, though it could be written as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        words: str = super().to_internal_value(data)
        return words


class SnoozeIn(serializers.Serializer):
    until = serializers.DateField(help_text="From tomorrow to a year ahead.")


class ArchiveIn(serializers.Serializer):
    reason = serializers.ChoiceField(choices=list(acting.ARCHIVE_REASONS.items()))
    text = _Words(required=False, allow_blank=True, max_length=2000)


class NoteIn(serializers.Serializer):
    text = _Words(max_length=2000)


class Opportunities(generics.ListAPIView):
    """The opportunities that you see, ranked by total interest savings unless you say otherwise."""

    serializer_class = OpportunityOut
    pagination_class = KeysetPagination
    queryset = Opportunity.objects.none()
    # Ties by loan number, as in the queue; a loan's closed ones by their id.
    orders = {name: [column, F("loan_number").asc(), F("id").asc()] for name, (_, column) in opportunities.ORDERS.items()}
    default_order = "total_interest"

    @extend_schema(
        operation_id="opportunities_list",
        parameters=[OpportunityQueryIn],
        examples=[examples.answer("A page of one opportunity", examples.OPPORTUNITY)],
    )
    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Opportunity]:
        asked = OpportunityQueryIn(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return _narrowed(opportunities.visible(self.request.user), asked.validated_data)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "weights": scoring.weights()}


class OpportunityDetail(APIView):
    """One opportunity with its history."""

    @extend_schema(
        operation_id="opportunities_retrieve",
        responses=OpportunityDetailOut,
        examples=[examples.answer("An opportunity", examples.OPPORTUNITY_DETAIL)],
    )
    def get(self, request: Request, pk: int) -> Response:
        rows = opportunities.visible(request.user).prefetch_related("events__by")
        return Response(detail(get_object_or_404(rows, pk=pk)))


class Snooze(APIView):
    """Out of the queue until a day, when it comes back by itself."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="opportunities_snooze",
        request=SnoozeIn,
        responses=OpportunityDetailOut,
        examples=[
            OpenApiExample("Snooze", request_only=True, value={"until": "2026-12-01"}),
            examples.after(
                "Snoozed",
                kind="snoozed",
                from_status="new",
                status="snoozed",
                snoozed_until="2026-12-01",
                text="Until December 1, 2026",
            ),
        ],
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        today = Lender.current().today()

        def snooze(row: Opportunity, until: date) -> None:
            try:
                acting.snooze(row, until=until, by=request.user, today=today)
            except acting.WrongDay as refusal:
                raise ValidationError({"until": [str(refusal)]}) from refusal

        return act_on(request, pk, "desk.work_opportunities", SnoozeIn, snooze)


class Archive(APIView):
    """Out of the queue for a reason; “never” keeps the borrower out for good."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="opportunities_archive",
        request=ArchiveIn,
        responses=OpportunityDetailOut,
        examples=[
            OpenApiExample("Archive", request_only=True, value={"reason": "not_now", "text": "Call again in spring."}),
            examples.after(
                "Archived",
                kind="archived",
                from_status="new",
                status="archived",
                reason="not_now",
                closed_on="2026-04-24",
                text="Call again in spring.",
            ),
        ],
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        today = Lender.current().today()
        return act_on(request, pk, "desk.work_opportunities", ArchiveIn, lambda row, **words: acting.archive(
            row, **words, by=request.user, today=today
        ))  # fmt: skip


class Note(APIView):
    """Adds a note to the history."""

    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="opportunities_note",
        request=NoteIn,
        responses=OpportunityDetailOut,
        examples=[
            OpenApiExample("Note", request_only=True, value={"text": "Called at noon."}),
            examples.after("Noted", text="Called at noon."),
        ],
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        return act_on(request, pk, "desk.note_opportunities", NoteIn, lambda row, **words: acting.note(
            row, **words, by=request.user
        ))  # fmt: skip


def act_on(request: Request, pk: int, permission: str, words: Any, act: Callable[..., None]) -> Response:
    """A row that somebody does not see is not there; one that they see and may not change is refused.

    `act` takes the row and the checked words by name, and raises CannotAct or Conflict where they do not fit.
    """
    rows = opportunities.visible(request.user)
    row = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm(permission):
        raise PermissionDenied
    said = words(data=request.data)
    said.is_valid(raise_exception=True)
    try:
        act(row, **said.validated_data)
    except acting.CannotAct as refusal:
        raise Conflict(str(refusal)) from refusal
    return Response(detail(rows.prefetch_related("events__by").get(pk=pk)))


def detail(row: Opportunity) -> Any:
    """A row of `opportunities.visible` with its history and the parts of its score."""
    return OpportunityDetailOut(row, context={"weights": scoring.weights()}).data


def _narrowed(rows: QuerySet[Opportunity], asked: dict[str, Any]) -> QuerySet[Opportunity]:
    conditions = {
        "product": asked.get("product"),
        "spread__gte": asked.get("spread_from"),
        "qualifies": asked.get("qualifies"),
        "opened_on__gte": asked.get("opened_from"),
        "loan__branch": asked.get("branch"),
        "loan__officer": asked.get("officer"),
        "status__in": {None: None, IN_QUEUE: OpportunityStatus.in_queue(), OPEN: OpportunityStatus.open()}.get(
            asked.get("status"), (asked.get("status"),)
        ),
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if "timing" in asked:
        rows = rows.filter(opportunities.TIMINGS[asked["timing"]][1])
    if "approach" in asked:
        rows = rows.filter(scoring.speaking_for(asked["approach"], scoring.weights()))
    return opportunities.search(rows, asked.get("q", ""))
