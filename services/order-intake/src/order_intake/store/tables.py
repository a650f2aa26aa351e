"""The tables of order-intake, for alembic's comparison and for queries."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
)

from chassis.messaging.tables import add_messaging_tables
from contracts.partners import PARTNER_HAS

metadata = MetaData()
add_messaging_tables(metadata)


def _now(name: str) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


# `name_key` is equal for names that people take for one; a replica of before there were such keys writes none. No
# topic is read by two partners.
partners = Table(
    "partners",
    metadata,
    Column("partner_id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("name_key", String),
    Column("rejections_topic", String),
    _now("created_at"),
    Index("partners_one_name", "name_key", unique=True),
)
Index(
    "partners_rejections_topic",
    partners.c.rejections_topic,
    unique=True,
    postgresql_where="rejections_topic IS NOT NULL",
)
# What a key may do unless it is told otherwise, and what keys of before there were scopes may do.
SCOPES = " ".join(sorted(PARTNER_HAS))
# `scopes` are separated by blanks. The verifier of a key is public among our services, its signing key is here alone;
# a key of before there were signing keys has none.
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("partner_id", String, nullable=False),
    Column("kind", String, nullable=False, server_default="partner"),
    Column("name", String, nullable=False, server_default=""),
    Column("scopes", String, nullable=False, server_default=SCOPES),
    Column("secret_sha256", String, nullable=False),
    Column("signing_key", String),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    _now("changed_at"),
    _now("created_at"),
    CheckConstraint("kind IN ('partner', 'application')", name="key_kind_known"),
    Index("api_keys_partner", "partner_id"),
)
# The local copy of the catalogue; `charges` are separated by blanks.
packages = Table(
    "packages",
    metadata,
    Column("name", String, primary_key=True),
    Column("order_type", String, nullable=False),
    Column("charges", String, nullable=False),
    Column("fulfilment", String, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("free_numbers", Integer, nullable=False),
    Column("number", String, nullable=False),
    Column("orderable", Boolean, nullable=False),
    Column("either_or", String, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
# `built` tells that BroadWorks has it; an account of an order that ended failed or cancelled is withdrawn.
accounts = Table(
    "accounts",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("partner_id", String, nullable=False),
    Column("role", String, nullable=False),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False),
    Column("parent_id", String, nullable=False, server_default=""),
    Column("broadworks_id", String, nullable=False),
    Column("order_id", String),
    Column("status", String, nullable=False, server_default="ordered"),
    Column("built", Boolean, nullable=False, server_default="false"),
    _now("created_at"),
    CheckConstraint("role IN ('Enterprise', 'Customer')", name="role_known"),
    CheckConstraint("status IN ('ordered', 'active', 'withdrawn')", name="status_known"),
    Index("accounts_order", "order_id"),
)
Index(
    "accounts_name",
    accounts.c.partner_id,
    accounts.c.parent_id,
    accounts.c.name_key,
    unique=True,
    postgresql_where="status <> 'withdrawn'",
)
# `subject` and `progress` are JSON text of the domain; `version` is the ETag; `due` is real time, `held_until` business
# time.
orders = Table(
    "orders",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("partner_id", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("account_name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, server_default=""),
    Column("run", Integer, nullable=False, server_default="1"),
    Column("subject", String, nullable=False),
    Column("progress", String, nullable=False),
    Column("phase", String, nullable=False),
    Column("due", DateTime(timezone=True)),
    Column("held_until", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    _now("updated_at"),
    Index("orders_external_id", "partner_id", "external_id", unique=True),
    Index("orders_due", "due", postgresql_where="due IS NOT NULL"),
    Index("orders_gates", "held_until", postgresql_where="held_until IS NOT NULL"),
    Index("orders_newest", "partner_id", "submitted_at"),
    Index("orders_open", "submitted_at", postgresql_where="ended_at IS NULL"),
    Index("orders_ended", "ended_at", postgresql_using="brin"),  # which costs no update its place on the page
    postgresql_with={"fillfactor": "70"},
)
# Written in the transaction of the act: who, when, why (invariant 7).
operator_actions = Table(
    "operator_actions",
    metadata,
    Column("action_id", BigInteger, Identity(always=True), primary_key=True),
    Column("order_id", String),
    Column("dl_id", String),
    Column("who", String, nullable=False),
    Column("action", String, nullable=False),
    Column("why", String, nullable=False),
    Column("before", String),
    Column("after", String),
    _now("at"),
    Index("operator_actions_order", "order_id"),
)
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("dl_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("order_id", String),
    Column("service", String, nullable=False),
    Column("source_topic", String, nullable=False),
    Column("error_code", String, nullable=False),
    Column("error_message", String, nullable=False),
    Column("retriable", Boolean, nullable=False, server_default="false"),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    Column("record_key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", String, nullable=False),
    Column("state", String, nullable=False, server_default="open"),
    Column("closed_at", DateTime(timezone=True)),
    Column("closed_by", String),
    CheckConstraint("kind IN ('order', 'message', 'unsendable')", name="kind_known"),
    CheckConstraint("state IN ('open', 'replayed', 'released', 'discarded')", name="dead_letter_state_known"),
    Index("dead_letters_state", "state", "failed_at"),
    Index("dead_letters_order", "order_id"),
)
