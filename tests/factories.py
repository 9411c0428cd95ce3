"""Rows for tests. Everybody made here can sign in with PASSWORD."""

import factory
from django.contrib.auth.hashers import make_password

from accounts.models import Branch, Role, User

PASSWORD = "a long pass phrase"


class BranchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Branch

    name = factory.Sequence(lambda n: f"Branch {n}")
    time_zone = "America/New_York"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.LazyAttribute(lambda user: f"{user.name.lower().replace(' ', '.')}@example.com")
    role = Role.OFFICER
    branch = factory.SubFactory(BranchFactory)
    password = factory.LazyFunction(lambda: make_password(PASSWORD, hasher="md5"))
