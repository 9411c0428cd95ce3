"""The data directories in which commands are tried."""

from tests.desks import new_desk

__all__ = ["new_desk"]
