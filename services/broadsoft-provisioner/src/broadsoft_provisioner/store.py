"""The ledger in PostgreSQL. Each write is a transaction of its own: it must be durable before BroadWorks is called."""

import json
from collections.abc import Collection, Mapping, Sequence

from broadsoft_provisioner.domain.ledger import Entry, State, effect_json, effect_of
from chassis.runtime.database import Pool

ENTRIES = "SELECT run, seq, effect_key, effect, state FROM ledger WHERE order_id = $1 AND run <= $2 ORDER BY seq"
INTEND = """
INSERT INTO ledger (order_id, run, seq, effect_key, effect)
SELECT $1, run, seq, effect_key, effect::jsonb
FROM unnest($2::int[], $3::int[], $4::text[], $5::text[]) AS entry (run, seq, effect_key, effect)
"""
USE = """
INSERT INTO uses (order_id, resource) SELECT $1, resource FROM unnest($2::text[]) AS wish (resource)
ON CONFLICT DO NOTHING
"""
SETTLE = """
UPDATE ledger SET state = entry.state, settled_at = now()
FROM unnest($2::int[], $3::text[]) AS entry (seq, state)
WHERE ledger.order_id = $1 AND ledger.seq = entry.seq
"""
FORGET_USES = """
DELETE FROM uses WHERE order_id = $1 AND NOT EXISTS (
    SELECT FROM ledger WHERE ledger.order_id = $1 AND ledger.state IN ('intended', 'done')
)
"""
RELIED_ON = "SELECT DISTINCT resource FROM uses WHERE resource = ANY($1::text[]) AND order_id <> $2"
WORK_AT = """
INSERT INTO workplaces (order_id, service_provider_id, group_id) VALUES ($1, $2, $3)
ON CONFLICT (order_id) DO UPDATE SET service_provider_id = $2, group_id = $3
"""
WORKPLACE = "SELECT service_provider_id, group_id FROM workplaces WHERE order_id = $1"


EVERY_RUN = 2_147_483_647


class PostgresLedger:
    """The ledger of one order up to a run: a late undo never touches a newer run. See `soap.carrying.Ledger`."""

    def __init__(self, pool: Pool, order_id: str, run: int = EVERY_RUN) -> None:
        self._pool, self._order_id, self._run = pool, order_id, run

    async def entries(self) -> tuple[Entry, ...]:
        rows = await self._pool.fetch(ENTRIES, self._order_id, self._run)
        return tuple(
            Entry(
                order_id=self._order_id,
                run=row["run"],
                seq=row["seq"],
                effect=effect_of(row["effect_key"], json.loads(row["effect"])),
                state=row["state"],
            )
            for row in rows
        )

    async def intend(self, entries: Sequence[Entry], uses: Collection[str]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                INTEND,
                self._order_id,
                [entry.run for entry in entries],
                [entry.seq for entry in entries],
                [entry.effect.key for entry in entries],
                [json.dumps(effect_json(entry.effect)) for entry in entries],
            )
            await connection.execute(USE, self._order_id, sorted(uses))

    async def settle(self, states: Mapping[int, State]) -> None:
        if states:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(SETTLE, self._order_id, list(states), list(states.values()))
                await connection.execute(FORGET_USES, self._order_id)

    async def forget_uses(self) -> None:
        """Nothing of the order lives any more, so it relies on nothing."""
        await self._pool.execute(FORGET_USES, self._order_id)

    async def relied_on(self, resources: Collection[str]) -> frozenset[str]:
        rows = await self._pool.fetch(RELIED_ON, list(resources), self._order_id)
        return frozenset(row["resource"] for row in rows)


async def work_at(pool: Pool, order_id: str, service_provider_id: str, group_id: str) -> None:
    await pool.execute(WORK_AT, order_id, service_provider_id, group_id)


async def workplace(pool: Pool, order_id: str) -> tuple[str, str] | None:
    """The enterprise and group an order works on; None when it never began."""
    row = await pool.fetchrow(WORKPLACE, order_id)
    return (row["service_provider_id"], row["group_id"]) if row else None
