"""numbers and backorders."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "backorders",
        sa.Column("backorder_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("npa", sa.String(), nullable=False),
        sa.Column("nxx", sa.String(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("trunking", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("cancelled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("missing BETWEEN 0 AND quantity", name="missing_of_quantity"),
        sa.PrimaryKeyConstraint("backorder_id"),
    )
    op.create_index(
        "backorders_open",
        "backorders",
        ["npa", "backorder_id"],
        unique=False,
        postgresql_where="missing > 0 AND NOT cancelled",
    )
    op.create_index("backorders_order", "backorders", ["order_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=True),
        sa.Column("reply_type", sa.String(), nullable=True),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("inbox_mark", "inbox", ["mark"], unique=False, postgresql_where="mark IS NOT NULL")
    op.create_index("inbox_received_at", "inbox", ["received_at"], unique=False, postgresql_using="brin")
    op.create_table(
        "numbers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("npa", sa.String(), nullable=False),
        sa.Column("nxx", sa.String(), nullable=False),
        sa.Column("rate_center", sa.String(), server_default="", nullable=False),
        sa.Column("region", sa.String(), server_default="", nullable=False),
        sa.Column("status", sa.String(), server_default="available", nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("trunking", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("backorder_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status IN ('held', 'reserved', 'assigned')) = (order_id IS NOT NULL)", name="owner_when_taken"
        ),
        sa.CheckConstraint(
            "status IN ('available', 'held', 'reserved', 'assigned', 'aging', 'blocked')", name="status_known"
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(
        "numbers_available", "numbers", ["npa", "nxx", "number"], unique=False, postgresql_where="status = 'available'"
    )
    op.create_index("numbers_order", "numbers", ["order_id"], unique=False, postgresql_where="order_id IS NOT NULL")
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        postgresql_with={"fillfactor": "90", "autovacuum_vacuum_scale_factor": "0.01"},
    )
    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("record_key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("first_failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("waiting_key", "waiting", ["key", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("waiting_key", table_name="waiting")
    op.drop_table("waiting")
    op.drop_table("outbox")
    op.drop_index("numbers_order", table_name="numbers", postgresql_where="order_id IS NOT NULL")
    op.drop_index("numbers_available", table_name="numbers", postgresql_where="status = 'available'")
    op.drop_table("numbers")
    op.drop_index("inbox_received_at", table_name="inbox", postgresql_using="brin")
    op.drop_index("inbox_mark", table_name="inbox", postgresql_where="mark IS NOT NULL")
    op.drop_table("inbox")
    op.drop_index("backorders_order", table_name="backorders")
    op.drop_index("backorders_open", table_name="backorders", postgresql_where="missing > 0 AND NOT cancelled")
    op.drop_table("backorders")
