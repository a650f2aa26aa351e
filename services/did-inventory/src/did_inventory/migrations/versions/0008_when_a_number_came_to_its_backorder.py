"""when a number came to its backorder."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("numbers", sa.Column("came_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("numbers", "came_at")
