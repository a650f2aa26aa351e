"""The table of what people did to the ledger by hand."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    String,
    Table,
)


def add_acts_table(metadata: MetaData) -> None:
    """Only ever added to: triggers refuse the rest. `at` is business time, as that of what was posted.

    A charge has the `reference` of whoever asked for it, one for each of a customer's, and what was `asked` under it.
    """
    Table(
        "billing_acts",
        metadata,
        Column("act_id", BigInteger, Identity(always=True), primary_key=True),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("who", String, nullable=False),
        Column("action", String, nullable=False),
        Column("why", String, nullable=False),
        Column("customer_id", String, nullable=False),
        Column("posting", ForeignKey("postings.posting")),
        Column("reference", String),
        Column("asked", String),
        CheckConstraint("who <> '' AND why <> ''", name="who_and_why"),
        CheckConstraint("(reference IS NULL) = (asked IS NULL)", name="reference_of_something"),
        Index(
            "billing_acts_reference",
            "customer_id",
            "reference",
            unique=True,
            postgresql_where="reference IS NOT NULL",
        ),
    )
