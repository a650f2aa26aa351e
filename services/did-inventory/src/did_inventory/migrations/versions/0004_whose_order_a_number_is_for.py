"""whose order a number is for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("numbers", sa.Column("partner_id", sa.String(), nullable=True))
    op.execute(
        "UPDATE numbers SET partner_id = backorders.partner_id FROM backorders "
        "WHERE backorders.order_id = numbers.order_id"
    )
    op.create_index(
        "numbers_partner", "numbers", ["partner_id", "number"], unique=False, postgresql_where="partner_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("numbers_partner", table_name="numbers", postgresql_where="partner_id IS NOT NULL")
    op.drop_column("numbers", "partner_id")
