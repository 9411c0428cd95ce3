"""The tables of the rates pages."""

import django_tables2 as tables

from rates.models import Pull, Rate

NUM = {"td": {"class": "num"}, "th": {"class": "num"}}
WIDE_NUM = {"td": {"class": "num wide-only"}, "th": {"class": "num wide-only"}}
COUNT = "{% load humanize %}{{ value|intcomma }}"
WIDE = {"td": {"class": "wide-only"}, "th": {"class": "wide-only"}}


class PullTable(tables.Table):
    started_at = tables.TemplateColumn(template_name="rates/_pull_when.html", verbose_name="When")
    source = tables.Column()
    outcome = tables.TemplateColumn(template_name="rates/_pull_outcome.html")
    added = tables.TemplateColumn(COUNT, verbose_name="New", attrs=NUM)
    revised = tables.TemplateColumn(COUNT, attrs=WIDE_NUM)
    unchanged = tables.TemplateColumn(COUNT, attrs=WIDE_NUM)
    held = tables.TemplateColumn(COUNT, attrs=WIDE_NUM)
    rejected = tables.TemplateColumn(COUNT, attrs=WIDE_NUM)
    by = tables.Column(default="By itself", attrs=WIDE)

    class Meta:
        model = Pull
        fields = ("started_at", "source", "outcome", "added", "revised", "unchanged", "held", "rejected", "by")
        attrs = {"class": "table table-sm table-vcenter", "data-rows": ""}
        prefix = "pulls-"
        orderable = False


class HistoryTable(tables.Table):
    as_of = tables.DateColumn(format="M j, Y", verbose_name="As of", attrs={"td": {"class": "nowrap"}})
    product = tables.TemplateColumn('<span class="chip">{{ record.get_product_display }}</span>')
    rate = tables.TemplateColumn("{% load rate_words %}{{ record.rate|percent }}", attrs=NUM)
    points = tables.TemplateColumn("{{ record.points|default_if_none:'—' }}", attrs=WIDE_NUM)
    apr = tables.TemplateColumn("{% load rate_words %}{{ record.apr|percent }}", verbose_name="APR", attrs=WIDE_NUM)
    loans = tables.TemplateColumn(template_name="rates/_bucket.html", empty_values=(), orderable=False, attrs=WIDE)
    source = tables.Column(attrs=WIDE)
    status = tables.TemplateColumn(template_name="rates/_status.html")

    class Meta:
        model = Rate
        fields = ("as_of", "product", "rate", "points", "apr", "loans", "source", "status")
        attrs = {"class": "table table-sm table-vcenter", "data-rows": ""}
        order_by = "-as_of"
