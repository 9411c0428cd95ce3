"""Every stored value, filtered, paged, and as CSV."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from rates.domain.sources import SOURCES
from rates.forms import HistoryForm
from rates.models import Rate
from rates.queries import records
from rates.views.requests import DeskRequest
from rates.views.tables import HistoryTable
from refidetect.kit import csvfiles, parts

log = structlog.get_logger(__name__)
ROWS_A_PAGE = 50
HEADING = (
    "as_of",
    "product",
    "rate",
    "apr",
    "points",
    "ltv_over",
    "ltv_to",
    "score_from",
    "score_to",
    "quotable",
    "source",
    "citation",
    "status",
    "decided_by",
    "decided_at",
    "reason",
)


@login_required
@require_safe
def history(request: DeskRequest) -> HttpResponse:
    form = HistoryForm(request.GET)
    filters = form.known()
    table = HistoryTable(records.history(**filters))
    RequestConfig(request, paginate={"per_page": ROWS_A_PAGE, "silent": True}).configure(table)
    context = {"table": table, "form": form, "filters": filters, "target": "#history"}
    return parts.page_or_part(request, "rates/history.html", context)


@login_required
@require_safe
def export(request: DeskRequest) -> StreamingHttpResponse:
    """The filtered history. The rates and citations are public; who decided is named for those who replay a decision."""
    filters = HistoryForm(request.GET).known()
    log.info("rates exported", user=request.user.pk)
    response = StreamingHttpResponse(_lines(filters), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rates.csv"'
    return response


def _lines(filters: dict[str, Any]) -> Iterator[str]:
    writer = csvfiles.writer(csvfiles.Echo())
    yield writer.writerow(HEADING)
    for rate in records.history(**filters).iterator(chunk_size=2000):
        yield writer.writerow(_cells(rate))


def _cells(rate: Rate) -> list[object]:
    return [
        rate.as_of,
        rate.product,
        rate.rate,
        rate.apr,
        rate.points,
        rate.ltv_over,
        rate.ltv_to,
        rate.score_from,
        rate.score_to,
        "true" if rate.quotable else "false",
        rate.source,
        SOURCES[rate.source].citation,
        rate.status,
        str(rate.decided_by or ""),
        rate.decided_at.isoformat() if rate.decided_at else "",
        rate.reason,
    ]
