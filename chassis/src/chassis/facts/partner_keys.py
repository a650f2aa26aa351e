"""The local copy of the partners' keys: `partners.keys` in, one row a key."""

from collections.abc import Sequence

from chassis.facts.newest import newest
from chassis.facts.rows import readable
from chassis.messaging.unit import Unit
from chassis.runtime.database import Pool
from contracts.bounds import CLOCKS_DIFFER
from contracts.partners import PartnerKey

# Keys as their issuer says they are; what is known to be newer stays, unless it is of the future: no fact is.
KEEP = """
INSERT INTO partner_keys (key_id, partner_id, kind, name, scopes, verifier, expires_at, revoked_at, changed_at)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
    $9::timestamptz[]
)
ON CONFLICT (key_id) DO UPDATE SET
    partner_id = excluded.partner_id, kind = excluded.kind, name = excluded.name, scopes = excluded.scopes,
    verifier = excluded.verifier, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at,
    changed_at = excluded.changed_at
WHERE partner_keys.changed_at < excluded.changed_at OR partner_keys.changed_at > now() + $10::interval
"""
# A key, revoked and expired ones too.
FIND = """
SELECT key_id, partner_id, kind, name, string_to_array(scopes, ' ') AS scopes, verifier, expires_at, revoked_at,
    changed_at
FROM partner_keys WHERE key_id = $1
"""
# The ids of all keys.
IDS = "SELECT key_id FROM partner_keys"


async def keep(facts: Sequence[PartnerKey], unit: Unit) -> Sequence[None]:
    """The handler of PartnerKey: `service.on_batch(PartnerKey)(partner_keys.keep)`."""
    keys = newest(facts)
    await unit.connection.execute(
        KEEP,
        [one.key_id for one in keys],
        [one.partner_id for one in keys],
        [one.kind for one in keys],
        [one.name for one in keys],
        [" ".join(one.scopes) for one in keys],
        [one.verifier for one in keys],
        [one.expires_at for one in keys],
        [one.revoked_at for one in keys],
        [one.changed_at for one in keys],
        CLOCKS_DIFFER,
    )
    return [None] * len(facts)


async def find(pool: Pool, key_id: str) -> PartnerKey | None:
    """None for a key that we have not heard of, or of which we know nothing that can be read."""
    return next(iter(readable(PartnerKey, await pool.fetch(FIND, key_id))), None)


async def ids(pool: Pool) -> list[str]:
    """Of revoked and expired ones too."""
    return [row["key_id"] for row in await pool.fetch(IDS)]
