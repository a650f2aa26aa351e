"""The tables of broadsoft-provisioner, for alembic's comparison. Only migrations import it: it costs memory."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.facts.tables import add_partner_keys_table
from chassis.messaging.tables import add_messaging_tables

metadata = MetaData()
add_messaging_tables(metadata)
add_partner_keys_table(metadata)

# What was really done in BroadWorks for an order, effect by effect, with the undo of each. Rows are never deleted.
ledger = Table(
    "ledger",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("seq", Integer, primary_key=True),
    Column("effect_key", String, nullable=False),
    Column("effect", JSONB, nullable=False),
    Column("state", String, nullable=False, server_default="intended"),
    Column("intended_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("settled_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('intended', 'done', 'undone', 'found', 'kept')", name="state_known"),
    Index("ledger_intended", "order_id", postgresql_where="state = 'intended'"),
)
# The shared things (enterprise, domain, pack, authorisation) that an order relies on while any effect of it lives.
uses = Table(
    "uses",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("resource", String, primary_key=True),
    Index("uses_resource", "resource"),
)
# Whose turn it is at a place in BroadWorks. A few rows, for as long as somebody works there.
turn_tokens = Sequence("turn_tokens", metadata=metadata)
turns = Table(
    "turns",
    metadata,
    Column("place", String, primary_key=True),
    Column("token", BigInteger, primary_key=True),
    Column("alone", Boolean, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("turns_token", "token"),
)
# Up to which run an order is taken back.
removals = Table(
    "removals",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("run", Integer, nullable=False),
)
# Which group an order works on: the undo of an order finds it here.
workplaces = Table(
    "workplaces",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("service_provider_id", String, nullable=False),
    Column("group_id", String, nullable=False),
)
