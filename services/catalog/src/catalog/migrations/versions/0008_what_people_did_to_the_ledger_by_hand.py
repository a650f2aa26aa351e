"""what people did to the ledger by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# Of what people did nothing changes, as of what was posted.
KEEP = """
CREATE FUNCTION refuse_change_of_acts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was done to the ledger, by whom and why, stays written down.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "billing_acts",
        sa.Column("act_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("posting", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("asked", sa.String(), nullable=True),
        sa.CheckConstraint("who <> '' AND why <> ''", name="who_and_why"),
        sa.CheckConstraint("(reference IS NULL) = (asked IS NULL)", name="reference_of_something"),
        sa.ForeignKeyConstraint(
            ["posting"],
            ["postings.posting"],
        ),
        sa.PrimaryKeyConstraint("act_id"),
    )
    op.create_index(
        "billing_acts_reference",
        "billing_acts",
        ["customer_id", "reference"],
        unique=True,
        postgresql_where="reference IS NOT NULL",
    )
    op.create_index("order_billing_customer", "order_billing", ["customer_id"], unique=False)
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER billing_acts_never_change BEFORE UPDATE OR DELETE ON billing_acts"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_acts()"
    )


def downgrade() -> None:
    op.drop_index("order_billing_customer", table_name="order_billing")
    op.drop_index("billing_acts_reference", table_name="billing_acts", postgresql_where="reference IS NOT NULL")
    op.drop_table("billing_acts")
    op.execute("DROP FUNCTION refuse_change_of_acts()")
