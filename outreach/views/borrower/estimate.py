"""The estimate: today's figures, the times to talk, a question, and the way out. A GET changes nothing."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from loans.domain.contacts import written_phone
from outreach.domain import estimate as words
from outreach.domain import slots
from outreach.forms.borrower import BookingForm, QuestionForm, TryForm
from outreach.queries import estimate
from outreach.queries import slots as free_slots
from outreach.queries.estimate import Page, Standing, Visit
from outreach.services import answering
from outreach.views.borrower.pages import borrower_page, is_proof, proof, show


@borrower_page("GET")
def page(request: HttpRequest, seen: Visit) -> HttpResponse:
    # Somebody of the desk who looks at a borrower's page is no borrower.
    if request.method == "GET" and not request.user.is_authenticated:
        answering.glimpsed(seen, at=timezone.now())
    return render_page(request, seen)


@borrower_page("POST")
def looked(request: HttpRequest, seen: Visit) -> HttpResponse:
    """The page's own script: somebody is there."""
    if _is_a_person(request, seen):
        answering.looked(seen, at=timezone.now())
    return HttpResponse(status=204)


@borrower_page("POST")
def times(request: HttpRequest, seen: Visit) -> HttpResponse:
    """The page's own script: somebody went for the times to talk."""
    if _is_a_person(request, seen):
        answering.looked_at_times(seen, at=timezone.now())
    return HttpResponse(status=204)


def render_page(request: HttpRequest, seen: Visit, status: int = 200, **more: Any) -> HttpResponse:
    """The page as things stand; `more` holds a form that was not accepted, or what went wrong."""
    now = timezone.now()
    standing = estimate.standing(seen, now)
    context = {"standing": standing, "sections": True} | _calls(request, seen, now)
    if standing != Standing.OPEN:
        return show(seen, "borrower/closed.html", context | more, status)
    today = seen.lender.today(now)
    figures = estimate.page(seen, today)
    context |= {
        "page": figures,
        "question": QuestionForm(),
        "was_asked": estimate.asked(seen, now - answering.DAY) > 0,
        "arranged": estimate.arranged(seen),
        "licensed_in": estimate.licensed_in(seen, today),
        "proof": "" if request.user.is_authenticated else proof(seen.token),
    }
    if figures is None:
        return show(seen, "borrower/no_figures.html", context | more, status)
    return show(seen, "borrower/estimate.html", context | _tried(request, figures) | more, status)


def _is_a_person(request: HttpRequest, seen: Visit) -> bool:
    return not request.user.is_authenticated and is_proof(seen.token, request.POST.get("proof", ""))


def _calls(request: HttpRequest, seen: Visit, now: Any) -> dict[str, Any]:
    """The call that is agreed on, and the times to choose from."""
    booked = estimate.appointment(seen, now)
    on_file = seen.borrower.phone
    context = {
        "booked": booked,
        "booking": BookingForm(on_file=on_file),
        "ending": on_file[-4:],
        "all_times": "times" in request.GET,
        "times_url": reverse("borrower:estimate", args=[seen.token]) + "?times=all#times",
    }
    if seen.officer is None:
        return context
    offer = free_slots.offered(seen.officer, seen.loan, now, but=booked)
    if booked is not None:
        context["booked_words"] = slots.words(booked.starts_at.astimezone(offer.zone))
        context["booked_phone"] = written_phone(booked.phone)[-4:]
    days = offer.days if context["all_times"] else slots.a_few(offer.days)
    return context | {"days": days, "zone_name": offer.zone_name}


def _tried(request: HttpRequest, figures: Page) -> dict[str, Any]:
    """The calculator: what was asked, or an example to begin with."""
    asked = "rate" in request.GET
    first = figures.higher[1].rate if len(figures.higher) > 1 else figures.loan.rate
    start = {"rate": first, "years": -(-figures.loan.payments_left // 12), "cost": round(figures.same_term_cost)}
    form = TryForm(request.GET if asked else start)
    if not form.is_valid():
        return {"tried": form, "answer": "", "asked": asked}
    given = form.cleaned_data
    example = words.work_out(figures.loan, Decimal(given["rate"]), given["years"] * 12, Decimal(given["cost"]))
    answer = example.sentence if example else "No loan can be worked out from these figures."
    return {"tried": form, "answer": answer, "asked": asked}
