from datetime import UTC, datetime

import pytest
import time_machine

from rates.models import Pull, Rate
from rates.tasks import pull_rates


@pytest.mark.django_db
def test_the_clock_pulls_every_feed_and_records_who_asked(publisher, sample, ada, settings):
    """R1: market rates without human action, with date, source, product and rate."""
    settings.FRED_API_KEY = ""
    publisher.says("/pmms/docs/PMMS_history.csv", sample("pmms_publisher.csv"))
    publisher.says("/graph/fredgraph.csv", sample("fredgraph.csv"))
    with time_machine.travel(datetime(2026, 4, 24, 14, 30, tzinfo=UTC), tick=False):
        pull_rates()
        pull_rates(by=ada.pk)
    assert list(Pull.objects.order_by("id").values_list("source", "outcome", "by")) == [
        ("pmms", "done", None),
        ("fredgraph", "done", None),
        ("pmms", "done", ada.pk),
        ("fredgraph", "done", ada.pk),
    ]
    newest = Rate.objects.filter(source="pmms", product="conventional_30").latest("as_of")
    assert (newest.as_of.isoformat(), str(newest.rate)) == ("2026-04-23", "6.230")
