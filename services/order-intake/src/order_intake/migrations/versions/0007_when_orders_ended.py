"""when orders ended."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("orders_ended", "orders", ["ended_at"], unique=False, postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("orders_ended", table_name="orders", postgresql_using="brin")
