"""Alembic's entry: which tables are compared and migrated."""

from chassis import migrations
from did_inventory.tables import metadata

migrations.run(metadata)
