"""The rates page: what the market says, what applies to each loan, what waits for a person, and the pulls."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from accounts.models import Lender
from rates.domain.sources import WEEKLY_NOTE
from rates.queries import board, charts, market, records
from rates.views.requests import DeskRequest
from rates.views.tables import PullTable

PULLS_A_PAGE = 10


@login_required
@require_safe
def rates(request: DeskRequest) -> HttpResponse:
    lender = Lender.current()
    today = lender.today(timezone.now())
    known = market.on_file(today, depth=2)
    wanted = {name: request.GET.get(name, "") for name in ("group", "source", "span")}
    pulls = PullTable(records.pulls())
    RequestConfig(request, paginate={"per_page": PULLS_A_PAGE, "silent": True}).configure(pulls)
    context = {
        "board": board.board(known),
        "curve": charts.curve(known, **wanted),
        "spans": [(code, label) for code, (label, _) in charts.SPANS.items()],
        "held": list(records.held()),
        "pulls": pulls,
        "weekly_note": WEEKLY_NOTE,
        "demo": lender.demo,
    }
    return render(request, "rates/rates.html", context)
