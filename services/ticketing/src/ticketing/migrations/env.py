"""Alembic's entry: which tables are compared and migrated."""

from chassis.runtime import migrations
from ticketing.tables import metadata

migrations.run(metadata)
