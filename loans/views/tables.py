"""The table of the queue. Columns that are named for one of the queue's orders sort by it."""

from itertools import count
from typing import Any

import django_tables2 as tables

WORDS = "{% load loan_words %}"


def _num(label: str = "", *, wide: bool = True, strong: bool = False) -> dict[str, dict[str, str]]:
    kind = " wide-only" if wide else ""
    td = {"class": f"num{kind}{' key-col' if strong else ''}"}
    return {"th": {"class": f"num{kind}"}, "td": td | ({"data-label": label} if label else {})}


WIDE = {"th": {"class": "wide-only"}, "td": {"class": "wide-only"}}
WIDE_SOFT = {"th": {"class": "wide-only"}, "td": {"class": "wide-only soft"}}


class QueueTable(tables.Table):
    select = tables.TemplateColumn(
        template_name="loans/_queue_select.html",
        verbose_name="",
        attrs={"th": {"class": "wide-only select"}, "td": {"class": "wide-only select"}},
    )
    rank = tables.Column("#", empty_values=(), attrs=_num())
    client = tables.TemplateColumn(template_name="loans/_queue_client.html", empty_values=(), attrs={"td": {"class": "whole"}})
    program = tables.TemplateColumn(
        template_name="loans/_queue_program.html", empty_values=(), attrs={"td": {"class": "chips-cell"}}
    )
    rate = tables.TemplateColumn(
        WORDS + "{{ record.note_rate|rate }}", verbose_name="Original", empty_values=(), attrs=_num("Original", wide=False)
    )
    market = tables.TemplateColumn(
        WORDS + '<span class="soft">{{ record.market_rate|rate:2 }}</span>', empty_values=(), attrs=_num()
    )
    spread = tables.TemplateColumn(WORDS + "{{ record.spread|rate }}", empty_values=(), attrs=_num("Spread", wide=False))
    monthly = tables.TemplateColumn(
        WORDS + "{{ record.monthly_savings|dollars }}", empty_values=(), attrs=_num("Monthly", wide=False)
    )
    total_interest = tables.TemplateColumn(
        WORDS + "{{ record.total_interest_savings|dollars }}",
        empty_values=(),
        attrs=_num("Total interest", wide=False, strong=True),
    )
    break_even = tables.TemplateColumn(
        template_name="loans/_queue_break_even.html", verbose_name="Break-even", empty_values=(), attrs=_num()
    )
    balance = tables.TemplateColumn(template_name="loans/_queue_balance.html", empty_values=(), attrs=_num())
    officer = tables.TemplateColumn("{{ record.loan.officer|default:'—' }}", empty_values=(), attrs=WIDE_SOFT)
    last_contact = tables.TemplateColumn(
        "{{ record.last_contact_at|date:'M j'|default:'—' }}", verbose_name="Contact", empty_values=(), attrs=WIDE_SOFT
    )
    status = tables.TemplateColumn(template_name="loans/_opp_status.html", empty_values=())
    why = tables.TemplateColumn(template_name="loans/_queue_why.html", verbose_name="", empty_values=(), attrs=WIDE)

    class Meta:
        attrs = {"class": "table table-sm table-vcenter stack queue", "data-rows": ""}
        orderable = False
        template_name = "loans/queue_table.html"

    def __init__(self, *args: Any, start: int = 0, trail: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trail = trail
        self.ranks = count(start + 1)

    def render_rank(self) -> int:
        return next(self.ranks)
