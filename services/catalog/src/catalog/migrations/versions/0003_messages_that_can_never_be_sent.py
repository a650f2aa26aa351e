"""messages that can never be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "unsendable",
        sa.Column("unsendable_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error_class", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'released', 'discarded')", name="unsendable_state_known"),
        sa.PrimaryKeyConstraint("unsendable_id"),
    )
    op.create_index("unsendable_open", "unsendable", ["set_aside_at"], unique=False, postgresql_where="state = 'open'")


def downgrade() -> None:
    op.drop_index("unsendable_open", table_name="unsendable", postgresql_where="state = 'open'")
    op.drop_table("unsendable")
