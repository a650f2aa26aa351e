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

from catalog.domain.pricing import NUMBERS_ITEM
from catalog.store.act_tables import add_acts_table
from chassis.facts.tables import add_partner_keys_table
from chassis.messaging.tables import add_messaging_tables

metadata = MetaData()
add_messaging_tables(metadata)
add_partner_keys_table(metadata)
add_acts_table(metadata)

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
    Column("billed_from", String, nullable=False, server_default="asked"),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("added_by", String, nullable=False, server_default=""),
    CheckConstraint("lacking IN ('standard', 'refused')", name="lacking_known"),
    CheckConstraint("billed_from IN ('asked', 'activation')", name="billed_from_known"),
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
# it when numbers are late: `numbers_at_start` were delivered by the start of billing, `numbers_late` since. Of the
# customer's free numbers it has taken some, or leaves some when it is delivered. Times are business time, here and in
# all that follows, and always given.
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
    Column("deliveries", Integer, nullable=False, server_default="0"),
    Column("free_numbers_taken", Integer, nullable=False, server_default="0"),
    Column("free_numbers_left", Integer, nullable=False, server_default="0"),
    Column("posted", MONEY, nullable=False, server_default="0"),
    CheckConstraint("state IN ('planned', 'started', 'void')", name="state_known"),
    CheckConstraint("(state = 'started') = (started_at IS NOT NULL)", name="started_has_a_time"),
    CheckConstraint(
        "numbers_at_start >= 0 AND numbers_backordered >= 0 AND numbers_late >= 0", name="numbers_not_negative"
    ),
    Index("order_billing_customer", "customer_id"),
)

# Free numbers belong to the customer: what delivered seats brought and their orders did not use is left to later ones,
# which take of it when they are priced, and give back what they took when they are taken back.
allowances = Table(
    "allowances",
    metadata,
    Column("customer_id", String, primary_key=True),
    Column("left", Integer, nullable=False),
    CheckConstraint('"left" >= 0', name="never_overdrawn"),
)

# The plan of each run. Lines of the first full month (`first_period` false) are its preview. What is posted is in
# `postings`; a line is posted here by a replica of before there were any, and a trigger copies it there.
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

# What customers are charged for: every month until it ends, or once; never `not_before` it was delivered. `posted_to`
# is the day before which every period is posted, `due_at` (business time) when the next one begins in the customer's
# zone. An item of an order is delivered once, and so is there once; its numbers may come in parts.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscription_id", BigInteger, Identity(always=True), primary_key=True),
    Column("partner_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("order_id", String, nullable=False),
    Column("run", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("item_id", String, nullable=False),
    Column("package", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Numeric, nullable=False),
    Column("price_book", String, nullable=False),
    Column("anchor", Integer, nullable=False, server_default="1"),
    Column("not_before", Date),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("posted_to", Date, nullable=False),
    Column("due_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('MRC', 'NRC')", name="kind_known"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint(PRICE, name="price_is_one"),
    CheckConstraint("anchor BETWEEN 1 AND 31", name="anchor_is_a_day"),
    CheckConstraint("posted_to >= from_date", name="posted_from_the_start"),
    Index("subscriptions_due", "due_at", postgresql_where="due_at IS NOT NULL"),
    Index("subscriptions_customer", "customer_id", "subscription_id"),
    Index("subscriptions_order", "order_id"),
    Index(
        "subscriptions_once",
        "order_id",
        "item_id",
        "package",
        "kind",
        unique=True,
        postgresql_where=f"item_id <> '{NUMBERS_ITEM}'",
    ),
)

# Dates of billing that somebody has changed: the start of an order's, or the end of a subscription's. Only ever added.
billing_changes = Table(
    "billing_changes",
    metadata,
    Column("change_id", BigInteger, Identity(always=True), primary_key=True),
    Column("order_id", String, nullable=False),
    Column("subscription_id", ForeignKey("subscriptions.subscription_id")),
    Column("what", String, nullable=False),
    Column("old", Date),
    Column("new", Date, nullable=False),
    Column("who", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    CheckConstraint("what IN ('start', 'end')", name="what_known"),
    CheckConstraint("who <> '' AND why <> ''", name="who_and_why"),
    Index("billing_changes_order", "order_id", "change_id"),
)

# The ledger: what was posted, in the order of its numbers, which have no gaps. Nothing in it changes but `standing`,
# which ends when a posting is reversed: triggers refuse the rest. A period of a subscription stands once at most: that
# it is never charged twice is a fact of the schema.
postings = Table(
    "postings",
    metadata,
    Column("posting", BigInteger, primary_key=True, autoincrement=False),
    Column("subscription_id", ForeignKey("subscriptions.subscription_id")),
    Column("partner_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("order_id", String, nullable=False, server_default=""),
    Column("run", Integer, nullable=False, server_default="0"),
    Column("line", Integer, nullable=False, server_default="0"),
    Column("item_id", String, nullable=False, server_default=""),
    Column("package", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Numeric, nullable=False),
    Column("price_book", String, nullable=False, server_default=""),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("days", Integer),
    Column("days_in_period", Integer),
    Column("exact_amount", Numeric, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("first_period", Boolean, nullable=False),
    Column("reason", String, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Column("reverses", ForeignKey("postings.posting")),
    Column("change_id", ForeignKey("billing_changes.change_id")),
    Column("standing", Boolean, nullable=False, server_default="true"),
    CheckConstraint(KINDS, name="kind_known"),
    CheckConstraint(PRICE, name="price_is_one"),
    CheckConstraint(AMOUNTS, name="amounts_are_finite"),
    CheckConstraint(
        "reason IN ('start', 'delivery', 'change', 'credit', 'recurring', 'end', 'manual')", name="reason_known"
    ),
    CheckConstraint("reverses IS NULL OR NOT standing", name="a_reversal_does_not_stand"),
    Index("postings_period_once", "subscription_id", "from_date", unique=True, postgresql_where="standing"),
    Index("postings_reversed_once", "reverses", unique=True, postgresql_where="reverses IS NOT NULL"),
    Index("postings_credited", "subscription_id", postgresql_where="reason = 'credit'"),
    Index("postings_order", "order_id", "posting"),
    Index("postings_customer", "customer_id", "from_date"),
    Index("postings_posted_at", "posted_at"),
)

# One row: the number of the posting that came last. Whoever posts locks it before everything else.
posting_counter = Table(
    "posting_counter",
    metadata,
    Column("single", Boolean, primary_key=True, server_default="true"),
    Column("last", BigInteger, nullable=False),
    CheckConstraint("single", name="one_row"),
)
