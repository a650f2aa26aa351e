"""Alembic's entry: which tables are compared and migrated."""

from chassis.runtime import migrations
from order_intake.store.tables import metadata

migrations.run(metadata)
