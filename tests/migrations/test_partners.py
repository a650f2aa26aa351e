"""What becomes of partners of before they were known by one name, in whatever spelling, and had a topic each."""

import asyncio

import asyncpg
import pytest
from alembic import command

from chassis.runtime import migrations
from testkit.postgres import Databases

pytestmark = pytest.mark.integration
# Three of one name and two readers of one topic, one day apart.
BEFORE = """
INSERT INTO partners (partner_id, name, rejections_topic, created_at) VALUES
('p-3', 'NORTHWIND', 'wind', '2026-03-01'), ('p-1', 'Northwind', 'wind', '2026-01-01'),
('p-2', 'northwind', NULL, '2026-02-01'), ('p-4', 'Cleo  Net', 'cleo', '2026-04-01')
"""


async def test_partners_of_one_name_are_kept_and_the_oldest_keeps_name_and_topic(databases: Databases) -> None:
    url = await databases.new("partners_of_before")
    config = migrations.config("order_intake", url)
    await asyncio.to_thread(command.upgrade, config, "0004")
    connection = await asyncpg.connect(url)
    await connection.execute(BEFORE)
    await asyncio.to_thread(command.upgrade, config, "head")
    found = await connection.fetch("SELECT partner_id, name_key, rejections_topic FROM partners ORDER BY partner_id")
    await connection.close()
    assert [tuple(row) for row in found] == [
        ("p-1", "northwind", "wind"),
        ("p-2", "northwind p-2", None),
        ("p-3", "northwind p-3", None),
        ("p-4", "cleo net", "cleo"),
    ]
