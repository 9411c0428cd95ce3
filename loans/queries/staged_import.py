"""The SQL of an import: raw text in a temporary table, then typed columns, then one merge for loans and one for borrowers.

Everything is built from `loans.domain.portfolio_file.COLUMNS`; only columns that the file has are read, checked or changed.
Addresses, numbers and streets never arrive here as text: the reader hands over their ciphertext and look-up.
"""

import json
from collections.abc import Collection, Iterator

from loans.domain.portfolio_file import BY_NAME, COLUMNS, PRIVATE, Column, Kind

RAW, PARSED, NOTES, CHANGED = "import_raw", "import_parsed", "import_notes", "import_changed"

# Loan columns that a file's column fills under the same name; branch and officer are looked up.
LOAN_COLUMNS = tuple(
    column.name
    for column in COLUMNS[COLUMNS.index(BY_NAME["note_rate"]) :]
    if not column.name.startswith("mailing_")
    and column.name not in {"language", "officer_email", "officer_nmls", "branch", "do_not_call", "sms_consent", "sms_consent_at", "email_opt_out"}
)  # fmt: skip
BORROWER_COLUMNS = {
    1: {
        "first_name": "borrower_first_name", "last_name": "borrower_last_name", "email": "email", "phone": "phone",
        "mailing_street": "mailing_street", "mailing_city": "mailing_city", "mailing_state": "mailing_state",
        "mailing_zip": "mailing_zip", "language": "language", "do_not_call": "do_not_call", "sms_consent": "sms_consent",
        "sms_consent_at": "sms_consent_at", "email_opt_out": "email_opt_out",
    },
    2: {
        "first_name": "co_borrower_first_name", "last_name": "co_borrower_last_name", "email": "co_borrower_email",
        "phone": "co_borrower_phone",
    },
}  # fmt: skip
DEFAULTS = {"program": "'conventional'", "amortization": "'fixed'", "lien_position": "'1'", "status": "'active'"}
FALSE_BY_DEFAULT = {"interest_only"}
REASONS = {
    Kind.DATE: "is no date; write 2024-03-31 or 3/31/2024",
    Kind.TIME: "is no date and time; write 2024-03-31 14:30",
    Kind.FLAG: "is neither yes nor no",
}


def _clean(name: str) -> str:
    return f"translate(r.{name}, '$,%% ', '')"


def _bare(name: str) -> str:
    return f"translate(lower(r.{name}), ' -_./&()+', '')"


def typed(column: Column) -> str:
    """The SQL of a cell's value, NULL where the cell is empty or can't be read."""
    name, cell = column.name, f"r.{column.name}"
    match column.kind:
        case Kind.DATE:
            iso = f"{cell} LIKE '____-__-__' OR {cell} LIKE '____-__-__ %%' OR {cell} LIKE '____-__-__T%%'"
            us = f"split_part({cell}, ' ', 1)"
            return (
                f"CASE WHEN ({iso}) AND pg_input_is_valid(left({cell}, 10), 'date') THEN left({cell}, 10)::date "
                f"WHEN {us} LIKE '%%/%%/____' AND pg_input_is_valid({us}, 'date') THEN {us}::date END"
            )
        case Kind.TIME:
            return (
                f"CASE WHEN ({cell} LIKE '____-__-__%%' OR {cell} LIKE '%%/%%/____%%') "
                f"AND pg_input_is_valid({cell}, 'timestamptz') THEN {cell}::timestamptz END"
            )
        case Kind.MONEY | Kind.RATE | Kind.WHOLE:
            digits = {Kind.MONEY: 2, Kind.RATE: 3, Kind.WHOLE: 0}[column.kind]
            number = f"CASE WHEN pg_input_is_valid({_clean(name)}, 'numeric') THEN {_clean(name)}::numeric END"
            whole = "AND v = trunc(v)" if column.kind is Kind.WHOLE else ""
            kind = "integer" if column.kind is Kind.WHOLE else "numeric"
            return (
                f"(SELECT round(v, {digits})::{kind} FROM (SELECT {number} AS v) AS n "
                f"WHERE v <= {column.high} AND round(v, {digits}) > {column.low} {whole})"
            )
        case Kind.FLAG:
            return (
                f"CASE WHEN lower({cell}) IN ('y', 'yes', 'true', 't', '1', 'x') THEN true "
                f"WHEN lower({cell}) IN ('n', 'no', 'false', 'f', '0') THEN false END"
            )
        case Kind.CHOICE:
            return f"'{json.dumps(dict(column.choices))}'::jsonb ->> {_bare(name)}"
        case _ if name.endswith("_state"):
            return f"CASE WHEN upper({cell}) ~ '^[A-Z]{{2}}$' THEN upper({cell}) END"
        case _:
            return f"CASE WHEN length({cell}) <= {column.longest} THEN nullif({cell}, '') END"


