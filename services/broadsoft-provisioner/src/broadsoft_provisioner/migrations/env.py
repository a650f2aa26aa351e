"""Alembic's entry: which tables are compared and migrated."""

from broadsoft_provisioner.tables import metadata
from chassis.runtime import migrations

migrations.run(metadata)
