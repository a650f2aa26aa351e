"""what is intended and not settled."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ledger_intended", "ledger", ["order_id"], postgresql_where="state = 'intended'")


def downgrade() -> None:
    op.drop_index("ledger_intended", table_name="ledger")
