"""What becomes of setup tickets when a database goes back to where there were none."""

import asyncio

import asyncpg
import pytest
from alembic import command

from chassis.runtime import migrations
from testkit.postgres import Databases

TICKETS = """
INSERT INTO tickets (order_id, kind, run, partner_id, summary, opened_at, changed_at)
VALUES ('o-1', 'order', 1, 'p-1', 'Order 417', now(), now()), ('o-1', 'setup', 1, 'p-1', 'Set up', now(), now())
"""
LINES = """
INSERT INTO history (ticket_id, at, who, what, state)
SELECT ticket_id, now(), 'order-intake', 'opened', state FROM tickets
"""


async def test_setup_tickets_go_with_their_history_and_the_others_stay(databases: Databases) -> None:
    url = await databases.new("ticketing_without_setups")
    config = migrations.config("ticketing", url)
    await asyncio.to_thread(command.upgrade, config, "0006")
    connection = await asyncpg.connect(url)
    await connection.execute(TICKETS)
    await connection.execute(LINES)
    await asyncio.to_thread(command.downgrade, config, "0005")
    found = await connection.fetch("SELECT kind, what FROM tickets JOIN history USING (ticket_id)")
    assert [tuple(row) for row in found] == [("order", "opened")]
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE tickets SET kind = 'setup'")
    await asyncio.to_thread(command.upgrade, config, "0006")
    await connection.execute("UPDATE tickets SET kind = 'setup'")
    await connection.close()
