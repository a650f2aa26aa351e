"""The tables of the one transaction, in every service's database: inbox, outbox, unsendable, waiting."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    func,
)


def add_messaging_tables(metadata: MetaData) -> None:
    """`inbox.mark` is saga step and direction: an undo bars its late do. Headers are JSON, see outbox.py.

    A waiting message is in hand until `held_until`; `holder` names that one time of taking it in hand.
    """
    Table(
        "inbox",
        metadata,
        Column("message_id", String, primary_key=True),
        Column("mark", String),
        Column("reply_type", String),
        Column("reply", LargeBinary),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Index("inbox_mark", "mark", postgresql_where="mark IS NOT NULL"),
        Index("inbox_received_at", "received_at", postgresql_using="brin"),
    )
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("shard", SmallInteger, nullable=False),
        Column("topic", String, nullable=False),
        Column("key", LargeBinary),
        Column("value", LargeBinary),
        Column("headers", String, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        postgresql_with={"fillfactor": "90", "autovacuum_vacuum_scale_factor": "0.01"},
    )
    _add_unsendable(metadata)
    Table(
        "waiting",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("message_id", String, nullable=False, unique=True),
        Column("mark", String),
        Column("key", String, nullable=False),
        Column("topic", String, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("record_offset", BigInteger, nullable=False),
        Column("record_key", LargeBinary),
        Column("value", LargeBinary),
        Column("headers", String, nullable=False),
        Column("attempt", Integer, nullable=False, server_default="0"),
        Column("retry_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("error_code", String),
        Column("error", String),
        Column("first_failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("holder", String),
        Column("held_until", DateTime(timezone=True)),
        Index("waiting_key", "key", "id"),
        Index("waiting_due", "retry_at", "id"),
        postgresql_with={"autovacuum_vacuum_scale_factor": "0.01"},
    )


def _add_unsendable(metadata: MetaData) -> None:
    """What can never be sent, as it stood in the outbox, until an operator releases or discards it: who, when, why."""
    Table(
        "unsendable",
        metadata,
        Column("unsendable_id", String, primary_key=True),
        Column("topic", String, nullable=False),
        Column("key", LargeBinary),
        Column("value", LargeBinary),
        Column("headers", String, nullable=False),
        Column("written_at", DateTime(timezone=True), nullable=False),
        Column("error_class", String, nullable=False),
        Column("error", String, nullable=False),
        Column("set_aside_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("state", String, nullable=False, server_default="open"),
        Column("closed_at", DateTime(timezone=True)),
        Column("closed_by", String),
        Column("why", String),
        CheckConstraint("state IN ('open', 'released', 'discarded')", name="unsendable_state_known"),
        Index("unsendable_open", "set_aside_at", postgresql_where="state = 'open'"),
    )
