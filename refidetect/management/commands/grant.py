"""Says what the role of the programs may do: read and write rows, and no more. Run by the owner after each migration."""

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

# What a trigger keeps from being changed, the role may not even try to. What migrations write, nobody else does.
WRITTEN_FOR_GOOD = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'written_for_good' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"""
KEPT = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'kept' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"""
# PostgreSQL only warns somebody who grants what is not theirs.
FOREIGN = """
SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND NOT pg_has_role(current_user, tableowner, 'USAGE')"""
GRANTS = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", nargs="?", default="desk")

    def handle(self, *, role: str, **options: Any) -> None:
        name = sql.Identifier(role)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(FOREIGN)
                if cursor.fetchone()[0]:
                    raise CommandError("Only the owner of the tables can say who may use them: set its DATABASE_URL.")
                for statement in GRANTS:
                    cursor.execute(sql.SQL(statement).format(role=name).as_string(cursor.connection))
                closed = self._close(cursor, WRITTEN_FOR_GOOD, "UPDATE, DELETE", name)
                closed += self._close(cursor, KEPT, "DELETE", name)
        except (ProgrammingError, psycopg.Error) as error:
            raise CommandError(f"{str(error).strip().splitlines()[0]}.") from error
        self.stdout.write(f"{role} may read and write rows; {closed} tables keep what is written in them.")

    def _close(self, cursor: Any, which: str, rights: str, role: sql.Identifier) -> int:
        cursor.execute(which)
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            statement = sql.SQL("REVOKE {rights} ON {table} FROM {role}").format(
                rights=sql.SQL(rights), table=sql.Identifier(name), role=role
            )
            cursor.execute(statement.as_string(cursor.connection))
        return len(names)
