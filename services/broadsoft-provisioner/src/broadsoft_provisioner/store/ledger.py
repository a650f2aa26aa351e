"""The ledger in PostgreSQL. Each write is a transaction of its own: it must be durable before BroadWorks is called."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsoft_provisioner.domain.effects import ids
from broadsoft_provisioner.domain.ledger import EffectJson, Entry, State, effect_json, effect_of
from broadsoft_provisioner.domain.oci import from_json
from broadsoft_provisioner.domain.turns import TurnOver
from chassis.runtime.database import Pool

# The effects of an order up to a run.
ENTRIES = "SELECT run, seq, effect_key, effect, state FROM ledger WHERE order_id = $1 AND run <= $2 ORDER BY seq"
# Everything that is written of an order, as operators see it.
EVERY_RUN = """
SELECT run, seq, effect_key, effect, state, intended_at, settled_at FROM ledger WHERE order_id = $1 ORDER BY run, seq
"""
# What is about to be done, before anything is sent, and the shared things that the order relies on from now on.
INTEND = """
WITH turn AS (SELECT FROM turns WHERE token = $6 AND until > clock_timestamp() FOR SHARE),
used AS (
    INSERT INTO uses (order_id, resource)
    SELECT $1, resource FROM unnest($7::text[]) AS wish (resource) WHERE (SELECT count(*) FROM turn) > 0
    ON CONFLICT DO NOTHING
)
INSERT INTO ledger (order_id, run, seq, effect_key, effect)
SELECT $1, run, seq, effect_key, effect::jsonb
FROM unnest($2::int[], $3::int[], $4::text[], $5::text[]) AS entry (run, seq, effect_key, effect)
WHERE (SELECT count(*) FROM turn) > 0
RETURNING seq
"""
# What became of effects: forward only, so that nothing that was taken back is ever done again.
SETTLE = """
WITH turn AS (SELECT FROM turns WHERE token = $4 AND until > clock_timestamp() FOR SHARE)
UPDATE ledger SET state = entry.state, settled_at = now()
FROM unnest($2::int[], $3::text[]) AS entry (seq, state)
WHERE ledger.order_id = $1 AND ledger.seq = entry.seq AND (SELECT count(*) FROM turn) > 0
    AND (ledger.state = 'intended' OR ledger.state IN ('done', 'kept') AND entry.state IN ('undone', 'kept'))
RETURNING ledger.seq
"""
# The users that other orders are about to make in a group, or were when they were interrupted.
USERS_INTENDED = """
SELECT effect -> 'do' AS do FROM ledger
WHERE state = 'intended' AND order_id <> $1
    AND effect -> 'do' ->> 0 = 'UserAddRequest22V2' AND effect -> 'do' -> 1 @> $2::jsonb
"""
# An order of which nothing lives any more relies on nothing.
FORGET_USES = """
DELETE FROM uses WHERE order_id = $1 AND NOT EXISTS (
    SELECT FROM ledger WHERE ledger.order_id = $1 AND ledger.state IN ('intended', 'done')
)
"""
# Those of these things that other orders rely on.
RELIED_ON = "SELECT DISTINCT resource FROM uses WHERE resource = ANY($1::text[]) AND order_id <> $2"
LAST_RUN = 2_147_483_647


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry as operators see it; `settled_at` is None while its outcome is unknown."""

    run: int
    seq: int
    effect_key: str
    effect: EffectJson
    state: str
    intended_at: datetime
    settled_at: datetime | None


class PostgresLedger:
    """The ledger of one order up to a run: a late undo never touches a newer run. See `application.protocols`.

    It is written in a turn, by its token, and not by who has none.
    """

    def __init__(self, pool: Pool, order_id: str, run: int = LAST_RUN, token: int | None = None) -> None:
        self._pool, self._order_id, self._run, self._token = pool, order_id, run, token

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
        intended = await self._pool.fetch(
            INTEND,
            self._order_id,
            [entry.run for entry in entries],
            [entry.seq for entry in entries],
            [entry.effect.key for entry in entries],
            [json.dumps(effect_json(entry.effect)) for entry in entries],
            self._token,
            sorted(uses),
        )
        if len(intended) < len(entries):  # none at all
            raise TurnOver

    async def settle(self, states: Mapping[int, State]) -> None:
        if states:
            async with self._pool.acquire() as connection, connection.transaction():
                settled = await connection.fetch(
                    SETTLE, self._order_id, list(states), list(states.values()), self._token
                )
                if len(settled) < len(states):
                    raise TurnOver
                if "done" not in states.values():  # else something lives
                    await connection.execute(FORGET_USES, self._order_id)

    async def forget_uses(self) -> None:
        """To be called when nothing of the order lives any more; otherwise it does nothing."""
        await self._pool.execute(FORGET_USES, self._order_id)

    async def extensions_intended(self, service_provider_id: str, group_id: str) -> frozenset[str]:
        place = json.dumps(ids(service_provider_id, group_id))
        rows = await self._pool.fetch(USERS_INTENDED, self._order_id, place)
        return frozenset(from_json(json.loads(row["do"])).text("extension") for row in rows)

    async def relied_on(self, resources: Collection[str]) -> frozenset[str]:
        rows = await self._pool.fetch(RELIED_ON, list(resources), self._order_id)
        return frozenset(row["resource"] for row in rows)


async def every_run(pool: Pool, order_id: str) -> list[LedgerRow]:
    """All entries of an order, oldest first."""
    return [
        LedgerRow(run, seq, key, json.loads(effect), *rest)
        for run, seq, key, effect, *rest in await pool.fetch(EVERY_RUN, order_id)
    ]
