"""Bands of the spread at which an opportunity opened, in percentage points."""

EDGES = ("0.500", "0.625", "0.750", "0.875", "1.000", "1.500")
"""Where a band begins; a spread on an edge belongs to the band above it."""
NOT_RECORDED = -1


def label(band: int) -> str:
    """`0.625 to 0.749`, of the number that counts how many edges the spread has reached."""
    if band == NOT_RECORDED:
        return "not recorded"
    if band == 0:
        return f"under {EDGES[0]}"
    if band == len(EDGES):
        return f"{EDGES[-1]} and more"
    return f"{EDGES[band - 1]} to {float(EDGES[band]) - 0.001:.3f}"


def all_bands() -> list[tuple[int, str]]:
    """Every band with its label, smallest first, the unknown one last."""
    return [(band, label(band)) for band in (*range(len(EDGES) + 1), NOT_RECORDED)]
