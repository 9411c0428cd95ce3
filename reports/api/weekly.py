"""The weekly report as the API gives it: the numbers of the page."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reports.domain import bands, printing, weeks
from reports.domain.weeks import NotAWeek, Week
from reports.queries import scope as scoping
from reports.queries import weekly
from reports.queries.scope import Asked

LARGEST = 2**31 - 1


class WeeklyQueryIn(serializers.Serializer):
    """What the report is about; without a week, the newest that is complete. 0 is those without a branch or officer."""

    week = serializers.CharField(required=False, max_length=8, help_text="2026-W17.")
    branch = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)
    officer = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)
    sequence = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST, help_text="0: by hand.")
    threshold = serializers.DecimalField(required=False, max_digits=6, decimal_places=3)
    band = serializers.ChoiceField(required=False, choices=bands.all_bands(), help_text="Spread at opening.")
    program = serializers.ChoiceField(required=False, choices=scoping.PROGRAMS)

    def validate_week(self, text: str) -> Week:
        try:
            return Week.named(text)
        except NotAWeek as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal


class Weekly(APIView):
    """Opportunities, outreach and what came of it: the week, the week before and twelve weeks, of the rows that you see."""

    @extend_schema(operation_id="reports_weekly", parameters=[WeeklyQueryIn], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        if not request.user.has_perm("desk.see_reports"):
            raise PermissionDenied
        question = WeeklyQueryIn(data=request.query_params)
        question.is_valid(raise_exception=True)
        known = dict(question.validated_data)
        now = timezone.now()
        zone = scoping.zone_of(known.get("branch") or request.user.branch_id)
        week = known.pop("week", None) or weeks.last_complete(now, zone)
        scope = scoping.of_user(request.user, Asked(week, **known))
        return Response(printing.as_json(weekly.report(scope, now=now)))
