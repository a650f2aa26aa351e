"""Fills every table of a database with rows that mean nothing, so that the planner weighs it as one that is old."""

from typing import Any

MADE = {
    "text": "'{name}-' || line",
    "character varying": "'{name}-' || line",
    "integer": "line",
    "bigint": "line",
    "smallint": "line % 8",
    "numeric": "line",
    "boolean": "line % 2 = 0",
    "date": "current_date - line % 1000",
    "timestamp with time zone": "now() - line * interval '1 minute'",
    "bytea": "convert_to('{name}-' || line, 'UTF8')",
    "ARRAY": "ARRAY['{name}-' || line]",
    "jsonb": "to_jsonb(line)",
}
# Of which there are few: parts of a table are indexed by them.
FEW = dict.fromkeys(("status", "state", "phase"), "(ARRAY['available', 'open', 'running', 'done'])[1 + line % 4]")
# What a row must be like is not asked for here.
CHECKS = """
SELECT conrelid::regclass::text AS held_by, conname FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')
"""
COLUMNS = """
SELECT table_name, array_agg(column_name::text) AS names, array_agg(data_type::text) AS kinds
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version' AND is_identity = 'NO'
GROUP BY table_name
"""
QUOTED = '"{}"'.format


async def fill(connection: Any, rows: int) -> None:
    """Every table gets so many; every text is another one. One that has rows by its migration has all it ever will."""
    for one in await connection.fetch(CHECKS):
        await connection.execute(f"ALTER TABLE {one['held_by']} DROP CONSTRAINT {one['conname']} CASCADE")
    for table in await connection.fetch(COLUMNS):
        if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table['table_name']})"):
            continue
        await connection.execute(f"ALTER TABLE {table['table_name']} DISABLE TRIGGER USER")
        columns = zip(table["names"], table["kinds"], strict=True)
        values = [FEW.get(name) or MADE[kind].format(name=name) for name, kind in columns]
        await connection.execute(
            f"INSERT INTO {table['table_name']} ({', '.join(map(QUOTED, table['names']))})"
            f" SELECT {', '.join(values)} FROM generate_series(1, {rows}) AS line"
        )
    await connection.execute("VACUUM ANALYZE")
