"""price books and charges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("days_in_period", sa.Integer(), nullable=True),
        sa.Column("exact_amount", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("first_period", sa.Boolean(), nullable=False),
        sa.Column("price_book", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="planned", nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'posted') = (posted_at IS NOT NULL)", name="posted_has_a_time"),
        sa.CheckConstraint("kind IN ('MRC', 'NRC', 'usage')", name="kind_known"),
        sa.CheckConstraint("state IN ('planned', 'posted', 'void')", name="state_known"),
        sa.PrimaryKeyConstraint("order_id", "run", "line"),
    )
    op.create_index(
        "charges_posted_once", "charges", ["order_id", "line"], unique=True, postgresql_where="state = 'posted'"
    )
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
        "order_billing",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("price_book", sa.String(), nullable=False),
        sa.Column("billing_start", sa.Date(), nullable=False),
        sa.Column("free_numbers", sa.Integer(), nullable=False),
        sa.Column("first_invoice", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("monthly", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("priced", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="planned", nullable=False),
        sa.Column("priced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("numbers_at_start", sa.Integer(), server_default="0", nullable=False),
        sa.Column("numbers_backordered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("numbers_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lines_at_start", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lines_late", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(state = 'started') = (started_at IS NOT NULL)", name="started_has_a_time"),
        sa.CheckConstraint("state IN ('planned', 'started', 'void')", name="state_known"),
        sa.CheckConstraint(
            "numbers_at_start >= 0 AND numbers_backordered >= 0 AND numbers_late >= 0", name="numbers_not_negative"
        ),
        sa.PrimaryKeyConstraint("order_id"),
    )
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
        "price_books",
        sa.Column("book_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("book_id"),
        sa.UniqueConstraint(
            "partner_id", "effective_from", name="price_books_effective_from", postgresql_nulls_not_distinct=True
        ),
        sa.UniqueConstraint("partner_id", "name", name="price_books_name", postgresql_nulls_not_distinct=True),
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
    op.create_table(
        "prices",
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.CheckConstraint("kind IN ('MRC', 'NRC', 'usage')", name="kind_known"),
        sa.CheckConstraint("unit_price >= 0", name="price_not_negative"),
        sa.ForeignKeyConstraint(["book_id"], ["price_books.book_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", "package", "kind"),
    )


def downgrade() -> None:
    op.drop_table("prices")
    op.drop_index("waiting_key", table_name="waiting")
    op.drop_table("waiting")
    op.drop_table("price_books")
    op.drop_table("outbox")
    op.drop_table("order_billing")
    op.drop_index("inbox_received_at", table_name="inbox", postgresql_using="brin")
    op.drop_index("inbox_mark", table_name="inbox", postgresql_where="mark IS NOT NULL")
    op.drop_table("inbox")
    op.drop_index("charges_posted_once", table_name="charges", postgresql_where="state = 'posted'")
    op.drop_table("charges")
