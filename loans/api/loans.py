"""Loans as the API gives them."""

from django.db.models import F, OrderBy, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import once
from accounts.models import Lender
from loans.api import examples, explanations, upserts
from loans.models import Loan, LoanStatus, Program
from loans.queries import explaining, portfolio
from loans.services import upserting
from refidetect.kit.keyset import KeysetPagination

MONEY = {"max_digits": 12, "decimal_places": 2, "allow_null": True}
RATE = {"max_digits": 6, "decimal_places": 3}


class LoanQueryIn(serializers.Serializer):
    """What the list can be narrowed to; the same as on the portfolio page. Both ends of a range are included."""

    q = serializers.CharField(required=False, max_length=100, help_text="Name, or beginning or end of a loan number.")
    view = serializers.ChoiceField(choices=[view for view in portfolio.View.choices if view[0]], required=False)
    rate_from = serializers.DecimalField(required=False, min_value=0, **RATE)
    rate_to = serializers.DecimalField(required=False, min_value=0, **RATE)
    originated_from = serializers.DateField(required=False)
    originated_to = serializers.DateField(required=False)
    program = serializers.ChoiceField(choices=Program.choices, required=False)
    status = serializers.ChoiceField(choices=LoanStatus.choices, required=False)
    branch = serializers.IntegerField(required=False, min_value=1, max_value=2**31)
    officer = serializers.RegexField(rf"\A(\d{{1,9}}|{portfolio.UNASSIGNED})\Z", required=False, help_text="An id, or none.")


class LoanOut(serializers.Serializer):
    loan_number = serializers.CharField()
    borrower = serializers.SerializerMethodField()
    officer = serializers.EmailField(source="officer.email", default=None, allow_null=True)
    branch = serializers.CharField(source="branch.name", default=None, allow_null=True)
    status = serializers.CharField()
    program = serializers.CharField()
    amortization = serializers.CharField()
    purpose = serializers.CharField()
    occupancy = serializers.CharField()
    lien_position = serializers.IntegerField()
    note_rate = serializers.DecimalField(**RATE)
    current_rate = serializers.DecimalField(**RATE, allow_null=True)
    origination_date = serializers.DateField()
    first_payment_date = serializers.DateField()
    term_months = serializers.IntegerField()
    original_amount = serializers.DecimalField(**MONEY)
    upb = serializers.DecimalField(**MONEY)
    upb_as_of = serializers.DateField(allow_null=True)
    property_city = serializers.CharField()
    property_state = serializers.CharField()
    property_zip = serializers.CharField()
    do_not_solicit = serializers.CharField()
    not_in_last_file = serializers.BooleanField()
    updated_at = serializers.DateTimeField()

    def get_borrower(self, loan: Loan) -> str:
        return f"{loan.client_first_name or ''} {loan.client_last_name or ''}".strip()


class BorrowerOut(serializers.Serializer):
    position = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()


class LoanDetailOut(LoanOut):
    borrowers = BorrowerOut(many=True)
    maturity_date = serializers.DateField(allow_null=True)
    investor = serializers.CharField()
    servicing = serializers.CharField()
    property_value = serializers.DecimalField(**MONEY)
    ltv = serializers.DecimalField(**RATE, allow_null=True)
    last_refinanced_on = serializers.DateField(allow_null=True)
    early_payoff_until = serializers.DateField(allow_null=True)
    prepayment_penalty_until = serializers.DateField(allow_null=True)
    open_opportunity = serializers.SerializerMethodField()

    def get_open_opportunity(self, loan: Loan) -> int | None:
        return loan.opportunities.open().values_list("pk", flat=True).first()


def _by(*names: str) -> list[OrderBy]:
    return [F(name).asc() for name in names]


class Loans(generics.ListAPIView):
    """Every loan that you see."""

    serializer_class = LoanOut
    pagination_class = KeysetPagination
    parser_classes = (JSONParser,)
    queryset = Loan.objects.none()
    orders = {
        "loan_number": _by("loan_number"),
        "note_rate": _by("note_rate", "loan_number"),
        "origination_date": _by("origination_date", "loan_number"),
    }
    default_order = "loan_number"

    @extend_schema(
        operation_id="loans_list", parameters=[LoanQueryIn], examples=[examples.answer("A page of one loan", examples.LOAN)]
    )
    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Loan]:
        asked = LoanQueryIn(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        filters = portfolio.Filters(**asked.validated_data)
        return portfolio.found(portfolio.visible(self.request.user), filters, Lender.current().today())

    @extend_schema(
        operation_id="loans_upsert",
        request=upserts.LoanIn(many=True),
        responses=upserts.UpsertedOut,
        examples=[upserts.EXAMPLE, examples.answer("One landed, one did not", examples.UPSERTED)],
    )
    @once
    def post(self, request: Request) -> Response:
        """Creates or updates up to 1,000 loans by number. A bad row is answered with its place and reason; the good ones land.

        The required columns, and an original amount or a balance, stand in each row, also of a loan that is here already. Every
        other column that a row does not name stays as it is; one that is null or empty loses what it had. A key of one branch
        reaches that branch's loans alone.
        """
        if not request.user.has_perm("desk.import_loans"):
            raise PermissionDenied
        rows, refused = upserts.read(request.data)
        return Response(upserts.UpsertedOut(upserting.upsert(rows, by=request.user, refused=refused)).data)


class LoanDetail(APIView):
    """One loan by its number."""

    @extend_schema(
        operation_id="loans_retrieve",
        responses=LoanDetailOut,
        examples=[examples.answer("A loan", examples.LOAN_DETAIL)],
    )
    def get(self, request: Request, loan_number: str) -> Response:
        return Response(LoanDetailOut(_loan(request, loan_number)).data)


class LoanExplanation(APIView):
    """Why the loan is in the queue or not: each rule with its inputs, both scenarios, the early payoff and the score."""

    @extend_schema(
        operation_id="loans_explanation",
        parameters=[OpenApiParameter("as_of", OpenApiTypes.DATE, description="The day; today unless given.")],
        responses=explanations.ExplanationOut,
        examples=[examples.answer("A loan in the queue, two of its rules", examples.EXPLANATION)],
    )
    def get(self, request: Request, loan_number: str) -> Response:
        loan = _loan(request, loan_number)
        asked = _DayIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        day = asked.validated_data.get("as_of") or Lender.current().today()
        return Response(explanations.answer(explaining.explain(loan, day), loan.opportunities.open().first()))


def _loan(request: Request, loan_number: str) -> Loan:
    if "\x00" in loan_number:
        raise Http404
    return get_object_or_404(portfolio.visible(request.user).prefetch_related("borrowers"), loan_number=loan_number)


class _DayIn(serializers.Serializer):
    as_of = serializers.DateField(required=False)
