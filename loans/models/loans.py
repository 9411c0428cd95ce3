"""Closed loans and the people who owe them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Reverse, Upper

from accounts.models import Branch, User
from loans.models.batches import ImportBatch
from loans.models.visibility import rows_of
from refidetect.kit.fields import EncryptedText, LookupBytes

if TYPE_CHECKING:
    from typing import Self

# Compared byte by byte, so that an index serves "begins with".
NAME_COLLATION = "C"


class Program(models.TextChoices):
    CONVENTIONAL = "conventional", "Conventional"
    FHA = "fha", "FHA"
    VA = "va", "VA"
    USDA = "usda", "USDA"


class Amortization(models.TextChoices):
    FIXED = "fixed", "Fixed"
    ARM = "arm", "ARM"


class Purpose(models.TextChoices):
    PURCHASE = "purchase", "Purchase"
    REFINANCE = "refinance", "Refinance"
    CASH_OUT_REFINANCE = "cash_out_refinance", "Cash-out refinance"


class Occupancy(models.TextChoices):
    PRIMARY = "primary", "Owner-occupied"
    SECOND_HOME = "second_home", "Second home"
    INVESTMENT = "investment", "Rental"


class Servicing(models.TextChoices):
    RETAINED = "retained", "Retained"
    RELEASED = "released", "Released"


class LoanStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    PAID_OFF = "paid_off", "Paid off"
    TRANSFERRED = "transferred", "Transferred"
    IN_APPLICATION = "in_application", "In application"


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: User) -> "Self":
        return self.filter(rows_of(user))


def _optional_money() -> models.DecimalField:
    return models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)


def _word(choices: type[models.TextChoices], default: models.TextChoices | str) -> models.CharField:
    return models.CharField(max_length=20, choices=choices, default=default, blank=default == "")


class Loan(models.Model):
    """A loan as the lender's files tell it. Rates in percent a year, money in dollars, terms in months."""

    loan_number = models.CharField(max_length=40, unique=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="loans")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="loans")
    status = _word(LoanStatus, LoanStatus.ACTIVE)

    note_rate = models.DecimalField(max_digits=6, decimal_places=3)
    origination_date = models.DateField()
    first_payment_date = models.DateField()
    maturity_date = models.DateField(null=True, blank=True)
    term_months = models.IntegerField()
    original_amount = _optional_money()
    upb = _optional_money()
    upb_as_of = models.DateField(null=True, blank=True)
    current_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    current_payment = _optional_money()
    interest_only = models.BooleanField(default=False)
    program = _word(Program, Program.CONVENTIONAL)
    amortization = _word(Amortization, Amortization.FIXED)
    purpose = _word(Purpose, "")
    lien_position = models.IntegerField(default=1)
    occupancy = _word(Occupancy, "")
    investor = models.CharField(max_length=80, blank=True)
    servicing = _word(Servicing, "")

    property_street = EncryptedText()
    property_street_lookup = LookupBytes()
    property_city = models.CharField(max_length=80, blank=True)
    property_state = models.CharField(max_length=2, blank=True)
    property_zip = models.CharField(max_length=10, blank=True)
    county_fips = models.CharField(max_length=5, blank=True)
    property_value = _optional_money()
    ltv = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    credit_score = models.PositiveSmallIntegerField(null=True, blank=True)
    mortgage_insurance_monthly = _optional_money()
    annual_mip = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    fha_case_date = models.DateField(null=True, blank=True)
    va_funding_fee_exempt = models.BooleanField(null=True, blank=True)
    tx_a6 = models.BooleanField(null=True, blank=True)

    last_refinanced_on = models.DateField(null=True, blank=True)
    early_payoff_until = models.DateField(null=True, blank=True)
    prepayment_penalty_until = models.DateField(null=True, blank=True)
    do_not_solicit = models.CharField(max_length=120, blank=True)

    # Set when a complete file came without this loan; nothing new is sent about it until somebody looked.
    not_in_last_file = models.BooleanField(default=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="loans")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        ordering = ("loan_number",)
        indexes = (
            models.Index(fields=["note_rate", "origination_date"], name="loan_rate_and_origination"),
            models.Index(fields=["origination_date", "loan_number"], name="loan_origination"),
            models.Index(fields=["property_street_lookup"], name="loan_property_street"),
            # The field's own index finds a number by its beginning, this one by its end.
            models.Index(Collate(Reverse("loan_number"), NAME_COLLATION), name="loan_number_backwards"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(note_rate__gt=0, note_rate__lt=25), name="loan_note_rate"),
            models.CheckConstraint(
                condition=Q(current_rate__isnull=True) | Q(current_rate__gt=0, current_rate__lt=25), name="loan_current_rate"
            ),
            models.CheckConstraint(condition=Q(term_months__gte=1, term_months__lte=480), name="loan_term"),
            models.CheckConstraint(condition=Q(original_amount__gt=0) | Q(upb__gt=0), name="loan_has_an_amount"),
            models.CheckConstraint(
                condition=Q(original_amount__isnull=True) | Q(original_amount__gt=0), name="loan_original_amount"
            ),
            models.CheckConstraint(condition=Q(upb__isnull=True) | Q(upb__gt=0, upb_as_of__isnull=False), name="loan_upb"),
            models.CheckConstraint(condition=Q(lien_position__gte=1, lien_position__lte=9), name="loan_lien_position"),
            models.CheckConstraint(condition=Q(program__in=Program.values), name="loan_program"),
            models.CheckConstraint(condition=Q(amortization__in=Amortization.values), name="loan_amortization"),
            models.CheckConstraint(condition=Q(purpose__in=["", *Purpose.values]), name="loan_purpose"),
            models.CheckConstraint(condition=Q(occupancy__in=["", *Occupancy.values]), name="loan_occupancy"),
            models.CheckConstraint(condition=Q(servicing__in=["", *Servicing.values]), name="loan_servicing"),
            models.CheckConstraint(condition=Q(status__in=LoanStatus.values), name="loan_status"),
        )

    def __str__(self) -> str:
        return self.loan_number


