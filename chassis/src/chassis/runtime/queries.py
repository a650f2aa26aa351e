"""Lists with optional filters: built with SQLAlchemy on the tables, so that only what was asked is in the query.

Hot statements are no business of this module: they are SQL text for asyncpg, each with a name, in `store/`.
"""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from chassis.runtime.database import Connection, Pool

_DIALECT = dialect()  # type: ignore[no-untyped-call]


def shown(table: Table, row: type[Any]) -> list[ColumnElement[Any]]:
    """The columns that make a `row`, a dataclass whose fields are named like columns of `table`.

    Raises KeyError for a field without a column.
    """
    return [table.c[one.name] for one in fields(row)]


def given(*filters: tuple[ColumnElement[Any], object | None]) -> Iterable[ColumnElement[bool]]:
    """A condition for every (column, value) pair whose value is not None; a list means one of its values."""
    for column, value in filters:
        if isinstance(value, list | tuple):
            yield column.in_(value)
        elif value is not None:
            yield column == value


def compiled(query: Select[Any]) -> tuple[str, list[Any]]:
    """The statement with `$n` placeholders, and their values in order."""
    made = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return str(made), [made.params[name] for name in made.positiontup or ()]


async def fetch(database: Pool | Connection, query: Select[Any]) -> list[Any]:
    """The rows of the query."""
    statement, values = compiled(query)
    return list(await database.fetch(statement, *values))
