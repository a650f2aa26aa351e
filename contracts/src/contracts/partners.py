"""order-intake: the partners' keys, as every service must know them."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from contracts import bounds
from contracts.bounds import Identifier, Instant, Label, Name, Sha256, ShortId
from contracts.message import Fact

KeyKind = Literal["partner", "application"]
Scope = Literal[
    "orders:read",
    "orders:write",
    "numbers:read",
    "numbers:write",
    "billing:read",
    "billing:write",
    "tickets:read",
    "tickets:write",
    "credentials:read",
    "credentials:write",
    "ops:read",
    "ops:write",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
# What a key of a partner may be given at all, and what it has unless it is told otherwise.
PARTNER_MAY_HAVE: frozenset[Scope] = frozenset(scope for scope in SCOPES if not scope.startswith("ops:"))
PARTNER_HAS: frozenset[Scope] = frozenset(
    {"orders:read", "orders:write", "numbers:read", "numbers:write", "billing:read", "tickets:read"}
)


class PartnerKey(Fact):
    """An API key of a partner: who has it, what it may do, until when. A revoked or expired one stays known.

    A partner's key speaks for the partner, an application's for a person whom it names with each request. `verifier`
    is the SHA-256 of the secret: who reads it can neither use the key nor sign with it.
    """

    owner: ClassVar[str] = "partners"
    topic: ClassVar[str] = "partners.keys"
    key_id: ShortId
    partner_id: Identifier
    kind: KeyKind = "partner"
    name: Name = ""
    scopes: Annotated[tuple[Label, ...], Field(max_length=bounds.SCOPES)]
    verifier: Sha256
    expires_at: Instant | None = None
    revoked_at: Instant | None = None

    @property
    def key(self) -> str:
        return self.key_id
