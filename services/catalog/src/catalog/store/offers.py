"""What is told of the packages: the catalogue of whichever version of us started last, each with its date."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.runtime.database import Connection
from contracts.catalog import PackageOffered

# The catalogue as it is now; each word is newer than the one before, whatever the clocks of two replicas say.
PUT = """
INSERT INTO offers (name, fact, changed_at)
SELECT name, fact, $3 FROM unnest($1::text[], $2::text[]) AS new (name, fact)
ON CONFLICT (name) DO UPDATE SET
    fact = excluded.fact, changed_at = greatest(excluded.changed_at, offers.changed_at + interval '1 microsecond')
"""
# Those of these names.
FIND = "SELECT fact, changed_at FROM offers WHERE name = ANY($1::text[])"
# The names of all.
NAMES = "SELECT name FROM offers"
# They are told anew: dated so that this word is newer than the one before, and than what contradicts it.
RENEW = """
UPDATE offers SET changed_at = greatest($2, changed_at + interval '1 microsecond')
WHERE name IN (SELECT name FROM offers WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE)
RETURNING fact, changed_at
"""


async def put(connection: Connection, offers: Sequence[PackageOffered], at: datetime) -> None:
    """What stands there of other packages stays."""
    rows = sorted(offers, key=lambda one: one.name)
    await connection.execute(PUT, [one.name for one in rows], [one.encode().decode() for one in rows], at)


async def known(connection: Connection, names: Sequence[str]) -> Mapping[str, PackageOffered]:
    """By name; unknown ones are left out."""
    return {one.name: one for one in map(_offer, await connection.fetch(FIND, names))}


async def names(connection: Connection) -> list[str]:
    return [row["name"] for row in await connection.fetch(NAMES)]


async def renewed(connection: Connection, names: Sequence[str], at: datetime) -> Sequence[PackageOffered]:
    """As they are, dated then at the earliest; unknown ones are left out."""
    return sorted(map(_offer, await connection.fetch(RENEW, names, at)), key=lambda one: one.name)


def _offer(row: Mapping[str, Any]) -> PackageOffered:
    fact = PackageOffered.parse(row["fact"])
    assert isinstance(fact, PackageOffered)
    return fact.model_copy(update={"changed_at": row["changed_at"]})
