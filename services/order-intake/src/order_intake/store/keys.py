"""The API keys of partners. Of a secret only its verifier and the signing key made of it are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from chassis.runtime.database import Connection, Pool
from contracts.partners import KeyKind, PartnerKey

_COLUMNS = """key_id, partner_id, kind, name, scopes, secret_sha256, signing_key, expires_at, revoked_at, changed_at,
    created_at"""
# A new key.
ADD = """
INSERT INTO api_keys (key_id, partner_id, kind, name, scopes, secret_sha256, signing_key, expires_at, changed_at,
    created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
"""
# Keys by their ids, revoked and expired ones too.
FIND = f"SELECT {_COLUMNS} FROM api_keys WHERE key_id = ANY($1::text[])"
# One key of a partner, nobody else's to change until the transaction ends.
LOCK = f"SELECT {_COLUMNS} FROM api_keys WHERE key_id = $1 AND partner_id = $2 FOR UPDATE"
# The keys of a partner.
OF_PARTNER = f"SELECT {_COLUMNS} FROM api_keys WHERE partner_id = $1 ORDER BY created_at, key_id"
# How many keys of a partner are good at a time.
LIVING = """
SELECT count(*) FROM api_keys
WHERE partner_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
"""
# The ids of all keys.
IDS = "SELECT key_id FROM api_keys"
# The ids of the next keys of all partners.
PAGE = "SELECT key_id FROM api_keys WHERE key_id > $1 ORDER BY key_id LIMIT $2"
# They are told anew: dated so that this word is newer than the one before, and than what contradicts it.
RENEW = f"""
UPDATE api_keys SET changed_at = greatest($2, changed_at + interval '1 microsecond')
WHERE key_id IN (SELECT key_id FROM api_keys WHERE key_id = ANY($1::text[]) ORDER BY key_id FOR UPDATE)
RETURNING {_COLUMNS}
"""
# It ends, at once or later; each change is newer than the one before, whatever the clocks of two replicas say.
CHANGE = f"""
UPDATE api_keys SET revoked_at = $2, expires_at = $3, changed_at = greatest($4, changed_at + interval '1 microsecond')
WHERE key_id = $1 RETURNING {_COLUMNS}
"""


@dataclass(frozen=True, slots=True)
class Key:
    """Times are real time. A key of before there were signing keys has none, and cannot sign."""

    key_id: str
    partner_id: str
    kind: KeyKind
    name: str
    scopes: str
    verifier: str
    signing_key: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    changed_at: datetime
    created_at: datetime

    def fact(self) -> PartnerKey:
        """What the other services may know of it: nothing to sign with."""
        return PartnerKey(
            changed_at=self.changed_at,
            key_id=self.key_id,
            partner_id=self.partner_id,
            kind=self.kind,
            name=self.name,
            scopes=tuple(self.scopes.split()),
            verifier=self.verifier,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
        )


async def add(connection: Connection, key: Key) -> None:
    await connection.execute(
        ADD,
        key.key_id,
        key.partner_id,
        key.kind,
        key.name,
        key.scopes,
        key.verifier,
        key.signing_key,
        key.expires_at,
        key.created_at,
    )


async def find(database: Pool | Connection, key_ids: Iterable[str]) -> dict[str, Key]:
    """By id; unknown ones are left out."""
    return {row["key_id"]: Key(*row) for row in await database.fetch(FIND, sorted(set(key_ids)))}


async def fact_of(pool: Pool, key_id: str) -> PartnerKey | None:
    """For the keyring: order-intake is where the facts come from, so it asks its own table."""
    found = await find(pool, [key_id])
    return found[key_id].fact() if found else None


async def ids(pool: Pool) -> list[str]:
    """Of revoked and expired ones too."""
    return [row["key_id"] for row in await pool.fetch(IDS)]


async def lock(connection: Connection, partner_id: str, key_id: str) -> Key | None:
    """None when the partner has no such key."""
    row = await connection.fetchrow(LOCK, key_id, partner_id)
    return Key(*row) if row else None


async def of_partner(connection: Connection, partner_id: str) -> list[Key]:
    """Oldest first, with those that are good no more."""
    return [Key(*row) for row in await connection.fetch(OF_PARTNER, partner_id)]


async def living(connection: Connection, partner_id: str, at: datetime) -> int:
    """How many are good then. Lock the partner, so that no other comes meanwhile."""
    return int(await connection.fetchval(LIVING, partner_id, at))


async def page(connection: Connection, after: str, size: int) -> list[str]:
    """The next ids; the first ones after the empty id."""
    return [row["key_id"] for row in await connection.fetch(PAGE, after, size)]


async def known(connection: Connection, key_ids: Sequence[str]) -> Mapping[str, PartnerKey]:
    """What is true of these keys; unknown ones are left out."""
    return {key_id: key.fact() for key_id, key in (await find(connection, key_ids)).items()}


async def renewed(connection: Connection, key_ids: Sequence[str], at: datetime) -> Sequence[PartnerKey]:
    """As they are, dated then at the earliest. Nobody changes them until they are told: a change is newer."""
    keys = [Key(*row) for row in await connection.fetch(RENEW, key_ids, at)]
    return [key.fact() for key in sorted(keys, key=attrgetter("key_id"))]


async def change(
    connection: Connection, key_id: str, revoked_at: datetime | None, expires_at: datetime | None, at: datetime
) -> Key:
    """The key must be locked."""
    return Key(*await connection.fetchrow(CHANGE, key_id, revoked_at, expires_at, at))
