"""`make migration SERVICE=catalog NAME="what changes"`: the next revision, generated from the service's tables.

Compares a database that has all revisions with `store/tables.py`. Read what it wrote: alembic does not see changed
CHECK constraints, renamed columns, or what must become of rows that are there.
"""

import asyncio
import re
import sys
from functools import partial
from importlib import import_module
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import MigrationScript
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chassis.runtime import migrations
from testkit.postgres import Databases, server

TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op
{more}
revision = "{revision}"
down_revision = {before!r}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
'''
OPTIONS = {"compare_type": True, "compare_server_default": True}


def code(connection: Connection, package: str) -> tuple[str, str, set[str]]:
    """What brings the database to the tables, what takes it back, and the imports both need."""
    metadata = import_module(f"{package}.store.tables").metadata
    context = MigrationContext.configure(connection, opts=OPTIONS)
    found: MigrationScript = produce_migrations(context, metadata)
    assert found.upgrade_ops is not None
    assert found.downgrade_ops is not None
    up = render_python_code(found.upgrade_ops, migration_context=context)
    down = render_python_code(found.downgrade_ops, migration_context=context)
    imports = {"from sqlalchemy.dialects import postgresql"} if "postgresql." in up + down else set[str]()
    return uncommented(up), uncommented(down), imports


def uncommented(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.strip().startswith("#")).strip()


async def revise(package: str, message: str) -> Path:
    """The file of the new revision. Raises SystemExit when nothing has changed."""
    with server() as url:
        database = await Databases(url).new(f"{package}_revise")
        await asyncio.to_thread(partial(migrations.upgrade, package, database, with_views=False))
        engine = migrations.engine(database)
        async with engine.connect() as connection:
            up, down, imports = await connection.run_sync(code, package)
        await engine.dispose()
    if up == "pass":
        raise SystemExit(f"{package}: the revisions make what store/tables.py says; there is nothing to add")
    scripts = ScriptDirectory.from_config(migrations.config(package, ""))
    before = scripts.get_current_head()
    revision = f"{int(before or 0) + 1:04}"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    path = Path(scripts.versions) / f"{revision}_{slug}.py"
    more = "".join(f"{line}\n" for line in sorted(imports))
    path.write_text(TEMPLATE.format(message=message, revision=revision, before=before, up=up, down=down, more=more))
    return path


if __name__ == "__main__":
    _, service, what = sys.argv
    sys.stdout.write(f"{asyncio.run(revise(service.replace('-', '_'), what))}\n")
