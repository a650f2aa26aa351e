"""the ledger: what was posted is copied into it, as are the postings of replicas that do not know it yet."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# A line that was posted in `charges` becomes a subscription and its first posting.
COPY = """
CREATE FUNCTION copy_posted(line charges) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    billing order_billing;
    subscription bigint;
    number bigint;
    monthly boolean := line.kind = 'MRC';
BEGIN
    SELECT * INTO STRICT billing FROM order_billing WHERE order_id = line.order_id;
    UPDATE posting_counter SET last = last + 1 RETURNING last INTO number;
    INSERT INTO subscriptions (partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind,
        quantity, unit_price, price_book, not_before, from_date, posted_to, due_at)
    VALUES (billing.partner_id, billing.customer_id, billing.time_zone, line.order_id, line.run, line.line,
        line.item_id, line.package, line.kind, line.quantity, line.unit_price, line.price_book,
        CASE WHEN line.posted_at <> billing.started_at THEN line.from_date END, line.from_date,
        CASE WHEN monthly THEN line.to_date ELSE line.from_date + 1 END,
        CASE WHEN monthly THEN line.to_date::timestamp AT TIME ZONE billing.time_zone END)
    RETURNING subscription_id INTO subscription;
    INSERT INTO postings (posting, subscription_id, partner_id, customer_id, order_id, run, line, item_id, package,
        kind, quantity, unit_price, price_book, from_date, to_date, days, days_in_period, exact_amount, amount,
        first_period, reason, posted_at)
    VALUES (number, subscription, billing.partner_id, billing.customer_id, line.order_id, line.run, line.line,
        line.item_id, line.package, line.kind, line.quantity, line.unit_price, line.price_book, line.from_date,
        line.to_date, line.days, line.days_in_period, line.exact_amount, line.amount, line.first_period,
        CASE WHEN line.posted_at = billing.started_at THEN 'start' ELSE 'delivery' END, line.posted_at);
END $$
"""
FOLLOW = """
CREATE FUNCTION follow_charges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR OLD.state <> 'posted' THEN
        PERFORM copy_posted(NEW);
    END IF;
    RETURN NULL;
END $$
"""
KEEP = """
CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.standing AND NOT NEW.standing
            AND to_jsonb(NEW) - 'standing' = to_jsonb(OLD) - 'standing' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What is posted never changes: post its reversal.' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
# Of the changes, too, nothing changes.
KEEP_CHANGES = """
CREATE FUNCTION refuse_change_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was changed, by whom and why, stays written down.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
BACK = """
UPDATE charges SET state = 'posted', posted_at = postings.posted_at, quantity = postings.quantity,
    exact_amount = postings.exact_amount, amount = postings.amount
FROM postings
WHERE charges.state = 'planned' AND postings.order_id = charges.order_id AND postings.run = charges.run
    AND postings.line = charges.line AND postings.first_period AND postings.standing
