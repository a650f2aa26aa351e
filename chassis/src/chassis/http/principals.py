"""Who asks: a partner, an operator, a technician, or an application that acts for a named person."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from chassis.http.keyring import Find, Keyring
from chassis.http.problems import Problem
from chassis.runtime.database import OUTAGE
from chassis.runtime.settings import PrincipalKey
from contracts.bounds import NAME
from contracts.echo import quoted
from contracts.names import is_seen
from contracts.partners import PARTNER_MAY_HAVE, SCOPES, PartnerKey

Kind = Literal["partner", "operator", "technician", "application"]
ACTS_FOR = "On-Behalf-Of"
CHALLENGE = {"www-authenticate": "Bearer"}
SCOPES_OF_KIND: dict[str, frozenset[str]] = {
    "operator": frozenset(SCOPES),
    "technician": frozenset({"tickets:read", "tickets:write", "orders:read", "numbers:read"}),
    "application": frozenset({"orders:read", "numbers:read", "billing:read", "tickets:read"}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """`partner_id` is whose data it is about: a partner's alone, or None for who sees all.

    `person` is whom an application acts for; `until` is when a partner's key ends, if it does.
    """

    kind: Kind
    name: str
    scopes: frozenset[str]
    partner_id: str | None = None
    person: str = ""
    until: datetime | None = None

    @property
    def who(self) -> str:
        """As it is written down who did something."""
        return f"{self.person} by {self.name}" if self.person else self.name

    @property
    def written_down(self) -> bool:
        """Must its acts be written down: they are a person's, and not just those of the partner that owns the thing."""
        return self.kind != "partner"

    def may_see(self, partner_id: str) -> bool:
        """Is what belongs to this partner its own, or does it see all?"""
        return self.partner_id in (None, partner_id)


def sha256(key: str) -> str:
    """Keys are long and random, so one round of SHA-256 is enough to keep them out of the database."""
    return hashlib.sha256(key.encode()).hexdigest()


class Principals:
    """Finds who asks by the key: `ours` are names with their keys, of the settings, `keyring` has those of partners."""

    def __init__(self, ours: Mapping[str, str | PrincipalKey], keyring: Keyring) -> None:
        self._ours = {
            name: key if isinstance(key, PrincipalKey) else PrincipalKey(sha256=key) for name, key in ours.items()
        }
        self._keyring = keyring

    async def find(self, authorization: str, acts_for: str | None) -> Principal:
        """By the values of the two headers. Raises Problem 401, 400 for a missing or superfluous person."""
        key = key_in(authorization)
        if not key:
            detail = "Send the header `Authorization: Bearer <key>`."
            raise Problem(401, "no-key", "A key is needed.", detail, headers=CHALLENGE)
        found = self._of_ours(key) or await self._of_partner(key, self._keyring.find)
        if found is None:
            detail = "It is mistyped, or of another system."
            raise Problem(401, "unknown-key", "This key is not known.", detail, headers=CHALLENGE)
        return _acting(found, acts_for)

    async def verifies(self, key: str) -> bool:
        """Is this a key in force? However many are asked about that are none, they cost no query."""
        try:
            found = self._of_ours(key) or await self._of_partner(key, self._keyring.find_listed)
        except (Problem, TimeoutError, *OUTAGE):
            return False
        return found is not None

    def _of_ours(self, key: str) -> Principal | None:
        digest = sha256(key)
        for name, known in self._ours.items():
            if hmac.compare_digest(digest, known.sha256):
                scopes = SCOPES_OF_KIND[known.kind] if known.scopes is None else known.scopes
                return Principal(known.kind, name, scopes)
        return None

    async def _of_partner(self, key: str, find: Find) -> Principal | None:
        parts = key.split("_", 2)
        if len(parts) != 3 or parts[0] != "dt" or not (parts[1].isascii() and parts[1].isalnum()):
            return None
        known = await find(parts[1])
        if known is None or not hmac.compare_digest(known.verifier, sha256(parts[2])):
            return None
        _check_in_force(known)
        name = known.partner_id if known.kind == "partner" else f"{known.name or known.key_id} of {known.partner_id}"
        return Principal(
            known.kind, name, frozenset(known.scopes) & PARTNER_MAY_HAVE, known.partner_id, until=known.expires_at
        )


def key_in(authorization: str) -> str:
    """The key that the header brings, however its scheme and its blanks are written; empty when it brings none."""
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _check_in_force(key: PartnerKey) -> None:
    """Who holds the secret may know why it opens nothing."""
    if key.revoked_at is not None:
        detail = f"Key {key.key_id} was revoked at {key.revoked_at.isoformat()}. Ask for another."
        raise Problem(401, "revoked-key", "This key was revoked.", detail, headers=CHALLENGE)
    if key.expires_at is not None and key.expires_at <= datetime.now(UTC):
        detail = f"Key {key.key_id} was good until {key.expires_at.isoformat()}. Use the one that replaced it."
        raise Problem(401, "expired-key", "This key has expired.", detail, headers=CHALLENGE)


def _acting(found: Principal, acts_for: str | None) -> Principal:
    person = " ".join((acts_for or "").split())
    if found.kind != "application":
        if acts_for is None:
            return found
        detail = f"{found.name} is no application; send the request without the header {ACTS_FOR}."
        raise Problem(400, "acts-for-nobody", "Only an application acts for somebody else.", detail)
    if not is_seen(person) or len(person) > NAME or not person.isprintable():
        sent = "it is missing" if not person else f"{quoted(person)} was sent"
        detail = f"Name the person in the header {ACTS_FOR}, 1 to {NAME} printable characters; {sent}."
        raise Problem(400, "person-needed", "An application acts for a named person.", detail)
    return replace(found, person=person)
