"""A pull, and the values it brought."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from rates.domain import products, sources

SOURCE_CHOICES = [(source.code, source.label) for source in sources.SOURCES.values()]
PRODUCT_CHOICES = list(products.PUBLISHED.items())


class Pull(models.Model):
    """One look at one source, whatever came of it. `read` is the sum of the counts that follow it."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        HELD = "held", "Held"
        PARTLY = "partly", "Partly"
        FAILED = "failed", "Failed"

    source = models.CharField(max_length=12, choices=SOURCE_CHOICES)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    # The first of the rejected values: line, column, value, reason.
    errors = models.JSONField(default=list, blank=True)
    as_of_cut = models.DateField(null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(source__in=sources.ORDER), name="pull_source_known"),
            models.CheckConstraint(
                condition=Q(read=F("added") + F("revised") + F("unchanged") + F("held") + F("rejected")),
                name="pull_counts_add_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M} {self.outcome}"


class Rate(models.Model):
    """What one source published for one product and day, in percent with 3 places.

    `rate` is the value in force under `status`; `published` is what the source said last. They differ where a correction
    waits for a person (`awaiting`) or was refused. Points are percent of the loan. An empty bucket column is open on that side.
    """

    class Status(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        HELD = "held", "Held"
        REJECTED = "rejected", "Rejected"

    product = models.CharField(max_length=16, choices=PRODUCT_CHOICES)
    as_of = models.DateField()
    source = models.CharField(max_length=12, choices=SOURCE_CHOICES)
    rate = models.DecimalField(max_digits=6, decimal_places=3)
    published = models.DecimalField(max_digits=6, decimal_places=3)
    apr = models.DecimalField("APR", max_digits=6, decimal_places=3, null=True, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    ltv_over = models.DecimalField("LTV over", max_digits=6, decimal_places=3, null=True, blank=True)
    ltv_to = models.DecimalField("LTV to", max_digits=6, decimal_places=3, null=True, blank=True)
    score_from = models.PositiveSmallIntegerField(null=True, blank=True)
    score_to = models.PositiveSmallIntegerField(null=True, blank=True)
    # A lender's own offer, with APR and points; an index is never quoted to a borrower.
    quotable = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACCEPTED)
    awaiting = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    # What the guard compared with: the old value on the page where a person decides.
    prior = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    pull = models.ForeignKey(Pull, on_delete=models.PROTECT, related_name="rates")

    class Meta:
        ordering = ("-as_of", "product", "source")
        constraints = (
            models.UniqueConstraint(
                fields=("source", "product", "as_of", "ltv_over", "ltv_to", "score_from", "score_to"),
                nulls_distinct=False,
                name="rate_once",
            ),
            models.CheckConstraint(condition=Q(source__in=sources.ORDER), name="rate_source_known"),
            models.CheckConstraint(condition=Q(product__in=tuple(products.PUBLISHED)), name="rate_product_known"),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(rate__gt=0, rate__lt=25), name="rate_in_force_is_a_rate"
            ),
            models.CheckConstraint(condition=~Q(status="held") | Q(awaiting=True), name="rate_held_waits"),
            models.CheckConstraint(
                condition=~Q(status="rejected") | Q(decided_at__isnull=False), name="rate_rejected_by_a_person"
            ),
            models.CheckConstraint(condition=Q(ltv_over__isnull=True) | Q(ltv_over__gte=0), name="rate_ltv_over_positive"),
            models.CheckConstraint(
                condition=Q(ltv_over__isnull=True) | Q(ltv_to__isnull=True) | Q(ltv_over__lt=F("ltv_to")),
                name="rate_ltv_ordered",
            ),
            models.CheckConstraint(
                condition=Q(score_from__isnull=True) | Q(score_to__isnull=True) | Q(score_from__lte=F("score_to")),
                name="rate_score_ordered",
            ),
        )
        indexes = (
            models.Index(fields=("-as_of", "product"), name="rate_by_day"),
            models.Index(fields=("id",), condition=Q(awaiting=True), name="rate_awaiting"),
        )

    def __str__(self) -> str:
        return f"{self.product} {self.rate}% {self.as_of} {self.source}"

    @property
    def proposes(self) -> bool:
        """A correction of a value that stands, rather than a new day's value."""
        return self.awaiting and self.status != self.Status.HELD
