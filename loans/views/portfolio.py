"""The portfolio: every loan that the reader sees, searched, filtered, paged, and as CSV."""

from collections.abc import Iterator
from datetime import date

import structlog
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.models import Branch, Lender, Role, User
from accounts.queries import people
from loans.domain import attention
from loans.forms.portfolio import PortfolioForm
from loans.models import Loan
from loans.queries import portfolio as books
from loans.queries import portfolio_export, rule_numbers
from loans.views.requests import DeskRequest
from refidetect.kit import csvfiles, parts

log = structlog.get_logger(__name__)
ROWS_A_PAGE = 50
COLUMNS = (
    ("client", "Client", ""),
    ("loan_number", "Loan", "wide-only"),
    ("", "Program", ""),
    ("rate", "Rate", "num"),
    ("originated", "Originated", "ps-2"),
    ("", "Term", "num wide-only"),
    ("", "Original amount", "num wide-only"),
    ("", "Reported balance", "num wide-only"),
)


@login_required
@require_safe
def portfolio(request: DeskRequest) -> HttpResponse:
    today = Lender.current().today()
    form = _form(request, today)
    filters, order = form.known(), request.GET.get("sort", "")
    values = rule_numbers.program_values(today)
    found = books.bounded(books.found(books.visible(request.user), filters, today))
    page = Paginator(range(found.count), ROWS_A_PAGE).get_page(request.GET.get("page"))
    loans = books.page(found.rows, order, start=page.start_index() - 1, size=ROWS_A_PAGE) if found.count else []
    context = {
        "form": form,
        "filters": filters,
        "filtered": [name for name in filters.named() if name != "view"],
        "found": found,
        "order": order if order.removeprefix("-") in books.ORDERS else "loan_number",
        "columns": COLUMNS,
        "page": page,
        "rows": [(loan, attention.reasons(loan, today, values)) for loan in loans],
        "reason": attention.BY_NAME.get(filters.reason),
        "views": books.View.choices,
        "shows_officer": request.user.role != Role.OFFICER,
    }
    return parts.page_or_part(request, "loans/portfolio.html", context)


@login_required
@require_safe
def export(request: DeskRequest) -> StreamingHttpResponse:
    """The filtered rows. E-mail addresses and phone numbers only for those who may carry them out."""
    today, contacts = Lender.current().today(), request.user.has_perm("desk.export_contacts")
    filters = _form(request, today).known()
    rows = books.ordered(books.found(books.visible(request.user), filters, today), "loan_number")
    log.info("portfolio exported", user=request.user.pk, contacts=contacts, filters=filters.named())
    response = StreamingHttpResponse(_lines(rows, today, contacts=contacts), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="portfolio.csv"'
    return response


def _form(request: DeskRequest, today: date) -> PortfolioForm:
    branches: list[Branch] = list(people.branches_of(request.user)) if request.user.sees_every_branch else []
    officers: list[User] = [] if request.user.role == Role.OFFICER else list(books.officers(request.user))
    # Counting the reasons reads the whole book: where nobody asks for them they are named without.
    asked = request.GET.get("view") == books.View.ATTENTION or request.GET.get("reason")
    counts = books.reason_counts(request.user, today) if asked else {}
    return PortfolioForm(request.GET, branches=branches, officers=officers, reasons=counts)


def _lines(rows: QuerySet[Loan], today: date, *, contacts: bool) -> Iterator[str]:
    writer = csvfiles.writer(csvfiles.Echo())
    yield writer.writerow(portfolio_export.heading(contacts=contacts))
    yield from map(writer.writerow, portfolio_export.rows(rows, contacts=contacts, today=today))
