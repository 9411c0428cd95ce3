"""Branches, the people who work in them, and the lender they work for."""

from accounts.models.lender import Lender
from accounts.models.people import Branch, Role, User, UserQuerySet

__all__ = ["Branch", "Lender", "Role", "User", "UserQuerySet"]
