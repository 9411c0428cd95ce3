"""Nearly there: the loans that open if the market falls, filtered, paged, and as CSV."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.models import Lender, Role, User
from loans.domain.opening import FALLS
from loans.forms.nearly_there import NearlyThereForm
from loans.models import MatchRun
from loans.queries import counting
from loans.queries import nearly_there as nearby
from loans.queries import portfolio as books
from loans.templatetags.loan_words import product
from loans.views.requests import DeskRequest
from refidetect.kit import csvfiles, parts

log = structlog.get_logger(__name__)
ROWS_A_PAGE = 50
HEADING = (
    "loan_number", "borrower", "officer", "branch", "product", "proxy", "note_rate", "market_rate", "market_after_the_fall",
    "opens_at_rate", "monthly_savings", "total_interest_savings", "closing_costs", "break_even_months", "review",
)  # fmt: skip


@login_required
@require_safe
def nearly_there(request: DeskRequest) -> HttpResponse:
    form = _form(request)
    found, fall = _nearby(request, form), form.asked_fall
    counts = found.counts()
    page = Paginator(range(counts[fall]), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = found.page(fall, start=page.start_index() - 1, size=ROWS_A_PAGE) if counts[fall] else []
    context = {
        "form": form,
        "fall": fall,
        "falls": list(counts.items()),
        "count": counts[fall],
        "filters": found.filters,
        "found": found,
        "rates": [
            (product(code), rate, rate.rate - FALLS[fall]) for code, rate in found.offered.rates.items() if not rate.proxy
        ],
        "page": page,
        "rows": rows,
        "shows_officer": request.user.role != Role.OFFICER,
    }
    return parts.page_or_part(request, "loans/nearly_there.html", context)


@login_required
@require_safe
def export(request: DeskRequest) -> StreamingHttpResponse:
    """Every row of the list; never more than the reader sees, and no e-mail address or phone number."""
    form = _form(request)
    found = _nearby(request, form)
    log.info("nearly there exported", user=request.user.pk, fall=form.asked_fall, filtered=found.filters.is_set)
    response = StreamingHttpResponse(_lines(found, form.asked_fall), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="nearly-there.csv"'
    return response


def _form(request: DeskRequest) -> NearlyThereForm:
    officers: list[User] = [] if request.user.role == Role.OFFICER else list(books.officers(request.user))
    return NearlyThereForm(request.GET, officers=officers)


def _nearby(request: DeskRequest, form: NearlyThereForm) -> nearby.Nearby:
    counter = counting.Counter(request.user, MatchRun.objects.first())
    return nearby.nearby(request.user, form.known(), Lender.current().today(), counter)


def _lines(found: nearby.Nearby, fall: str) -> Iterator[str]:
    writer = csvfiles.writer(csvfiles.Echo())
    yield writer.writerow(HEADING)
    for row in found.every(fall):
        yield writer.writerow(_cells(row))


def _cells(row: nearby.Row) -> list[Any]:
    loan: Any = row.loan
    return [
        loan.loan_number,
        " ".join(filter(None, (loan.client_first_name, loan.client_last_name))),
        str(loan.officer or ""),
        str(loan.branch or ""),
        product(row.product),
        "true" if row.proxy else "false",
        row.note_rate,
        row.market_rate,
        row.fallen_rate,
        row.opens_at,
        row.monthly_savings,
        row.total_interest_savings,
        row.closing_costs,
        row.break_even_months,
        row.review,
    ]
