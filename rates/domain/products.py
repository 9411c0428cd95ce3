"""The products a market rate is published for, and the product of a loan. Read by every floor above.

A product is a program and a term: `fha_30`. Jumbo is a conventional loan above the conforming limit of its county.
"""

PUBLISHED: dict[str, str] = {
    "conventional_30": "Conv 30",
    "conventional_15": "Conv 15",
    "jumbo_30": "Jumbo 30",
    "jumbo_15": "Jumbo 15",
    "fha_30": "FHA 30",
    "va_30": "VA 30",
    "usda_30": "USDA 30",
}
"""What a source can publish: code and label."""

LABELS: dict[str, str] = {**PUBLISHED, "fha_15": "FHA 15", "va_15": "VA 15", "usda_15": "USDA 15"}
"""What a loan can be: code and label. Nobody publishes a rate for the last three."""

CODES: tuple[str, ...] = tuple(LABELS)


def term_of(product: str) -> int:
    """Years: 30 or 15."""
    return int(product.rpartition("_")[2])


def stand_in(product: str) -> str:
    """Conventional of the same term: what a product without a rate of its own is compared with."""
    return f"conventional_{term_of(product)}"
