"""The weekly report: on the page, and as CSV."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.rules import requires
from loans.queries import desk
from refidetect.kit import csvfiles
from reports.domain import alarms, bands, funnel, printing, stages, weeks
from reports.domain.report import Report
from reports.forms import AskedForm
from reports.queries import choices, mails
from reports.queries import scope as scoping
from reports.queries import weekly as reading
from reports.queries.scope import Asked, Scope
from reports.services import mailing
from reports.views import pictures, tables


@requires("desk.see_reports")
@require_safe
def weekly(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    asked = AskedForm(request.GET).asked(request.user, now)
    scope = seen(request, asked)
    report = reading.report(scope, now=now)
    context = {
        "report": report,
        "asked": asked,
        "trail": trail(asked),
        "about": report.about,
        "prepared": _written(report.prepared),
        "standing": desk.standing(request.user, now.astimezone(scope.zone).date()),
        "limit": f"{alarms.LIMIT * 100:.1f}%",
        **_tables(report),
        **tables.of(report),
        **_weeks(asked, scope, now),
        **_filters(request, asked),
        **_mail(request, asked),
    }
    return render(request, "reports/weekly.html", context)


@requires("desk.see_reports")
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same numbers, one a row."""
    now = timezone.now()
    asked = AskedForm(request.GET).asked(request.user, now)
    scope = seen(request, asked)
    report = reading.report(scope, now=now)
    response = StreamingHttpResponse(_lines(report), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{scope.file_name}"'
    return response


def seen(request: HttpRequest, asked: Asked) -> Scope:
    """What the person sees of it; a branch that they do not see is not found."""
    try:
        return scoping.of_user(request.user, asked)
    except scoping.NoSuchBranch as error:
        raise Http404 from error


def trail(asked: Asked) -> str:
    """The question as a query string, for the addresses of lists and of the CSV."""
    known = {name: getattr(asked, name) for name in ("branch", "officer", "sequence", "threshold", "band", "program")}
    return urlencode({"week": asked.week.name} | {name: value for name, value in known.items() if value not in (None, "")})


def _lines(report: Report) -> Iterator[str]:
    writer = csvfiles.writer(csvfiles.Echo())
    yield writer.writerow(printing.HEADING)
    for row in printing.rows(report):
        yield writer.writerow(row)


def _written(at: datetime) -> str:
    """Monday 27 April, 7:00 AM MDT."""
    return f"{at:%A} {at.day} {at:%B}, {at.hour % 12 or 12}:{at:%M %p %Z}"


def _tables(report: Report) -> dict[str, Any]:
    return {
        "numbers": funnel.numbers(report),
        "shares": funnel.shares(report),
        "beside": funnel.beside(report),
        "stages": stages.FUNNEL,
        "beside_stages": stages.BESIDE,
        "sparks": pictures.sparks(report),
        "pictures": [
            (title, picture)
            for title, picture in (
                ("Opportunities follow the rate", pictures.rate(report)),
                ("What came of outreach", pictures.outreach(report)),
            )
            if picture is not None
        ],
        "by_week": pictures.table(report),
    }


def _weeks(asked: Asked, scope: Scope, now: Any) -> dict[str, Any]:
    newest = weeks.current(now, scope.zone)
    listed = {newest.back(n) for n in range(14)} | {asked.week}
    return {
        "earlier": asked.week.back(1).name,
        "later": asked.week.back(-1).name if asked.week < newest else "",
        "week_choices": sorted(listed, reverse=True),
    }


def _filters(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    narrowed = (asked.branch, asked.officer, asked.sequence, asked.threshold, asked.band, asked.program or None)
    return {
        "branches": choices.branches(request.user),
        "officers": choices.officers(request.user),
        "sequences": choices.sequences(),
        "thresholds": choices.thresholds(),
        "bands": bands.all_bands(),
        "programs": scoping.PROGRAMS,
        "filtered": any(value is not None for value in narrowed),
    }


def _mail(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What became of the mail, for those to whom one goes."""
    if not request.user.has_perm("desk.see_outreach"):
        return {}
    branch = asked.branch if request.user.sees_every_branch else request.user.branch_id
    return {"mails": True, "can_mail": mailing.mails_anything(), "mail": mails.of(branch, asked.week)}
