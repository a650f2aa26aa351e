"""The table of the partners' keys, in the database of every service but the one that issues them."""

from sqlalchemy import Column, DateTime, MetaData, String, Table


def add_partner_keys_table(metadata: MetaData) -> None:
    """`scopes` are separated by blanks."""
    Table(
        "partner_keys",
        metadata,
        Column("key_id", String, primary_key=True),
        Column("partner_id", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("name", String, nullable=False),
        Column("scopes", String, nullable=False),
        Column("verifier", String, nullable=False),
        Column("expires_at", DateTime(timezone=True)),
        Column("revoked_at", DateTime(timezone=True)),
        Column("changed_at", DateTime(timezone=True), nullable=False),
    )
