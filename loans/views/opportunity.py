"""One opportunity, and one loan in or out of the queue: the same explanation, with and without acts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Lender
from loans.forms.acting import NoteForm
from loans.models import Opportunity
from loans.queries import counting, explaining, loan_page, opportunities, portfolio, ranking, scoring
from loans.views import filters
from loans.views.requests import DeskRequest


@login_required
@require_safe
def opportunity(request: DeskRequest, pk: int) -> HttpResponse:
    lender = Lender.current()
    row = get_object_or_404(opportunities.visible(request.user), pk=pk)
    asked = filters.asked(request, lender.today())
    page = loan_page.page(row.loan, request.user, lender.today(), row)
    count = counting.Counter(request.user, page.run).remembered(asked.trail, asked.rows.count)
    context = {
        "lender": lender,
        "row": row,
        "page": page,
        "asked": asked,
        "trail": asked.trail,
        "place": ranking.place(asked.rows, asked.order, row, count=count),
        "score": scoring.explained(row, scoring.weights()),
        "note_form": NoteForm(),
    }
    return render(request, "loans/opportunity.html", context)


@login_required
@require_safe
def why(request: DeskRequest, pk: int) -> HttpResponse:
    """Both scenarios in a sentence and each rule, under a row of the queue."""
    row = get_object_or_404(opportunities.visible(request.user), pk=pk)
    if not request.htmx:
        return redirect("loans:opportunity", pk)
    explained = explaining.explain(row.loan, row.as_of)
    return render(request, "loans/_queue_detail.html", {"row": row, "explained": explained})


@login_required
@require_safe
def loan(request: DeskRequest, loan_number: str) -> HttpResponse:
    lender = Lender.current()
    found = get_object_or_404(portfolio.visible(request.user), loan_number=loan_number)
    row = Opportunity.objects.visible_to(request.user).open().filter(loan=found).first()
    context = {
        "lender": lender,
        "page": loan_page.page(found, request.user, lender.today(), None),
        "open_row": row,
    }
    return render(request, "loans/loan.html", context)
