"""The tables of catalog, for alembic's comparison and for queries."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.facts.tables import add_partner_keys_table
from chassis.messaging.tables import add_messaging_tables

metadata = MetaData()
add_messaging_tables(metadata)
add_partner_keys_table(metadata)

KINDS = "kind IN ('MRC', 'NRC', 'usage')"
MONEY = Numeric(16, 2)
# Neither NaN, which PostgreSQL takes for more than anything, nor without end, nor of a price that nobody types.
PRICE = "unit_price BETWEEN 0 AND 10000000 AND scale(unit_price) <= 8"
AMOUNTS = "amount > '-Infinity' AND amount < 'Infinity' AND exact_amount > '-Infinity' AND exact_amount < 'Infinity'"

# A version without a partner is everybody's. Triggers keep versions, and their prices, as they came into being.
price_books = Table(
    "price_books",
    metadata,
    Column("book_id", BigInteger, Identity(always=True), primary_key=True),
    Column("partner_id", String),
    Column("name", String, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("lacking", String, nullable=False, server_default="standard"),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("added_by", String, nullable=False, server_default=""),
    CheckConstraint("lacking IN ('standard', 'refused')", name="lacking_known"),
    UniqueConstraint("partner_id", "name", name="price_books_name", postgresql_nulls_not_distinct=True),
    UniqueConstraint(
        "partner_id", "effective_from", name="price_books_effective_from", postgresql_nulls_not_distinct=True
    ),
)

prices = Table(
    "prices",
    metadata,
    Column("book_id", ForeignKey("price_books.book_id", ondelete="CASCADE"), primary_key=True),
    Column("package", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("unit_price", Numeric, nullable=False),
    CheckConstraint(KINDS, name="kind_known"),
    CheckConstraint(PRICE, name="price_is_one"),
)

# What is told of each package on `catalog.packages`, as JSON text; `changed_at` is real time.
offers = Table(
    "offers",
    metadata,
    Column("name", String, primary_key=True),
    Column("fact", String, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

# One row per order, of its last priced run. `priced` is the answer to PriceOrder, frozen; what is posted differs from
# it when numbers are late: `numbers_at_start` were delivered by the start of billing, `numbers_late` since. Here and
# in `charges` the times are business time, and always given.
order_billing = Table(
    "order_billing",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("partner_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("price_book", String, nullable=False),
    Column("billing_start", Date, nullable=False),
    Column("free_numbers", Integer, nullable=False),
    Column("first_invoice", MONEY, nullable=False),
    Column("monthly", MONEY, nullable=False),
    Column("priced", JSONB, nullable=False),
    Column("state", String, nullable=False, server_default="planned"),
    Column("priced_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("numbers_at_start", Integer, nullable=False, server_default="0"),
    Column("numbers_backordered", Integer, nullable=False, server_default="0"),
    Column("numbers_late", Integer, nullable=False, server_default="0"),
    Column("lines_at_start", Integer, nullable=False, server_default="0"),
    Column("lines_late", Integer, nullable=False, server_default="0"),
    CheckConstraint("state IN ('planned', 'started', 'void')", name="state_known"),
    CheckConstraint("(state = 'started') = (started_at IS NOT NULL)", name="started_has_a_time"),
    CheckConstraint(
        "numbers_at_start >= 0 AND numbers_backordered >= 0 AND numbers_late >= 0", name="numbers_not_negative"
    ),
)

# The primary key and the unique index make invariant 3 a fact of the schema: no line of an order is posted twice,
# whatever the run. Lines of the first full month (`first_period` false) are the preview and stay planned.
charges = Table(
    "charges",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("item_id", String, nullable=False),
    Column("package", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Numeric, nullable=False),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("days", Integer),
    Column("days_in_period", Integer),
    Column("exact_amount", Numeric, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("first_period", Boolean, nullable=False),
    Column("price_book", String, nullable=False),
    Column("state", String, nullable=False, server_default="planned"),
    Column("posted_at", DateTime(timezone=True)),
    Column("reverses", Integer),
    CheckConstraint(KINDS, name="kind_known"),
    CheckConstraint(PRICE, name="price_is_one"),
    CheckConstraint(AMOUNTS, name="amounts_are_finite"),
    CheckConstraint("state IN ('planned', 'posted', 'void')", name="state_known"),
    CheckConstraint("(state = 'posted') = (posted_at IS NOT NULL)", name="posted_has_a_time"),
    Index("charges_posted_once", "order_id", "line", unique=True, postgresql_where="state = 'posted'"),
)
