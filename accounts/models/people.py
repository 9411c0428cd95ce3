"""Branches and users. A role says which rows of the portfolio somebody sees; the rules are `accounts.rules`."""

from typing import TYPE_CHECKING, Any, ClassVar

import phonenumbers
import rules
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models.lender import valid_time_zone

if TYPE_CHECKING:
    from typing import Self


class Role(models.TextChoices):
    OFFICER = "officer", "Loan officer"
    MANAGER = "manager", "Branch manager"
    COMPLIANCE = "compliance", "Compliance officer"
    PROCESSOR = "processor", "Processor"
    ADMINISTRATOR = "administrator", "Administrator"
    # Another system, by its key; it can't sign in, and stands in no list of people.
    SERVICE = "service", "Another system"

    @classmethod
    def of_people(cls) -> list[tuple[str, str]]:
        """The roles that somebody can be given."""
        return [(value, label) for value, label in cls.choices if value != cls.SERVICE]


class Access(models.TextChoices):
    """Whether somebody can sign in, and if not, why."""

    ACTIVE = "active", "Active"
    INVITED = "invited", "Invited"
    NOT_INVITED = "not_invited", "Not invited"
    LEFT = "left", "Left"


# A set-based insert may leave the password empty; Django writes "!" before one that nobody has chosen.
HAS_PASSWORD = ~Q(password="") & ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
ACCESS_IS = {
    Access.ACTIVE: Q(is_active=True) & HAS_PASSWORD,
    Access.INVITED: Q(is_active=True, invited_at__isnull=False) & ~HAS_PASSWORD,
    Access.NOT_INVITED: Q(is_active=True, invited_at__isnull=True) & ~HAS_PASSWORD,
    Access.LEFT: Q(is_active=False),
}


class Branch(models.Model):
    """An office of the lender, with its own clock."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="America/New_York", validators=[valid_time_zone])

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "branches"
        constraints = (
            models.UniqueConstraint(Lower("name"), name="branch_name_once", violation_error_message="A branch has this name."),
        )

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "Self":
        """Compliance and administrators see everybody, the others the people of their branch and themselves."""
        people = self.exclude(role=Role.SERVICE)
        if user.sees_every_branch:
            return people
        return people.filter(Q(pk=user.pk) | Q(branch__isnull=False, branch=user.branch_id))

    def with_access(self, access: "Access") -> "Self":
        return self.filter(ACCESS_IS[access])


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=Role.ADMINISTRATOR, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here and signs in by e-mail, or another system that comes with a key.

    An officer whom a portfolio file names is created without access: no usable password, `invited_at` empty.
    One who leaves is made inactive; the name stays on what was done under it.
    """

    email = models.EmailField(max_length=254, unique=True, error_messages={"unique": "Somebody has this e-mail."})
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.OFFICER)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    nmls_id = models.CharField("NMLS ID", max_length=12, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[valid_time_zone])
    is_active = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering = ("name", "email")
        constraints = (
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message="Somebody has this e-mail."
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=~Q(role__in=(Role.OFFICER, Role.MANAGER, Role.PROCESSOR)) | Q(branch__isnull=False),
                name="user_of_a_branch_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.SERVICE) | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX),
                name="service_has_no_password",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """By role alone, in `accounts.rules`; Django's own tables of permissions would be two queries a page."""
        return self.is_active and rules.has_perm(perm, self, obj)

    @property
    def sees_every_branch(self) -> bool:
        if self.role == Role.SERVICE:
            return self.branch_id is None
        return self.role in (Role.COMPLIANCE, Role.ADMINISTRATOR)

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def has_access(self) -> bool:
        return self.access == Access.ACTIVE

    @property
    def access(self) -> Access:
        """The same in Python as `ACCESS_IS` in SQL."""
        if not self.is_active:
            return Access.LEFT
        if self.password and self.has_usable_password():
            return Access.ACTIVE
        return Access.INVITED if self.invited_at else Access.NOT_INVITED

    @property
    def phone_written(self) -> str:
        """(303) 555-0142, or as it is where it is no number."""
        try:
            number = phonenumbers.parse(self.phone, "US")
        except phonenumbers.NumberParseException:
            return self.phone
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


class License(models.Model):
    """A state in which an officer may arrange loans, until a day. Without any row the officer's licenses are not on file."""

    officer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="licenses")
    state = models.CharField(max_length=2)
    number = models.CharField(max_length=30, blank=True)
    expires_on = models.DateField()

    class Meta:
        ordering = ("state",)
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "state"], name="license_once_a_state", violation_error_message="That state is on file."
            ),
            models.CheckConstraint(condition=Q(state__regex=r"^[A-Z]{2}$"), name="license_state"),
        )

    def __str__(self) -> str:
        return f"{self.state} to {self.expires_on}"
