"""order-intake: the partners' keys, as every service must know them."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts import bounds
from contracts.bounds import Identifier, Label, Name, Sha256, ShortId
from contracts.message import Fact

KeyKind = Literal["partner", "application"]


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
    expires_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None

    @property
    def key(self) -> str:
        return self.key_id
