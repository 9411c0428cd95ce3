"""The SQL of one cell of an import: its typed value, whether it can't be taken, and what is wrong with it."""

import json
from collections.abc import Collection

from loans.domain.portfolio_file import Column, Kind

REASONS = {
    Kind.DATE: "is no date from 1900 to 2199; write 2024-03-31 or 3/31/2024",
    Kind.TIME: "is no date and time; write 2024-03-31 14:30",
    Kind.FLAG: "is neither yes nor no",
}
YEARS = "BETWEEN '1900' AND '2199'"
# A comma parts thousands; where it parts anything else, "6,5" must not become 65.
THOUSANDS = "'^[-$ ]*[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?[ %%]*$'"
# A time with a zone or an offset says itself when it was; one without is on the lender's clock.
TIME = "'^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})([ T]|$)'"
LOCAL_TIME = "'^[0-9/-]+([ T][0-9:.]+ *([AaPp][Mm])?)?$'"


def typed(column: Column) -> str:
    """The SQL of a cell's value, NULL where the cell is empty or can't be read. Parameter: zone, the lender's."""
    name, cell = column.name, f"r.{column.name}"
    match column.kind:
        case Kind.DATE:
            iso = f"({cell} LIKE '____-__-__' OR {cell} LIKE '____-__-__ %%' OR {cell} LIKE '____-__-__T%%')"
            us = f"split_part({cell}, ' ', 1)"
            return (
                f"CASE WHEN {iso} AND left({cell}, 4) {YEARS} AND pg_input_is_valid(left({cell}, 10), 'date') "
                f"THEN left({cell}, 10)::date "
                f"WHEN {us} LIKE '%%/%%/____' AND right({us}, 4) {YEARS} AND pg_input_is_valid({us}, 'date') "
                f"THEN {us}::date END"
            )
        case Kind.TIME:
            return (
                f"CASE WHEN {cell} !~ {TIME} OR NOT pg_input_is_valid({cell}, 'timestamptz') THEN NULL "
                f"WHEN {cell} ~ {LOCAL_TIME} THEN {cell}::timestamp AT TIME ZONE %(zone)s ELSE {cell}::timestamptz END"
            )
        case Kind.MONEY | Kind.RATE | Kind.WHOLE:
            return _number(column)
        case Kind.FLAG:
            return (
                f"CASE WHEN lower({cell}) IN ('y', 'yes', 'true', 't', '1', 'x') THEN true "
                f"WHEN lower({cell}) IN ('n', 'no', 'false', 'f', '0') THEN false END"
            )
        case Kind.CHOICE:
            return f"'{json.dumps(dict(column.choices))}'::jsonb ->> translate(lower({cell}), ' -_./&()+', '')"
        case _ if name.endswith("_state"):
            return f"CASE WHEN upper({cell}) ~ '^[A-Z]{{2}}$' THEN upper({cell}) END"
        case _:
            return f"CASE WHEN length({cell}) <= {column.longest} THEN nullif({cell}, '') END"


def _number(column: Column) -> str:
    cell = f"r.{column.name}"
    digits = {Kind.MONEY: 2, Kind.RATE: 3, Kind.WHOLE: 0}[column.kind]
    clean = f"translate({cell}, '$,%% ', '')"
    well = f"(strpos({cell}, ',') = 0 OR {cell} ~ {THOUSANDS}) AND pg_input_is_valid({clean}, 'numeric')"
    whole = "AND v = trunc(v)" if column.kind is Kind.WHOLE else ""
    kind = "integer" if column.kind is Kind.WHOLE else "numeric"
    # S608: constants of the columns only.
    return (
        f"(SELECT round(v, {digits})::{kind} FROM (SELECT CASE WHEN {well} THEN {clean}::numeric END AS v) AS n "  # noqa: S608
        f"WHERE v <= {column.high} AND round(v, {digits}) > {column.low} {whole})"
    )


def unreadable(column: Column, names: Collection[str]) -> str:
    """The condition over the raw row `r` and the typed one `p` that the cell has something that can't be taken."""
    zero = f"translate(r.{column.name}, '0$.,%% ', '') = ''"
    empty = zero if column.zero_is_empty else f"r.{column.name} = ''"
    if column.name == "upb" and "status" in names:
        # Nothing owed is what a loan that is gone owes.
        empty = f"({empty} OR (p.status IN ('paid_off', 'transferred') AND {zero}))"
    return f"(p.{column.name} IS NULL AND NOT {empty})"


def reason(column: Column) -> str:
    """What is wrong with a cell that can't be read."""
    match column.kind:
        case Kind.MONEY | Kind.RATE | Kind.WHOLE:
            what = {Kind.MONEY: "an amount in dollars", Kind.RATE: "a percentage", Kind.WHOLE: "a whole number"}[column.kind]
            low = column.low if column.low is not None and column.low >= 0 else 0
            above = "above" if column.low is not None and column.low >= 0 and column.kind is not Kind.WHOLE else "from"
            start = int(low) + 1 if column.kind is Kind.WHOLE else f"{low:g}"
            return f"is not {what} {above} {start}, at most {column.high:,.12g}"
        case Kind.CHOICE:
            ours = dict.fromkeys(column.choices.values())
            return f"is not known; write {', '.join(ours)}"
        case Kind.TEXT if column.name.endswith("_state"):
            return "is no state; write its two letters"
        case Kind.TEXT:
            return f"has more than {column.longest} characters"
        case kind:
            return REASONS[kind]
