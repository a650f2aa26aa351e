"""Alembic's entry: which tables are compared and migrated."""

from catalog.tables import metadata
from chassis import migrations

migrations.run(metadata)
