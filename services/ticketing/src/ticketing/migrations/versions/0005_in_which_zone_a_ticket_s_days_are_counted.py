"""in which zone a ticket's days are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("time_zone", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("tickets", "time_zone")
