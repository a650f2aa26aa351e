"""The local copy of the catalogue: what may be ordered is known at the door, without asking anybody."""

from collections.abc import Sequence

from chassis.facts.newest import newest
from chassis.facts.rows import readable
from chassis.runtime.database import Connection, Pool
from contracts.bounds import CLOCKS_DIFFER
from contracts.catalog import PackageOffered

# Packages as the catalogue says they are; what is known to be newer stays, unless it is of the future: no fact is.
ADD = """
INSERT INTO packages (name, order_type, charges, fulfilment, seats, free_numbers, number, orderable, either_or,
    withdrawn, changed_at)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::boolean[], $9::text[],
    $10::boolean[], $11::timestamptz[]
)
ON CONFLICT (name) DO UPDATE SET
    order_type = excluded.order_type, charges = excluded.charges, fulfilment = excluded.fulfilment,
    seats = excluded.seats, free_numbers = excluded.free_numbers, number = excluded.number,
    orderable = excluded.orderable, either_or = excluded.either_or, withdrawn = excluded.withdrawn,
    changed_at = excluded.changed_at
WHERE packages.changed_at < excluded.changed_at OR packages.changed_at > now() + $12::interval
"""
# The whole catalogue, with what was withdrawn.
ALL = """
SELECT name, order_type, string_to_array(charges, ' ') AS charges, fulfilment, seats, free_numbers, number, orderable,
    either_or, withdrawn, changed_at
FROM packages ORDER BY name
"""


async def add(connection: Connection, facts: Sequence[PackageOffered]) -> None:
    """Also what was known already, and what is older than what is known: then nothing changes."""
    rows = newest(facts)
    await connection.execute(
        ADD,
        [one.name for one in rows],
        [one.order_type for one in rows],
        [" ".join(one.charges) for one in rows],
        [one.fulfilment for one in rows],
        [one.seats for one in rows],
        [one.free_numbers for one in rows],
        [one.number for one in rows],
        [one.orderable for one in rows],
        [one.either_or for one in rows],
        [one.withdrawn for one in rows],
        [one.changed_at for one in rows],
        CLOCKS_DIFFER,
    )


async def all(database: Pool | Connection) -> dict[str, PackageOffered]:  # noqa: A001  read as packages.all
    """By name, withdrawn ones too; empty before the catalogue has told us."""
    return {one.name: one for one in readable(PackageOffered, await database.fetch(ALL))}
