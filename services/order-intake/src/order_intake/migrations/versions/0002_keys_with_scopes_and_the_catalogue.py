"""keys with scopes and the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "packages",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("order_type", sa.String(), nullable=False),
        sa.Column("charges", sa.String(), nullable=False),
        sa.Column("fulfilment", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("free_numbers", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("orderable", sa.Boolean(), nullable=False),
        sa.Column("either_or", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("api_keys", sa.Column("kind", sa.String(), server_default="partner", nullable=False))
    op.add_column("api_keys", sa.Column("name", sa.String(), server_default="", nullable=False))
    op.add_column(
        "api_keys",
        sa.Column(
            "scopes",
            sa.String(),
            server_default="billing:read numbers:read numbers:write orders:read orders:write tickets:read",
            nullable=False,
        ),
    )
    op.add_column("api_keys", sa.Column("signing_key", sa.String(), nullable=True))
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "api_keys", sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.create_check_constraint("key_kind_known", "api_keys", "kind IN ('partner', 'application')")
    op.create_index("api_keys_partner", "api_keys", ["partner_id"], unique=False)
    op.add_column("partners", sa.Column("rejections_topic", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("partners", "rejections_topic")
    op.drop_index("api_keys_partner", table_name="api_keys")
    op.drop_column("api_keys", "changed_at")
    op.drop_column("api_keys", "expires_at")
    op.drop_column("api_keys", "signing_key")
    op.drop_column("api_keys", "scopes")
    op.drop_column("api_keys", "name")
    op.drop_constraint("key_kind_known", "api_keys", type_="check")
    op.drop_column("api_keys", "kind")
    op.drop_table("packages")
