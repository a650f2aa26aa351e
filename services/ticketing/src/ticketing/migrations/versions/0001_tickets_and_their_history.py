"""tickets and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
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
        "tickets",
        sa.Column("ticket_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), server_default="", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="acknowledged", nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=True),
        sa.Column("trunk_group", sa.String(), server_default="", nullable=False),
        sa.Column("numbers_confirmed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'resolved') = (outcome IS NOT NULL)", name="outcome_when_resolved"),
        sa.CheckConstraint("kind IN ('order', 'trunking', 'backorder', 'e911')", name="kind_known"),
        sa.CheckConstraint("outcome <> 'cannot-do' OR reason <> ''", name="reason_when_not_done"),
        sa.CheckConstraint(
            "outcome <> 'done' OR kind <> 'trunking'"
            " OR (activated_on IS NOT NULL AND trunk_group <> '' AND numbers_confirmed)",
            name="proof_when_trunking_done",
        ),
        sa.CheckConstraint("outcome IN ('done', 'cannot-do')", name="outcome_known"),
        sa.CheckConstraint(
            "state IN ('acknowledged', 'inProgress', 'pending', 'held', 'resolved', 'closed', 'cancelled', 'rejected')",
            name="state_known",
        ),
        sa.CheckConstraint(
            "(resolved_by IS NOT NULL AND resolved_at IS NOT NULL) = (outcome IS NOT NULL)", name="who_and_when"
        ),
        sa.PrimaryKeyConstraint("ticket_id"),
        sa.UniqueConstraint("order_id", "item_id", "kind", name="tickets_once"),
    )
    op.create_index(
        "tickets_open",
        "tickets",
        ["kind", "state"],
        unique=False,
        postgresql_where="state IN ('acknowledged', 'inProgress', 'pending', 'held')",
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
        "history",
        sa.Column("history_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.ticket_id"],
        ),
        sa.PrimaryKeyConstraint("history_id"),
    )
    op.create_index("history_ticket", "history", ["ticket_id", "history_id"], unique=False)


def downgrade() -> None:
    op.drop_index("history_ticket", table_name="history")
    op.drop_table("history")
    op.drop_index("waiting_key", table_name="waiting")
    op.drop_table("waiting")
    op.drop_index(
        "tickets_open",
        table_name="tickets",
        postgresql_where="state IN ('acknowledged', 'inProgress', 'pending', 'held')",
    )
    op.drop_table("tickets")
    op.drop_table("outbox")
    op.drop_index("inbox_received_at", table_name="inbox", postgresql_using="brin")
    op.drop_index("inbox_mark", table_name="inbox", postgresql_where="mark IS NOT NULL")
    op.drop_table("inbox")
