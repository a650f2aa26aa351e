"""tickets of what people set up elsewhere."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _know("kind IN ('order', 'trunking', 'backorder', 'e911', 'setup')")
    op.create_check_constraint(
        "date_when_setup_done", "tickets", "outcome <> 'done' OR kind <> 'setup' OR activated_on IS NOT NULL"
    )


def downgrade() -> None:
    """Setup tickets go, and their history with them: under any kind of before they would ask people for other work."""
    op.execute(
        "DELETE FROM history USING tickets WHERE history.ticket_id = tickets.ticket_id AND tickets.kind = 'setup'"
    )
    op.execute("DELETE FROM tickets WHERE kind = 'setup'")
    op.drop_constraint("date_when_setup_done", "tickets", type_="check")
    _know("kind IN ('order', 'trunking', 'backorder', 'e911')")


def _know(kinds: str) -> None:
    op.drop_constraint("kind_known", "tickets", type_="check")
    op.create_check_constraint("kind_known", "tickets", kinds)
