"""Alembic's entry: which tables are compared and migrated, and which views are made anew."""

from broadsoft_provisioner.store.audit import VIEWS
from broadsoft_provisioner.store.tables import metadata
from chassis.runtime import migrations

migrations.run(metadata, VIEWS)
