"""The weekly report as the API gives it: the numbers of the page."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
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


EXAMPLE = OpenApiExample(
    "A week, one of its stages",
    response_only=True,
    value={
        "week": "2026-W16",
        "from": "2026-04-13",
        "to": "2026-04-19",
        "time_zone": "America/Denver",
        "complete": True,
        "about": "Denver",
        "stages": [
            {
                "name": "identified",
                "label": "Opportunities identified",
                "unit": "opportunities",
                "counts": "Opportunities that opened in the week, by the date of the match.",
                "week": 15,
                "week_before": 7,
                "twelve_weeks": 96,
                "weeks": [15, 7, 9, 4, 8, 11, 6, 7, 9, 8, 5, 7],
                "of_the_stage_before": {"week": None, "twelve_weeks": None},
            }
        ],
        "officers": [],
        "sequences": [],
        "by": {},
        "rates": ["6.230", "6.300", "6.350", "6.370", "6.380", "6.300", "6.220", "6.110", "6.000", "5.980", "6.010", "6.090"],
        "alarms": [],
        "changed": ["15 loans crossed your threshold, after 7 the week before."],
        "value": {"eligible": 87, "dollars": 97000, "least": 65000, "most": 195000},
        "benchmarks": [{"title": "E-mails opened", "of": 12, "among": 48, "share": "25%", "usual": "20% to 30%"}],
    },
)


class Weekly(APIView):
    """Opportunities, outreach and what came of it: the week, the week before and twelve weeks, of the rows that you see."""

    @extend_schema(operation_id="reports_weekly", parameters=[WeeklyQueryIn], responses=OpenApiTypes.OBJECT, examples=[EXAMPLE])
    def get(self, request: Request) -> Response:
        if not request.user.has_perm("desk.see_reports"):
            raise PermissionDenied
        question = WeeklyQueryIn(data=request.query_params)
        question.is_valid(raise_exception=True)
        known = dict(question.validated_data)
        now = timezone.now()
        zone = scoping.zone_of(known.get("branch") or request.user.branch_id)
        week = known.pop("week", None) or weeks.last_complete(now, zone)
        try:
            scope = scoping.of_user(request.user, Asked(week, **known))
        except scoping.NoSuchBranch as refusal:
            raise serializers.ValidationError({"branch": "No such branch, or none that you see."}) from refusal
        return Response(printing.as_json(weekly.report(scope, now=now)))
