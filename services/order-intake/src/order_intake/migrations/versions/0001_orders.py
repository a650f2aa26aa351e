"""orders."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), server_default="", nullable=False),
        sa.Column("broadworks_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), server_default="ordered", nullable=False),
        sa.Column("built", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('Enterprise', 'Customer')", name="role_known"),
        sa.CheckConstraint("status IN ('ordered', 'active', 'withdrawn')", name="status_known"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index(
        "accounts_name",
        "accounts",
        ["partner_id", "parent_id", "name_key"],
        unique=True,
        postgresql_where="status <> 'withdrawn'",
    )
    op.create_index("accounts_order", "accounts", ["order_id"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_table(
        "dead_letters",
        sa.Column("dl_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("source_topic", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=False),
        sa.Column("error_message", sa.String(), nullable=False),
        sa.Column("retriable", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('order', 'message')", name="kind_known"),
        sa.CheckConstraint("state IN ('open', 'replayed', 'discarded')", name="dead_letter_state_known"),
        sa.PrimaryKeyConstraint("dl_id"),
    )
    op.create_index("dead_letters_order", "dead_letters", ["order_id"], unique=False)
    op.create_index("dead_letters_state", "dead_letters", ["state", "failed_at"], unique=False)
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
        "operator_actions",
        sa.Column("action_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("dl_id", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("action_id"),
    )
    op.create_index("operator_actions_order", "operator_actions", ["order_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("run", sa.Integer(), server_default="1", nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("orders_due", "orders", ["due"], unique=False, postgresql_where="due IS NOT NULL")
    op.create_index("orders_external_id", "orders", ["partner_id", "external_id"], unique=True)
    op.create_index("orders_gates", "orders", ["held_until"], unique=False, postgresql_where="held_until IS NOT NULL")
    op.create_index("orders_newest", "orders", ["partner_id", "submitted_at"], unique=False)
    op.create_index("orders_open", "orders", ["submitted_at"], unique=False, postgresql_where="ended_at IS NULL")
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
        "partners",
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("partner_id"),
        sa.UniqueConstraint("name"),
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
    op.drop_table("partners")
    op.drop_table("outbox")
    op.drop_index("orders_open", table_name="orders", postgresql_where="ended_at IS NULL")
    op.drop_index("orders_newest", table_name="orders")
    op.drop_index("orders_gates", table_name="orders", postgresql_where="held_until IS NOT NULL")
    op.drop_index("orders_external_id", table_name="orders")
    op.drop_index("orders_due", table_name="orders", postgresql_where="due IS NOT NULL")
    op.drop_table("orders")
    op.drop_index("operator_actions_order", table_name="operator_actions")
    op.drop_table("operator_actions")
    op.drop_index("inbox_received_at", table_name="inbox", postgresql_using="brin")
    op.drop_index("inbox_mark", table_name="inbox", postgresql_where="mark IS NOT NULL")
    op.drop_table("inbox")
    op.drop_index("dead_letters_state", table_name="dead_letters")
    op.drop_index("dead_letters_order", table_name="dead_letters")
    op.drop_table("dead_letters")
    op.drop_table("api_keys")
    op.drop_index("accounts_order", table_name="accounts")
    op.drop_index("accounts_name", table_name="accounts", postgresql_where="status <> 'withdrawn'")
    op.drop_table("accounts")
