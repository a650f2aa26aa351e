"""Alembic's entry: which tables are compared and migrated."""

from catalog.tables import metadata
from chassis.runtime import migrations

migrations.run(metadata)
