"""The queue: the ranked opportunities of whoever looks, filtered, paged, and as CSV."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Lender
from loans.models import Opportunity
from loans.queries import desk, opportunities, ranking, scoring
from loans.templatetags.loan_words import client, product
from loans.views import addresses, filters
from loans.views.requests import DeskRequest
from loans.views.tables import QueueTable
from refidetect.kit import csvfiles, parts

log = structlog.get_logger(__name__)
ROWS_A_PAGE = 50
HEADING = (
    "rank", "loan_number", "borrower", "officer", "branch", "product", "proxy", "note_rate", "market_rate", "spread",
    "monthly_savings", "total_interest_savings", "closing_costs", "break_even_months", "upb", "upb_estimated", "timing",
    "act_at_rate", "score", "status", "last_contact", "opened_on",
    "early_payoff_ends", "early_payoff_cost",
)  # fmt: skip


class Pages(Paginator):
    """Numbers of pages for rows that somebody else fetches: the totals know how many, unless a filter is set."""

    def __init__(self, asked: filters.Asked, standing: desk.Standing) -> None:
        super().__init__([], ROWS_A_PAGE)
        self.asked, self.standing = asked, standing

    @cached_property
    def count(self) -> int:
        if not self.asked.is_filtered:
            return self.standing.totals.of(self.asked.view)
        return self.standing.counter.remembered(self.asked.trail, self.asked.rows.count)


@login_required
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    lender = Lender.current()
    today = lender.today()
    asked = filters.asked(request, today)
    standing = desk.standing(request.user, today)
    pages = Pages(asked, standing)
    page = pages.get_page(request.GET.get("page"))
    start = max(0, page.start_index() - 1)
    rows = ranking.page(request.user, asked.rows, asked.order, start=start, size=ROWS_A_PAGE, count=pages.count)
    table = QueueTable(
        rows,
        weights=scoring.weights(),
        start=start,
        trail=asked.trail,
        exclude=() if asked.several_officers else ("officer",),
    )
    context = {
        "lender": lender,
        "asked": asked,
        "standing": standing,
        "views": [(view, label, standing.totals.of(view)) for view, label in opportunities.VIEWS.items()],
        "orders": opportunities.ORDERS,
        "page": page,
        "table": table,
        **(_nothing_here(request) if not pages.count else {}),
    }
    return parts.page_or_part(request, "loans/queue.html", context)


def _nothing_here(request: DeskRequest) -> dict[str, Any]:
    """What an empty page says and where it sends."""
    return {
        "any_loans": desk.any_loans(request.user),
        "highest_rate": desk.highest_rate(request.user),
        "policy": desk.policy(),
    }


@login_required
@require_safe
def counts(request: DeskRequest) -> HttpResponse:
    """The figures of the sidebar, asked for once the page stands."""
    if not request.htmx:
        return redirect("loans:queue")
    return render(request, "loans/_queue_counts.html", {"counts": desk.counts(request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: DeskRequest) -> StreamingHttpResponse:
    """The filtered rows, or of a POST those that are ticked; never more than the reader sees."""
    asked = filters.asked(request, Lender.current().today())
    rows = opportunities.visible(request.user).filter(pk__in=asked.rows.order_by().values("pk"))
    if request.method == "POST":
        rows = rows.filter(pk__in=addresses.ticked(request))
    log.info("queue exported", user=request.user.pk, ticked=request.method == "POST")
    response = StreamingHttpResponse(_lines(opportunities.ordered(rows, asked.order)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="queue.csv"'
    return response


def _lines(rows: Any) -> Iterator[str]:
    writer = csvfiles.writer(csvfiles.Echo())
    yield writer.writerow(HEADING)
    for rank, row in enumerate(rows.iterator(chunk_size=2000), start=1):
        yield writer.writerow(_cells(rank, row))


def _cells(rank: int, row: Opportunity) -> list[object]:
    timing = opportunities.timing(row)
    return [
        rank,
        row.loan_number,
        client(row),
        str(row.loan.officer or ""),
        str(row.loan.branch or ""),
        product(row.product),
        "true" if row.proxy else "false",
        row.note_rate,
        row.market_rate,
        row.spread,
        row.monthly_savings,
        row.total_interest_savings,
        row.closing_costs,
        row.break_even_months,
        row.upb,
        "true" if row.upb_estimated else "false",
        timing.verdict.value if timing else "",
        timing.act_at_rate if timing else "",
        row.score,
        row.status,
        timezone.localdate(row.last_contact_at) if row.last_contact_at else "",
        row.opened_on,
        row.early_payoff_ends,
        row.early_payoff_cost,
    ]
