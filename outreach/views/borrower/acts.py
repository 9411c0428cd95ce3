"""What a borrower does on the estimate: books, moves or cancels a call, asks, says not now. POST, then back to the page."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outreach.forms.borrower import BookingForm, QuestionForm
from outreach.queries import estimate
from outreach.queries.estimate import Standing, Visit
from outreach.services import answering, booking
from outreach.views.borrower.estimate import render_page
from outreach.views.borrower.pages import back, borrower_page

CLOSED_TO_BOOKING = (Standing.LOAN_ENDED, Standing.EXPIRED)


@borrower_page("POST")
def book(request: HttpRequest, seen: Visit) -> HttpResponse:
    now = timezone.now()
    held = estimate.appointment(seen, now)
    if held is None and estimate.standing(seen, now) in CLOSED_TO_BOOKING:
        return back(seen)
    form = BookingForm(request.POST, on_file=held.phone if held and held.phone else seen.borrower.phone)
    if not form.is_valid():
        return render_page(request, seen, 422, booking=form)
    try:
        booking.book(seen, form.cleaned_data["time"], phone=form.cleaned_data["phone"], at=now)
    except booking.CannotBook as refusal:
        return render_page(request, seen, 409, trouble=str(refusal))
    return back(seen, "#times")


@borrower_page("POST")
def cancel(request: HttpRequest, seen: Visit) -> HttpResponse:
    booking.cancel(seen, at=timezone.now())
    return back(seen, "#times")


@borrower_page("POST")
def ask(request: HttpRequest, seen: Visit) -> HttpResponse:
    form = QuestionForm(request.POST)
    if form.is_from_a_program:
        return back(seen, "#question")
    if not form.is_valid():
        return render_page(request, seen, 422, question=form)
    try:
        answering.ask(seen, form.cleaned_data["question"], at=timezone.now())
    except answering.TooManyQuestions:
        words = f"That is enough for one day by this page. Call {seen.who} at {seen.phone}, or come back tomorrow."
        form.add_error("question", words)
        return render_page(request, seen, 429, question=form)
    return back(seen, "#question")


@borrower_page("POST")
def not_this_year(request: HttpRequest, seen: Visit) -> HttpResponse:
    answering.not_this_year(seen, at=timezone.now())
    return back(seen)


@borrower_page("POST")
def never(request: HttpRequest, seen: Visit) -> HttpResponse:
    answering.never(seen, at=timezone.now())
    return back(seen)
