"""The table of the queue. Columns that are named for one of the queue's orders sort by it.

Cells are made in Python: a template for each of 700 cells would cost more than everything else on the page.
"""

from itertools import count
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from loans.domain import score
from loans.domain.explanation import Verdict
from loans.domain.score import Weights
from loans.models import Opportunity
from loans.queries import opportunities
from loans.templatetags import loan_words as words
from loans.views.addresses import with_trail

WIDE = {"th": {"class": "wide-only"}, "td": {"class": "wide-only"}}
WIDE_SOFT = {"th": {"class": "wide-only"}, "td": {"class": "wide-only soft"}}
SELECT = {"th": {"class": "wide-only select"}, "td": {"class": "wide-only select"}}
PROXY = "No rate of its own: the conventional average of the same term stands in"
TONES = {Verdict.ACT_NOW: "good strong", Verdict.WAIT: "warn", Verdict.NOT_IN_THE_MONEY: "muted"}
ESTIMATED = "Estimated from the schedule: the file has no balance"


def column(label: str, attrs: dict[str, Any] | None = None) -> tables.Column:
    return tables.Column(label, empty_values=(), accessor="pk", attrs=attrs or {})


def figure(label: str, *, phone: bool = False, tone: str = "") -> tables.Column:
    """A figure, on the right; one that a phone shows carries its label."""
    kind = "num" if phone else "num wide-only"
    td = {"class": f"{kind} {tone}".strip()}
    return column(label, {"th": {"class": kind}, "td": td | ({"data-label": label} if phone else {})})


class QueueTable(tables.Table):
    select = column("", SELECT)
    rank = figure("#", tone="soft")
    client = column("Client", {"td": {"class": "whole"}})
    program = column("Program", {"td": {"class": "chips-cell"}})
    rate = figure("Original", phone=True)
    # Where the screen is narrow, only the line above the table has it.
    market = column("Market", {"th": {"class": "num wide-only roomy"}, "td": {"class": "num wide-only roomy soft"}})
    spread = figure("Spread", phone=True)
    monthly = figure("Monthly", phone=True)
    total_interest = figure("Total interest", phone=True, tone="key-col")
    score = figure("Score")
    break_even = figure("Break-even", tone="soft")
    balance = figure("Balance", tone="soft")
    timing = column("Timing", {"td": {"class": "nowrap"}})
    officer = column("Officer", WIDE_SOFT)
    last_contact = column("Contact", WIDE_SOFT)
    status = column("Status")
    why = column("", WIDE)

    class Meta:
        attrs = {"class": "table table-sm table-vcenter stack queue", "data-rows": ""}
        orderable = False
        template_name = "loans/queue_table.html"

    def __init__(self, *args: Any, weights: Weights, start: int = 0, trail: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ranks, self.trail, self.weights = count(start + 1), trail, weights

    def render_select(self, record: Opportunity) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="pk" value="{}" form="ticked" aria-label="Select {}, {}">',
            record.pk,
            words.client(record),
            record.loan_number,
        )

    def render_rank(self) -> int:
        return next(self.ranks)

    def render_client(self, record: Opportunity) -> SafeString:
        address = with_trail(reverse("loans:opportunity", args=[record.pk]), self.trail)
        return format_html('<a href="{}" title="{}">{}</a>', address, record.loan_number, words.client(record))

    def render_program(self, record: Opportunity) -> SafeString:
        proxy = format_html(' <span class="chip chip-warn" title="{}">proxy</span>', PROXY) if record.proxy else ""
        return format_html('<span class="nowrap"><span class="chip">{}</span>{}</span>', words.product(record.product), proxy)

    def render_rate(self, record: Opportunity) -> str:
        return words.rate(record.note_rate)

    def render_market(self, record: Opportunity) -> str:
        return words.rate(record.market_rate, 2)

    def render_spread(self, record: Opportunity) -> str:
        return words.rate(record.spread)

    def render_monthly(self, record: Opportunity) -> str:
        return words.dollars(record.monthly_savings)

    def render_total_interest(self, record: Opportunity) -> str:
        return words.dollars(record.total_interest_savings)

    def render_score(self, record: Opportunity) -> str | SafeString:
        approach = score.approach(record.score, self.weights)
        if approach is None:
            return words.UNKNOWN
        tone = "strong" if approach == score.Approach.PROACTIVE else "soft"
        said = f"{score.APPROACHES[approach]}: the cut-off is {self.weights.cutoff}"
        return format_html('<span class="{}" title="{}">{}</span>', tone, said, words.score(record.score))

    def render_break_even(self, record: Opportunity) -> str:
        return words.UNKNOWN if record.break_even_months is None else f"{record.break_even_months} mo"

    def render_balance(self, record: Opportunity) -> str | SafeString:
        if record.upb is None or not record.upb_estimated:
            return words.dollars(record.upb)
        return format_html('<span class="muted small" title="{}">est.</span> {}', ESTIMATED, words.dollars(record.upb))

    def render_timing(self, record: Opportunity) -> str | SafeString:
        timing = opportunities.timing(record)
        if timing is None:
            return words.UNKNOWN
        label = opportunities.TIMINGS[timing.verdict][0]
        if timing.verdict == Verdict.WAIT and timing.wait_for is not None:
            label = f"Wait for {timing.wait_for}"
        return format_html('<span class="{}">{}</span>', TONES[timing.verdict], label)

    def render_officer(self, record: Opportunity) -> str:
        return str(record.loan.officer or words.UNKNOWN)

    def render_last_contact(self, record: Opportunity) -> str:
        day = timezone.localdate(record.last_contact_at) if record.last_contact_at else None
        return f"{day:%b} {day.day}" if day else words.UNKNOWN

    def render_status(self, record: Opportunity) -> SafeString:
        # Outreach fills in, once the page stands, that no message can go to the borrower.
        return format_html('{} <span data-mark="{}"></span>', words.status(record), record.pk)

    def render_why(self, record: Opportunity) -> SafeString:
        return format_html(
            '<a class="btn btn-quiet btn-icon btn-sm" href="{}" hx-get="{}" hx-target="closest tr" hx-swap="afterend" '
            'data-detail aria-expanded="false" aria-label="Why {} is here">'
            '<i class="ti ti-chevron-down" aria-hidden="true"></i></a>',
            with_trail(reverse("loans:opportunity", args=[record.pk]), self.trail),
            reverse("loans:why", args=[record.pk]),
            words.client(record),
        )
