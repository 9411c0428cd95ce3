"""The SQL of an import: raw text in a temporary table, then typed columns, then one merge for loans and one for borrowers.

Everything is built from `loans.domain.portfolio_file.COLUMNS`; only columns that the file has are read, checked or changed.
Addresses, numbers and streets never arrive here as text: the reader hands over their ciphertext and look-up.
"""

from collections.abc import Collection, Iterator

from loans.domain.portfolio_file import BY_NAME, COLUMNS, PRIVATE, Kind
from loans.queries.staged_cells import reason, typed, unreadable

RAW, PARSED, NOTES, CHANGED = "import_raw", "import_parsed", "import_notes", "import_changed"
BRANCHES, OFFICERS = "import_branches", "import_officers"
TABLES = (RAW, PARSED, NOTES, CHANGED, BRANCHES, OFFICERS)
LONGEST_SHOWN = 200

# Loan columns that a file's column fills under the same name; branch and officer are looked up.
LOAN_COLUMNS = tuple(
    column.name
    for column in COLUMNS[COLUMNS.index(BY_NAME["note_rate"]) :]
    if not column.name.startswith("mailing_")
    and column.name not in {
        "language", "officer_email", "officer_nmls", "branch", "do_not_call", "sms_consent", "sms_consent_at", "email_opt_out",
    }
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
    """One row a line, typed, with `bad` where the row can't be taken. Parameters: today and zone, the lender's."""
    values, bad = ["r.line"], []
    for name in names:
        column = BY_NAME[name]
        if column.kind in PRIVATE:
            values += [f"r.{name}", f"r.{name}_lookup"]
            continue
        values.append(f"{typed(column)} AS {name}")
        bad.append(unreadable(column, names))
    bad += [condition for _, condition, _ in rules(names)]
    # What is not known breaks no rule: an empty date must not make the row neither good nor bad.
    return (
        f"CREATE TEMPORARY TABLE {PARSED} AS SELECT p.*, ({' OR '.join(bad)}) IS TRUE AS bad "  # noqa: S608
        # The offset keeps the cells from being read once for their value and again for every rule.
        f"FROM {RAW} r CROSS JOIN LATERAL (SELECT {', '.join(values)} OFFSET 0) AS p"
    )


def rules(names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """(column, condition that is true where the row is bad, reason) for what one cell can't tell."""
    for column in COLUMNS:
        if column.required:
            yield column.name, f"(r.{column.name} = '')", "is required"
    amounts = [f"p.{name} IS NULL" for name in ("original_amount", "upb") if name in names]
    if "original_amount" in names:
        amounts.append("r.original_amount = ''")
    yield "original_amount", f"({' AND '.join(amounts)})", "is required where there is no upb"
    yield "origination_date", "(p.origination_date > %(today)s)", "is in the future"
    yield "origination_date", "(p.origination_date < '1950-01-01')", "is before 1950"
    if "last_refinanced_on" in names:
        yield "last_refinanced_on", "(p.last_refinanced_on > %(today)s)", "is in the future"
    for later in ("first_payment_date", "maturity_date"):
        if later in names:
            yield later, f"(p.{later} < p.origination_date)", "is before the origination date"


def insert_notes(names: Collection[str]) -> str:
    """A note for each cell of a bad row that makes it bad."""
    cells = []
    for name in names:
        column = BY_NAME[name]
        if column.kind not in PRIVATE:
            cells.append((name, unreadable(column, names), reason(column)))
    cells += rules(names)
    shown = [
        f"('{name}', {f'left(r.{name}, {LONGEST_SHOWN})' if name in names else 'NULL'}, "
        f"CASE WHEN {condition} THEN '{why.replace(chr(39), chr(39) * 2)}' END)"
        for name, condition, why in cells
    ]
    return (
        f"INSERT INTO {NOTES} SELECT p.line, v.name, v.value, v.reason, true FROM {PARSED} p JOIN {RAW} r USING (line) "  # noqa: S608  names of columns only
        f"CROSS JOIN LATERAL (VALUES {', '.join(shown)}) AS v (name, value, reason) "
        "WHERE p.bad AND v.reason IS NOT NULL"
    )


# The first of the good rows stands.
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


# Without the column one note stands for all.
INSERT_UNDATED_FILE = f"""
INSERT INTO {NOTES}
SELECT 1, 'upb_as_of', NULL, 'no such column: a balance that is new is taken as of ' || %(today)s::date, false
WHERE EXISTS (SELECT FROM {PARSED} WHERE NOT bad AND upb IS NOT NULL)
"""  # noqa: S608

# An officer's address that is none: the loan lands without an officer. Parameter: the addresses.
INSERT_NO_OFFICER = f"""
INSERT INTO {NOTES} SELECT line, 'officer_email', officer_email, 'is no e-mail address; the loan has no officer', false
FROM {PARSED} WHERE NOT bad AND officer_email = ANY(%s)
"""  # noqa: S608


def _loan_values(names: Collection[str]) -> dict[str, str]:
    """Target column of loans_loan to SQL over the parsed row `p` and the stored one `l`, for the columns that the file has."""
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
        # A balance that came without a date before and is the same now keeps the day it was first seen.
        known = "p.upb_as_of, " if "upb_as_of" in names else ""
        dated = f"coalesce({known}CASE WHEN l.upb = p.upb THEN l.upb_as_of END, %(today)s)"
        values["upb_as_of"] = f"CASE WHEN p.upb IS NOT NULL THEN {dated} END"
    return values


FIRST_PAYMENT = "(date_trunc('month', p.origination_date) + interval '2 months')::date"


CREATE_OWNERS = f"""
CREATE TEMPORARY TABLE {BRANCHES} (name text, id bigint);
CREATE TEMPORARY TABLE {OFFICERS} (name text, id bigint)"""


def _owned(names: Collection[str]) -> str:
    """The staged rows with branch_id, officer_id and officer_left, looked up by what stands in the file."""
    by_branch, by_officer = (f"p.{name}" if name in names else "NULL" for name in ("branch", "officer_email"))
    return f"""(
      SELECT p.*, coalesce(b.id, u.branch_id) AS branch_id, CASE WHEN u.is_active THEN u.id END AS officer_id,
        coalesce(NOT u.is_active, false) AS officer_left
      FROM {PARSED} p LEFT JOIN {BRANCHES} b ON b.name = {by_branch} LEFT JOIN {OFFICERS} o ON o.name = {by_officer}
      LEFT JOIN accounts_user u ON u.id = o.id
    ) AS p"""  # noqa: S608


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
        "program": "'conventional'", "amortization": "'fixed'", "status": "'active'", "lien_position": "1",
        "interest_only": "false", "purpose": "''", "occupancy": "''", "servicing": "''", "investor": "''",
        "do_not_solicit": "''", "property_street": "''::bytea", "property_city": "''", "property_state": "''",
        "property_zip": "''", "county_fips": "''", "first_payment_date": FIRST_PAYMENT,
    }  # fmt: skip
    fresh |= {name: value for name, value in absent.items() if name not in fresh}
    # Whoever looks after the loans of somebody who left is not asked again by a file that still names the leaver.
    owners = {
        owner: f"CASE WHEN p.officer_left AND l.id IS NOT NULL THEN l.{owner} ELSE p.{owner} END"
        for owner in ("branch_id", "officer_id")
    }
    fresh |= owners
    # Ciphertext differs each time it is made: its look-up tells whether the value did. A file without an owner keeps it.
    compared = {name: value for name, value in values.items() if name != "property_street"}
    differs = " OR ".join(
        [
            f"({', '.join(f'l.{n}' for n in compared)}) IS DISTINCT FROM ({', '.join(compared.values())})",
            *(f"(NOT p.officer_left AND p.{owner} IS NOT NULL AND l.{owner} IS DISTINCT FROM p.{owner})" for owner in owners),
        ]
    )
    updates = [f"{name} = EXCLUDED.{name}" for name in values]
    updates += [f"{owner} = coalesce(EXCLUDED.{owner}, l.{owner})" for owner in owners]
    return f"""
    WITH merged AS (
      INSERT INTO loans_loan AS l ({", ".join(fresh)})
      SELECT {", ".join(fresh.values())} FROM {_owned(names)} LEFT JOIN loans_loan l ON l.loan_number = p.loan_number
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

# A loan that is in any file again is found.
MARK_FOUND = f"""
UPDATE loans_loan l SET not_in_last_file = false FROM (SELECT DISTINCT loan_number FROM {RAW}) r
WHERE l.not_in_last_file AND l.loan_number = r.loan_number
"""  # noqa: S608