class Borrower(models.Model):
    """A person on a loan, first or second. The same person on two loans is two rows that share a look-up."""

    PRIMARY, CO_BORROWER = 1, 2

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="borrowers")
    position = models.PositiveSmallIntegerField(default=PRIMARY)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    email = EncryptedText()
    email_lookup = LookupBytes()
    phone = EncryptedText()
    phone_lookup = LookupBytes()
    mailing_street = EncryptedText()
    mailing_street_lookup = LookupBytes()
    mailing_city = models.CharField(max_length=80, blank=True)
    mailing_state = models.CharField(max_length=2, blank=True)
    mailing_zip = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=20, blank=True)

    # What the lender's file says of consent; the ledger of consents starts from it.
    do_not_call = models.BooleanField(null=True, blank=True)
    sms_consent = models.BooleanField(null=True, blank=True)
    sms_consent_at = models.DateTimeField(null=True, blank=True)
    email_opt_out = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ("loan_id", "position")
        indexes = (
            models.Index(fields=["email_lookup"], name="borrower_email", condition=Q(email_lookup__isnull=False)),
            models.Index(fields=["phone_lookup"], name="borrower_phone", condition=Q(phone_lookup__isnull=False)),
            models.Index(
                fields=["mailing_street_lookup"],
                name="borrower_mailing_street",
                condition=Q(mailing_street_lookup__isnull=False),
            ),
            models.Index(
                Collate(Upper("last_name"), NAME_COLLATION),
                Collate(Upper("first_name"), NAME_COLLATION),
                name="borrower_last_name",
            ),
            models.Index(Collate(Upper("first_name"), NAME_COLLATION), name="borrower_first_name"),
        )
        constraints = (
            models.UniqueConstraint(fields=["loan", "position"], name="borrower_position_once"),
            models.CheckConstraint(condition=Q(position__in=(1, 2)), name="borrower_position"),
        )

    def __str__(self) -> str:
        return f"borrower {self.pk}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
