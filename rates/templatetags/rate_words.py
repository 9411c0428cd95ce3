"""Rates as the desk writes them: 6.23%, 6.345%, and moves in points with a real minus sign."""

from decimal import Decimal

from django import template

register = template.Library()
MINUS = "−"


@register.filter
def percent(rate: Decimal | None, places: int = 2) -> str:
    """At least so many places, three where the third says something; a dash for none."""
    return "—" if rate is None else f"{_short(rate, places)}%".replace("-", MINUS)


@register.filter
def points(move: Decimal | None, places: int = 2) -> str:
    """`−0.07`, `+0.125`, `0.00`."""
    if move is None:
        return "—"
    sign = "+" if move > 0 else MINUS if move < 0 else ""
    return f"{sign}{_short(abs(move), places)}"


@register.filter
def moved(move: Decimal | None) -> str:
    """`fell 0.07 to`, for a sentence about a rate; `is` where nothing came before."""
    if not move:
        return "is" if move is None else "stayed at"
    return f"{'fell' if move < 0 else 'rose'} {_short(abs(move))} to"


@register.filter
def tone(move: Decimal | None) -> str:
    """The class of a move: lower rates are what this desk waits for."""
    if not move:
        return "muted"
    return "less" if move < 0 else "more"


def _short(rate: Decimal, places: int = 2) -> str:
    text = f"{rate:.3f}"
    return text[:-1] if places < 3 and text.endswith("0") else text
