"""Alembic's entry: which tables are compared and migrated."""

from chassis import migrations
from ticketing.tables import metadata

migrations.run(metadata)
