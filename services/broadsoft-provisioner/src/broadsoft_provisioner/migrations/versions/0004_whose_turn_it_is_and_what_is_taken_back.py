"""whose turn it is, and what is taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("turn_tokens")))
    op.create_table(
        "removals",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_table(
        "turns",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("place", "token"),
    )
    op.create_index("turns_token", "turns", ["token"], unique=False)


def downgrade() -> None:
    op.drop_index("turns_token", table_name="turns")
    op.drop_table("turns")
    op.drop_table("removals")
    op.execute(sa.schema.DropSequence(sa.Sequence("turn_tokens")))
