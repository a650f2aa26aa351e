"""who has a waiting message in hand."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("waiting", sa.Column("holder", sa.String(), nullable=True))
    op.add_column("waiting", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("waiting_due", "waiting", ["retry_at", "id"], unique=False)
    op.execute("ALTER TABLE waiting SET (autovacuum_vacuum_scale_factor = 0.01)")


def downgrade() -> None:
    op.execute("ALTER TABLE waiting RESET (autovacuum_vacuum_scale_factor)")
    op.drop_index("waiting_due", table_name="waiting")
    op.drop_column("waiting", "held_until")
    op.drop_column("waiting", "holder")
