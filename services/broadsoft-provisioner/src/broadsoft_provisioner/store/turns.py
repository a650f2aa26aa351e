"""Whose turn it is at a place in BroadWorks: a lease that a process keeps up while it lives, across all replicas.

The token of a turn grows with each one given. What its holder writes in the ledger is fenced by it: the statements of
`store.ledger` touch nothing once the turn is over, whoever wakes up late.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from chassis.runtime.database import Connection, Pool

# One at a time looks who is where: so nobody keeps up a turn that another takes for over.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(11, 0)"
# All of these places at once, or none. Who has to wait to be alone leaves his name, and no more guests come in.
TAKE = """
WITH wish AS (SELECT * FROM unnest($1::text[], $2::boolean[]) AS wish (place, alone)),
over AS (
    DELETE FROM turns USING wish WHERE turns.place = wish.place AND turns.until <= clock_timestamp()
),
mine AS (SELECT coalesce($4::bigint, nextval('turn_tokens')) AS token),
others AS (
    SELECT FROM turns JOIN wish USING (place)
    WHERE turns.until > clock_timestamp() AND turns.token <> (SELECT token FROM mine)
        AND CASE WHEN turns.waiting THEN NOT wish.alone ELSE turns.alone OR wish.alone END
),
free AS (SELECT NOT EXISTS (SELECT FROM others) AS free)
INSERT INTO turns (place, token, alone, waiting, until)
SELECT place, token, alone, NOT free, clock_timestamp() + CASE WHEN free THEN $3 ELSE 2.0 END * interval '1 second'
FROM wish, mine, free WHERE free OR alone
ON CONFLICT (place, token) DO UPDATE SET waiting = excluded.waiting, until = excluded.until
RETURNING token, waiting
"""
# Those turns that are not over go on.
KEEP = """
WITH kept AS (
    UPDATE turns SET until = clock_timestamp() + $2 * interval '1 second'
    WHERE token = ANY($1::bigint[]) AND NOT waiting AND until > clock_timestamp()
    RETURNING token
)
SELECT DISTINCT token FROM kept
"""
# Others may come.
LEAVE = "DELETE FROM turns WHERE token = $1"


class Taken(NamedTuple):
    """`waiting` says that others are there still."""

    token: int
    waiting: bool


async def take(
    connection: Connection, places: Mapping[str, bool], seconds: float, token: int | None = None
) -> Taken | None:
    """None while one of the places is taken. The value of a place says whether to be alone there.

    Who is told to wait asks again, with its token, within two seconds. To be called in a transaction of its own.
    """
    await connection.execute(ONE_AT_A_TIME)
    row = await connection.fetchrow(TAKE, list(places), list(places.values()), seconds, token)
    return Taken(*row) if row else None


async def keep(connection: Connection, tokens: Collection[int], seconds: float) -> frozenset[int]:
    """Those that are not over, for another `seconds` from now on. To be called in a transaction of its own."""
    await connection.execute(ONE_AT_A_TIME)
    return frozenset(row["token"] for row in await connection.fetch(KEEP, list(tokens), seconds))


async def leave(pool: Pool, token: int) -> None:
    await pool.execute(LEAVE, token)
