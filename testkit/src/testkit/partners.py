"""A partner whose key a service knows, by its own copy of the facts."""

from datetime import UTC, datetime, timedelta

from chassis.facts import partner_keys
from chassis.http.principals import sha256
from chassis.messaging.unit import Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from contracts.partners import PARTNER_HAS, KeyKind, PartnerKey


async def key_of(
    pool: Pool, partner_id: str, *scopes: str, kind: KeyKind = "partner", revoked: bool = False, minutes: int = 0
) -> str:
    """The API key; without scopes it has what every partner's has. `minutes` make a fact newer than another."""
    key_id = partner_id.replace("-", "") + kind
    now = datetime.now(UTC)
    fact = PartnerKey(
        changed_at=now + timedelta(minutes=minutes),
        key_id=key_id,
        partner_id=partner_id,
        kind=kind,
        name="desk",
        scopes=tuple(sorted(scopes or PARTNER_HAS)),
        verifier=sha256("secret"),
        revoked_at=now if revoked else None,
    )
    async with Units(pool, "test", Clock()).begin() as unit:
        await partner_keys.keep([fact], unit)
    return f"dt_{key_id}_secret"
