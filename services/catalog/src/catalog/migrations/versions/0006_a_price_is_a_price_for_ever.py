"""a price is a price, for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

PRICE = "unit_price BETWEEN 0 AND 10000000 AND scale(unit_price) <= 8"
AMOUNTS = "amount > '-Infinity' AND amount < 'Infinity' AND exact_amount > '-Infinity' AND exact_amount < 'Infinity'"
# What a transaction has made it may still add to; afterwards nothing of it changes.
REFUSE = """
CREATE FUNCTION refuse_change_of_price_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A version of a price book never changes: add a new version.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
REFUSE_LATE = """
CREATE FUNCTION refuse_late_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM newer JOIN price_books USING (book_id) WHERE price_books.xmin <> pg_current_xact_id()::xid
    ) THEN
        RAISE EXCEPTION 'A version of a price book never changes: add a new version.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("price_books", sa.Column("lacking", sa.String(), server_default="standard", nullable=False))
    now = sa.text("now()")
    op.add_column("price_books", sa.Column("added_at", sa.DateTime(timezone=True), server_default=now, nullable=False))
    op.add_column("price_books", sa.Column("added_by", sa.String(), server_default="", nullable=False))
    op.create_check_constraint(op.f("lacking_known"), "price_books", "lacking IN ('standard', 'refused')")
    op.drop_constraint(op.f("price_not_negative"), "prices", type_="check")
    op.create_check_constraint(op.f("price_is_one"), "prices", PRICE)
    op.create_check_constraint(op.f("price_is_one"), "charges", PRICE)
    op.create_check_constraint(op.f("amounts_are_finite"), "charges", AMOUNTS)
    op.execute(REFUSE)
    op.execute(REFUSE_LATE)
    for table in ("price_books", "prices"):
        op.execute(
            f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_price_book()"
        )
    op.execute(
        "CREATE TRIGGER prices_never_come_late AFTER INSERT ON prices REFERENCING NEW TABLE AS newer"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_prices()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER prices_never_come_late ON prices")
    for table in ("price_books", "prices"):
        op.execute(f"DROP TRIGGER {table}_never_change ON {table}")
    op.execute("DROP FUNCTION refuse_late_prices()")
    op.execute("DROP FUNCTION refuse_change_of_price_book()")
    op.drop_constraint(op.f("amounts_are_finite"), "charges", type_="check")
    op.drop_constraint(op.f("price_is_one"), "charges", type_="check")
    op.drop_constraint(op.f("price_is_one"), "prices", type_="check")
    op.create_check_constraint(op.f("price_not_negative"), "prices", "unit_price >= 0")
    op.drop_constraint(op.f("lacking_known"), "price_books", type_="check")
    for column in ("added_by", "added_at", "lacking"):
        op.drop_column("price_books", column)
