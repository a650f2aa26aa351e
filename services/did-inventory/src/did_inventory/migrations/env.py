"""Alembic's entry: which tables are compared and migrated."""

from did_inventory.tables import metadata

from chassis import migrations

migrations.run(metadata)
