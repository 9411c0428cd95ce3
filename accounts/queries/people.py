"""Who works here, as far as the reader may see; read by the people pages."""

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import ACCESS_IS, Access, Branch, Role, User


def people_of(reader: User) -> QuerySet[User]:
    """Everybody whom the reader may see, by name."""
    shown = Coalesce(NullIf(F("name"), Value("")), F("email"), output_field=CharField())
    return User.objects.visible_to(reader).select_related("branch").annotate(shown_name=shown).order_by("shown_name", "pk")


def search(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Narrowed to those whose name, e-mail or NMLS ID has every word of the text."""
    for word in text.split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(nmls_id__startswith=word))
    return people


def access_counts(people: QuerySet[User]) -> dict[Access, int]:
    """How many of them there are in each state."""
    counts = people.order_by().aggregate(
        **{access.value: Count("pk", filter=condition) for access, condition in ACCESS_IS.items()}
    )
    return {access: counts[access.value] for access in ACCESS_IS}


def waiting_for_an_invitation(reader: User) -> int:
    """Officers whom a file named and who can't sign in yet."""
    return User.objects.visible_to(reader).with_access(Access.NOT_INVITED).count()


def branches_of(reader: User) -> QuerySet[Branch]:
    """The branches the reader may see, each with how many work there and who manages it."""
    branches = (
        Branch.objects.all() if reader.sees_every_branch else Branch.objects.filter(pk__in=people_of(reader).values("branch"))
    )
    at_work = Q(people__is_active=True) & ~Q(people__role=Role.SERVICE)
    return branches.annotate(
        people_count=Count("people", filter=at_work),
        officer_count=Count("people", filter=at_work & Q(people__role=Role.OFFICER)),
        manager_count=Count("people", filter=at_work & Q(people__role=Role.MANAGER)),
    ).order_by("name")


def another_administrator(than: User) -> bool:
    """Whether somebody else could still sign in as administrator."""
    return User.objects.with_access(Access.ACTIVE).filter(role=Role.ADMINISTRATOR).exclude(pk=than.pk).exists()
