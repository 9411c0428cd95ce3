"""Branches, the people who work in them, and the lender they work for."""

from accounts.models.answers import KeptAnswer
from accounts.models.keys import ApiKey
from accounts.models.lender import Lender
from accounts.models.people import ACCESS_IS, Access, Branch, License, Role, User, UserQuerySet

__all__ = ["ACCESS_IS", "Access", "ApiKey", "Branch", "KeptAnswer", "Lender", "License", "Role", "User", "UserQuerySet"]
