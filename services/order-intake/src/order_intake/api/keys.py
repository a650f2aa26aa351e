"""The API keys of a partner: listed, added, revoked, rotated, by operators and by the partner itself if it may."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chassis.http.access import Principal, Work
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.messaging.unit import Unit
from contracts.names import OptionalName
from contracts.partners import PARTNER_HAS, KeyKind, Scope
from order_intake.api.dead_letters import Why
from order_intake.api.dependencies import TheKeyring
from order_intake.api.partners import no_such_partner, too_much
from order_intake.api.principals import KeyReader, KeyWriter
from order_intake.application import keys
from order_intake.application.giving import NotToGive, at_most
from order_intake.application.replaying import Act
from order_intake.store import keys as stored
from order_intake.store import partners
from order_intake.store.keys import Key

router = make_router("keys")
LONGEST_OVERLAP = timedelta(days=90)
LONGEST_LIFE = timedelta(days=3653)


Overlap = Annotated[
    timedelta,
    Field(
        ge=timedelta(0),
        le=LONGEST_OVERLAP,
        description=f"a length of time from 0 seconds to {LONGEST_OVERLAP.days} days, such as PT30M or P1D, or seconds",
    ),
]


class NewKey(Why):
    """A `partner` key speaks for the partner, an `application` key for a person who is named with each request."""

    kind: KeyKind = "partner"
    name: Annotated[OptionalName, Field(max_length=80, validate_default=True)] = ""
    scopes: frozenset[Scope] = PARTNER_HAS
    expires_at: AwareDatetime | None = None

    @field_validator("name")
    @classmethod
    def _says_what_it_is(cls, name: str, others: ValidationInfo) -> str:
        if others.data.get("kind") == "application" and not name:
            detail = "an application key needs a name: the audit says by it which application acted"
            raise PydanticCustomError("name-missing", detail)
        return name


class Rotation(Why):
    """`overlap`: how long the old key stays good beside the new one; ISO 8601 as P1D, or seconds.

    Without `expires_at` the new key ends when the old one was to end; null is a key that does not end.
    """

    overlap: Overlap = timedelta(days=1)
    expires_at: AwareDatetime | None = None

    @property
    def renewal(self) -> keys.Renewal:
        return keys.Renewal(self.overlap, "expires_at" in self.model_fields_set, self.expires_at)


class ShownKey(BaseModel):
    """`state` is active, expired or revoked. An active key that cannot sign opens HTTP alone: rotate it."""

    key_id: str
    kind: KeyKind
    name: str
    scopes: list[str]
    state: str
    can_sign: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: Key, now: datetime) -> "ShownKey":
        expired = key.expires_at is not None and key.expires_at <= now
        state = "revoked" if key.revoked_at else "expired" if expired else "active"
        facts = {name: value for name, value in asdict(key).items() if name in cls.model_fields}
        can_sign = state == "active" and key.signing_key is not None
        return cls(**{**facts, "scopes": key.scopes.split()}, state=state, can_sign=can_sign)


class IssuedKey(ShownKey):
    """`api_key` is shown this once."""

    api_key: str


@router.get("/partners/{partner_id}/keys")
async def list_keys(partner_id: str, work: Work, reader: KeyReader) -> list[ShownKey]:
    """Oldest first, with those that are good no more."""
    await require_own(partner_id, work.pool, reader)
    async with work.begin() as unit:
        return [ShownKey.of(key, unit.now) for key in await stored.of_partner(unit.connection, partner_id)]


@router.post("/partners/{partner_id}/keys", status_code=201)
async def add_key(partner_id: str, wanted: NewKey, work: Work, writer: KeyWriter) -> IssuedKey:
    """Good at once here, and in every other service within seconds. It is at most what your own key is."""
    await require_own(partner_id, work.pool, writer)
    facts = keys.Wanted(wanted.kind, wanted.name, frozenset(wanted.scopes), wanted.expires_at)
    async with work.begin() as unit:
        require_life(wanted.expires_at, unit.now)
        try:
            issued = await keys.add(unit, partner_id, facts, Act(writer.who, wanted.why), at_most(writer))
        except NotToGive as error:
            raise too_much(error) from None
        except keys.TooMany as error:
            raise too_many(error) from None
    return shown(issued, unit)


@router.post("/partners/{partner_id}/keys/{key_id}/revoke")
async def revoke_key(
    partner_id: str, key_id: str, reason: Why, work: Work, keyring: TheKeyring, writer: KeyWriter
) -> ShownKey:
    """It opens nothing any more: here at once, everywhere within 15 seconds."""
    await require_own(partner_id, work.pool, writer)
    async with work.begin() as unit:
        try:
            revoked = await keys.revoke(unit, partner_id, key_id, Act(writer.who, reason.why))
        except (keys.NoSuchKey, keys.NotInForce) as error:
            raise not_in_force(partner_id, key_id, error) from None
    keyring.forget(key_id)
    return ShownKey.of(revoked, unit.now)


@router.post("/partners/{partner_id}/keys/{key_id}/rotate", status_code=201)
async def rotate_key(
    partner_id: str, key_id: str, rotation: Rotation, work: Work, keyring: TheKeyring, writer: KeyWriter
) -> IssuedKey:
    """A new key that may do the same, for as long as the old one, which is over after the overlap."""
    await require_own(partner_id, work.pool, writer)
    act = Act(writer.who, rotation.why)
    async with work.begin() as unit:
        require_life(rotation.expires_at, unit.now)
        try:
            issued = await keys.rotate(unit, partner_id, key_id, rotation.renewal, act, at_most(writer))
        except (keys.NoSuchKey, keys.NotInForce) as error:
            raise not_in_force(partner_id, key_id, error) from None
        except NotToGive as error:
            raise Problem(403, error.code, "You cannot rotate this key.", str(error)) from None
        except keys.TooMany as error:
            raise too_many(error, "Or rotate it without overlap: PT0S.") from None
    keyring.forget(key_id)
    return shown(issued, unit)


async def require_own(partner_id: str, pool: Any, principal: Principal) -> None:
    """Another partner is as absent as one that never was: Problem 404."""
    if not principal.may_see(partner_id) or not await partners.exists(pool, partner_id):
        raise no_such_partner(partner_id)


def shown(issued: keys.Issued, unit: Unit) -> IssuedKey:
    return IssuedKey(**dict(ShownKey.of(issued.key, unit.now)), api_key=issued.api_key)


def require_life(expires_at: datetime | None, now: datetime) -> None:
    """Raises Problem 422 for a key that would be over already, or outlive us all."""
    if expires_at is not None and not now < expires_at < now + LONGEST_LIFE:
        detail = f"{expires_at.isoformat()} is not within ten years from now; leave it out, or give another."
        fault = {"pointer": "/expires_at", "code": "bad-expiry", "detail": detail}
        raise Problem(422, "invalid", "There can be no such key.", "Nothing was done.", errors=[fault])


def too_many(error: keys.TooMany, otherwise: str = "") -> Problem:
    """Problem 409."""
    return Problem(409, "too-many-keys", "There can be no more keys.", f"{error} {otherwise}".strip())


def not_in_force(partner_id: str, key_id: str, error: Exception) -> Problem:
    """Problem 404 for a key that is none of the partner's, 409 for one that is good no more."""
    if isinstance(error, keys.NoSuchKey):
        detail = f"{partner_id} has no key {key_id}; see GET /partners/{partner_id}/keys."
        return Problem(404, "no-such-key", "There is no such key.", detail)
    return Problem(409, "key-not-in-force", "The key is good no more.", str(error))
