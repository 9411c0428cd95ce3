"""Keys by which other systems use the API. Each speaks as a user of its own, so that what it sees is decided in one place."""

from django.db import models
from django.utils import timezone
from rest_framework_api_key.models import AbstractAPIKey

from accounts.models.people import Branch, User


class ApiKey(AbstractAPIKey):
    """A key of which we keep a hash alone. It sees the branch of its user, or every branch; revoked, it stays revoked.

    One that only reads is refused whatever would change something, at the door (`accounts.api.authentication`).
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="api_key")
    writes = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-created",)
        verbose_name = "API key"

    def __str__(self) -> str:
        return str(self.name)

    @property
    def branch(self) -> Branch | None:
        return self.user.branch

    @property
    def works(self) -> bool:
        return not self.revoked and not (self.expiry_date and self.expiry_date <= timezone.now())
