"""Alembic's entry: which tables are compared and migrated, and which views are made anew."""

from chassis.runtime import migrations
from did_inventory.store.audit import VIEWS
from did_inventory.store.tables import metadata

migrations.run(metadata, VIEWS)
