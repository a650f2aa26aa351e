"""Alembic's entry: which tables are compared and migrated, and which views are made anew."""

from chassis.runtime import migrations
from ticketing.store.audit import VIEWS
from ticketing.store.tables import metadata

migrations.run(metadata, VIEWS)
