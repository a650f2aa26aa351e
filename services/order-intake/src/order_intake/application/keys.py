"""Keys are issued, rotated and revoked; every other service hears of it on `partners.keys`."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.facts.owning import Truth
from chassis.http.access import sha256
from chassis.messaging.unit import Unit, Units
from contracts.partners import PARTNER_HAS, KeyKind, PartnerKey
from order_intake.application.giving import AtMost
from order_intake.application.replaying import Act
from order_intake.domain.signatures import signing_key_of
from order_intake.store import actions, keys, partners
from order_intake.store.keys import Key

MOST_LIVING = 50  # keys of a partner that are good at once
PAGE = 500  # keys told in one transaction


class NoSuchKey(LookupError):
    """The partner has no key with this id."""


class NotInForce(Exception):
    """The key was revoked or has expired: there is nothing to revoke or to rotate."""


class TooMany(Exception):
    """The partner has as many keys as one may have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new key is to be."""

    kind: KeyKind = "partner"
    name: str = ""
    scopes: frozenset[str] = PARTNER_HAS
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a key is replaced: the old one is good for the overlap, the new one as long as the old one was to be.

    With `ends_otherwise` it is good until `expires_at`, or for ever without one.
    """

    overlap: timedelta
    ends_otherwise: bool = False
    expires_at: datetime | None = None

    def end(self, old: Key, latest: datetime | None) -> datetime | None:
        """Of the new key. Nobody has to say that it must end by what the giver may give at the `latest`."""
        if self.ends_otherwise:
            return self.expires_at
        return min(filter(None, (old.expires_at, latest)), default=None)


@dataclass(frozen=True, slots=True)
class Issued:
    """`api_key` is shown this once."""

    key: Key
    api_key: str


async def add(unit: Unit, partner_id: str, wanted: Wanted, act: Act, giver: AtMost) -> Issued:
    """`giver` is what who asks for it may give at most. Raises NotToGive, TooMany."""
    giver.check(wanted.kind, wanted.scopes, wanted.expires_at)
    await partners.lock(unit.connection, partner_id)
    if await keys.living(unit.connection, partner_id, unit.now) >= MOST_LIVING:
        detail = f"{partner_id} has {MOST_LIVING} keys that are good, the most that a partner has; revoke one first."
        raise TooMany(detail)
    issued = _made(partner_id, wanted, unit.now)
    await keys.add(unit.connection, issued.key)
    await _tell(unit, issued.key, "add key", act)
    return issued


async def revoke(unit: Unit, partner_id: str, key_id: str, act: Act) -> Key:
    """It opens nothing any more, and signs nothing. Raises NoSuchKey, NotInForce."""
    key = await _in_force(unit, partner_id, key_id)
    revoked = await keys.change(unit.connection, key_id, unit.now, key.expires_at, unit.now)
    await _tell(unit, revoked, "revoke key", act)
    return revoked


async def rotate(unit: Unit, partner_id: str, key_id: str, renewal: Renewal, act: Act, giver: AtMost) -> Issued:
    """A new key that may do the same. Raises NoSuchKey, NotInForce, NotToGive, TooMany."""
    old = await _in_force(unit, partner_id, key_id)
    ends = unit.now + renewal.overlap
    ends = min(ends, old.expires_at) if old.expires_at else ends
    expiring = await keys.change(unit.connection, key_id, None, ends, unit.now)
    await _tell(unit, expiring, "rotate key", act)
    wanted = Wanted(old.kind, old.name, frozenset(old.scopes.split()), renewal.end(old, giver.until))
    return await add(unit, partner_id, wanted, act, giver)


async def publish(units: Units, size: int = PAGE) -> None:
    """All keys as they are, `size` in a transaction: they are known again after the broker has lost everything.

    Dated now, and so newer than whatever somebody else has told of them meanwhile.
    """
    after: str | None = ""
    while after is not None:
        async with units.begin() as unit:
            told = await keys.page(unit.connection, after, size)
            for fact in await keys.renewed(unit.connection, told, unit.now):
                unit.emit(fact)
        after = told[-1] if len(told) == size else None


def revoked(fact: PartnerKey, at: datetime) -> PartnerKey:
    """Of a key that was never issued."""
    return fact if fact.revoked_at else fact.model_copy(update={"revoked_at": at, "changed_at": at})


TRUTH = Truth(keys.known, keys.renewed, revoked)


async def _in_force(unit: Unit, partner_id: str, key_id: str) -> Key:
    key = await keys.lock(unit.connection, partner_id, key_id)
    if key is None:
        raise NoSuchKey(key_id)
    if key.revoked_at is not None:
        raise NotInForce(f"It was revoked at {key.revoked_at.isoformat()}.")
    if key.expires_at is not None and key.expires_at <= unit.now:
        raise NotInForce(f"It was good until {key.expires_at.isoformat()}.")
    return key


async def _tell(unit: Unit, key: Key, action: str, act: Act) -> None:
    unit.emit(key.fact())
    facts = key.fact().model_dump(mode="json", exclude={"verifier"})
    await actions.write(unit.connection, who=act.who, action=action, why=act.why, after=json.dumps(facts))


def _made(partner_id: str, wanted: Wanted, now: datetime) -> Issued:
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = Key(
        key_id=key_id,
        partner_id=partner_id,
        kind=wanted.kind,
        name=wanted.name,
        scopes=" ".join(sorted(wanted.scopes)),
        verifier=sha256(secret),
        signing_key=signing_key_of(secret),
        expires_at=wanted.expires_at,
        revoked_at=None,
        changed_at=now,
        created_at=now,
    )
    return Issued(key, f"dt_{key_id}_{secret}")
