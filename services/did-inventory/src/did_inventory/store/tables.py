"""The tables of did-inventory, for alembic's comparison and for queries."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    func,
)

from chassis.facts.tables import add_partner_keys_table
from chassis.messaging.tables import add_messaging_tables

metadata = MetaData()
add_messaging_tables(metadata)
add_partner_keys_table(metadata)

# One row per number, no counter of what is left: the primary key and the check make invariant 1 a fact of the schema.
numbers = Table(
    "numbers",
    metadata,
    Column("number", String, primary_key=True),
    Column("npa", String, nullable=False),
    Column("nxx", String, nullable=False),
    Column("rate_center", String, nullable=False, server_default=""),
    Column("region", String, nullable=False, server_default=""),
    Column("status", String, nullable=False, server_default="available"),
    Column("order_id", String),
    Column("partner_id", String),  # of the order; missing on what was taken before it was kept
    Column("run", Integer),
    Column("customer_id", String),
    Column("trunking", Boolean, nullable=False, server_default="false"),
    Column("backorder_id", BigInteger),
    Column("came_at", DateTime(timezone=True)),  # to the backorder; missing on what came before it was kept
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("status IN ('available', 'held', 'reserved', 'assigned', 'aging', 'blocked')", name="status_known"),
    CheckConstraint("(status IN ('held', 'reserved', 'assigned')) = (order_id IS NOT NULL)", name="owner_when_taken"),
    Index("numbers_available", "npa", "nxx", "number", postgresql_where="status = 'available'"),
    Index("numbers_partner", "partner_id", "number", postgresql_where="partner_id IS NOT NULL"),
    Index("numbers_order", "order_id", postgresql_where="order_id IS NOT NULL"),
)

# What was added and taken away, noted by triggers (see `counts`): for gauges alone.
number_counts = Table(
    "number_counts",
    metadata,
    Column("npa", String, nullable=False),
    Column("status", String, nullable=False),
    Column("count", BigInteger, nullable=False),
)

backorders = Table(
    "backorders",
    metadata,
    Column("backorder_id", BigInteger, Identity(always=True), primary_key=True),
    Column("order_id", String, nullable=False),
    Column("run", Integer, nullable=False),
    Column("partner_id", String, nullable=False),
    Column("customer_id", String),
    Column("npa", String, nullable=False),
    Column("nxx", String),
    Column("quantity", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("trunking", Boolean, nullable=False, server_default="false"),
    Column("cancelled", Boolean, nullable=False, server_default="false"),
    Column("submitted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("delivered_at", DateTime(timezone=True)),  # when a number last came; theirs moves again with every change
    CheckConstraint("missing BETWEEN 0 AND quantity", name="missing_of_quantity"),
    Index("backorders_open", "npa", "backorder_id", postgresql_where="missing > 0 AND NOT cancelled"),
    Index("backorders_order", "order_id"),
)