"""


def upgrade() -> None:
    op.create_table(
        "allowances",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.CheckConstraint('"left" >= 0', name="never_overdrawn"),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.add_column("price_books", sa.Column("billed_from", sa.String(), server_default="asked", nullable=False))
    op.create_check_constraint(op.f("billed_from_known"), "price_books", "billed_from IN ('asked', 'activation')")
    for column in ("free_numbers_taken", "free_numbers_left"):
        op.add_column("order_billing", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "posting_counter",
        sa.Column("single", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("single", name="one_row"),
        sa.PrimaryKeyConstraint("single"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("subscription_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("price_book", sa.String(), nullable=False),
        sa.Column("anchor", sa.Integer(), server_default="1", nullable=False),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("posted_to", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('MRC', 'NRC')", name="kind_known"),
        sa.CheckConstraint("anchor BETWEEN 1 AND 31", name="anchor_is_a_day"),
        sa.CheckConstraint("posted_to >= from_date", name="posted_from_the_start"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("unit_price BETWEEN 0 AND 10000000 AND scale(unit_price) <= 8", name="price_is_one"),
        sa.PrimaryKeyConstraint("subscription_id"),
    )
    op.create_index("subscriptions_customer", "subscriptions", ["customer_id", "subscription_id"], unique=False)
    op.create_index(
        "subscriptions_due", "subscriptions", ["due_at"], unique=False, postgresql_where="due_at IS NOT NULL"
    )
    op.create_index(
        "subscriptions_once",
        "subscriptions",
        ["order_id", "item_id", "package", "kind"],
        unique=True,
        postgresql_where="item_id <> 'numbers'",
    )
    op.create_index("subscriptions_order", "subscriptions", ["order_id"], unique=False)
    op.create_table(
        "billing_changes",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("old", sa.Date(), nullable=True),
        sa.Column("new", sa.Date(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('start', 'end')", name="what_known"),
        sa.CheckConstraint("who <> '' AND why <> ''", name="who_and_why"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.subscription_id"]),
        sa.PrimaryKeyConstraint("change_id"),
    )
    op.create_index("billing_changes_order", "billing_changes", ["order_id", "change_id"], unique=False)
    op.create_table(
        "postings",
        sa.Column("posting", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), server_default="", nullable=False),
        sa.Column("run", sa.Integer(), server_default="0", nullable=False),
        sa.Column("line", sa.Integer(), server_default="0", nullable=False),
        sa.Column("item_id", sa.String(), server_default="", nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("price_book", sa.String(), server_default="", nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("days_in_period", sa.Integer(), nullable=True),
        sa.Column("exact_amount", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("first_period", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.Column("standing", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "amount > '-Infinity' AND amount < 'Infinity' AND exact_amount > '-Infinity' AND exact_amount < 'Infinity'",
            name="amounts_are_finite",
        ),
        sa.CheckConstraint("kind IN ('MRC', 'NRC', 'usage')", name="kind_known"),
        sa.CheckConstraint(
            "reason IN ('start', 'delivery', 'change', 'credit', 'recurring', 'end', 'manual')", name="reason_known"
        ),
        sa.CheckConstraint("reverses IS NULL OR NOT standing", name="a_reversal_does_not_stand"),
        sa.CheckConstraint("unit_price BETWEEN 0 AND 10000000 AND scale(unit_price) <= 8", name="price_is_one"),
        sa.ForeignKeyConstraint(["change_id"], ["billing_changes.change_id"]),
        sa.ForeignKeyConstraint(
            ["reverses"],
            ["postings.posting"],
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.subscription_id"],
        ),
        sa.PrimaryKeyConstraint("posting"),
    )
    op.create_index(
        "postings_credited", "postings", ["subscription_id"], unique=False, postgresql_where="reason = 'credit'"
    )
    op.create_index("postings_customer", "postings", ["customer_id", "from_date"], unique=False)
    op.create_index("postings_order", "postings", ["order_id", "posting"], unique=False)
    op.create_index(
        "postings_period_once", "postings", ["subscription_id", "from_date"], unique=True, postgresql_where="standing"
    )
    op.create_index("postings_posted_at", "postings", ["posted_at"], unique=False)
    op.create_index(
        "postings_reversed_once", "postings", ["reverses"], unique=True, postgresql_where="reverses IS NOT NULL"
    )
    op.add_column("order_billing", sa.Column("deliveries", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "order_billing", sa.Column("posted", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False)
    )
    op.execute("INSERT INTO posting_counter (last) VALUES (0)")
    op.execute(COPY)
    op.execute(FOLLOW)
    op.execute(
        "CREATE TRIGGER charges_are_followed AFTER INSERT OR UPDATE OF state ON charges"
        " FOR EACH ROW WHEN (NEW.state = 'posted') EXECUTE FUNCTION follow_charges()"
    )
    op.execute("SELECT copy_posted(charges) FROM charges WHERE state = 'posted' ORDER BY posted_at, order_id, line")
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER postings_never_change BEFORE UPDATE OR DELETE ON postings"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()"
    )
    op.execute(KEEP_CHANGES)
    op.execute(
        "CREATE TRIGGER billing_changes_never_change BEFORE UPDATE OR DELETE ON billing_changes"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_changes()"
    )


def downgrade() -> None:
    """What was posted of each plan is marked in it again; later months, and reversals, are lost."""
    op.execute("DROP TRIGGER charges_are_followed ON charges")
    op.execute("DROP FUNCTION follow_charges()")
    op.execute("DROP FUNCTION copy_posted(charges)")
    op.execute(BACK)
    for column in ("free_numbers_left", "free_numbers_taken"):
        op.drop_column("order_billing", column)
    op.drop_table("allowances")
    op.drop_constraint(op.f("billed_from_known"), "price_books", type_="check")
    op.drop_column("price_books", "billed_from")
    op.drop_column("order_billing", "posted")
    op.drop_column("order_billing", "deliveries")
    op.drop_index("postings_reversed_once", table_name="postings", postgresql_where="reverses IS NOT NULL")
    op.drop_index("postings_posted_at", table_name="postings")
    op.drop_index("postings_period_once", table_name="postings", postgresql_where="standing")
    op.drop_index("postings_order", table_name="postings")
    op.drop_index("postings_customer", table_name="postings")
    op.drop_index("postings_credited", table_name="postings", postgresql_where="reason = 'credit'")
    op.drop_table("postings")
    op.drop_index("billing_changes_order", table_name="billing_changes")
    op.drop_table("billing_changes")
    op.execute("DROP FUNCTION refuse_change_of_changes()")
    op.execute("DROP FUNCTION refuse_change_of_ledger()")
    op.drop_index("subscriptions_order", table_name="subscriptions")
    op.drop_index("subscriptions_once", table_name="subscriptions", postgresql_where="item_id <> 'numbers'")
    op.drop_index("subscriptions_due", table_name="subscriptions", postgresql_where="due_at IS NOT NULL")
    op.drop_index("subscriptions_customer", table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_table("posting_counter")
