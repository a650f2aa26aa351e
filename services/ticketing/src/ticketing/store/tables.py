"""The tables of ticketing, for alembic's comparison and for queries."""

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
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.facts.tables import add_partner_keys_table
from chassis.messaging.tables import add_messaging_tables

metadata = MetaData()
add_messaging_tables(metadata)
add_partner_keys_table(metadata)

# "One ticket per order, item and kind" and "resolved means proved" are facts of the schema. Times are business time.
tickets = Table(
    "tickets",
    metadata,
    Column("ticket_id", BigInteger, Identity(always=True), primary_key=True),
    Column("order_id", String, nullable=False),
    Column("item_id", String, nullable=False, server_default=""),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False, server_default="acknowledged"),
    Column("run", Integer, nullable=False),
    Column("partner_id", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("details", JSONB, nullable=False, server_default="[]"),
    Column("due", Date),
    Column("time_zone", String, nullable=False, server_default=""),
    Column("outcome", String),
    Column("reason", String, nullable=False, server_default=""),
    Column("activated_on", Date),
    Column("trunk_group", String, nullable=False, server_default=""),
    Column("numbers_confirmed", Boolean, nullable=False, server_default="false"),
    Column("note", String, nullable=False, server_default=""),
    Column("resolved_by", String),
    Column("resolved_at", DateTime(timezone=True)),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("order_id", "item_id", "kind", name="tickets_once"),
    CheckConstraint("kind IN ('order', 'trunking', 'backorder', 'e911', 'setup')", name="kind_known"),
    CheckConstraint(
        "state IN ('acknowledged', 'inProgress', 'pending', 'held', 'resolved', 'closed', 'cancelled', 'rejected')",
        name="state_known",
    ),
    CheckConstraint("outcome IN ('done', 'cannot-do')", name="outcome_known"),
    CheckConstraint("(state = 'resolved') = (outcome IS NOT NULL)", name="outcome_when_resolved"),
    CheckConstraint(
        "(resolved_by IS NOT NULL AND resolved_at IS NOT NULL) = (outcome IS NOT NULL)", name="who_and_when"
    ),
    CheckConstraint("outcome <> 'cannot-do' OR reason <> ''", name="reason_when_not_done"),
    CheckConstraint(
        "outcome <> 'done' OR kind <> 'trunking'"
        " OR (activated_on IS NOT NULL AND trunk_group <> '' AND numbers_confirmed)",
        name="proof_when_trunking_done",
    ),
    CheckConstraint("outcome <> 'done' OR kind <> 'setup' OR activated_on IS NOT NULL", name="date_when_setup_done"),
    Index(
        "tickets_open",
        "kind",
        "state",
        postgresql_where="state IN ('acknowledged', 'inProgress', 'pending', 'held')",
    ),
)

# What happened to a ticket: who, when, why. Lines are only ever added.
history = Table(
    "history",
    metadata,
    Column("history_id", BigInteger, Identity(always=True), primary_key=True),
    Column("ticket_id", BigInteger, ForeignKey("tickets.ticket_id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("state", String, nullable=False),
    Column("why", String, nullable=False, server_default=""),
    Index("history_ticket", "ticket_id", "history_id"),
)
