"""Alembic's entry: which tables are compared and migrated, and which views are made anew."""

from catalog.store.audit import VIEWS
from catalog.store.tables import metadata
from chassis.runtime import migrations

migrations.run(metadata, VIEWS)
