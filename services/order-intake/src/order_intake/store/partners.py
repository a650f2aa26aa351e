"""Partners and their API keys. Only the SHA-256 of a secret is kept; a key reads `dt_<key id>_<secret>`."""

import hmac
import secrets
import time
from dataclasses import dataclass

from chassis.http.access import sha256
from chassis.runtime.database import Connection, Pool

# A key that is not revoked.
FIND = "SELECT partner_id, secret_sha256 FROM api_keys WHERE key_id = $1 AND revoked_at IS NULL"
# A partner, or the one that has the name already.
CREATE = """
INSERT INTO partners (partner_id, name) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING partner_id
"""
# Another key of a partner.
ADD_KEY = "INSERT INTO api_keys (key_id, partner_id, secret_sha256) VALUES ($1, $2, $3)"
# Is there such a partner?
EXISTS = "SELECT true FROM partners WHERE partner_id = $1"
REMEMBERED = 15.0  # seconds; a revoked key works that much longer at most


@dataclass(frozen=True, slots=True)
class Key:
    """`secret_sha256` (hex) is also the secret with which the partner signs what it sends by Kafka."""

    partner_id: str
    secret_sha256: str


class Partners:
    """Looks keys up, and remembers for 15 seconds what it found."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._known: dict[str, tuple[float, Key | None]] = {}

    async def key(self, key_id: str, connection: Connection | None = None) -> Key | None:
        """Inside a transaction give its connection: waiting for a second one may wait for oneself."""
        found = self._known.get(key_id)
        if found is None or found[0] < time.monotonic():
            row = await (connection or self.pool).fetchrow(FIND, key_id)
            if len(self._known) > 10_000:  # somebody is guessing ids
                self._known.clear()
            found = (time.monotonic() + REMEMBERED, Key(*row) if row else None)
            self._known[key_id] = found
        return found[1]

    async def partner_of(self, api_key: str) -> str | None:
        """The partner id behind an API key; None when it is unknown, revoked or malformed."""
        parts = api_key.split("_", 2)
        if len(parts) != 3 or parts[0] != "dt":
            return None
        key = await self.key(parts[1])
        if key is None or not hmac.compare_digest(key.secret_sha256, sha256(parts[2])):
            return None
        return key.partner_id

    async def exists(self, partner_id: str) -> bool:
        """Is there a partner with this id?"""
        return bool(await self.pool.fetchval(EXISTS, partner_id))

    async def create(self, connection: Connection, partner_id: str, name: str) -> tuple[str, str]:
        """(partner id, a new API key) of a partner, created when its name is new. The key is shown this once.

        Two statements: the caller's transaction keeps them together.
        """
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        found: str = await connection.fetchval(CREATE, partner_id, name)
        await connection.execute(ADD_KEY, key_id, found, sha256(secret))
        return found, f"dt_{key_id}_{secret}"
