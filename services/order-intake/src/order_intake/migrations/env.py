"""Alembic's entry: which tables are compared and migrated, and which views are made anew."""

from chassis.runtime import migrations
from order_intake.store.audit import VIEWS
from order_intake.store.tables import metadata

migrations.run(metadata, VIEWS)
