"""when a backorder was last delivered to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("backorders", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        UPDATE backorders SET delivered_at = came.last
        FROM (
            SELECT backorder_id, max(changed_at) AS last FROM numbers
            WHERE backorder_id IS NOT NULL GROUP BY backorder_id
        ) AS came
        WHERE backorders.backorder_id = came.backorder_id
    """)


def downgrade() -> None:
    op.drop_column("backorders", "delivered_at")