def reason(column: Column) -> str:
    """What is wrong with a cell that can't be read."""
    match column.kind:
        case Kind.MONEY | Kind.RATE | Kind.WHOLE:
            what = {Kind.MONEY: "an amount in dollars", Kind.RATE: "a percentage", Kind.WHOLE: "a whole number"}[column.kind]
            low = column.low if column.low is not None and column.low >= 0 else 0
            above = "above" if column.low is not None and column.low >= 0 and column.kind is not Kind.WHOLE else "from"
            start = int(low) + 1 if column.kind is Kind.WHOLE else f"{low:g}"
            return f"is not {what} {above} {start}, at most {column.high:,.10g}"
        case Kind.CHOICE:
            ours = dict.fromkeys(column.choices.values())
            return f"is not known; write {', '.join(ours)}"
        case Kind.TEXT if column.name.endswith("_state"):
            return "is no state; write its two letters"
        case Kind.TEXT:
            return f"has more than {column.longest} characters"
        case kind:
            return REASONS[kind]


def create_raw(names: Collection[str]) -> str:
    """A text column for each column of the file, bytes for what is encrypted."""
    parts = ["line integer"]
    for name in names:
        private = BY_NAME[name].kind in PRIVATE
        parts += [f"{name} bytea", f"{name}_lookup bytea"] if private else [f"{name} text"]
    return f"CREATE TEMPORARY TABLE {RAW} ({', '.join(parts)})"


def create_notes() -> str:
    return f'CREATE TEMPORARY TABLE {NOTES} (line integer, "column" text, value text, reason text, rejects boolean)'


def create_parsed(names: Collection[str]) -> str:
    """One row a line, typed, with `bad` where the row can't be taken. Parameters: today, the day an undated balance is of."""
    values, bad = ["r.line"], []
    for name in names:
        column = BY_NAME[name]
        if column.kind in PRIVATE:
            values += [f"r.{name}", f"r.{name}_lookup"]
            continue
        values.append(f"{typed(column)} AS {name}")
        bad.append(f"(p.{name} IS NULL AND r.{name} <> '')")
    return (
        f"CREATE TEMPORARY TABLE {PARSED} AS SELECT p.*, ({' OR '.join([*bad, *(c for _, c, _ in rules(names))])}) AS bad "
        f"FROM (SELECT {', '.join(values)} FROM {RAW} r) AS p JOIN {RAW} r USING (line)"
    )


