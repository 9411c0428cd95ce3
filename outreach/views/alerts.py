"""What has just happened, in a strip on top of every page; asked for every few seconds, so it costs one small query."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from loans.views.requests import DeskRequest
from outreach.queries import desk_today, unseen_alerts
from outreach.services import seeing
from outreach.views import rows

STOP_ASKING = 286


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Somebody who was signed out meanwhile is not asked again: htmx would put the sign-in page into the strip."""
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP_ASKING)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("outreach:today")
    news = unseen_alerts.of(request.user, timezone.now())
    if not news and request.GET.get("shown") == "0":
        return HttpResponse(status=204)
    shown, count = news[: unseen_alerts.SHOWN], len(news[: unseen_alerts.MOST])
    context = {"news": shown, "others": count - len(shown), "more": len(news) > unseen_alerts.MOST, "count": count}
    return render(request, "outreach/_alerts.html", context)


@login_required
@require_POST
def seen(request: DeskRequest, pk: int) -> HttpResponse:
    seeing.seen(request.user, pk, at=timezone.now())
    if not request.htmx:
        return rows.back(request, "outreach:today")
    news = unseen_alerts.of(request.user, timezone.now())
    shown, count = news[: unseen_alerts.SHOWN], len(news[: unseen_alerts.MOST])
    context = {"news": shown, "others": count - len(shown), "more": len(news) > unseen_alerts.MOST, "count": count}
    return render(request, "outreach/_alerts.html", context)


@login_required
@require_safe
def counts(request: DeskRequest) -> HttpResponse:
    """The figures of the sidebar, asked for once the page stands."""
    if not request.htmx:
        return redirect("outreach:today")
    return render(request, "loans/_queue_counts.html", {"counts": desk_today.counts(request.user, timezone.now())})