def rules(names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """(column, condition that is true where the row is bad, reason) for what one cell can't tell."""
    for column in COLUMNS:
        if column.required:
            yield column.name, f"(r.{column.name} = '')", "is required"
    amounts = [f"p.{name} IS NULL" for name in ("original_amount", "upb") if name in names]
    yield "original_amount", f"({' AND '.join(amounts)})", "is required where there is no upb"
    yield "origination_date", "(p.origination_date > %(today)s)", "is in the future"
    yield "origination_date", "(p.origination_date < '1950-01-01')", "is before 1950"
    for later in ("first_payment_date", "maturity_date", "last_refinanced_on"):
        if later in names and later != "last_refinanced_on":
            yield later, f"(p.{later} < p.origination_date)", "is before the origination date"


def insert_notes(names: Collection[str]) -> str:
    """A note for each cell of a bad row that makes it bad, and for each loan number that came before."""
    cells = []
    for name in names:
        column = BY_NAME[name]
        if column.kind not in PRIVATE:
            cells.append((name, f"p.{name} IS NULL AND r.{name} <> ''", reason(column)))
    cells += rules(names)
    shown = [
        f"('{name}', {f'r.{name}' if name in names else 'NULL'}, CASE WHEN {condition} THEN '{why.replace(chr(39), chr(39) * 2)}' END)"
        for name, condition, why in cells
    ]
    return (
        f"INSERT INTO {NOTES} SELECT p.line, v.name, v.value, v.reason, true FROM {PARSED} p JOIN {RAW} r USING (line) "
        f"CROSS JOIN LATERAL (VALUES {', '.join(shown)}) AS v (name, value, reason) WHERE p.bad AND v.reason IS NOT NULL"
    )


INSERT_DUPLICATES = f"""
WITH twice AS (
  SELECT loan_number, min(line) AS first FROM {PARSED} WHERE NOT bad GROUP BY loan_number HAVING count(*) > 1
), later AS (
  UPDATE {PARSED} p SET bad = true FROM twice t WHERE p.loan_number = t.loan_number AND p.line > t.first
  RETURNING p.line, p.loan_number, t.first
)
INSERT INTO {NOTES} SELECT line, 'loan_number', loan_number, 'stands on line ' || first || ' already', true FROM later
"""  # noqa: S608  constants of this module only

INSERT_UNDATED = f"""
INSERT INTO {NOTES} SELECT line, 'upb_as_of', NULL, 'no date: the balance is taken as of ' || %(today)s::date, false
FROM {PARSED} WHERE NOT bad AND upb IS NOT NULL AND upb_as_of IS NULL
"""  # noqa: S608


def _loan_values(names: Collection[str]) -> dict[str, str]:
    """Target column of loans_loan to SQL over the parsed row `p`, for the columns that the file has."""
    values = {}
    for name in LOAN_COLUMNS:
        if name not in names:
            continue
        value = f"p.{name}"
        if BY_NAME[name].kind in PRIVATE:
            values[f"{name}_lookup"] = f"p.{name}_lookup"
        if name in FALSE_BY_DEFAULT:
            value = f"coalesce({value}, false)"
        elif name == "lien_position":
            value = f"coalesce({value}, '1')::integer"
        elif name in DEFAULTS:
            value = f"coalesce({value}, {DEFAULTS[name]})"
        elif name == "first_payment_date":
            value = f"coalesce({value}, {FIRST_PAYMENT})"
        elif BY_NAME[name].kind in {Kind.TEXT, Kind.CHOICE}:
            value = f"coalesce({value}, '')"
        values[name] = value
    if "upb" in names:
        dated = "coalesce(p.upb_as_of, %(today)s)" if "upb_as_of" in names else "%(today)s"
        values["upb_as_of"] = f"CASE WHEN p.upb IS NOT NULL THEN {dated} END"
    return values


FIRST_PAYMENT = "(date_trunc('month', p.origination_date) + interval '2 months')::date"


def merge_loans(names: Collection[str]) -> str:
    """Inserts what is new, updates what differs, leaves the rest untouched; notes what changed and whether it is new."""
    values = _loan_values(names)
    fresh = {
        "loan_number": "p.loan_number",
        "not_in_last_file": "false",
        "batch_id": "%(batch)s",
        "created_at": "now()",
        "updated_at": "now()",
        **values,
    }
    absent = {
        "program": "'conventional'", "amortization": "'fixed'", "status": "'active'", "lien_position": "1", "interest_only": "false",
        "purpose": "''", "occupancy": "''", "servicing": "''", "investor": "''", "do_not_solicit": "''", "property_street": "''::bytea",
        "property_city": "''", "property_state": "''", "property_zip": "''", "county_fips": "''", "first_payment_date": FIRST_PAYMENT,
    }  # fmt: skip
    fresh |= {name: value for name, value in absent.items() if name not in fresh}
    owners = {"branch_id": "p.branch_id", "officer_id": "p.officer_id"}
    fresh |= owners
    # Ciphertext differs each time it is made: its look-up tells whether the value did. A file without an owner keeps it.
    compared = {name: value for name, value in values.items() if name != "property_street"}
    differs = " OR ".join(
        [
            f"({', '.join(f'l.{n}' for n in compared)}) IS DISTINCT FROM ({', '.join(compared.values())})",
            *(f"(p.{owner} IS NOT NULL AND l.{owner} IS DISTINCT FROM p.{owner})" for owner in owners),
        ]
    )
    if "upb" in names and "upb_as_of" not in names:
        # A balance that came without a date before and is the same now keeps the date it was first seen on.
        differs = differs.replace("l.upb_as_of, ", "").replace(f"{values['upb_as_of']}, ", "")
    updates = [f"{name} = EXCLUDED.{name}" for name in values]
    updates += [f"{owner} = coalesce(EXCLUDED.{owner}, l.{owner})" for owner in owners]
    return f"""
    WITH merged AS (
      INSERT INTO loans_loan AS l ({", ".join(fresh)})
      SELECT {", ".join(fresh.values())} FROM {PARSED} p LEFT JOIN loans_loan l ON l.loan_number = p.loan_number
      WHERE NOT p.bad AND (l.id IS NULL OR {differs})
      ON CONFLICT (loan_number) DO UPDATE SET {", ".join(updates)}, batch_id = EXCLUDED.batch_id, updated_at = now()
      RETURNING l.id, old.id IS NULL AS created
    )
    INSERT INTO {CHANGED} SELECT id, created FROM merged"""  # noqa: S608


def merge_borrowers(names: Collection[str], position: int) -> str:
    """The same for the borrowers of one position; a co-borrower without a name is none."""
    columns = {ours: theirs for ours, theirs in BORROWER_COLUMNS[position].items() if theirs in names}
    values, compared = {}, {}
    for ours, theirs in columns.items():
        kind = BY_NAME[theirs].kind
        value = f"coalesce(p.{theirs}, '')" if kind is Kind.TEXT else f"p.{theirs}"
        if kind in PRIVATE:
            values[f"{ours}_lookup"] = compared[f"{ours}_lookup"] = f"p.{theirs}_lookup"
        else:
            compared[ours] = value
        values[ours] = value
    absent = dict.fromkeys(("first_name", "last_name", "mailing_city", "mailing_state", "mailing_zip", "language"), "''")
    absent |= dict.fromkeys(("email", "phone", "mailing_street"), "''::bytea")
    fresh = {"loan_id": "l.id", "position": str(position), **values}
    fresh |= {name: value for name, value in absent.items() if name not in fresh}
    named = f"AND (p.{columns['first_name']} <> '' OR p.{columns['last_name']} <> '')" if position == 2 else ""
    return f"""
    WITH merged AS (
      INSERT INTO loans_borrower AS b ({", ".join(fresh)})
      SELECT {", ".join(fresh.values())} FROM {PARSED} p JOIN loans_loan l ON l.loan_number = p.loan_number
      LEFT JOIN loans_borrower b ON b.loan_id = l.id AND b.position = {position}
      WHERE NOT p.bad {named} AND (b.id IS NULL OR
        ({", ".join(f"b.{n}" for n in compared)}) IS DISTINCT FROM ({", ".join(compared.values())}))
      ON CONFLICT (loan_id, position) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in values)}
      RETURNING b.loan_id
    )
    INSERT INTO {CHANGED} SELECT loan_id, false FROM merged ON CONFLICT DO NOTHING"""  # noqa: S608


MARK_MISSING = f"""
UPDATE loans_loan l SET not_in_last_file = NOT l.not_in_last_file
FROM (SELECT l.id FROM loans_loan l LEFT JOIN (SELECT DISTINCT loan_number FROM {RAW}) r ON r.loan_number = l.loan_number
      WHERE l.not_in_last_file = (r.loan_number IS NOT NULL)) AS x
WHERE l.id = x.id
"""  # noqa: S608
